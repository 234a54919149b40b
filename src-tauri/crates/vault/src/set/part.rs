//! One part of a stream.

use std::sync::Arc;

use super::StreamInfo;
use super::sink::{SegmentSink, Tally};
use super::stream::Parts;
use super::writer::SetShared;
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::digest::DigestKey;
use crate::manifest::PageRef;
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
        parts.open(number);
        Self {
            stream: info.name.clone(),
            number,
            key: vault.keyring.names.documents().clone(),
            builder: SegmentBuilder::default(),
            sink: SegmentSink::new(vault, sealing, ObjectType::Segment, earlier),
            last_key: Vec::new(),
            scratch: Vec::new(),
            parts,
        }
    }

    /// Adds a document. Keys must not go back. Waits while too much is on its way to the store.
    ///
    /// # Errors
    /// [`VaultError::OutOfOrder`], [`VaultError::TooLarge`], or what went wrong with an earlier
    /// document on its way to the store.
    pub async fn push(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        measure(&self.stream, key, doc)?;
        if key < self.last_key.as_slice() {
            return Err(VaultError::OutOfOrder { stream: self.stream.clone() });
        }
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        if self.builder.is_full_for(doc.len()) {
            self.sink.take(&mut self.builder).await?;
        }
        let hash = self.key.document(key, doc, &mut self.scratch);
        self.builder.push(key, doc, &hash);
        if self.builder.ends_after(doc.len(), &hash) {
            self.sink.take(&mut self.builder).await?;
        }
        Ok(())
    }

    /// Ends the part; returns when all of it is stored.
    ///
    /// # Errors
    /// What went wrong with a document on its way to the store.
    pub async fn finish(mut self) -> Result<(), VaultError> {
        self.sink.take(&mut self.builder).await?;
        let (pages, tally) = self.sink.finish().await?;
        self.parts.close(self.number, FinishedPart { pages, tally });
        Ok(())
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
