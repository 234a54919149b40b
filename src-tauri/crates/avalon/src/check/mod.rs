//! The verifier: judges a log by the invariants of the catalogue. It does not lean on the reducer
//! refusing an event: a tolerant walk names each broken rule by its own id, with the event that
//! shows it; the reducer comes last, as a net for what the walk let through.

mod branch;
pub mod corpus;
mod determinism;
mod integrity;
mod net;
pub(crate) mod parsed;
pub(crate) mod report;
mod seed;
mod skipped;
pub mod slice;
pub mod statistics;
pub mod stored;
pub(crate) mod walk;

use crate::invariant::time;
use crate::moment::Moment;

pub use determinism::{StateAt, check_determinism};
pub use parsed::{EnvelopeReader, ParsedEnvelope};
pub use report::GameReport;

use report::Findings;
use skipped::Judged;
use walk::Walk;

/// What a check may know beside the log.
#[derive(Debug, Clone, Copy, Default)]
pub struct CheckOptions {
    /// The present, Unix milliseconds; without it, times in the future are not told.
    pub now_ms: Option<i64>,
}

/// Judges the log of one game, in the order received. `seq`, not the order, says where an event
/// stands; events of other games are reported and left out.
#[must_use]
pub fn check_log(log: &[ParsedEnvelope]) -> GameReport {
    check_log_with(log, CheckOptions::default())
}

/// [`check_log`] with what is known beside the log.
#[must_use]
pub fn check_log_with(log: &[ParsedEnvelope], options: CheckOptions) -> GameReport {
    let mut findings = Findings::default();
    let ordered = integrity::in_order(log, &mut findings);
    let carries = integrity::Carries::of(&ordered);
    if carries.hashes {
        integrity::judge_hashes(&ordered, &mut findings);
    }
    integrity::judge_ids(log, &mut findings);
    integrity::judge_forms(&ordered, &mut findings);
    for entry in &ordered {
        crate::invariant::knowledge::judge_visibility(&entry.envelope, &mut findings);
    }
    let branch = branch::active_branch(&ordered);
    for finding in branch.findings {
        findings.push(finding);
    }
    let timed = time::judge_times(&branch.events, options.now_ms, &mut findings);
    let seeded = seed::judge_seed(&branch.events, &mut findings);
    let (mut findings, outcome) = Walk::over(&branch.events, findings);
    net::judge_by_reducer(&ordered, &mut findings);
    let judged = Judged { carries, timed, seeded, outcome: &outcome };
    GameReport {
        game_id: log.first().map(|entry| entry.envelope.game_id.to_string()),
        events: log.len() as u64,
        winner: outcome.winner,
        reason: outcome.reason,
        moments: count_moments(&branch.events),
        skipped: judged.skipped(&findings),
        findings: findings.into_sorted(),
    }
}

fn count_moments(log: &[&ParsedEnvelope]) -> std::collections::BTreeMap<String, u32> {
    let mut counts = [0; Moment::ALL.len()];
    for entry in log {
        if let Some(moment) = Moment::of(&entry.envelope.event)
            && let Some(count) = counts.get_mut(moment as usize)
        {
            *count += 1;
        }
    }
    Moment::ALL.iter().map(ToString::to_string).zip(counts).collect()
}
