//! Writing a set.

use crate::VaultError;
use crate::set::{SetCommit, SetSummary, StreamInfo, StreamStats};

/// Writes a set; shared by all its streams. Dropped without a commit it leaves nothing listed.
#[derive(Debug)]
pub struct SetWriter {}

impl SetWriter {
    /// The set's id, a ULID.
    pub fn id(&self) -> &str {
        todo!()
    }
    /// Begins a stream.
    pub async fn stream(&self, info: StreamInfo) -> Result<StreamWriter, VaultError> {
        todo!()
    }
    /// Checks that everything is in the store, writes the manifests and then the ledger entry, from
    /// which on the set exists. Every stream must have been finished.
    pub async fn commit(self, commit: SetCommit) -> Result<SetSummary, VaultError> {
        todo!()
    }
}

/// Writes a stream. Parts may be written at the same time, each by its own task.
#[derive(Debug)]
pub struct StreamWriter {}

impl StreamWriter {
    /// Begins part `n`: a key range, all keys of part n below those of part n + 1.
    pub fn part(&self, n: u32) -> PartWriter {
        todo!()
    }
    /// Adds a document to part 0, for streams written in one go.
    pub async fn push(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        todo!()
    }
    /// Adds the image of a document at the set's time, after the scan. Keys of images and
    /// tombstones must rise strictly.
    pub async fn delta_put(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        todo!()
    }
    /// Adds a tombstone: no document of this key exists at the set's time.
    pub async fn delta_delete(&mut self, key: &[u8]) -> Result<(), VaultError> {
        todo!()
    }
    /// Ends the stream once every part is finished.
    pub async fn finish(self) -> Result<StreamStats, VaultError> {
        todo!()
    }
}

/// Writes one part of a stream.
#[derive(Debug)]
pub struct PartWriter {}

impl PartWriter {
    /// Adds a document. Keys must not go back. Waits while the workers are busy.
    pub async fn push(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        todo!()
    }
    /// Ends the part; returns when all of it is stored.
    pub async fn finish(self) -> Result<(), VaultError> {
        todo!()
    }
}
