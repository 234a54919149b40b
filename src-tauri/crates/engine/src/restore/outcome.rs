//! What a restore asks for, what it would do, and what it did.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

use crate::job::Problem;

/// A request for a restore plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The classes to restore; empty means all of the set.
    pub classes: Vec<DataClass>,
    /// The database to restore into; absent means the one it came from.
    pub database: Option<String>,
    /// A named target server of the configuration; absent means the service's own.
    pub target: Option<String>,
    /// Replace collections whole, also where only few documents differ.
    #[serde(default)]
    pub whole: bool,
}

/// How a collection comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RestoreMethod {
    /// All of it is written beside the live one, which it then replaces.
    Whole,
    /// Only the documents that differ are written and removed.
    Documents,
}

/// What would change in one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionChange {
    /// The class.
    pub class: DataClass,
    /// The collection.
    pub collection: String,
    /// How it comes back.
    pub method: RestoreMethod,
    /// Documents live now.
    pub live_documents: u64,
    /// Documents after the restore.
    pub restored_documents: u64,
    /// Documents that would come back.
    pub added: u64,
    /// Documents that would go: they are newer than the backup.
    pub removed: u64,
    /// Documents that would change.
    pub changed: u64,
    /// Indexes of the collection; they are built where it is replaced whole.
    pub indexes: u32,
}

/// What a restore would do; nothing has been written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestorePlan {
    /// Names this plan; applying needs it.
    pub id: String,
    /// The set.
    pub backup: String,
    /// Cluster time of the set as Unix time in milliseconds.
    pub consistent_at: i64,
    /// The database written to.
    pub database: String,
    /// The server written to, without credentials.
    pub server: String,
    /// True when live data of the service are replaced: then the name must be typed.
    pub in_place: bool,
    /// What must be typed to confirm.
    pub confirm_name: String,
    /// Collection by collection.
    pub changes: Vec<CollectionChange>,
    /// Redis keys to rebuild.
    pub redis_keys: u64,
    /// Live games that would be paused.
    pub live_games: u64,
    /// Bytes of BSON to write.
    pub bytes: u64,
    /// Expected seconds.
    pub estimate_seconds: f64,
    /// Reasons for care, worst first.
    pub warnings: Vec<Problem>,
}

/// What a restore did, with its proof.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreOutcome {
    /// The set restored.
    pub backup: String,
    /// The database written to.
    pub database: String,
    /// The pre-image set that undoes this restore, when live data were replaced.
    pub pre_image: Option<String>,
    /// Collection by collection.
    pub collections: Vec<RestoredCollection>,
    /// Redis keys rebuilt.
    pub redis_keys: u64,
    /// True when every digest matched.
    pub verified: bool,
    /// Seconds from apply to done.
    pub seconds: f64,
    /// Seconds for which the game service was paused.
    pub paused_seconds: f64,
}

/// The proof for one collection: for one that was replaced over all its documents, else over those
/// that were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoredCollection {
    /// The collection.
    pub collection: String,
    /// How it came back.
    pub method: RestoreMethod,
    /// Documents that were removed alone; those of a replaced collection are not counted.
    pub removed: u64,
    /// Documents expected by the manifest.
    pub expected_documents: u64,
    /// Documents read back.
    pub documents: u64,
    /// Order-independent digest expected, hex.
    pub expected_digest: String,
    /// The same over what was read back, hex.
    pub digest: String,
    /// Indexes built.
    pub indexes: u32,
}
