//! What a check of one game hands back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::invariant::{Finding, Invariant};
use crate::role::Side;
use crate::rules::EndReason;
use crate::sentence::Sentence;

/// The verdict on one game: one line of `avault game check --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameReport {
    /// The game; null for lines that belong to no game because they can't be read.
    pub game_id: Option<String>,
    /// Events in the log, superseded ones included.
    #[ts(type = "number")]
    pub events: u64,
    /// Winner as recomputed from the events; null while the game is open or was aborted.
    pub winner: Option<Side>,
    /// How it was won, as recomputed.
    #[ts(type = "string | null")]
    pub reason: Option<EndReason>,
    /// How often each of the key moments K1 to K7 occurs on the active branch.
    pub moments: BTreeMap<String, u32>,
    /// Broken invariants in order of `seq`; what no single event shows comes first.
    pub findings: Vec<Finding>,
    /// Ids of invariants that could not be judged from what was given, in catalogue order.
    pub skipped: Vec<String>,
}

impl GameReport {
    /// True when no finding is an error or fatal.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity.is_failure())
    }
}

/// Findings in the making.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    list: Vec<Finding>,
}

/// A log with more findings than this is broken beyond listing.
const MOST_FINDINGS: usize = 1000;

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.list.len() < MOST_FINDINGS {
            self.list.push(finding);
        }
    }

    pub(crate) fn report(&mut self, invariant: &Invariant, seq: u64, sentence: Sentence) {
        self.push(invariant.finding(seq, sentence));
    }

    pub(crate) fn has(&self, invariant: &Invariant) -> bool {
        self.list.iter().any(|finding| finding.id == invariant.id)
    }

    pub(crate) fn has_at(&self, invariant: &Invariant, seq: u64) -> bool {
        self.list.iter().any(|finding| finding.id == invariant.id && finding.seq == Some(seq))
    }

    /// Reports an invariant at its first breach only.
    pub(crate) fn report_once(&mut self, invariant: &Invariant, seq: u64, sentence: Sentence) {
        if !self.has(invariant) {
            self.report(invariant, seq, sentence);
        }
    }

    /// Whether an error or fatal finding is pinned to an event up to `seq`.
    pub(crate) fn explains(&self, seq: u64) -> bool {
        self.list
            .iter()
            .any(|finding| finding.severity.is_failure() && finding.seq.is_none_or(|at| at <= seq))
    }

    pub(crate) fn into_sorted(mut self) -> Vec<Finding> {
        self.list.sort_by_key(|finding| finding.seq);
        self.list
    }
}
