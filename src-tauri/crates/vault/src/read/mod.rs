//! Reading a stream back: base segments merged with deltas, in key order, in bounded memory.

mod cursor;
pub(crate) mod overlay;

use std::sync::Arc;

use bytes::Bytes;

use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::PageRef;
use crate::set::StreamManifest;
use crate::vault::VaultInner;
use cursor::RowCursor;

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
        let firsts: Vec<Option<Bytes>> = stream
            .parts
            .iter()
            .map(|pages| pages.first().map(|page| page.first_key.clone()))
            .collect();
        let part = |number: usize, pages: &[PageRef]| {
            // The first part also takes what the deltas add below it, the last what they add above.
            let from = if number == 0 { None } else { firsts.get(number).cloned().flatten() };
            let to = firsts.get(number + 1).cloned().flatten();
            PartReader::new(&vault, pages, &stream.deltas, from, to)
        };
        let mut parts: std::collections::VecDeque<_> =
            stream.parts.iter().enumerate().map(|(number, pages)| part(number, pages)).collect();
        if parts.is_empty() {
            parts.push_back(part(0, &[]));
        }
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

/// Reads one key range of a stream in key order.
#[derive(Debug)]
pub struct PartReader {
    base: RowCursor,
    delta: RowCursor,
    /// First key that belongs to the next part.
    to: Option<Bytes>,
    /// The delta taken last: base documents of its key do not count, however many there are.
    replaced: Option<Bytes>,
}

impl PartReader {
    fn new(
        vault: &Arc<VaultInner>,
        pages: &[PageRef],
        deltas: &[PageRef],
        from: Option<Bytes>,
        to: Option<Bytes>,
    ) -> Self {
        let base = RowCursor::new(vault, ObjectType::Segment, pages, None);
        let delta = RowCursor::new(vault, ObjectType::Delta, deltas, from);
        Self { base, delta, to, replaced: None }
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
        let delta = self.delta.peek().await?;
        let delta = delta.filter(|delta| self.to.as_ref().is_none_or(|to| delta.key < to));
        let delta_first = match (base, delta) {
            (None, None) => return Ok(Step::End),
            (Some(base), Some(delta)) => delta.key <= base.key,
            (base, _) => base.is_none(),
        };
        if delta_first {
            let Some((key, doc)) = self.delta.take() else {
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
