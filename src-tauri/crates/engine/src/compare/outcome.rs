//! How a backup and live data differ.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

/// A request to compare a backup with live data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The classes to compare; empty means all of the set.
    pub classes: Vec<DataClass>,
}

/// What differs in one collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CollectionDifference {
    /// The class that the collection belongs to.
    pub class: DataClass,
    /// The collection.
    pub collection: String,
    /// Documents equal byte for byte.
    pub equal: u64,
    /// In the backup, not live.
    pub missing: u64,
    /// Live, not in the backup.
    pub extra: u64,
    /// In both, not equal.
    pub different: u64,
    /// Up to 50 ids of each kind, as canonical Extended JSON.
    pub examples: Vec<DifferenceExample>,
    /// Names of indexes or options that differ.
    pub metadata: Vec<String>,
}

/// One document that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DifferenceExample {
    /// `missing`, `extra` or `different`.
    pub kind: DifferenceKind,
    /// The document's `_id` as canonical Extended JSON.
    pub id: String,
}

/// How a document differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// In the backup, not live.
    Missing,
    /// Live, not in the backup.
    Extra,
    /// In both, not equal.
    Different,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompareOutcome {
    /// The set compared.
    pub backup: String,
    /// True when nothing differs.
    pub equal: bool,
    /// Collection by collection.
    pub collections: Vec<CollectionDifference>,
}
