//! Segments in the store.

use std::sync::Arc;

use bytes::Bytes;

use super::body::RowAt;
use super::pick::{Picked, pick};
use super::{Decoded, DecodedIndex, Row, Segment, decode, decode_index, encode};
use crate::VaultError;
use crate::buffers::Buffer;
use crate::check::ProblemKind;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::manifest::SegmentRef;
use crate::objects::key_of;
use crate::vault::VaultInner;

impl VaultInner {
    /// The name of a segment, from what it holds.
    pub(crate) fn segment_name(
        &self,
        object_type: ObjectType,
        index: &[u8],
        hashes: &[u8],
    ) -> ContentName {
        match object_type {
            ObjectType::Delta => self.names.delta(index, hashes),
            _ => self.names.segment(index, hashes),
        }
    }

    /// Compresses a segment into `body` and seals it into `object`. Work for the processor.
    pub(crate) fn seal_segment(
        &self,
        object_type: ObjectType,
        name: &ContentName,
        segment: &Segment,
        body: &mut Vec<u8>,
        object: Buffer,
    ) -> Result<Bytes, VaultError> {
        encode(segment, body)
            .map_err(|error| VaultError::Worker(format!("compressing failed: {error}")))?;
        self.seal_into(object_type, &key_of(object_type, name), body, object)
    }

    /// Decrypts and decodes a segment's bytes. Work for the processor.
    pub(crate) fn open_segment(
        &self,
        object_type: ObjectType,
        key: &str,
        bytes: &[u8],
    ) -> Result<Decoded, VaultError> {
        let body = self.unseal_large(object_type, key, bytes)?;
        decode(body.as_ref())
            .map_err(|reason| VaultError::damaged(key, ProblemKind::Decode, reason))
    }

    /// Reads a segment.
    pub(crate) async fn fetch_segment(
        self: &Arc<Self>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<Decoded, VaultError> {
        let key = key_of(object_type, &segment.object.name);
        let bytes = self.fetch(&key).await?;
        let (vault, segment) = (self.clone(), segment.clone());
        on_worker(move || {
            let decoded = vault.open_segment(object_type, &key, &bytes)?;
            fits(&key, &segment, &decoded.index)?;
            Ok(decoded)
        })
        .await
    }

    /// The rows of a segment's body that name these keys, in their order, each document held against
    /// its hash. Work for the processor.
    pub(crate) fn pick_rows(
        &self,
        key: &str,
        segment: &SegmentRef,
        body: &[u8],
        keys: &[Bytes],
    ) -> Result<Vec<Option<Picked>>, VaultError> {
        let undecodable = |reason| VaultError::damaged(key, ProblemKind::Decode, reason);
        let (picked, summary) = pick(body, keys).map_err(undecodable)?;
        summary.fits(key, segment)?;
        let held = |(key, row): (_, &'_ Option<Picked>)| match row {
            Some(Picked { document: Some(document), hash }) => Some((key, document.clone(), *hash)),
            _ => None,
        };
        let held: Vec<(&Bytes, Bytes, _)> = keys.iter().zip(&picked).filter_map(held).collect();
        let pairs = held.iter().map(|(key, document, _)| (&key[..], &document[..]));
        let hashes = self.names.documents().documents(pairs);
        if held.iter().zip(&hashes).any(|((.., told), hash)| *told != Some(hash.short())) {
            return Err(undecodable("a document is not the one that the index tells of"));
        }
        Ok(picked)
    }

    /// Reads a segment's index alone: the end of the object, or all of it where the end does not
    /// tell.
    pub(crate) async fn fetch_index(
        self: &Arc<Self>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<DecodedIndex, VaultError> {
        if let Some(index) = self.fetch_end(object_type, segment).await? {
            return Ok(index);
        }
        let key = key_of(object_type, &segment.object.name);
        let bytes = self.fetch(&key).await?;
        let (vault, segment) = (self.clone(), segment.clone());
        on_worker(move || {
            let body = vault.unseal_large(object_type, &key, &bytes)?;
            let index = decode_index(body.as_ref())
                .map_err(|reason| VaultError::damaged(&key, ProblemKind::Decode, reason))?;
            fits(&key, &segment, &index)?;
            Ok(index)
        })
        .await
    }
}

/// Runs work for the processor beside the asynchronous tasks.
pub(crate) async fn on_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| VaultError::Worker(error.to_string()))?
}

/// Holds an index against the reference that led to it.
pub(crate) fn fits(
    key: &str,
    segment: &SegmentRef,
    index: &DecodedIndex,
) -> Result<(), VaultError> {
    let documents = index.rows.iter().filter(|row| row.document.is_some()).count() as u64;
    let deletes = index.rows.len() as u64 - documents;
    let of = |row: Option<&Row>| row.map(|row| row.key.to_vec()).unwrap_or_default();
    let (first, last) = (of(index.rows.first()), of(index.rows.last()));
    Summary { first, last, documents, deletes }.fits(key, segment)
}

/// What the rows of an index say of all of it.
#[derive(Default)]
pub(super) struct Summary {
    first: Vec<u8>,
    last: Vec<u8>,
    documents: u64,
    deletes: u64,
}

impl Summary {
    /// Counts the next row.
    pub(super) fn count(&mut self, row: &RowAt<'_>) {
        if self.documents + self.deletes == 0 {
            self.first.extend_from_slice(row.key);
        }
        self.last.clear();
        self.last.extend_from_slice(row.key);
        match row.document {
            Some(_) => self.documents += 1,
            None => self.deletes += 1,
        }
    }

    /// Holds it against the reference that led to it.
    pub(super) fn fits(&self, key: &str, segment: &SegmentRef) -> Result<(), VaultError> {
        if self.documents + self.deletes > 0
            && self.first == segment.first_key
            && self.last == segment.last_key
            && self.documents == segment.totals.documents
            && self.deletes == segment.deletes
        {
            return Ok(());
        }
        Err(VaultError::damaged(key, ProblemKind::Manifest, "it does not hold what its page tells"))
    }
}
