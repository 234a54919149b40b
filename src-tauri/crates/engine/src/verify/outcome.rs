//! What a verification asks for and finds.

use avalon::invariant::{Repair, Severity};
use avalon::sentence::Sentence;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::backup::outcome::{CoverageView, Level};

/// A request to verify a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerifyRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The level to reach.
    pub level: Level,
    /// Percent of the objects to read, above 0 and up to 100.
    pub sample_percent: f64,
}

/// One object that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ObjectProblem {
    /// The object's key in the store, or the collection that a trial restore did not bring back.
    pub object: String,
    /// Stable kind: `missing`, `size`, `hash`, `decrypt`, `decode`, `ledger`, `manifest`,
    /// `restore`.
    pub kind: String,
    /// What was found, in English.
    pub detail: String,
}

/// The outcome of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerifyOutcome {
    /// The set verified.
    pub backup: String,
    /// The level reached, none when even L0 failed.
    pub level: Option<Level>,
    /// True when nothing was wrong.
    pub ok: bool,
    /// Objects looked at.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// What was wrong.
    pub problems: Vec<ObjectProblem>,
    /// How much of the segments was read, from L2 on.
    pub coverage: Option<CoverageView>,
    /// The invariants of backups; none for a whole store.
    pub invariants: Vec<InvariantView>,
}

impl VerifyOutcome {
    /// Whether an invariant is broken.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.invariants.iter().any(|one| one.verdict == InvariantVerdict::Broken)
    }
}

/// What is known of an invariant of one set, from the newest verification that could tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvariantStatus {
    /// The invariant and its verdict.
    pub invariant: InvariantView,
    /// Unix time in milliseconds of that verification.
    pub at: i64,
    /// The level that it reached.
    pub level: Option<Level>,
}

/// What is known of an invariant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvariantVerdict {
    /// It holds for the whole set.
    Holds,
    /// It does not hold.
    Broken,
    /// This verification could not tell.
    NotJudged,
}

/// An invariant of backups, judged for one set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvariantView {
    /// Its id in the catalogue, `B-…`.
    pub id: String,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// What may be done then.
    pub repair: Repair,
    /// What is known of it.
    pub verdict: InvariantVerdict,
    /// Stable code of why it was not judged: `needs_l2`, `needs_l3`, `needs_l4`, `sampled`,
    /// `class_absent`, `damaged`.
    pub reason: Option<String>,
    /// How often it is broken.
    pub count: u64,
    /// Up to ten findings, in English.
    pub details: Vec<String>,
    /// The same, for other languages; none of a verification by a version before there were any.
    #[serde(default)]
    pub sentences: Vec<Sentence>,
}
