//! Ranges and gaps.

use source::mongo::ClusterTime;
use vault::LogView;

use super::outcome::{GapCure, PointGap, PointGapReason, PointRange, Points};
use super::reach::Span;
use super::timeline::Timeline;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::{self, REASON};

/// A follower is behind when the log ends so long ago; with nothing to write it tells of itself
/// every ten seconds.
const BEHIND_MS: i64 = 30_000;

/// The points in time that can be restored of the connected database.
///
/// # Errors
/// When MongoDB or the vault is not connected, or the ledgers cannot be read.
pub async fn list(engine: &Engine) -> Result<Points, EngineError> {
    let source = engine.source()?;
    let timeline = Timeline::read(engine, &source).await?;
    let mut stretches = Vec::new();
    for log in &timeline.logs {
        stretches.extend(stretches_of(&timeline, log).await?);
    }
    let followed_by = follow::running(engine).await?.map(|job| job.id);
    let now = engine.context().now_ms();
    let mut points = told(stretches, followed_by, now);
    if let (true, Some(log)) = (points.ranges.is_empty(), timeline.logs.last()) {
        points.gaps.push(PointGap {
            from_ms: ClusterTime::from_number(log.from).unix_ms(),
            to_ms: None,
            reason: PointGapReason::NoBase,
            cure: GapCure::Backup,
            changes: Vec::new(),
        });
    }
    Ok(points)
}

/// Points that are reached, and what ends them.
#[derive(Debug, Clone)]
struct Stretch {
    span: Span,
    /// Why points right behind it are not reached, and what changed there.
    end: (PointGapReason, Vec<String>),
    /// Why what lies before it is not, where nothing else tells: the reason that its log began.
    before: PointGapReason,
}

async fn stretches_of(timeline: &Timeline, log: &LogView) -> Result<Vec<Stretch>, EngineError> {
    let before = match log.attributes.get(REASON).map(String::as_str) {
        Some("oplog_overrun") => PointGapReason::OplogOverrun,
        Some("damaged") => PointGapReason::Damaged,
        _ => PointGapReason::NotFollowed,
    };
    let mut stretches: Vec<Stretch> = Vec::new();
    for reach in timeline.reaches(log).await? {
        let broken = reach.broken.map(|broken| (broken.reason, broken.changes));
        let last = reach.spans.len();
        for (number, span) in (1..).zip(reach.spans) {
            let at_end = if log.problem.is_some() {
                PointGapReason::Damaged
            } else {
                PointGapReason::NotFollowed
            };
            let end = match &broken {
                _ if number < last => (PointGapReason::Definitions, Vec::new()),
                Some(broken) => broken.clone(),
                None => (at_end, Vec::new()),
            };
            stretches.push(Stretch { span, end, before });
        }
    }
    Ok(stretches)
}

fn told(mut stretches: Vec<Stretch>, followed_by: Option<String>, now_ms: i64) -> Points {
    stretches.sort_by_key(|stretch| (stretch.span.from, stretch.span.to));
    let mut points = Points { followed_by, ..Points::default() };
    let mut at: Option<Stretch> = None;
    let mut from = 0;
    for next in stretches {
        let Some(current) = &mut at else {
            from = next.span.from;
            at = Some(next);
            continue;
        };
        if next.span.from <= current.span.to + 1 {
            if next.span.to >= current.span.to {
                *current = next;
            }
            continue;
        }
        points.ranges.push(range(from, current.span.to));
        points.gaps.push(between(current, &next));
        from = next.span.from;
        at = Some(next);
    }
    if let Some(last) = at {
        points.ranges.push(range(from, last.span.to));
        points.gaps.extend(behind(&last, points.followed_by.is_some(), now_ms));
    }
    points
}

fn range(from: u64, to: u64) -> PointRange {
    let (from, to) = (ClusterTime::from_number(from), ClusterTime::from_number(to));
    PointRange {
        from_ms: from.unix_ms(),
        to_ms: to.unix_ms(),
        from: from.to_string(),
        to: to.to_string(),
    }
}

fn between(current: &Stretch, next: &Stretch) -> PointGap {
    let (mut reason, changes) = current.end.clone();
    if reason == PointGapReason::NotFollowed {
        reason = next.before;
    }
    let ms = |number: u64| ClusterTime::from_number(number).unix_ms();
    let (from_ms, to_ms) = (ms(current.span.to), Some(ms(next.span.from)));
    PointGap { from_ms, to_ms, reason, cure: GapCure::None, changes }
}

/// What is missing up to the present.
fn behind(last: &Stretch, followed: bool, now_ms: i64) -> Option<PointGap> {
    let from_ms = ClusterTime::from_number(last.span.to).unix_ms();
    let (reason, changes) = last.end.clone();
    let (cure, late) = match reason {
        PointGapReason::NotFollowed if followed => (GapCure::None, now_ms - from_ms > BEHIND_MS),
        PointGapReason::NotFollowed => (GapCure::Follow, now_ms - from_ms > BEHIND_MS),
        _ => (GapCure::Backup, true),
    };
    late.then_some(PointGap { from_ms, to_ms: None, reason, cure, changes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u32) -> u64 {
        ClusterTime { time: second, increment: 1 }.to_number()
    }

    fn stretch(from: u32, to: u32, end: PointGapReason, before: PointGapReason) -> Stretch {
        Stretch { span: Span { from: at(from), to: at(to) }, end: (end, Vec::new()), before }
    }

    #[test]
    fn what_touches_is_one_range_and_what_lies_between_has_its_reason() {
        use PointGapReason::{Definitions, NotFollowed, OplogOverrun, Replaced};
        let touching = Stretch {
            span: Span { from: at(20) + 1, to: at(30) },
            ..stretch(0, 0, Replaced, NotFollowed)
        };
        let stretches = vec![
            stretch(50, 60, NotFollowed, OplogOverrun),
            stretch(10, 20, Definitions, NotFollowed),
            touching,
            stretch(35, 40, NotFollowed, NotFollowed),
        ];
        let points = told(stretches, None, 100_000);
        let ranges: Vec<_> = points.ranges.iter().map(|r| (r.from_ms, r.to_ms)).collect();
        assert_eq!(ranges, [(10_000, 30_000), (35_000, 40_000), (50_000, 60_000)]);
        let gaps: Vec<_> = points.gaps.iter().map(|g| (g.from_ms, g.to_ms, g.reason)).collect();
        let expected = [
            (30_000, Some(35_000), Replaced),
            (40_000, Some(50_000), OplogOverrun),
            (60_000, None, NotFollowed),
        ];
        assert_eq!(gaps, expected);
        assert_eq!(points.gaps[2].cure, GapCure::Follow);
    }

    #[test]
    fn a_log_that_is_followed_is_behind_only_when_it_lags() {
        let followed = |now_ms| {
            let stretches =
                vec![stretch(10, 20, PointGapReason::NotFollowed, PointGapReason::NotFollowed)];
            told(stretches, Some("job".into()), now_ms).gaps.len()
        };
        assert_eq!((followed(40_000), followed(60_000)), (0, 1));
        assert_eq!(told(Vec::new(), None, 0), Points::default());
    }
}
