//! What a retention plan tells, what its application did, and what a policy will come to.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use super::expiry::KeepReason;
use super::policy::TierMethod;

/// A set whose time is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExpiredBackup {
    /// The set.
    pub backup: String,
    /// Unix time in milliseconds at which it was committed.
    pub taken_at: i64,
    /// Unix time in milliseconds at which its time was over for every class that it holds.
    pub expired_at: i64,
    /// The classes it holds.
    pub classes: Vec<DataClass>,
    /// Why it stays all the same; none: it goes.
    pub kept: Option<KeepReason>,
}

/// What a retention would remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetentionPlan {
    /// ULID of the plan.
    pub id: String,
    /// Sets in the store.
    pub backups: u64,
    /// Sets that go, oldest first.
    pub goes: Vec<ExpiredBackup>,
    /// Sets whose time is over and that stay, oldest first.
    pub stays: Vec<ExpiredBackup>,
    /// Objects that only the sets that go refer to; a prune deletes them later.
    pub freed_objects: u64,
    /// Their bytes.
    pub freed_bytes: u64,
}

/// What a retention removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetentionOutcome {
    /// Sets removed from the list.
    pub removed: Vec<String>,
    /// Sets that the plan named and that stay: pinned or needed since.
    pub spared: Vec<String>,
    /// Bytes that a prune frees later.
    pub freed_bytes: u64,
}

/// What a policy comes to for one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassForecast {
    /// The class.
    pub class: DataClass,
    /// Runs by method.
    pub runs: Vec<RunCount>,
    /// Sets that expire in that time.
    pub expired: u64,
    /// Sets that are left at its end.
    pub left: u64,
    /// Bytes that they are expected to take, where the class has been backed up before.
    pub bytes: Option<u64>,
}

/// How often a class is taken in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunCount {
    /// How.
    pub method: TierMethod,
    /// Whether it is made of what is in the store and what changed.
    pub synthetic: bool,
    /// How often.
    pub runs: u64,
}

/// What a policy comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicyForecast {
    /// Days looked ahead.
    pub days: u32,
    /// Class by class.
    pub classes: Vec<ClassForecast>,
    /// Bytes of all classes at the end, as far as they are known.
    pub bytes: u64,
    /// The same under the policy that is in force.
    pub current_bytes: u64,
    /// The quota of the policy.
    pub quota_bytes: Option<u64>,
}
