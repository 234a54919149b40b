//! Time (T).

use super::invariants;

invariants! {
    T_MONOTONE = "T-MONOTONE", W, Auto, Log, "Time and connection (T, D)",
        "ts non-decreasing in seq (after clamping)",
        "AUTO (clamp, keep the original in meta)";
    T_RANGE = "T-RANGE", W, Auto, Log, "Time and connection (T, D)",
        "created <= every ts <= finished; finished not in the future",
        "AUTO";
    T_DURATION = "T-DURATION", W, None, Log, "Time and connection (T, D)",
        "60 s <= duration <= 24 h, else flag",
        "NONE (real: 18 below 60 s, 2 above 24 h)";
    T_DEADLINE = "T-DEADLINE", E, Human, Log, "Time and connection (T, D)",
        "auto actions only after the deadline",
        "HUMAN";
}

use crate::check::parsed::ParsedEnvelope;
use crate::check::report::Findings;
use crate::event::Event;
use crate::sentence;

/// Shortest and longest likely game, milliseconds.
const LIKELY: std::ops::RangeInclusive<i64> = 60_000..=86_400_000;

/// T-MONOTONE, T-RANGE and T-DURATION; `log` is the active branch, `now` in Unix milliseconds.
/// False when the log holds no times: all events carry the same.
pub(crate) fn judge_times(log: &[&ParsedEnvelope], now: Option<i64>, out: &mut Findings) -> bool {
    let Some(first) = log.first() else {
        return false;
    };
    if log.len() > 1 && log.iter().all(|entry| entry.envelope.ts == first.envelope.ts) {
        return false;
    }
    let end = log
        .iter()
        .find(|entry| matches!(entry.envelope.event, Event::GameEnded(_) | Event::GameAborted(_)));
    let created = first.envelope.ts;
    let mut latest = created;
    for entry in log {
        let (seq, ts) = (entry.seq(), entry.envelope.ts);
        if ts < latest {
            out.report(
                &T_MONOTONE,
                seq,
                sentence!("{ms} ms before the event before", ms = latest.saturating_sub(ts)),
            );
        }
        latest = latest.max(ts);
        let late = end.is_some_and(|end| seq < end.seq() && ts > end.envelope.ts);
        if ts < created || late || ts < 0 {
            let detail = if late {
                sentence!("later than the end")
            } else {
                sentence!("earlier than the creation")
            };
            out.report(&T_RANGE, seq, detail);
        }
    }
    if let Some(end) = end {
        judge_end(end, created, now, out);
    }
    true
}

fn judge_end(end: &ParsedEnvelope, created: i64, now: Option<i64>, out: &mut Findings) {
    let finished = end.envelope.ts;
    if now.is_some_and(|now| finished > now) {
        out.report(&T_RANGE, end.seq(), sentence!("finished in the future"));
    }
    let duration = finished.saturating_sub(created);
    if matches!(end.envelope.event, Event::GameEnded(_)) && !LIKELY.contains(&duration) {
        out.report(
            &T_DURATION,
            end.seq(),
            sentence!("the game took {seconds} s", seconds = duration / 1000),
        );
    }
}
