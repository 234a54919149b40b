//! Two streams in key order, side by side, a batch of each in memory.

use std::collections::VecDeque;

use bytes::Bytes;
use source::mongo::{ClusterTime, CollectionInfo, MongoSource, RangeReader, ScanOptions};
use source::profile::Part;
use vault::{SetManifest, StreamReader, Vault};

use super::Keep;
use crate::backup::membership;
use crate::error::EngineError;

/// What is found at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Equal,
    Missing,
    Extra,
    Different,
}

struct Entry {
    key: Bytes,
    document: Bytes,
}

enum Input {
    Empty,
    Stored(Box<StreamReader>),
    Live(VecDeque<RangeReader>),
}

/// One of the two streams.
pub(super) struct Side {
    input: Input,
    waiting: VecDeque<Entry>,
}

impl Side {
    fn new(input: Input) -> Self {
        Self { input, waiting: VecDeque::new() }
    }

    pub(super) fn empty() -> Self {
        Self::new(Input::Empty)
    }

    pub(super) async fn stored(
        vault: &Vault,
        manifest: &SetManifest,
        class: &str,
        stream: &str,
    ) -> Result<Self, EngineError> {
        let reader = vault.read_stream(manifest, class, stream).await?;
        Ok(Self::new(Input::Stored(Box::new(reader))))
    }

    pub(super) async fn live(
        source: &MongoSource,
        info: &CollectionInfo,
        part: Part,
        at: Option<ClusterTime>,
    ) -> Result<Self, EngineError> {
        let membership = match part {
            Part::Whole => None,
            part => Some(membership(source, part, at).await?),
        };
        let options = ScanOptions { at, membership, ..ScanOptions::default() };
        let ranges = source.plan_ranges(info, 1).await?;
        let readers =
            ranges.iter().map(|range| source.read_range(info, range, options.clone())).collect();
        Ok(Self::new(Input::Live(readers)))
    }

    /// Makes sure that an entry waits, unless the stream is at its end.
    async fn fill(&mut self, keep: &Keep<'_>) -> Result<(), EngineError> {
        while self.waiting.is_empty() {
            match &mut self.input {
                Input::Empty => return Ok(()),
                Input::Stored(reader) => match reader.next_batch().await? {
                    Some(records) => {
                        for record in records {
                            if keep(&record.doc)? {
                                let entry = Entry { key: record.key, document: record.doc };
                                self.waiting.push_back(entry);
                            }
                        }
                    }
                    None => self.input = Input::Empty,
                },
                Input::Live(readers) => {
                    let Some(reader) = readers.front_mut() else {
                        self.input = Input::Empty;
                        return Ok(());
                    };
                    match reader.next_batch().await? {
                        Some(batch) => self.waiting.extend(batch.iter().map(|record| Entry {
                            key: Bytes::copy_from_slice(record.key),
                            document: record.bytes(),
                        })),
                        None => drop(readers.pop_front()),
                    }
                }
            }
        }
        Ok(())
    }
}

/// Walks both streams and tells the verdict on each key with the document at hand, the stored one
/// where there are two.
pub(super) async fn merge(
    mut stored: Side,
    mut live: Side,
    keep: &Keep<'_>,
    mut tell: impl FnMut(Verdict, &[u8]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    loop {
        // Both next batches at once: one waits for the server while the other decodes.
        let (one, other) = tokio::join!(stored.fill(keep), live.fill(keep));
        one?;
        other?;
        while let (Some(left), Some(right)) = (stored.waiting.front(), live.waiting.front()) {
            match left.key.cmp(&right.key) {
                std::cmp::Ordering::Less => {
                    tell(Verdict::Missing, &left.document)?;
                    stored.waiting.pop_front();
                }
                std::cmp::Ordering::Greater => {
                    tell(Verdict::Extra, &right.document)?;
                    live.waiting.pop_front();
                }
                std::cmp::Ordering::Equal => {
                    let equal = left.document == right.document;
                    tell(if equal { Verdict::Equal } else { Verdict::Different }, &left.document)?;
                    stored.waiting.pop_front();
                    live.waiting.pop_front();
                }
            }
        }
        if live.waiting.is_empty() && matches!(live.input, Input::Empty) {
            for entry in stored.waiting.drain(..) {
                tell(Verdict::Missing, &entry.document)?;
            }
            if matches!(stored.input, Input::Empty) {
                return Ok(());
            }
        }
        if stored.waiting.is_empty() && matches!(stored.input, Input::Empty) {
            for entry in live.waiting.drain(..) {
                tell(Verdict::Extra, &entry.document)?;
            }
        }
    }
}
