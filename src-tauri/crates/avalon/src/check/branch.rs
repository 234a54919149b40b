//! The active branch of a log: what counts after roll-backs and restores.

use crate::event::{Event, HistoryReset};
use crate::invariant::{Finding, log::E_BRANCH};

use super::parsed::ParsedEnvelope;

/// The events that count, in order, and what is wrong with the resets that chose them.
pub(crate) struct ActiveBranch<'a> {
    pub(crate) events: Vec<&'a ParsedEnvelope>,
    pub(crate) findings: Vec<Finding>,
}

/// Follows the resets of a log; `log` is in order of `seq` without repeats.
pub(crate) fn active_branch<'a>(log: &[&'a ParsedEnvelope]) -> ActiveBranch<'a> {
    let mut branch = ActiveBranch {
        events: Vec::with_capacity(log.len()),
        findings: Vec::new(),
    };
    for &entry in log {
        if let Event::GameRolledBack(reset) | Event::GameRestored(reset) = &entry.envelope.event {
            branch.reset(entry.seq(), reset);
        }
        branch.events.push(entry);
    }
    branch
}

impl ActiveBranch<'_> {
    fn reset(&mut self, seq: u64, reset: &HistoryReset) {
        let Some(to) = reset.to_seq else { return };
        if let Some(problem) = self.problem(seq, to, reset) {
            self.findings.push(E_BRANCH.finding(seq, problem));
        }
        if self.events.iter().any(|event| event.seq() == to) {
            self.events.retain(|event| event.seq() <= to);
        }
    }

    fn problem(&self, seq: u64, to: u64, reset: &HistoryReset) -> Option<String> {
        if to >= seq {
            return Some(format!("goes back to seq {to}, which is not earlier"));
        }
        if !self.events.iter().any(|event| event.seq() == to) {
            return Some(format!(
                "goes back to seq {to}, which is not on the active branch"
            ));
        }
        let from = reset.discarded_from.filter(|from| *from != to + 1);
        if let Some(from) = from {
            return Some(format!(
                "names seq {from} as first superseded event, not {}",
                to + 1
            ));
        }
        let last = reset.discarded_to.filter(|last| *last + 1 != seq);
        last.map(|last| format!("names seq {last} as last superseded event, not {}", seq - 1))
    }
}
