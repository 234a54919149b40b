//! The state of things at a glance.

use avalon::sentence::Sentence;
use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use crate::backup::outcome::{BackupView, Method, VerificationView};
use crate::retention::{Frequency, TierMethod};

/// Whether something at hand answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Answers and is well.
    Ok,
    /// Answers, needs attention.
    Attention,
    /// Does not answer.
    Down,
    /// Not set up.
    Absent,
}

/// One server or store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndpointView {
    /// Whether it answers.
    pub health: Health,
    /// Where it is, without credentials.
    pub address: String,
    /// Version and role, for example `6.0.5 · primary`, or what is wrong, in English.
    pub detail: String,
    /// The same where it is words, for other languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sentence: Option<Sentence>,
}

/// What is connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// `sandbox`, `development`, `test` or `production`.
    pub environment: String,
    /// The game database's name.
    pub database: String,
    /// MongoDB.
    pub mongodb: EndpointView,
    /// Redis.
    pub redis: EndpointView,
    /// The primary store.
    pub store: EndpointView,
}

/// Whether and to when data can be brought back right now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Restorability {
    /// True when a committed, complete set exists and the store answers.
    pub possible: bool,
    /// Newest point, Unix time in milliseconds.
    pub to: Option<i64>,
    /// The set that gives it.
    pub backup: Option<String>,
    /// Expected seconds of a full restore, from the last measured rate.
    pub estimate_seconds: Option<f64>,
    /// Stable code of why not, or of what to improve: `no_backup`, `store_down`, `incomplete`, `unverified`, `stale`.
    pub reason: Option<String>,
}

/// How much of a class is at risk, against what the policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RpoState {
    /// Within the target.
    Met,
    /// Less than a fifth of the target is left.
    AtRisk,
    /// Beyond it.
    Late,
    /// The class was never backed up.
    Never,
}

/// One data class against its target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassStatus {
    /// The class.
    pub class: DataClass,
    /// Its newest committed backup.
    pub last_backup: Option<String>,
    /// When that is consistent, Unix time in milliseconds.
    pub last_at: Option<i64>,
    /// How it was taken.
    pub method: Option<Method>,
    /// The best verification of that backup.
    pub verification: Option<VerificationView>,
    /// Seconds of data at risk now.
    pub rpo_seconds: Option<i64>,
    /// The most that the policy allows, in seconds; none for what is taken on change.
    pub rpo_target_seconds: Option<i64>,
    /// Where that stands.
    pub rpo: RpoState,
    /// How the policy takes the class.
    pub policy_method: TierMethod,
    /// How often the policy takes it.
    pub policy_every: Frequency,
    /// Documents live now.
    pub documents: u64,
    /// Bytes that its newest backup refers to in the store.
    pub stored_bytes: u64,
}

/// A stretch of the restorability bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestorePoint {
    /// The set.
    pub backup: String,
    /// Unix time in milliseconds.
    pub at: i64,
    /// Whether its last verification was good; none when never verified.
    pub verified: Option<bool>,
}

/// A stretch whose every moment can be restored; of a backup alone the one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreRange {
    /// Unix time in milliseconds.
    pub from: i64,
    /// Unix time in milliseconds, the same for a single moment.
    pub to: i64,
    /// The set that it is, or that it begins from.
    pub backup: Option<String>,
    /// Whether the set's last verification was good; none when never verified.
    pub verified: Option<bool>,
}

/// Why more would be lost than the policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// No complete backup was taken.
    NotTaken,
    /// One was begun and did not come to its end.
    BackupFailed,
    /// The one that was taken is damaged.
    BackupDamaged,
}

/// A stretch in which more would be lost than the policy allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreGap {
    /// Unix time in milliseconds.
    pub from: i64,
    /// Unix time in milliseconds.
    pub to: i64,
    /// Why.
    pub reason: GapReason,
    /// The job that failed.
    pub job: Option<String>,
}

/// What can be restored over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreTimeline {
    /// Unix time in milliseconds at which it begins.
    pub from: i64,
    /// Unix time in milliseconds at which it ends: now.
    pub to: i64,
    /// What can be restored, oldest first.
    pub ranges: Vec<RestoreRange>,
    /// What cannot, oldest first.
    pub gaps: Vec<RestoreGap>,
}

/// Whether increments can follow the newest backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OplogState {
    /// There is no backup to follow.
    NoBackup,
    /// The oplog reaches back to it.
    Reaches,
    /// It does, and not for long any more.
    Soon,
    /// It no longer does: the next increment will be a full.
    Overrun,
}

/// A forecast of the time at which the oplog forgets what the newest backup stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OplogForecast {
    /// Seconds that the oplog reaches back at present.
    pub reach_seconds: i64,
    /// The backup that the next increment would follow.
    pub backup: Option<String>,
    /// Unix time in milliseconds at which the oplog forgets it, at the rate of writes of its present
    /// reach; none while nothing has been forgotten yet.
    pub forgotten_at: Option<i64>,
    /// What that means.
    pub state: OplogState,
}

/// The overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// The sentence on top.
    pub restorability: Restorability,
    /// Class by class.
    pub classes: Vec<ClassStatus>,
    /// Points of the last 24 hours, oldest first.
    pub points: Vec<RestorePoint>,
    /// The last 24 hours with their gaps.
    pub timeline: RestoreTimeline,
    /// The newest sets.
    pub recent: Vec<BackupView>,
    /// Bytes in the store.
    pub store_bytes: u64,
    /// Objects in the store.
    pub store_objects: u64,
    /// Games being played.
    pub live_games: u64,
    /// Finished games.
    pub finished_games: u64,
    /// Game-server instances with a heartbeat.
    pub instances: u64,
    /// Players known.
    pub players: u64,
    /// How long increments can still follow; none where the oplog cannot be read.
    pub oplog: Option<OplogForecast>,
}
