//! The active branch of a log: what counts after roll-backs and restores.

use crate::event::{Event, HistoryReset};
use crate::invariant::{Finding, log::E_BRANCH};
use crate::sentence;
use crate::sentence::Sentence;

use super::parsed::ParsedEnvelope;

/// The events that count, in order, and what is wrong with the resets that chose them.
pub(crate) struct ActiveBranch<'a> {
    pub(crate) events: Vec<&'a ParsedEnvelope>,
    pub(crate) findings: Vec<Finding>,
}

/// Follows the resets of a log; `log` is in order of `seq` without repeats. A reset goes back to
/// any earlier event, also to a superseded one: that undoes an earlier reset.
pub(crate) fn active_branch<'a>(log: &[&'a ParsedEnvelope]) -> ActiveBranch<'a> {
    let mut resets = Resets { log, parents: Vec::new(), findings: Vec::new(), names: Vec::new() };
    let mut last = None;
    for (index, entry) in log.iter().enumerate() {
        if let Event::GameRolledBack(reset) | Event::GameRestored(reset) = &entry.envelope.event {
            last = resets.target(index, last, reset);
        }
        resets.parents.push(last);
        last = Some(index);
    }
    let path = if resets.are_straight() { (0..log.len()).collect() } else { resets.path(last) };
    let events = path.into_iter().filter_map(|index| log.get(index).copied()).collect();
    ActiveBranch { events, findings: resets.findings }
}

struct Resets<'l, 'a> {
    log: &'l [&'a ParsedEnvelope],
    /// Of each event, the one after which it happened.
    parents: Vec<Option<usize>>,
    findings: Vec<Finding>,
    /// Names of the branches so far.
    names: Vec<&'a str>,
}

impl<'a> Resets<'_, 'a> {
    /// The event that a reset goes back to; the one before it when it names none.
    fn target(
        &mut self,
        index: usize,
        before: Option<usize>,
        reset: &'a HistoryReset,
    ) -> Option<usize> {
        let seq = self.log.get(index).map_or(0, |entry| entry.seq());
        if let Some(name) = reset.branch_id.as_deref() {
            if self.names.contains(&name) {
                let detail = sentence!("a second branch is named {name}", name);
                self.findings.push(E_BRANCH.finding(seq, detail));
            }
            self.names.push(name);
        }
        let Some(to) = reset.to_seq else {
            return before;
        };
        let earlier = self.log.get(..index).unwrap_or_default();
        let Some(target) = earlier.iter().position(|entry| entry.seq() == to) else {
            let detail = sentence!("goes back to seq {seq}, which is no earlier event", seq = to);
            self.findings.push(E_BRANCH.finding(seq, detail));
            return before;
        };
        if self.path(before).contains(&target)
            && let Some(problem) = superseded_wrongly(seq, to, reset)
        {
            self.findings.push(E_BRANCH.finding(seq, problem));
        }
        Some(target)
    }

    fn are_straight(&self) -> bool {
        self.parents.iter().enumerate().all(|(index, parent)| *parent == index.checked_sub(1))
    }

    /// The events from the first to `last` on its branch.
    fn path(&self, last: Option<usize>) -> Vec<usize> {
        let mut path = Vec::new();
        let mut at = last;
        while let Some(index) = at {
            path.push(index);
            at = self.parents.get(index).copied().flatten();
        }
        path.reverse();
        path
    }
}

fn superseded_wrongly(seq: u64, to: u64, reset: &HistoryReset) -> Option<Sentence> {
    if let Some(from) = reset.discarded_from.filter(|from| Some(*from) != to.checked_add(1)) {
        return Some(sentence!(
            "names seq {seq} as first superseded event, not {seq_due}",
            seq = from,
            seq_due = to.saturating_add(1)
        ));
    }
    let last = reset.discarded_to.filter(|last| last.saturating_add(1) != seq);
    last.map(|last| {
        sentence!(
            "names seq {seq} as last superseded event, not {seq_due}",
            seq = last,
            seq_due = seq.saturating_sub(1)
        )
    })
}
