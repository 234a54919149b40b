//! Writing layers: images and tombstones in key order, and the merging of layers into one.

use std::sync::Arc;

use super::StreamManifest;
use super::sink::{SegmentSink, Tally};
use super::writer::SetShared;
use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::object::ObjectType;
use crate::manifest::{Layer, PageReader, PageRef, Totals};
use crate::objects::key_of;
use crate::read::{layers::LayerCursor, overlay};
use crate::segment::{DELTA, SegmentBuilder};

/// Writes the images and tombstones of a layer.
#[derive(Debug)]
pub(super) struct LayerWriter {
    shared: Arc<SetShared>,
    stream: String,
    builder: SegmentBuilder,
    sink: SegmentSink,
    last_key: Option<Vec<u8>>,
    scratch: Vec<u8>,
}

impl LayerWriter {
    pub(super) fn new(shared: &Arc<SetShared>, stream: &str) -> Self {
        let (vault, sealing) = (shared.vault.clone(), shared.sealing.clone());
        Self {
            shared: shared.clone(),
            stream: stream.to_owned(),
            builder: SegmentBuilder::default(),
            sink: SegmentSink::new(vault, sealing, ObjectType::Delta, None),
            last_key: None,
            scratch: Vec::new(),
        }
    }

    pub(super) async fn put(&mut self, key: &[u8], doc: &[u8]) -> Result<(), VaultError> {
        self.advance(key)?;
        if self.builder.is_full_for(doc.len()) {
            self.sink.take(&mut self.builder).await?;
        }
        let documents = self.shared.vault.names.documents();
        let hash = documents.document(key, doc, &mut self.scratch);
        self.builder.push(key, doc, &hash);
        self.end_when_full().await
    }

    pub(super) async fn delete(&mut self, key: &[u8]) -> Result<(), VaultError> {
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

    pub(super) async fn finish(mut self) -> Result<(Vec<PageRef>, Tally), VaultError> {
        self.sink.take(&mut self.builder).await?;
        self.sink.finish().await
    }
}

/// Merges all layers of a stream into one; what a reader sees stays as it is.
pub(super) async fn merge(
    shared: &Arc<SetShared>,
    stream: &mut StreamManifest,
) -> Result<(), VaultError> {
    let vault = &shared.vault;
    let mut rows = LayerCursor::new(vault, &stream.layers, None);
    let mut writer = LayerWriter::new(shared, &stream.name);
    while rows.peek().await?.is_some() {
        match rows.take().await? {
            Some((key, Some(doc))) => writer.put(&key, &doc).await?,
            Some((key, None)) => writer.delete(&key).await?,
            None => break,
        }
    }
    let (pages, tally) = writer.finish().await?;
    let replaced = overlay::replaced(vault, &stream.parts, &[], &pages).await?;
    let (base, base_segments) = base_totals(shared, stream).await?;
    let mut totals = base;
    totals.subtract(&replaced);
    totals.add(&Totals::of(&tally.digest, tally.bytes));
    let stats = &mut stream.stats;
    if totals != stats.totals() {
        let key = pages.first().map(|page| key_of(ObjectType::Page, &page.object.name));
        let detail = format!("the layers of stream `{}` do not add up to it", stream.name);
        return Err(VaultError::damaged(&key.unwrap_or_default(), ProblemKind::Manifest, detail));
    }
    stats.segments = base_segments + tally.segments;
    stats.reused_segments = stats.reused_segments.min(base_segments) + tally.reused_segments;
    stats.delta_puts = tally.digest.documents();
    stats.delta_deletes = tally.deletes;
    stats.stored_bytes += tally.stored_bytes;
    stream.layers = vec![Layer { pages, replaced }];
    Ok(())
}

/// Totals and number of the base segments, as their pages tell them.
async fn base_totals(
    shared: &SetShared,
    stream: &StreamManifest,
) -> Result<(Totals, u64), VaultError> {
    let mut segments = PageReader::new(shared.vault.clone(), stream.base_pages().cloned());
    let (mut totals, mut count) = (Totals::default(), 0);
    while let Some(segment) = segments.next().await? {
        totals.add(&segment.totals);
        count += 1;
    }
    Ok((totals, count))
}
