//! What following shows of itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a follower wrote before it was stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FollowOutcome {
    /// The log it wrote last.
    pub log: String,
    /// Up to which cluster time the store has it.
    pub to: String,
    /// Operations written.
    pub operations: u64,
    /// Chunks written.
    pub chunks: u64,
    /// Bytes stored, before compaction.
    pub stored_bytes: u64,
}
