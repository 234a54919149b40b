//! What an export is asked for and what it wrote.

use serde::{Deserialize, Serialize};
use source::profile::DataClass;
use ts_rs::TS;

/// The form of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DumpFormat {
    /// A folder for the database, with two files a collection.
    Mongodump,
    /// One file.
    Archive,
}

/// A request for a dump of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    /// A set's id, or `latest`.
    pub backup: String,
    /// The classes to export; empty means all of the set.
    pub classes: Vec<DataClass>,
    /// The form of the dump.
    pub format: DumpFormat,
    /// The folder or file to write, absolute; nothing may be there but an empty folder.
    pub path: String,
    /// Whether the files are compressed.
    pub gzip: bool,
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportOutcome {
    /// The set.
    pub backup: String,
    /// The database it was taken from.
    pub database: String,
    /// The form of the dump.
    pub format: DumpFormat,
    /// Where the dump lies.
    pub path: String,
    /// The file of the Redis keys, where there are any.
    pub redis_path: Option<String>,
    /// Collection by collection.
    pub collections: Vec<ExportedCollection>,
    /// Redis keys written.
    pub redis_keys: u64,
    /// Documents in all.
    pub documents: u64,
    /// Bytes of BSON in all, before compression.
    pub bytes: u64,
    /// Seconds that it took.
    pub seconds: f64,
}

/// A collection in a dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportedCollection {
    /// The collection.
    pub collection: String,
    /// Its documents.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Its indexes, that of `_id` included.
    pub indexes: u32,
}
