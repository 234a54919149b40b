//! One stream of a set: parts, or those of a base; then a layer over them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::layer::{self, LayerWriter};
use super::part::{FinishedPart, PartCheckpoint, PartWriter, measure};
use super::sink::Tally;
use super::tail::Tail;
use super::writer::SetShared;
use super::{StreamInfo, StreamManifest, StreamStats};
use crate::VaultError;
use crate::manifest::{Layer, PageRef};
use crate::read::overlay;

/// Layers over a base at most. One more and the newest are merged: each costs readers memory and
/// time.
pub(crate) const MOST_LAYERS: usize = 12;

/// Writes a stream. Parts may be written at the same time, each by its own task.
#[derive(Debug)]
pub struct StreamWriter {
    shared: Arc<SetShared>,
    info: StreamInfo,
    parts: Arc<Parts>,
    first: Option<PartWriter>,
    /// A stream of an earlier set that stands in the place of parts.
    base: Option<StreamManifest>,
    layer: Option<LayerWriter>,
    /// What is appended to the base.
    tail: Option<Tail>,
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
    pub(super) fn take(&self) -> Option<Vec<FinishedPart>> {
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *parts).into_values().collect()
    }
}

impl StreamWriter {
    pub(crate) fn new(
        shared: Arc<SetShared>,
        info: StreamInfo,
        base: Option<StreamManifest>,
    ) -> Self {
        let tail = base.as_ref().map(Tail::of);
        Self { shared, info, parts: Arc::default(), first: None, base, layer: None, tail }
    }

    /// Replaces the metadata given at the beginning, for what is known only at the end.
    pub fn set_metadata(&mut self, metadata: Vec<u8>) {
        self.info.metadata = metadata;
    }

    /// Begins part `n`: a key range, all keys of part n below those of part n + 1. Each part
    /// gathers one segment in memory, so keep the number of parts open at once near that of the
    /// readers.
    #[must_use]
    pub fn part(&self, n: u32) -> PartWriter {
        PartWriter::new(&self.shared, &self.info, n, self.parts.clone())
    }

    /// Begins part `n` where a checkpoint of it was kept. The set must have been begun with the time
    /// at which that checkpoint's set was ([`super::SetInfo::resumes`]).
    ///
    /// # Errors
    /// [`VaultError::Misuse`] when it is none.
    pub fn resume_part(&self, n: u32, from: &PartCheckpoint) -> Result<PartWriter, VaultError> {
        self.part(n).resume(from)
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
        if let Some(tail) = &mut self.tail
            && tail.takes(&self.info.name, key)?
        {
            return tail.push(&self.shared, &self.info, key, doc).await;
        }
        self.layer().put(key, doc).await
    }

    /// Adds a tombstone: no document of this key exists at the set's time.
    ///
    /// # Errors
    /// As [`StreamWriter::delta_put`].
    pub async fn delta_delete(&mut self, key: &[u8]) -> Result<(), VaultError> {
        measure(&self.info.name, key, &[])?;
        if let Some(tail) = &mut self.tail
            && tail.takes(&self.info.name, key)?
        {
            // Nothing of this key lies beneath.
            return Ok(());
        }
        self.layer().delete(key).await
    }

    fn layer(&mut self) -> &mut LayerWriter {
        let (shared, info) = (&self.shared, &self.info);
        self.layer.get_or_insert_with(|| LayerWriter::new(shared, &info.name))
    }

    /// Ends the stream once every part is finished.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] while a part is open or when one was written over a base,
    /// [`VaultError::OutOfOrder`] when parts overlap, or a failure of the store.
    pub async fn finish(mut self) -> Result<StreamStats, VaultError> {
        if let Some(first) = self.first.take() {
            first.finish().await?;
        }
        let mut stream = self.ground()?;
        if let Some(tail) = self.tail.take() {
            tail.finish(&mut stream).await?;
        }
        if let Some(layer) = self.layer.take() {
            self.lay(&mut stream, layer).await?;
        }
        let (stats, place) = (stream.stats, (self.info.class, self.info.name));
        self.shared.streams().insert(place, Some(stream));
        Ok(stats)
    }

    /// The stream beneath the new layer: the parts written, or the base.
    fn ground(&mut self) -> Result<StreamManifest, VaultError> {
        let misuse =
            |detail: &str| VaultError::Misuse(format!("stream `{}`: {detail}", self.info.name));
        let finished = self.parts.take().ok_or_else(|| misuse("a part was not finished"))?;
        let Some(base) = self.base.take() else {
            return self.written(finished);
        };
        if !finished.is_empty() {
            return Err(misuse("it stands on a base and takes no parts"));
        }
        let segments = base.stats.segments;
        let stats = StreamStats { reused_segments: segments, stored_bytes: 0, ..base.stats };
        let StreamInfo { name, kind, metadata, .. } = self.info.clone();
        Ok(StreamManifest { name, kind, metadata, stats, ..base })
    }

    fn written(&self, finished: Vec<FinishedPart>) -> Result<StreamManifest, VaultError> {
        let mut tally = Tally::default();
        finished.iter().for_each(|part| tally.merge(&part.tally));
        let parts: Vec<_> =
            finished.into_iter().map(|part| part.pages).filter(|pages| !pages.is_empty()).collect();
        let StreamInfo { name, kind, metadata, .. } = self.info.clone();
        if !ascending(&parts) {
            return Err(VaultError::OutOfOrder { stream: name });
        }
        let stats = StreamStats {
            documents: tally.digest.documents(),
            bytes: tally.bytes,
            digest: tally.digest.value(),
            segments: tally.segments,
            reused_segments: tally.reused_segments,
            stored_bytes: tally.stored_bytes,
            ..StreamStats::default()
        };
        Ok(StreamManifest { name, kind, metadata, stats, parts, layers: Vec::new() })
    }

    /// Puts a layer over the stream.
    async fn lay(&self, stream: &mut StreamManifest, layer: LayerWriter) -> Result<(), VaultError> {
        let (pages, tally) = layer.finish().await?;
        let vault = &self.shared.vault;
        let replaced = overlay::replaced(vault, &stream.parts, &stream.layers, &pages).await?;
        let stats = &mut stream.stats;
        let mut totals = stats.totals();
        totals.subtract(&replaced);
        totals.add(&tally.totals());
        stats.set_totals(&totals);
        stats.segments += tally.segments;
        stats.reused_segments += tally.reused_segments;
        stats.delta_puts += tally.digest.documents();
        stats.delta_deletes += tally.deletes;
        stats.stored_bytes += tally.stored_bytes;
        stream.layers.push(Layer { pages, replaced });
        if stream.layers.len() > MOST_LAYERS {
            layer::merge(&self.shared, stream).await?;
        }
        Ok(())
    }
}

/// True when each part lies wholly above the one before it.
fn ascending(parts: &[Vec<PageRef>]) -> bool {
    parts.windows(2).all(|pair| match pair {
        [a, b] => a.last().map(|page| &page.last_key) < b.first().map(|page| &page.first_key),
        _ => true,
    })
}
