//! Two streams in key order, side by side, a batch of each in memory.

use std::cmp::Ordering;

use source::mongo::{
    ClusterTime, CollectionInfo, MongoSource, OrderedReader, RawBatch, ScanOptions,
};
use source::profile::Part;
use vault::{Record, SetManifest, StreamReader, Vault};

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

enum Input {
    Empty,
    Stored(Box<StreamReader>),
    Live(OrderedReader),
}

impl Input {
    async fn next(&mut self, keep: &Keep<'_>) -> Result<Option<Batch>, EngineError> {
        Ok(match self {
            Self::Empty => None,
            Self::Stored(reader) => match reader.next_batch().await? {
                Some(records) => Some(Batch::Stored(kept(records, keep)?)),
                None => None,
            },
            Self::Live(reader) => reader.next_batch().await?.map(Batch::Live),
        })
    }
}

/// A batch at hand. It stays as it was read: what is compared is not copied.
enum Batch {
    Stored(Vec<Record>),
    Live(RawBatch),
}

impl Batch {
    fn len(&self) -> usize {
        match self {
            Self::Stored(records) => records.len(),
            Self::Live(batch) => batch.len(),
        }
    }
}

/// One of the two streams.
pub(super) struct Side {
    input: Input,
    batch: Batch,
    /// The place in the batch.
    at: usize,
}

impl Side {
    fn new(input: Input) -> Self {
        Self { input, batch: Batch::Stored(Vec::new()), at: 0 }
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
        Ok(Self::new(Input::Live(source.read_in_order(info, options).await?)))
    }

    /// Key and document at hand; none where the next batch must be read first.
    fn entry(&self) -> Option<(&[u8], &[u8])> {
        match &self.batch {
            Batch::Stored(records) => {
                records.get(self.at).map(|record| (record.key.as_ref(), record.doc.as_ref()))
            }
            Batch::Live(batch) => {
                let record = batch.get(self.at)?;
                Some((record.key, record.document))
            }
        }
    }

    fn is_over(&self) -> bool {
        self.at >= self.batch.len() && matches!(self.input, Input::Empty)
    }

    /// Makes sure that a document is at hand, unless the stream is at its end.
    async fn fill(&mut self, keep: &Keep<'_>) -> Result<(), EngineError> {
        while !self.is_over() && self.at >= self.batch.len() {
            match self.input.next(keep).await? {
                Some(batch) => (self.batch, self.at) = (batch, 0),
                None => self.input = Input::Empty,
            }
        }
        Ok(())
    }
}

fn kept(records: Vec<Record>, keep: &Keep<'_>) -> Result<Vec<Record>, EngineError> {
    let mut kept = Vec::with_capacity(records.len());
    for record in records {
        if keep(&record.doc)? {
            kept.push(record);
        }
    }
    Ok(kept)
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
        if stored.is_over() && live.is_over() {
            return Ok(());
        }
        loop {
            let (verdict, document) = match (stored.entry(), live.entry()) {
                (Some((key, document)), Some((other, found))) => match key.cmp(other) {
                    Ordering::Less => (Verdict::Missing, document),
                    Ordering::Greater => (Verdict::Extra, found),
                    Ordering::Equal if document == found => (Verdict::Equal, document),
                    Ordering::Equal => (Verdict::Different, document),
                },
                (Some((_, document)), None) if live.is_over() => (Verdict::Missing, document),
                (None, Some((_, document))) if stored.is_over() => (Verdict::Extra, document),
                _ => break,
            };
            tell(verdict, document)?;
            stored.at += usize::from(verdict != Verdict::Extra);
            live.at += usize::from(verdict != Verdict::Missing);
        }
    }
}
