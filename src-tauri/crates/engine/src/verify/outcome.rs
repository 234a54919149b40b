//! What a verification asks for and finds.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::backup::outcome::Level;

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
}
