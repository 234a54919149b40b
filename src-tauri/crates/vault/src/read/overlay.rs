//! What a layer takes away from the documents beneath it.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use super::{KeyRange, key_ranges};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::digest::DigestSum;
use crate::manifest::{Layer, PageReader, PageRef, SegmentRef, Totals};
use crate::segment::{DecodedIndex, Row};
use crate::vault::VaultInner;

/// Parts looked through at the same time.
const AT_ONCE: usize = 2;

/// Counts and digest of the documents beneath that the keys of `above` replace or remove: those of
/// the newest layer of `beneath` that names the key, else those of the base. Reads indexes alone,
/// of the base only where a key may lie.
pub(crate) async fn replaced(
    vault: &Arc<VaultInner>,
    parts: &[Vec<PageRef>],
    beneath: &[Layer],
    above: &[PageRef],
) -> Result<Totals, VaultError> {
    let mut total = Totals::default();
    if above.is_empty() {
        return Ok(total);
    }
    let search = Search { vault: vault.clone(), beneath: beneath.into(), above: above.into() };
    let mut found = stream::iter(key_ranges(parts))
        .map(|range| search.clone().within(range))
        .buffer_unordered(AT_ONCE);
    while let Some(part) = found.try_next().await? {
        total.add(&part);
    }
    Ok(total)
}

/// What is looked for in which layers.
#[derive(Clone)]
struct Search {
    vault: Arc<VaultInner>,
    beneath: Arc<[Layer]>,
    above: Arc<[PageRef]>,
}

impl Search {
    async fn within(self, range: KeyRange) -> Result<Totals, VaultError> {
        let cursor =
            |object_type, pages: &[PageRef]| IndexCursor::new(&self.vault, object_type, pages);
        let mut base = cursor(ObjectType::Segment, &range.pages);
        let newest_first = self.beneath.iter().rev();
        let mut beneath: Vec<IndexCursor> =
            newest_first.map(|layer| cursor(ObjectType::Delta, &layer.pages)).collect();
        let mut keys = cursor(ObjectType::Delta, &self.above);
        let (mut sum, mut bytes) = (DigestSum::default(), 0);
        let mut next = keys.seek(range.from.as_deref().unwrap_or_default()).await?.cloned();
        while let Some(Row { key, .. }) = next {
            if range.to.as_ref().is_some_and(|to| key >= *to) {
                break;
            }
            let mut count = |row: &Row| {
                if let Some((_, length)) = row.document {
                    sum.add(row.hash);
                    bytes += length as u64;
                }
            };
            if !newest_of(&mut beneath, &key, &mut count).await? {
                // A base may hold several documents of one key.
                while let Some(row) = base.find(&key).await? {
                    count(row);
                    base.pass();
                }
            }
            keys.pass();
            next = keys.seek(&key).await?.cloned();
        }
        Ok(Totals::of(&sum, bytes))
    }
}

/// Counts the row of the newest layer that names the key; false when none does.
async fn newest_of(
    layers: &mut [IndexCursor],
    key: &Bytes,
    count: &mut impl FnMut(&Row),
) -> Result<bool, VaultError> {
    for layer in layers {
        if let Some(row) = layer.find(key).await? {
            count(row);
            return Ok(true);
        }
    }
    Ok(false)
}

/// Walks the rows of some segments' indexes in key order, one index in memory.
struct IndexCursor {
    vault: Arc<VaultInner>,
    object_type: ObjectType,
    segments: PageReader,
    index: Option<DecodedIndex>,
    row: usize,
}

impl IndexCursor {
    fn new(vault: &Arc<VaultInner>, object_type: ObjectType, pages: &[PageRef]) -> Self {
        let segments = PageReader::new(vault.clone(), pages.iter().cloned());
        Self { vault: vault.clone(), object_type, segments, index: None, row: 0 }
    }

    /// The first row at or after the one at hand whose key is not below `key`. Segments that end
    /// below it are not read.
    async fn seek(&mut self, key: &[u8]) -> Result<Option<&Row>, VaultError> {
        loop {
            if let Some(index) = &self.index {
                let rest = index.rows.get(self.row..).unwrap_or_default();
                self.row += rest.partition_point(|row| row.key.as_ref() < key);
                if self.row < index.rows.len() {
                    break;
                }
                self.index = None;
            }
            self.segments.skip_below(key).await?;
            let Some(segment) = self.segments.next().await? else {
                return Ok(None);
            };
            self.open(&segment).await?;
        }
        Ok(self.index.as_ref().and_then(|index| index.rows.get(self.row)))
    }

    /// The row of `key` at or after the one at hand. A segment that begins above it is not read.
    async fn find(&mut self, key: &[u8]) -> Result<Option<&Row>, VaultError> {
        if self.index.as_ref().is_none_or(|index| index.ends_below(key)) {
            let Some(segment) = self.segments.next_holding(key).await? else { return Ok(None) };
            self.open(&segment).await?;
        }
        Ok(self.seek(key).await?.filter(|row| row.key.as_ref() == key))
    }

    async fn open(&mut self, segment: &SegmentRef) -> Result<(), VaultError> {
        self.index = Some(self.vault.fetch_index(self.object_type, segment).await?);
        self.row = 0;
        Ok(())
    }

    /// Passes over the row at hand.
    fn pass(&mut self) {
        self.row += 1;
    }
}
