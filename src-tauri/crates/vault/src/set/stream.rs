//! One stream of a set: parts, then deltas.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::part::{FinishedPart, PartWriter, measure};
use super::sink::{SegmentSink, Tally};
use super::writer::SetShared;
use super::{StreamInfo, StreamManifest, StreamStats};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::digest::DigestSum;
use crate::manifest::PageRef;
use crate::read::overlay;
use crate::segment::{DELTA, SegmentBuilder};

/// Writes a stream. Parts may be written at the same time, each by its own task.
#[derive(Debug)]
pub struct StreamWriter {
    shared: Arc<SetShared>,
    info: StreamInfo,
    parts: Arc<Parts>,
    first: Option<PartWriter>,
    delta: Option<DeltaWriter>,
}

/// The parts of a stream: `None` while being written.
#[derive(Debug, Default)]
pub(crate) struct Parts(Mutex<BTreeMap<u32, Option<FinishedPart>>>);

impl Parts {
    pub(crate) fn open(&self, number: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number, None);
    }

    pub(crate) fn close(&self, number: u32, part: FinishedPart) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Some(part));
    }

    /// All parts in order; `None` while one is being written or was dropped halfway.
    fn take(&self) -> Option<Vec<FinishedPart>> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *parts).into_values().collect()
    }
}

impl StreamWriter {
    pub(crate) fn new(shared: Arc<SetShared>, info: StreamInfo) -> Self {
        Self { shared, info, parts: Arc::default(), first: None, delta: None }
    }

    /// Begins part `n`: a key range, all keys of part n below those of part n + 1. Each part
    /// gathers one segment in memory, so keep the number of parts open at once near that of the
    /// readers.
    #[must_use]
    pub fn part(&self, n: u32) -> PartWriter {
        PartWriter::new(&self.shared, &self.info, n, self.parts.clone())
    }

    /// Adds a document to part 0, for streams written in one go.
    ///
    /// # Errors
    /// As [`PartWriter::push`].
    pub async fn push(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        let (shared, info, parts) = (&self.shared, &self.info, &self.parts);
        let part =
            self.first.get_or_insert_with(|| PartWriter::new(shared, info, 0, parts.clone()));
        part.push(key, doc).await
    }

    /// Adds the image of a document at the set's time, after the scan. Keys of images and
    /// tombstones must rise strictly.
    ///
    /// # Errors
    /// [`VaultError::OutOfOrder`], [`VaultError::TooLarge`], or a failure of the store.
    pub async fn delta_put(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        measure(&self.info.name, key, doc)?;
        self.delta().put(key, doc).await
    }

    /// Adds a tombstone: no document of this key exists at the set's time.
    ///
    /// # Errors
    /// As [`StreamWriter::delta_put`].
    pub async fn delta_delete(&mut self, key: &[u8]) -> Result<(), VaultError> {
        measure(&self.info.name, key, &[])?;
        self.delta().delete(key).await
    }

    fn delta(&mut self) -> &mut DeltaWriter {
        let (shared, info) = (&self.shared, &self.info);
        self.delta.get_or_insert_with(|| DeltaWriter::new(shared, info))
    }

    /// Ends the stream once every part is finished.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] while a part is open, [`VaultError::OutOfOrder`] when parts overlap,
    /// or a failure of the store.
    pub async fn finish(mut self) -> Result<StreamStats, VaultError> {
        if let Some(first) = self.first.take() {
            first.finish().await?;
        }
        let unfinished =
            || VaultError::Misuse(format!("stream `{}`: a part was not finished", self.info.name));
        let finished = self.parts.take().ok_or_else(unfinished)?;
        let mut base = Tally::default();
        finished.iter().for_each(|part| base.merge(&part.tally));
        let parts: Vec<_> =
            finished.into_iter().map(|part| part.pages).filter(|pages| !pages.is_empty()).collect();
        if !ascending(&parts) {
            return Err(VaultError::OutOfOrder { stream: self.info.name });
        }
        let (deltas, delta) = match self.delta.take() {
            Some(delta) => delta.finish().await?,
            None => (Vec::new(), Tally::default()),
        };
        let replaced = overlay::replaced(&self.shared.vault, &parts, &deltas).await?;
        let mut digest = base.digest;
        digest.subtract(&DigestSum::from_parts(replaced.digest, replaced.documents));
        digest.merge(&delta.digest);
        let stats = StreamStats {
            documents: digest.documents(),
            bytes: base.bytes - replaced.bytes + delta.bytes,
            digest: digest.value(),
            segments: base.segments + delta.segments,
            reused_segments: base.reused_segments + delta.reused_segments,
            delta_puts: delta.digest.documents(),
            delta_deletes: delta.deletes,
            stored_bytes: base.stored_bytes + delta.stored_bytes,
        };
        let place = (self.info.class, self.info.name.clone());
        let manifest = StreamManifest {
            name: self.info.name,
            kind: self.info.kind,
            metadata: self.info.metadata,
            stats,
            replaced,
            parts,
            deltas,
        };
        self.shared.streams().insert(place, Some(manifest));
        Ok(stats)
    }
}

/// True when each part lies wholly above the one before it.
fn ascending(parts: &[Vec<PageRef>]) -> bool {
    parts.windows(2).all(|pair| match pair {
        [a, b] => a.last().map(|page| &page.last_key) < b.first().map(|page| &page.first_key),
        _ => true,
    })
}

/// Writes the images and tombstones of a stream.
#[derive(Debug)]
struct DeltaWriter {
    shared: Arc<SetShared>,
    stream: String,
    builder: SegmentBuilder,
    sink: SegmentSink,
    last_key: Option<Vec<u8>>,
    scratch: Vec<u8>,
}

impl DeltaWriter {
    fn new(shared: &Arc<SetShared>, info: &StreamInfo) -> Self {
        let (vault, sealing) = (shared.vault.clone(), shared.sealing.clone());
        Self {
            shared: shared.clone(),
            stream: info.name.clone(),
            builder: SegmentBuilder::default(),
            sink: SegmentSink::new(vault, sealing, ObjectType::Delta, None),
            last_key: None,
            scratch: Vec::new(),
        }
    }

    async fn put(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        self.advance(key)?;
        if self.builder.is_full_for(doc.len()) {
            self.sink.take(&mut self.builder).await?;
        }
        let documents = self.shared.vault.keyring.names.documents();
        let hash = documents.document(key, doc, &mut self.scratch);
        self.builder.push(key, doc, &hash);
        self.end_when_full().await
    }

    async fn delete(&mut self, key: &[u8]) -> Result<(), VaultError> {
        self.advance(key)?;
        self.builder.push_tombstone(key);
        self.end_when_full().await
    }

    fn advance(&mut self, key: &[u8]) -> Result<(), VaultError> {
        if self.last_key.as_deref().is_some_and(|last| key <= last) {
            return Err(VaultError::OutOfOrder { stream: self.stream.clone() });
        }
        self.last_key = Some(key.to_vec());
        Ok(())
    }

    async fn end_when_full(&mut self) -> Result<(), VaultError> {
        if self.builder.segment().weight() >= DELTA {
            self.sink.take(&mut self.builder).await?;
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<(Vec<PageRef>, Tally), VaultError> {
        self.sink.take(&mut self.builder).await?;
        self.sink.finish().await
    }
}
