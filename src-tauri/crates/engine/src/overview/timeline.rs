//! The moments that data can be brought back to, and the gaps between them.

use source::profile::DataClass;

use super::outcome::{GapReason, RestoreGap, RestorePoint, RestoreRange, RestoreTimeline};
use super::rpo;
use crate::job::{JobState, JobView, Verb};
use crate::retention::{Frequency, Policy};

/// The time line of `from` to `to`: what the points give, and every stretch in which more would be
/// lost than the policy allows. Ranges that are restorable throughout close gaps as points do; a point
/// before `from` still covers what follows it closely.
pub(super) fn timeline(
    (from, to): (i64, i64),
    points: &[RestorePoint],
    throughout: Vec<RestoreRange>,
    policy: &Policy,
    jobs: &[JobView],
) -> RestoreTimeline {
    let at = |point: &RestorePoint| RestoreRange {
        from: point.at,
        to: point.at,
        backup: Some(point.backup.clone()),
        verified: point.verified,
    };
    let mut all: Vec<RestoreRange> = points.iter().map(at).chain(throughout).collect();
    all.sort_by_key(|range| (range.from, range.to));
    let allowed = allowed_ms(policy);
    let mut gaps = Vec::new();
    // Before the first there was nothing to fall back on.
    let mut covered = from;
    let mut last_bad = false;
    for range in &all {
        if range.from > covered {
            gaps.push(gap(covered, range.from, last_bad, jobs));
        }
        // What is known to be damaged is no point to go back to.
        if range.verified != Some(false) {
            covered = covered.max(range.to + allowed);
            last_bad = false;
        } else {
            last_bad = true;
        }
    }
    if covered < to {
        gaps.push(gap(covered, to, last_bad, jobs));
    }
    let ranges = all.into_iter().filter(|range| range.to >= from).collect();
    RestoreTimeline { from, to, ranges, gaps: joined(gaps) }
}

/// The shortest of the regular targets: what is taken with each event needs a log, not a backup.
fn allowed_ms(policy: &Policy) -> i64 {
    let regular = DataClass::ALL.into_iter().map(|class| policy.of(class));
    let targets = regular.filter(|class| class.every != Frequency::Event);
    targets.filter_map(rpo::target_seconds).min().unwrap_or(24 * 3_600) * 1_000
}

fn gap(from: i64, to: i64, damaged: bool, jobs: &[JobView]) -> RestoreGap {
    let failed = jobs.iter().find(|job| {
        let ended_badly =
            matches!(job.state, JobState::Failed | JobState::Interrupted | JobState::Cancelled);
        job.verb == Verb::Backup && ended_badly && (from..to).contains(&job.started_at)
    });
    let reason = match (failed, damaged) {
        (Some(_), _) => GapReason::BackupFailed,
        (None, true) => GapReason::BackupDamaged,
        (None, false) => GapReason::NotTaken,
    };
    RestoreGap { from, to, reason, job: failed.map(|job| job.id.clone()) }
}

/// A damaged set between two stretches does not part them.
fn joined(gaps: Vec<RestoreGap>) -> Vec<RestoreGap> {
    let mut joined: Vec<RestoreGap> = Vec::new();
    for gap in gaps {
        match joined.last_mut() {
            Some(last) if last.to >= gap.from => {
                last.to = last.to.max(gap.to);
                if last.reason == GapReason::NotTaken {
                    (last.reason, last.job) = (gap.reason, gap.job);
                }
            }
            _ => joined.push(gap),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn point(at: i64, verified: Option<bool>) -> RestorePoint {
        RestorePoint { backup: format!("B{at}"), at, verified }
    }

    fn gaps(points: &[RestorePoint], throughout: Vec<RestoreRange>) -> Vec<(i64, i64, GapReason)> {
        let line = timeline((0, 10 * HOUR), points, throughout, &Policy::default(), &[]);
        line.gaps.into_iter().map(|gap| (gap.from / HOUR, gap.to / HOUR, gap.reason)).collect()
    }

    #[test]
    fn a_gap_begins_where_more_would_be_lost_than_allowed() {
        use GapReason::{BackupDamaged, NotTaken};
        assert_eq!(gaps(&[], vec![]), [(0, 10, NotTaken)]);
        let two = [point(HOUR, None), point(4 * HOUR, Some(true))];
        assert_eq!(gaps(&two, vec![]), [(0, 1, NotTaken), (2, 4, NotTaken), (5, 10, NotTaken)]);
        // Rooms are taken hourly.
        let hourly: Vec<_> = (0..=10).map(|hour| point(hour * HOUR, None)).collect();
        assert_eq!(gaps(&hourly, vec![]), []);
        // What was taken just before the window covers its beginning.
        assert_eq!(gaps(&[point(-HOUR / 2, None)], vec![]), [(0, 10, NotTaken)]);
        let before =
            timeline((0, HOUR), &[point(-HOUR / 2, None)], vec![], &Policy::default(), &[]);
        assert_eq!((before.ranges.len(), before.gaps[0].from), (0, HOUR / 2));
        let damaged = [point(0, None), point(3 * HOUR, Some(false))];
        assert_eq!(gaps(&damaged, vec![]), [(1, 10, BackupDamaged)]);
        let followed = RestoreRange { from: HOUR, to: 9 * HOUR, backup: None, verified: None };
        assert_eq!(gaps(&[point(0, None)], vec![followed]), []);
    }

    #[test]
    fn a_backup_that_failed_is_the_reason() {
        let job = JobView {
            id: "J".into(),
            verb: Verb::Backup,
            state: JobState::Failed,
            subject: String::new(),
            actor: String::new(),
            started_at: 3 * HOUR,
            finished_at: None,
            progress: None,
            error: None,
            outcome: None,
            log: Vec::new(),
        };
        let line = timeline((0, 5 * HOUR), &[point(0, None)], vec![], &Policy::default(), &[job]);
        assert_eq!(line.gaps.len(), 1);
        assert_eq!(
            (line.gaps[0].reason, line.gaps[0].job.as_deref()),
            (GapReason::BackupFailed, Some("J"))
        );
    }
}
