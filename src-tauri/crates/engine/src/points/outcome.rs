//! What points in time show of themselves.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every point from `from` to `to` can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PointRange {
    /// Cluster time, `T,I`.
    pub from: String,
    /// The same as Unix time in milliseconds.
    pub from_ms: i64,
    /// Cluster time.
    pub to: String,
    /// The same as Unix time in milliseconds.
    pub to_ms: i64,
}

/// Why points cannot be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PointGapReason {
    /// Nobody followed the database.
    NotFollowed,
    /// The oplog no longer held what had happened when somebody followed again.
    OplogOverrun,
    /// No backup lies inside the log that it could lead from.
    NoBase,
    /// The log is damaged there.
    Damaged,
    /// Collections came from elsewhere, as a restore brings them; the log does not tell what is in
    /// them.
    Replaced,
    /// Definitions were being changed.
    Definitions,
    /// A later version wrote what lies there.
    Unknown,
}

/// What makes points restorable again from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GapCure {
    /// Follow the database.
    Follow,
    /// Take a backup.
    Backup,
    /// Nothing needs to be done.
    None,
}

/// Points between `from_ms` and `to_ms` cannot be restored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PointGap {
    /// Unix time in milliseconds.
    pub from_ms: i64,
    /// Unix time in milliseconds; none where it goes on.
    pub to_ms: Option<i64>,
    /// Why.
    pub reason: PointGapReason,
    /// What helps from now on.
    pub cure: GapCure,
    /// What changed, for people: `avalon.games: drop`.
    pub changes: Vec<String>,
}

/// The points in time that can be restored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Points {
    /// Ascending, apart from each other.
    pub ranges: Vec<PointRange>,
    /// What lies between them and behind the last, ascending.
    pub gaps: Vec<PointGap>,
    /// The job that follows at the moment.
    pub followed_by: Option<String>,
}

/// A request for the backup of a point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PrepareRequest {
    /// RFC 3339 with offset (all that happened up to the end of that second), a cluster time `T,I`,
    /// or `event:GAME:SEQ` (right after that event of that game).
    pub at: String,
}
