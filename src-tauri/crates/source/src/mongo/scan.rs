//! Reading a collection in parallel ranges of `_id`.

use bytes::Bytes;

use super::batch::RawBatch;
use super::connect::MongoSource;
use super::inspect::CollectionInfo;
use super::membership::MembershipFilter;
use super::time::ClusterTime;
use crate::SourceError;

/// A part of a collection. The ranges of one plan cover every document exactly once, and every
/// key of one range is below every key of the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRange {
    /// Position within the plan, from 0.
    pub ordinal: usize,
    pub(crate) bounds: Bounds,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bounds {
    /// `_id` ≥ lower and < upper, along the `_id` index. Raw `{_id: …}` documents.
    Ids {
        lower: Option<Bytes>,
        upper: Option<Bytes>,
    },
    /// Strings, objects and arrays of a collated collection, sorted by the server.
    Sorted,
    /// The whole collection in natural order.
    Natural,
}

/// How a range is read.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Reads state at or after this time (a window's start); the majority's newest when absent.
    pub after: Option<ClusterTime>,
    /// Reads exactly the state at this time; wins over `after`.
    pub at: Option<ClusterTime>,
    /// Keeps only documents of unfinished or of finished games.
    pub membership: Option<MembershipFilter>,
    /// Goes on after this sort key, for resuming.
    pub resume_after: Option<ResumePoint>,
}

/// Where an interrupted scan goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePoint {
    /// The last document's raw `{_id: …}`.
    pub id: Bytes,
}

/// Reads one range batch by batch. Resumes by itself after a network fault or a failover.
pub struct RangeReader {
    _private: (),
}

impl RangeReader {
    /// The next batch (≤ 16 MiB and one document), or none at the end.
    ///
    /// # Errors
    /// When reading fails repeatedly, the collection vanished, or the snapshot is too old.
    pub async fn next_batch(&mut self) -> Result<Option<RawBatch>, SourceError> {
        Err(SourceError::Unsupported {
            what: "scan".into(),
            reason: "not built yet".into(),
        })
    }
}

impl MongoSource {
    /// Splits a collection into at most `parts` ranges of about the same size.
    ///
    /// # Errors
    /// When the server does not answer, or the collection's kind is refused.
    pub async fn plan_ranges(
        &self,
        _info: &CollectionInfo,
        _parts: usize,
    ) -> Result<Vec<ScanRange>, SourceError> {
        Err(SourceError::Unsupported {
            what: "scan".into(),
            reason: "not built yet".into(),
        })
    }

    /// Opens a reader on a range; nothing is sent before the first batch is asked for.
    #[must_use]
    pub fn read_range(
        &self,
        _info: &CollectionInfo,
        _range: &ScanRange,
        _options: ScanOptions,
    ) -> RangeReader {
        RangeReader { _private: () }
    }
}
