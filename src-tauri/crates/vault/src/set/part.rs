//! One part of a stream.

use std::sync::Arc;

use bytes::Bytes;

use super::StreamInfo;
use super::sink::{SegmentSink, Tally};
use super::stream::Parts;
use super::writer::SetShared;
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::digest::{DigestKey, DocumentHash};
use crate::manifest::{PageRef, PartProgress};
use crate::segment::{LARGEST_DOCUMENT, LARGEST_KEY, SegmentBuilder};

/// Writes one part of a stream: documents in key order.
#[derive(Debug)]
pub struct PartWriter {
    stream: String,
    number: u32,
    key: DigestKey,
    builder: SegmentBuilder,
    sink: SegmentSink,
    last_key: Vec<u8>,
    scratch: Vec<u8>,
    parts: Arc<Parts>,
}

/// How far a part has come: a later set may go on from here instead of reading again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartCheckpoint {
    /// Sort key of the last document that is stored.
    pub through: Bytes,
    /// Segments that are stored.
    pub segments: u64,
    /// Opaque to the caller.
    pub state: Vec<u8>,
}

/// A part that is stored.
#[derive(Debug)]
pub(crate) struct FinishedPart {
    pub(crate) pages: Vec<PageRef>,
    pub(crate) tally: Tally,
}

impl PartWriter {
    pub(crate) fn new(
        shared: &SetShared,
        info: &StreamInfo,
        number: u32,
        parts: Arc<Parts>,
    ) -> Self {
        let (vault, sealing) = (shared.vault.clone(), shared.sealing.clone());
        let earlier = shared.earlier(info);
        let sink = SegmentSink::new(vault, sealing, ObjectType::Segment, earlier);
        parts.open(number);
        Self {
            stream: info.name.clone(),
            number,
            key: shared.vault.names.documents().clone(),
            builder: sink.builder(),
            sink,
            last_key: Vec::new(),
            scratch: Vec::new(),
            parts,
        }
    }

    /// Goes on from a checkpoint of the same part, kept by [`PartWriter::checkpoint`]; what was
    /// pushed up to its key must not be pushed again.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] when the bytes are no checkpoint.
    pub(crate) fn resume(mut self, checkpoint: &PartCheckpoint) -> Result<Self, VaultError> {
        let progress = PartProgress::decode(&checkpoint.state).ok_or_else(|| {
            VaultError::Misuse(format!("stream `{}`: not a checkpoint of a part", self.stream))
        })?;
        self.sink.resume(&progress);
        self.last_key = checkpoint.through.to_vec();
        Ok(self)
    }

    /// What is stored of the part so far; none before its first segment is.
    #[must_use]
    pub fn checkpoint(&self) -> Option<PartCheckpoint> {
        let progress = self.sink.progress();
        let through = progress.last_key()?.clone();
        Some(PartCheckpoint { through, segments: progress.count, state: progress.encode() })
    }

    /// Segments stored so far.
    #[must_use]
    pub fn segments(&self) -> u64 {
        self.sink.segments()
    }

    /// Adds a document. Keys must not go back. Waits while too much is on its way to the store.
    ///
    /// # Errors
    /// [`VaultError::OutOfOrder`], [`VaultError::TooLarge`], or what went wrong with an earlier
    /// document on its way to the store.
    pub async fn push(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        let hash = self.key.document(key, doc, &mut self.scratch);
        self.push_hashed(key, doc, &hash).await
    }

    /// Adds documents, each given as its key and its bytes, as [`PartWriter::push`] does one.
    ///
    /// # Errors
    /// As [`PartWriter::push`]; the documents before the one refused are added.
    pub async fn push_all(&mut self, documents: &[(&[u8], &[u8])]) -> Result<(), VaultError> {
        let hashes = self.key.documents(documents.iter().copied());
        for ((key, doc), hash) in documents.iter().zip(&hashes) {
            self.push_hashed(key, doc, hash).await?;
        }
        Ok(())
    }

    async fn push_hashed(
        &mut self,
        key: &[u8],
        doc: &[u8],
        hash: &DocumentHash,
    ) -> Result<(), VaultError> {
        measure(&self.stream, key, doc)?;
        if key < self.last_key.as_slice() {
            return Err(VaultError::OutOfOrder { stream: self.stream.clone() });
        }
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        if self.builder.is_full_for(doc.len()) {
            self.sink.take(&mut self.builder).await?;
        }
        self.builder.push(key, doc, hash);
        if self.builder.ends_after(doc.len(), hash) {
            self.sink.take(&mut self.builder).await?;
        }
        Ok(())
    }

    /// Ends the segment at hand, however small it is: tools that need many segments make them so.
    pub(crate) async fn end_segment(&mut self) -> Result<(), VaultError> {
        self.sink.take(&mut self.builder).await
    }

    /// Ends the part; returns when all of it is stored, with a checkpoint of the whole part.
    ///
    /// # Errors
    /// What went wrong with a document on its way to the store.
    pub async fn finish(self) -> Result<PartCheckpoint, VaultError> {
        let (pages, tally) = self.sink.finish(self.builder).await?;
        let progress = PartProgress {
            pages: pages.clone(),
            segments: Vec::new(),
            totals: tally.totals(),
            count: tally.segments,
            reused: tally.reused_segments,
            stored_bytes: tally.stored_bytes,
        };
        self.parts.close(self.number, FinishedPart { pages, tally });
        Ok(PartCheckpoint {
            through: progress.last_key().cloned().unwrap_or_default(),
            segments: progress.count,
            state: progress.encode(),
        })
    }
}

/// Refuses what a segment cannot hold.
pub(crate) fn measure(stream: &str, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
    let too_large = |bytes, limit| VaultError::TooLarge { stream: stream.to_owned(), bytes, limit };
    if key.len() > LARGEST_KEY {
        return Err(too_large(key.len(), LARGEST_KEY));
    }
    if doc.len() > LARGEST_DOCUMENT {
        return Err(too_large(doc.len(), LARGEST_DOCUMENT));
    }
    Ok(())
}
