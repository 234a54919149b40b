//! Writing back: definitions as they were, documents byte for byte.

use bytes::Bytes;

use super::connect::MongoTarget;
use crate::SourceError;

/// Which indexes are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexPass {
    /// All but those that expire documents.
    WithoutExpiry,
    /// Only those that expire documents (TTL): last, as the server begins deleting at once.
    OnlyExpiry,
}

/// What an insert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InsertOutcome {
    /// Documents written.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, documents an ordinary insert would have altered, written another way.
    pub odd: u64,
}

fn not_built<T>() -> Result<T, SourceError> {
    Err(SourceError::Unsupported {
        what: "write".into(),
        reason: "not built yet".into(),
    })
}

impl MongoTarget {
    /// Creates a collection (or view) with raw creation options as [`super::CollectionInfo`] holds
    /// them.
    ///
    /// # Errors
    /// When it exists, is time-series, or an option is refused.
    pub async fn create_collection(&self, _name: &str, _options: &[u8]) -> Result<(), SourceError> {
        not_built()
    }

    /// Inserts documents byte for byte, unordered, in commands of at most 16 MiB; validators are
    /// bypassed. With `retried`, a document that is already there counts as written.
    ///
    /// # Errors
    /// [`SourceError::WriteRefused`], [`SourceError::DocumentAltered`], server errors.
    pub async fn insert_raw(
        &self,
        _collection: &str,
        _documents: &[Bytes],
    ) -> Result<InsertOutcome, SourceError> {
        not_built()
    }

    /// Writes documents byte for byte whether they exist or not (matched by `_id`).
    ///
    /// # Errors
    /// As [`Self::insert_raw`].
    pub async fn replace_raw(
        &self,
        _collection: &str,
        _documents: &[Bytes],
    ) -> Result<InsertOutcome, SourceError> {
        not_built()
    }

    /// Deletes documents given as raw documents (only their `_id` is looked at); returns how many
    /// were there.
    ///
    /// # Errors
    /// Server errors.
    pub async fn delete_raw(
        &self,
        _collection: &str,
        _documents: &[Bytes],
    ) -> Result<u64, SourceError> {
        not_built()
    }

    /// Builds indexes from raw specifications; the `_id` index is skipped.
    ///
    /// # Errors
    /// When the server refuses one (duplicate values, unknown options).
    pub async fn create_indexes(
        &self,
        _collection: &str,
        _specifications: &[Bytes],
        _pass: IndexPass,
    ) -> Result<u64, SourceError> {
        not_built()
    }

    /// Renames a collection, also into another database of the server when both are unsharded.
    ///
    /// # Errors
    /// When the source is missing, or the target exists and `drop_target` is false.
    pub async fn rename(
        &self,
        _from: &str,
        _to_database: &str,
        _to: &str,
        _drop_target: bool,
    ) -> Result<(), SourceError> {
        not_built()
    }

    /// Drops a collection or view; one that does not exist is fine.
    ///
    /// # Errors
    /// Server errors.
    pub async fn drop_collection(&self, _name: &str) -> Result<(), SourceError> {
        not_built()
    }
}
