//! What of a segment a reader opens: its documents, or its index alone.

use std::sync::Arc;

use bytes::Bytes;

use super::{HashedKey, Record};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::SegmentRef;
use crate::segment::{Decoded, DecodedIndex, Row};
use crate::vault::VaultInner;

/// A segment as a cursor has it in memory.
pub(crate) trait Opened: Sized + Send + 'static {
    /// What a row stands for, unless it is a tombstone.
    type Item: Send;
    /// A row as a reader hands it out.
    type Record: Send;

    /// Segments that are opened at the same time. Each takes its memory.
    const AT_ONCE: usize;

    /// Reads a segment.
    fn fetch(
        vault: &Arc<VaultInner>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> impl Future<Output = Result<Self, VaultError>> + Send;

    fn index(&self) -> &DecodedIndex;

    /// What a row stands for; none for a tombstone.
    fn item(&self, row: &Row) -> Option<Self::Item>;

    fn record(key: Bytes, item: Self::Item) -> Self::Record;

    /// Bytes that a record adds to a batch.
    fn weight(record: &Self::Record) -> usize;
}

impl Opened for Decoded {
    type Item = Bytes;
    type Record = Record;

    const AT_ONCE: usize = 1;

    async fn fetch(
        vault: &Arc<VaultInner>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<Self, VaultError> {
        vault.fetch_segment(object_type, segment).await
    }

    fn index(&self) -> &DecodedIndex {
        &self.index
    }

    fn item(&self, row: &Row) -> Option<Bytes> {
        self.document(row)
    }

    fn record(key: Bytes, doc: Bytes) -> Record {
        Record { key, doc }
    }

    fn weight(record: &Record) -> usize {
        record.doc.len()
    }
}

impl Opened for DecodedIndex {
    type Item = [u8; 16];
    type Record = HashedKey;

    // An index is small beside its documents: the next one is opened while one is used.
    const AT_ONCE: usize = 2;

    async fn fetch(
        vault: &Arc<VaultInner>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<Self, VaultError> {
        vault.fetch_index(object_type, segment).await
    }

    fn index(&self) -> &DecodedIndex {
        self
    }

    fn item(&self, row: &Row) -> Option<[u8; 16]> {
        row.document.map(|_| row.hash)
    }

    fn record(key: Bytes, hash: [u8; 16]) -> HashedKey {
        HashedKey { key, hash }
    }

    fn weight(record: &HashedKey) -> usize {
        size_of::<HashedKey>() + record.key.len()
    }
}
