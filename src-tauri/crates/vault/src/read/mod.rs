//! Reading a stream back: base segments merged with layers, in key order, in bounded memory.

mod batch;
mod cursor;
pub(crate) mod layers;
mod lookup;
pub(crate) mod overlay;

use std::sync::Arc;

use bytes::Bytes;

use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::{Layer, PageRef};
use crate::set::StreamManifest;
use crate::vault::VaultInner;
pub use batch::BatchLookup;
use cursor::RowCursor;
use layers::LayerCursor;
pub use lookup::StreamLookup;

/// A batch ends when it holds this many bytes of documents, or where a base segment does.
const BATCH: usize = 4 << 20;

/// A document with its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Sort key.
    pub key: Bytes,
    /// The document's bytes, exactly as pushed. They share one buffer with their segment's others:
    /// whoever keeps one for long should copy it.
    pub doc: Bytes,
}

/// Reads a stream in key order, part after part.
#[derive(Debug)]
pub struct StreamReader {
    parts: std::collections::VecDeque<PartReader>,
}

impl StreamReader {
    pub(crate) fn new(vault: Arc<VaultInner>, stream: &StreamManifest) -> Self {
        let parts = key_ranges(&stream.parts)
            .into_iter()
            .map(|range| PartReader::new(&vault, range, &stream.layers, None))
            .collect();
        Self { parts }
    }

    /// Begins at `from`: pages and segments that end below it are not read.
    pub(crate) fn starting_at(
        vault: &Arc<VaultInner>,
        stream: &StreamManifest,
        from: &Bytes,
    ) -> Self {
        let parts = key_ranges(&stream.parts)
            .into_iter()
            .filter(|range| range.to.as_ref().is_none_or(|to| from < to))
            .map(|range| PartReader::new(vault, range, &stream.layers, Some(from)))
            .collect();
        Self { parts }
    }

    /// The next records in key order, a segment's worth; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        while let Some(part) = self.parts.front_mut() {
            if let Some(batch) = part.next_batch().await? {
                return Ok(Some(batch));
            }
            self.parts.pop_front();
        }
        Ok(None)
    }

    /// Splits the stream into parts of disjoint, ascending key ranges, which may be read at once.
    #[must_use]
    pub fn parts(self) -> Vec<PartReader> {
        self.parts.into()
    }
}

/// A part's pages and the keys of layers that belong to it.
#[derive(Debug)]
pub(crate) struct KeyRange {
    pub(crate) pages: Vec<PageRef>,
    /// None for the first part, which also takes what layers add below it.
    pub(crate) from: Option<Bytes>,
    /// The next part's first key; none for the last, which also takes what layers add above.
    pub(crate) to: Option<Bytes>,
}

/// The key ranges of parts; one for all keys where there are no parts.
pub(crate) fn key_ranges(parts: &[Vec<PageRef>]) -> Vec<KeyRange> {
    if parts.is_empty() {
        return vec![KeyRange { pages: Vec::new(), from: None, to: None }];
    }
    let first_of = |part: Option<&Vec<PageRef>>| part?.first().map(|page| page.first_key.clone());
    let range = |(number, pages): (usize, &Vec<PageRef>)| KeyRange {
        from: if number == 0 { None } else { first_of(Some(pages)) },
        to: first_of(parts.get(number + 1)),
        pages: pages.clone(),
    };
    parts.iter().enumerate().map(range).collect()
}

/// Reads one key range of a stream in key order.
#[derive(Debug)]
pub struct PartReader {
    base: RowCursor,
    layers: LayerCursor,
    /// First key that belongs to the next part.
    to: Option<Bytes>,
    /// The key taken from a layer last: base documents of it do not count, however many there are.
    replaced: Option<Bytes>,
}

impl PartReader {
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

    /// The next records in key order, about a segment's worth; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        while bytes < BATCH {
            if !batch.is_empty() && self.base.at_segment_end() {
                break;
            }
            match self.next_record().await? {
                Step::Record(record) => {
                    bytes += record.doc.len();
                    batch.push(record);
                }
                Step::Passed => {}
                Step::End => break,
            }
        }
        Ok((!batch.is_empty()).then_some(batch))
    }

    async fn next_record(&mut self) -> Result<Step, VaultError> {
        let base = self.base.peek().await?;
        let layered = self.layers.peek().await?;
        let layered = layered.filter(|key| self.to.as_ref().is_none_or(|to| *key < to));
        let layer_first = match (base, layered) {
            (None, None) => return Ok(Step::End),
            (Some(base), Some(key)) => *key <= base.key,
            (base, _) => base.is_none(),
        };
        if layer_first {
            let Some((key, doc)) = self.layers.take().await? else {
                return Ok(Step::End);
            };
            self.replaced = Some(key.clone());
            return Ok(doc.map_or(Step::Passed, |doc| Step::Record(Record { key, doc })));
        }
        match self.base.take() {
            None => Ok(Step::End),
            Some((key, _)) if self.replaced.as_ref() == Some(&key) => Ok(Step::Passed),
            Some((key, doc)) => {
                Ok(doc.map_or(Step::Passed, |doc| Step::Record(Record { key, doc })))
            }
        }
    }
}

enum Step {
    Record(Record),
    Passed,
    End,
}
