//! What an import is asked for and what it wrote.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::export::outcome::DumpFormat;

/// A request to read a dump into a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportRequest {
    /// The form of the dump.
    pub format: DumpFormat,
    /// The folder or file, absolute.
    pub path: String,
    /// True refuses files that are not compressed; whether they are is seen either way.
    pub gzip: bool,
    /// Which database of the dump; absent means its only one.
    pub from: Option<String>,
    /// The database to write, which must be empty; absent means one of the same name.
    pub database: Option<String>,
    /// Whether the Redis keys beside the dump are written too; none of them may exist.
    pub redis: bool,
}

/// What an import wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportOutcome {
    /// The dump.
    pub path: String,
    /// The database that it was taken from.
    pub from: String,
    /// The database written.
    pub database: String,
    /// Collection by collection.
    pub collections: Vec<ImportedCollection>,
    /// What the dump holds besides, left out.
    pub skipped: Vec<String>,
    /// Redis keys written.
    pub redis_keys: u64,
    /// Documents in all.
    pub documents: u64,
    /// Bytes of BSON in all.
    pub bytes: u64,
    /// Seconds that it took.
    pub seconds: f64,
}

/// A collection written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportedCollection {
    /// The collection.
    pub collection: String,
    /// Its documents.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Its indexes, that of `_id` included.
    pub indexes: u32,
}
