//! Writing layers: images and tombstones in key order, and the merging of the newest into one.

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
use crate::segment::{DELTA, Decoded, SegmentBuilder};

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
        let sink = SegmentSink::new(vault, sealing, ObjectType::Delta, None);
        Self {
            shared: shared.clone(),
            stream: stream.to_owned(),
            builder: sink.builder(),
            sink,
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

    pub(super) async fn finish(self) -> Result<(Vec<PageRef>, Tally), VaultError> {
        self.sink.finish(self.builder).await
    }
}

/// What a layer holds, as its pages tell it.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    images: Totals,
    deletes: u64,
}

impl Held {
    fn rows(&self) -> u64 {
        self.images.documents + self.deletes
    }

    fn add(&mut self, other: &Self) {
        self.images.add(&other.images);
        self.deletes += other.deletes;
    }
}

/// Merges the newest layers of a stream into one; what a reader sees stays as it is. A layer is
/// merged once it is no more than what lies over it, so that a row is written again but a few times
/// however long a chain grows.
pub(super) async fn merge(
    shared: &Arc<SetShared>,
    stream: &mut StreamManifest,
) -> Result<(), VaultError> {
    let vault = &shared.vault;
    let mut held = Vec::with_capacity(stream.layers.len());
    for layer in &stream.layers {
        held.push(held_by(shared, layer).await?);
    }
    let from = first_to_merge(&held);
    let newest = stream.layers.split_off(from);
    let mut rows = LayerCursor::<Decoded>::new(vault, &newest, None);
    let mut writer = LayerWriter::new(shared, &stream.name);
    while rows.peek().await?.is_some() {
        match rows.take().await? {
            Some((key, Some(doc))) => writer.put(&key, &doc).await?,
            Some((key, None)) => writer.delete(&key).await?,
            None => break,
        }
    }
    let (pages, tally) = writer.finish().await?;
    let replaced = overlay::replaced(vault, &stream.parts, &stream.layers, &pages).await?;
    let images = tally.totals();
    let mut before = Held::default();
    held.iter().skip(from).for_each(|layer| before.add(layer));
    // What the layers added and took away in sum, the one layer must as well.
    let (mut one, mut other) = (before.images, images);
    one.add(&replaced);
    newest.iter().for_each(|layer| other.add(&layer.replaced));
    if one != other {
        let key = pages.first().map(|page| key_of(ObjectType::Page, &page.object.name));
        let detail = format!("the layers of stream `{}` do not add up", stream.name);
        return Err(VaultError::damaged(&key.unwrap_or_default(), ProblemKind::Manifest, detail));
    }
    let kept: u64 = stream.base_pages().chain(stream.layer_pages()).map(|page| page.segments).sum();
    let stats = &mut stream.stats;
    stats.segments = kept + tally.segments;
    stats.reused_segments = kept + tally.reused_segments;
    stats.delta_puts = stats.delta_puts - before.images.documents + images.documents;
    stats.delta_deletes = stats.delta_deletes - before.deletes + tally.deletes;
    stats.stored_bytes += tally.stored_bytes;
    stream.layers.push(Layer { pages, replaced });
    Ok(())
}

/// From which layer on to merge: at least the two newest.
fn first_to_merge(held: &[Held]) -> usize {
    let mut from = held.len().saturating_sub(2);
    let mut over: u64 = held.iter().skip(from).map(Held::rows).sum();
    while let Some(next) = from.checked_sub(1).and_then(|below| held.get(below)) {
        if next.rows() > over {
            break;
        }
        over += next.rows();
        from -= 1;
    }
    from
}

async fn held_by(shared: &SetShared, layer: &Layer) -> Result<Held, VaultError> {
    let mut segments = PageReader::new(shared.vault.clone(), layer.pages.iter().cloned());
    let mut held = Held::default();
    while let Some(segment) = segments.next().await? {
        held.images.add(&segment.totals);
        held.deletes += segment.deletes;
    }
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_layers_are_merged_and_large_ones_left_alone() {
        let held = |rows: &[u64]| -> Vec<Held> {
            rows.iter().map(|rows| Held { deletes: *rows, ..Held::default() }).collect()
        };
        assert_eq!(first_to_merge(&held(&[5, 5, 5, 5])), 0);
        assert_eq!(first_to_merge(&held(&[1000, 5, 5, 5])), 1);
        assert_eq!(first_to_merge(&held(&[1000, 100, 10, 1])), 2);
        assert_eq!(first_to_merge(&held(&[1, 1])), 0);
    }
}
