//! A whole collection in the order of its keys.

use std::collections::VecDeque;

use super::{RangeReader, ScanOptions, ScanRange};
use crate::SourceError;
use crate::mongo::batch::RawBatch;
use crate::mongo::connect::MongoSource;
use crate::mongo::inspect::CollectionInfo;

/// Reads one range after the other. Resumes as [`RangeReader`] does.
pub struct OrderedReader(VecDeque<RangeReader>);

impl OrderedReader {
    /// The next batch, or none at the end. Batches may be empty.
    ///
    /// # Errors
    /// As [`RangeReader::next_batch`].
    pub async fn next_batch(&mut self) -> Result<Option<RawBatch>, SourceError> {
        while let Some(range) = self.0.front_mut() {
            if let Some(batch) = range.next_batch().await? {
                return Ok(Some(batch));
            }
            self.0.pop_front();
        }
        Ok(None)
    }
}

impl MongoSource {
    /// Opens a reader on a whole collection in the order of `_id`, a capped one in its own; a view
    /// has nothing to read.
    ///
    /// # Errors
    /// As [`Self::plan_ranges`].
    pub async fn read_in_order(
        &self,
        info: &CollectionInfo,
        options: ScanOptions,
    ) -> Result<OrderedReader, SourceError> {
        let ranges = self.plan_ranges(info, 1).await?;
        Ok(self.read_ranges_in_order(info, &ranges, &options))
    }

    /// Opens a reader on ranges that follow each other; nothing is sent before the first batch is
    /// asked for.
    #[must_use]
    pub fn read_ranges_in_order(
        &self,
        info: &CollectionInfo,
        ranges: &[ScanRange],
        options: &ScanOptions,
    ) -> OrderedReader {
        let read = |range| self.read_range(info, range, options.clone());
        OrderedReader(ranges.iter().map(read).collect())
    }
}
