//! What statistics of a store tell.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

/// Objects of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TypeBytes {
    /// `manifest`, `page`, `segment` or `delta`.
    pub kind: String,
    /// How many.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What one class takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassBytes {
    /// The class.
    pub class: DataClass,
    /// Bytes of all objects that its sets refer to.
    pub bytes: u64,
    /// Bytes of those that its newest set refers to.
    pub newest_bytes: u64,
    /// Bytes that older sets keep beside these, for each day that they reach back.
    pub churn_per_day: f64,
}

/// What was added on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayGrowth {
    /// Unix time in milliseconds of its beginning in UTC.
    pub day: i64,
    /// Bytes that sets added to the store.
    pub bytes: u64,
    /// Sets taken.
    pub backups: u64,
}

/// Statistics of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreStatistics {
    /// Sets listed.
    pub backups: u64,
    /// Objects that they refer to.
    pub objects: u64,
    /// Their bytes.
    pub stored_bytes: u64,
    /// Objects that no set refers to; a prune deletes them.
    pub unused_objects: u64,
    /// Their bytes.
    pub unused_bytes: u64,
    /// Bytes of all the sets' documents before compression, each set counted in full.
    pub logical_bytes: u64,
    /// Logical bytes for each stored one: what sharing and compression save together.
    pub deduplication: f64,
    /// By type of object.
    pub by_type: Vec<TypeBytes>,
    /// By class.
    pub by_class: Vec<ClassBytes>,
    /// What was added, day by day, oldest first.
    pub growth: Vec<DayGrowth>,
    /// Bytes added a day over the last 30, without the first backup.
    pub bytes_per_day: f64,
    /// The quota of the policy.
    pub quota_bytes: Option<u64>,
    /// Days until it is reached if nothing is removed.
    pub days_until_quota: Option<f64>,
}
