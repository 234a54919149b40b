//! Base segments merged with layers, one key range after the other.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::cursor::RowCursor;
use super::layers::LayerCursor;
use super::opened::Opened;
use super::{KeyRange, key_ranges};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::Layer;
use crate::set::StreamManifest;
use crate::vault::VaultInner;

/// A batch ends when it holds this many bytes, or where a base segment does.
const BATCH: usize = 4 << 20;

/// A stream's key ranges, read in order.
#[derive(Debug)]
pub(super) struct Ranges<O: Opened>(VecDeque<Merged<O>>);

impl<O: Opened> Ranges<O> {
    /// All ranges; with a key to begin at, those that do not end below it.
    pub(super) fn new(
        vault: &Arc<VaultInner>,
        stream: &StreamManifest,
        from: Option<&Bytes>,
    ) -> Self {
        let ends_below =
            |range: &KeyRange| range.to.as_ref().zip(from).is_some_and(|(to, from)| from >= to);
        let ranges = key_ranges(&stream.parts).into_iter().filter(|range| !ends_below(range));
        Self(ranges.map(|range| Merged::new(vault, range, &stream.layers, from)).collect())
    }

    pub(super) async fn next_batch(&mut self) -> Result<Option<Vec<O::Record>>, VaultError> {
        while let Some(range) = self.0.front_mut() {
            if let Some(batch) = range.next_batch().await? {
                return Ok(Some(batch));
            }
            self.0.pop_front();
        }
        Ok(None)
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = Merged<O>> {
        self.0.into_iter()
    }
}

/// The rows of one key range in key order, those of layers in place of what they replace.
#[derive(Debug)]
pub(super) struct Merged<O: Opened> {
    base: RowCursor<O>,
    layers: LayerCursor<O>,
    /// First key that belongs to the next range.
    to: Option<Bytes>,
    /// The key taken from a layer last: base documents of it do not count, however many there are.
    replaced: Option<Bytes>,
}

impl<O: Opened> Merged<O> {
    fn new(
        vault: &Arc<VaultInner>,
        range: KeyRange,
        layers: &[Layer],
        from: Option<&Bytes>,
    ) -> Self {
        let base = RowCursor::new(vault, ObjectType::Segment, &range.pages, from.cloned());
        let layers = LayerCursor::new(vault, layers, range.from.as_ref().max(from));
        Self { base, layers, to: range.to, replaced: None }
    }

    pub(super) async fn next_batch(&mut self) -> Result<Option<Vec<O::Record>>, VaultError> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH {
            if !batch.is_empty() && self.base.at_segment_end() {
                break;
            }
            match self.next_row().await? {
                Step::Row(key, item) => {
                    let record = O::record(key, item);
                    bytes += O::weight(&record);
                    batch.push(record);
                }
                Step::Passed => {}
                Step::End => break,
            }
        }
        Ok((!batch.is_empty()).then_some(batch))
    }

    async fn next_row(&mut self) -> Result<Step<O::Item>, VaultError> {
        let base = self.base.peek().await?;
        let layered = self.layers.peek().await?;
        let layered = layered.filter(|key| self.to.as_ref().is_none_or(|to| *key < to));
        let layer_first = match (base, layered) {
            (None, None) => return Ok(Step::End),
            (Some(base), Some(key)) => *key <= base.key,
            (base, _) => base.is_none(),
        };
        if layer_first {
            let taken = self.layers.take().await?;
            self.replaced = taken.as_ref().map(|(key, _)| key.clone());
            return Ok(Step::of(taken));
        }
        match self.base.take() {
            Some((key, _)) if self.replaced.as_ref() == Some(&key) => Ok(Step::Passed),
            taken => Ok(Step::of(taken)),
        }
    }
}

enum Step<T> {
    Row(Bytes, T),
    /// A tombstone, or what a layer replaces.
    Passed,
    End,
}

impl<T> Step<T> {
    fn of(taken: Option<(Bytes, Option<T>)>) -> Self {
        match taken {
            Some((key, Some(item))) => Self::Row(key, item),
            Some((_, None)) => Self::Passed,
            None => Self::End,
        }
    }
}
