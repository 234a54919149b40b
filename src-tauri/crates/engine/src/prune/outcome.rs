//! What a prune did, or would do.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Objects and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// How many.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Counted {
    pub(super) fn of(tally: vault::Tally) -> Self {
        Self { objects: tally.objects, bytes: tally.bytes }
    }
}

/// What a prune did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PruneOutcome {
    /// True when nothing was written.
    pub dry_run: bool,
    /// Marked a day before or earlier, and deleted.
    pub deleted: Counted,
    /// Marked before, and needed or stored anew since: kept.
    pub spared: Counted,
    /// Marked before, and kept by the store, which refuses to delete: a lock, or credentials without
    /// the right.
    pub locked: Counted,
    /// Marked: deleted by a prune a day later.
    pub marked: Counted,
    /// Not needed, and too young to be marked.
    pub young: Counted,
    /// Unix time in milliseconds, by the store's clock, from which what is marked may be deleted.
    pub due_at: Option<i64>,
}
