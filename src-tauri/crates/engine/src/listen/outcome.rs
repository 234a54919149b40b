//! What a listener shows of itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a listener did before it was stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListenOutcome {
    /// Where the events came from: `redis`, `change_stream` or `rabbitmq`.
    pub source: String,
    /// Events that were told, those told again among them.
    pub events: u64,
    /// Snapshots taken.
    pub taken: u64,
    /// Snapshots that were wanted and there already.
    pub known: u64,
    /// Snapshots taken because time had passed; among `taken`.
    pub interval: u64,
    /// Snapshots taken of moments that had been missed; among `taken`.
    pub missed: u64,
    /// Messages that are no events.
    pub unreadable: u64,
    /// Events that the log of their game does not have.
    pub not_in_log: u64,
    /// Milliseconds from an event's sending to its snapshot, for half of the snapshots.
    pub lag_p50_ms: Option<u64>,
    /// The same for 99 of 100.
    pub lag_p99_ms: Option<u64>,
    /// The same for all.
    pub lag_max_ms: Option<u64>,
}
