//! Stretches of keys that are compared at the same time.

use bytes::Bytes;
use source::mongo::{CollectionInfo, CollectionKind, MongoSource, ScanRange};
use source::{SourceError, sortkey};

use crate::error::EngineError;

/// Stretches of a collection: the server reads each over a connection of its own.
const MOST: usize = 2;

/// Keys from one, or the first, up to before another, or to the last.
#[derive(Debug, Default)]
pub(super) struct Stretch {
    /// First sort key.
    pub(super) from: Option<Bytes>,
    /// Sort key that belongs to the next stretch.
    pub(super) to: Option<Bytes>,
    /// The live collection's part of it.
    pub(super) ranges: Vec<ScanRange>,
}

impl Stretch {
    /// All of a collection; without one, or of a view, all of a stream.
    pub(super) async fn whole(
        source: &MongoSource,
        info: Option<&CollectionInfo>,
    ) -> Result<Self, EngineError> {
        let Some(info) = info else { return Ok(Self::default()) };
        Ok(Self { ranges: source.plan_ranges(info, 1).await?, ..Self::default() })
    }

    /// Stretches of about the same size, in order; one where a collection is small, or its keys do
    /// not tell where the server begins to read.
    pub(super) async fn several(
        source: &MongoSource,
        info: Option<&CollectionInfo>,
    ) -> Result<Vec<Self>, EngineError> {
        let is_plain =
            |info: &&CollectionInfo| info.kind == CollectionKind::Plain && !info.collated;
        let Some(info) = info.filter(is_plain) else {
            return Ok(vec![Self::whole(source, info).await?]);
        };
        let malformed = |error| SourceError::Malformed { on: info.name.clone(), error };
        let mut several: Vec<Self> = Vec::with_capacity(MOST);
        for range in source.plan_ranges(info, MOST).await? {
            let from = range.cut().map(|cut| sortkey::of_document(cut)).transpose();
            let from = from.map_err(malformed)?.map(Bytes::from);
            if let Some(before) = several.last_mut() {
                before.to.clone_from(&from);
            }
            several.push(Self { from, to: None, ranges: vec![range] });
        }
        Ok(several)
    }
}
