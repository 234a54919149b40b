//! What a backup request asks for and what a backup shows of itself.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use crate::impact::Impact;
use crate::verify::outcome::InvariantStatus;

/// How a backup is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Everything of the classes named; unchanged segments are reused.
    Full,
    /// What changed since the newest backup, by the oplog.
    Incremental,
    /// What changed since the newest full, by the oplog.
    Differential,
    /// A full of the newest backup's moment, made in the vault without reading the database.
    Synthetic,
}

impl Method {
    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "incremental",
            Self::Differential => "differential",
            Self::Synthetic => "synthetic",
        }
    }

    /// Whether a set taken so stands on its own, without layers over an earlier one.
    #[must_use]
    pub const fn is_full(self) -> bool {
        matches!(self, Self::Full | Self::Synthetic)
    }

    pub(crate) fn of(name: &str) -> Self {
        [Self::Incremental, Self::Differential, Self::Synthetic]
            .into_iter()
            .find(|method| method.name() == name)
            .unwrap_or(Self::Full)
    }
}

/// A full that was taken although less was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InsteadView {
    /// What was asked for.
    pub asked: Method,
    /// Stable code of why: `no_base`, `oplog_overrun`, `part_without_base`.
    pub reason: String,
}

/// A request for a backup set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupRequest {
    /// The classes to take; empty means all six.
    pub classes: Vec<DataClass>,
    /// How.
    pub method: Method,
    /// How much it may slow the service down; absent: as configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub impact: Option<Impact>,
}

/// Levels of the verification ladder that a backup can have reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub enum Level {
    /// Every object is present.
    L0,
    /// Manifest, index and ledger are sound.
    L1,
    /// Every object's bytes match their hash.
    L2,
    /// Everything decrypts, decompresses and parses.
    L3,
    /// Restored in a sandbox, equal to the source at its cluster time.
    L4,
    /// The games in it keep the rules, and their events lead to the states that are stored.
    L5,
}

/// A verification that has been run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VerificationView {
    /// The level reached, none when even L0 failed.
    pub level: Option<Level>,
    /// The level reached for everything: what only a sample was read for proves no more than the
    /// structure.
    pub proven: Option<Level>,
    /// Unix time in milliseconds.
    pub at: i64,
    /// True when nothing was wrong.
    pub ok: bool,
    /// How many problems it found.
    pub problems: u64,
    /// What of the bytes was read, where a sample was.
    pub coverage: Option<CoverageView>,
    /// Ids of the invariants of backups that it found broken.
    pub findings: Vec<String>,
}

/// What a reading by sample tells of what it did not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CoverageView {
    /// Segments in reach, each counted once.
    pub segments: u64,
    /// Of them, those that were read, chosen by chance.
    pub read: u64,
    /// Whether all were.
    pub complete: bool,
    /// How likely damage of some sizes was to be found.
    pub chances: Vec<DamageChance>,
    /// The fewest damaged segments of which one is found with a probability of 95 %; none when even
    /// damage to all could be missed.
    pub found_from: Option<u64>,
}

/// How likely damage of one size is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DamageChance {
    /// Damaged segments.
    pub damaged: u64,
    /// The probability that at least one of them was read, in ten thousandths, rounded down.
    pub per_ten_thousand: u32,
}

/// A class inside a backup set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClassPart {
    /// The class.
    pub class: DataClass,
    /// Its collections.
    pub collections: Vec<CollectionPart>,
    /// Redis keys kept.
    pub redis_keys: u64,
    /// BSON and Redis bytes before compression.
    pub bytes: u64,
    /// Bytes that this backup added to the store.
    pub stored_bytes: u64,
}

/// A collection inside a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionPart {
    /// The collection's name.
    pub name: String,
    /// Documents.
    pub documents: u64,
    /// Bytes of BSON.
    pub bytes: u64,
    /// Secondary indexes kept beside the documents.
    pub indexes: u32,
    /// Segments, reused ones included.
    pub segments: u64,
    /// Segments that were in the store already.
    pub reused_segments: u64,
}

/// Why a set is kept whatever the policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PinView {
    /// The reason given.
    pub reason: String,
    /// Who gave it.
    pub actor: String,
    /// Unix time in milliseconds.
    pub at: i64,
}

/// A backup set in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupView {
    /// ULID of the set.
    pub id: String,
    /// How it was taken.
    pub method: Method,
    /// The set whose data it took over and changed, for any method but a full of the database.
    pub base: Option<String>,
    /// Set when it is a full although less was asked for.
    pub instead: Option<InsteadView>,
    /// True when a restore took it of what it was about to replace.
    pub pre_image: bool,
    /// The point in time that it was made of, as it was asked for; absent for a backup of the
    /// database.
    pub point_in_time: Option<String>,
    /// The database it was taken from.
    pub database: String,
    /// Unix time in milliseconds at which the job began.
    pub started_at: i64,
    /// Unix time in milliseconds of its ledger entry.
    pub committed_at: i64,
    /// The one cluster time of the set, `"T,I"`.
    pub cluster_time: String,
    /// The same as Unix time in milliseconds.
    pub consistent_at: i64,
    /// The classes it holds.
    pub classes: Vec<DataClass>,
    /// True when it holds all six.
    pub complete: bool,
    /// Documents in all.
    pub documents: u64,
    /// Bytes before compression.
    pub bytes: u64,
    /// Bytes that it added to the store.
    pub stored_bytes: u64,
    /// The best verification known.
    pub verification: Option<VerificationView>,
    /// The newest of its pins.
    pub pinned: Option<PinView>,
}

/// A backup set in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackupDetail {
    /// What the list shows.
    pub summary: BackupView,
    /// Class by class.
    pub parts: Vec<ClassPart>,
    /// Every verification run, newest first.
    pub verifications: Vec<VerificationView>,
    /// What is known of the invariants of backups; empty before a verification judged them.
    pub invariants: Vec<InvariantStatus>,
    /// How the set was made consistent: `oplog` or `change_stream`.
    pub mechanism: String,
    /// MongoDB's version at the time.
    pub server_version: String,
    /// The product's version that wrote it.
    pub tool_version: String,
    /// The data-key epoch that sealed it.
    pub key_epoch: u32,
    /// Who served the scan: `primary`, or members as `host:port`; empty where that was not kept.
    pub read_from: Vec<String>,
}
