//! A stream's keys with the hashes of their documents, which are not read.

use std::sync::Arc;

use bytes::Bytes;

use super::merged::Ranges;
use crate::VaultError;
use crate::segment::DecodedIndex;
use crate::set::StreamManifest;
use crate::vault::VaultInner;

/// A sort key with the hash of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedKey {
    /// Sort key. It shares one buffer with its segment's others.
    pub key: Bytes,
    /// [`crate::DocumentHash::short`] of the key and the document.
    pub hash: [u8; 16],
}

/// Reads a stream as [`crate::StreamReader`] does, from its segments' indexes alone: which keys it
/// has, and the hash of each document.
#[derive(Debug)]
pub struct HashReader {
    ranges: Ranges<DecodedIndex>,
}

impl HashReader {
    pub(crate) fn new(
        vault: &Arc<VaultInner>,
        stream: &StreamManifest,
        from: Option<&Bytes>,
    ) -> Self {
        Self { ranges: Ranges::new(vault, stream, from) }
    }

    /// The next keys in order, about a segment's worth; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<HashedKey>>, VaultError> {
        self.ranges.next_batch().await
    }
}
