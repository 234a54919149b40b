//! Reading a collection in parallel ranges of `_id`.

use std::sync::Arc;

use bytes::Bytes;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document, doc};

use super::connect::MongoSource;
use super::inspect::{CollectionInfo, CollectionKind};
use super::membership::MembershipFilter;
use super::pace::Pace;
use super::time::ClusterTime;
use crate::SourceError;
use crate::rawbson::{self, DocumentWriter, MalformedBson, kind};
use crate::sortkey;

mod boundary;
mod order;
mod reader;

pub use order::OrderedReader;
pub use reader::RangeReader;
pub(crate) use reader::equals;

/// Below this size a collection is not worth several cursors.
const MIN_RANGE_BYTES: u64 = 2 * 1024 * 1024;

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
    Ids { lower: Option<Bytes>, upper: Option<Bytes> },
    /// Strings, objects and arrays of a collated collection, sorted by the server.
    Sorted,
    /// The whole collection in natural order, keyed by position.
    Natural,
    /// The whole collection in natural order, keyed by `_id`.
    Unordered,
}

impl ScanRange {
    /// The `_id` at which it begins, as a raw document; none for the first range, and for ranges
    /// that are not cut by `_id`.
    #[must_use]
    pub fn cut(&self) -> Option<&Bytes> {
        match &self.bounds {
            Bounds::Ids { lower, .. } => lower.as_ref(),
            _ => None,
        }
    }

    /// As a document, to be kept while the range is read.
    #[must_use]
    pub fn to_document(&self) -> Document {
        let bound = |bound: &Option<Bytes>| match bound {
            Some(id) => {
                Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: id.to_vec() })
            }
            None => Bson::Null,
        };
        let ordinal = i64::try_from(self.ordinal).unwrap_or(i64::MAX);
        match &self.bounds {
            Bounds::Ids { lower, upper } => {
                doc! { "ordinal": ordinal, "lower": bound(lower), "upper": bound(upper) }
            }
            Bounds::Sorted => doc! { "ordinal": ordinal, "sorted": true },
            Bounds::Natural | Bounds::Unordered => doc! { "ordinal": ordinal },
        }
    }

    /// From such a document; none for ranges that cannot be gone on with, those in natural order.
    #[must_use]
    pub fn from_document(document: &Document) -> Option<Self> {
        let bound = |name| match document.get(name)? {
            Bson::Binary(binary) => Some(Some(Bytes::copy_from_slice(&binary.bytes))),
            Bson::Null => Some(None),
            _ => None,
        };
        let ordinal = usize::try_from(document.get_i64("ordinal").ok()?).ok()?;
        let bounds = if document.get_bool("sorted").unwrap_or(false) {
            Bounds::Sorted
        } else {
            Bounds::Ids { lower: bound("lower")?, upper: bound("upper")? }
        };
        Some(Self { ordinal, bounds })
    }
}

/// Bytes of documents in a reply, about. Larger ones, up to the server's 16 MiB, are no faster and
/// are held several times over on their way.
const BATCH_BYTES: u64 = 4 << 20;

/// How a range is read.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Reads state at or after this time (a window's start); the majority's newest when absent.
    pub after: Option<ClusterTime>,
    /// Reads exactly the state at this time; wins over `after`.
    pub at: Option<ClusterTime>,
    /// Keeps only documents of unfinished or of finished games.
    pub membership: Option<MembershipFilter>,
    /// Goes on after this document, for resuming.
    pub resume_after: Option<ResumePoint>,
    /// Bytes of documents in a reply, about; 4 MiB when absent. Small ones occupy the server for a
    /// shorter time each.
    pub batch_bytes: Option<u64>,
    /// Holds reading back between two replies.
    pub pace: Option<Arc<dyn Pace>>,
}

/// Where an interrupted scan goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumePoint {
    /// Raw document with the `_id` of the last document taken; other fields are ignored.
    pub document: Bytes,
}

impl ResumePoint {
    /// The place of a raw document.
    ///
    /// # Errors
    /// When it is malformed or has no `_id`.
    pub fn of(document: &[u8]) -> Result<Self, SourceError> {
        let id = sortkey::id_element(document)
            .map_err(|error| SourceError::malformed("a document", error))?;
        Ok(Self { document: id_document(id.kind, id.value) })
    }
}

impl MongoSource {
    /// Splits a collection into at most `parts` ranges of about the same number of documents (a
    /// collated collection may get two more). None for a view.
    ///
    /// # Errors
    /// When the server does not answer, or the collection's kind is refused.
    pub async fn plan_ranges(
        &self,
        info: &CollectionInfo,
        parts: usize,
    ) -> Result<Vec<ScanRange>, SourceError> {
        self.plan_ranges_again(info, parts, &[]).await
    }

    /// As [`Self::plan_ranges`], cut where the collection was cut before ([`ScanRange::cut`]); only
    /// what has grown behind the last of these cuts is cut anew. Without cuts it is cut afresh.
    ///
    /// # Errors
    /// As [`Self::plan_ranges`].
    pub async fn plan_ranges_again(
        &self,
        info: &CollectionInfo,
        parts: usize,
        earlier: &[Bytes],
    ) -> Result<Vec<ScanRange>, SourceError> {
        info.ensure_supported()?;
        let bounds = match info.kind {
            CollectionKind::View | CollectionKind::System => Vec::new(),
            CollectionKind::Capped => vec![Bounds::Natural],
            CollectionKind::Plain | CollectionKind::TimeSeries => {
                let worthwhile = (info.bytes / MIN_RANGE_BYTES).max(1) as usize;
                let cuts = boundary::sample(self, info, parts.clamp(1, worthwhile)).await?;
                if info.collated {
                    collated_ranges(cuts)?
                } else {
                    id_ranges(None, behind(earlier, cuts)?, None)
                }
            }
        };
        let ranges = bounds.into_iter().enumerate();
        Ok(ranges.map(|(ordinal, bounds)| ScanRange { ordinal, bounds }).collect())
    }

    /// Opens a reader on a range; nothing is sent before the first batch is asked for.
    #[must_use]
    pub fn read_range(
        &self,
        info: &CollectionInfo,
        range: &ScanRange,
        options: ScanOptions,
    ) -> RangeReader {
        let batch = batch_documents(info, options.batch_bytes.unwrap_or(BATCH_BYTES));
        RangeReader::new(self.clone(), info.name.clone(), range.bounds.clone(), batch, options)
    }

    /// Opens a reader on a whole collection that takes the documents as they lie, keyed by `_id`.
    /// It costs the server less than the order of `_id` and, unlike it, cannot be resumed: a fault
    /// is an error.
    #[must_use]
    pub fn read_unordered(&self, info: &CollectionInfo) -> RangeReader {
        let (batch, options) = (batch_documents(info, BATCH_BYTES), ScanOptions::default());
        RangeReader::new(self.clone(), info.name.clone(), Bounds::Unordered, batch, options)
    }
}

/// The earlier cuts and, where more ranges are wanted than they make, new ones behind them. A cut
/// that is not needed would only move the ends of what is stored.
fn behind(earlier: &[Bytes], cuts: Vec<Bytes>) -> Result<Vec<Bytes>, SourceError> {
    let Some(last) = earlier.last() else {
        return Ok(cuts);
    };
    let key = |cut: &[u8]| {
        sortkey::of_document(cut).map_err(|error| SourceError::malformed("a cut", error))
    };
    let last = key(last)?;
    let missing = cuts.len().saturating_sub(earlier.len());
    let mut all = earlier.to_vec();
    for cut in cuts.split_at(cuts.len() - missing).1 {
        if key(cut)? > last {
            all.push(cut.clone());
        }
    }
    Ok(all)
}

/// How many documents make about so many bytes.
fn batch_documents(info: &CollectionInfo, bytes: u64) -> u32 {
    let mean = (info.bytes / info.documents.max(1)).max(16);
    u32::try_from(bytes / mean).unwrap_or(u32::MAX).max(1)
}

/// Consecutive ranges with these cuts between two ends.
fn id_ranges(lower: Option<Bytes>, cuts: Vec<Bytes>, upper: Option<Bytes>) -> Vec<Bounds> {
    let mut ranges = Vec::with_capacity(cuts.len() + 1);
    let mut from = lower;
    for cut in cuts {
        ranges.push(Bounds::Ids { lower: from.replace(cut.clone()), upper: Some(cut) });
    }
    ranges.push(Bounds::Ids { lower: from, upper });
    ranges
}

/// A collation orders strings, alone and inside objects and arrays, differently from their bytes;
/// so these types are sorted by the server under the simple collation, and everything below and
/// above them is read along the index.
fn collated_ranges(cuts: Vec<Bytes>) -> Result<Vec<Bounds>, SourceError> {
    let first_string = id_document(kind::STRING, &[1, 0, 0, 0, 0]);
    let first_binary = id_document(kind::BINARY, &[0, 0, 0, 0, 0]);
    let key = |document: &[u8]| {
        sortkey::of_document(document).map_err(|error| SourceError::malformed("_id", error))
    };
    let (low_end, high_start) = (key(&first_string)?, key(&first_binary)?);
    let (mut below, mut above) = (Vec::new(), Vec::new());
    for cut in cuts {
        let at = key(&cut)?;
        if at < low_end {
            below.push(cut);
        } else if at > high_start {
            above.push(cut);
        }
    }
    let mut ranges = id_ranges(None, below, Some(first_string));
    ranges.push(Bounds::Sorted);
    ranges.extend(id_ranges(Some(first_binary), above, None));
    Ok(ranges)
}

/// `{_id: value}` from raw parts.
pub(crate) fn id_document(kind: u8, value: &[u8]) -> Bytes {
    let mut document = DocumentWriter::with_capacity(value.len() + 8);
    document.element(kind, b"_id", value);
    document.finish().into()
}

/// `{field: {$in: […]}}` of the `_id`s of documents, all of which must fit in the list.
pub(crate) fn one_of<'d>(
    field: &str,
    documents: impl IntoIterator<Item = &'d [u8]>,
) -> Result<Vec<u8>, MalformedBson> {
    let mut values = DocumentWriter::default();
    for (index, document) in documents.into_iter().enumerate() {
        let id = sortkey::id_element(document)?;
        values.element(id.kind, index.to_string().as_bytes(), id.value);
    }
    let mut condition = DocumentWriter::default();
    condition.array("$in", &values.finish());
    let mut filter = DocumentWriter::default();
    filter.document(field, &condition.finish());
    Ok(filter.finish())
}

/// Whether the `_id` of a document means itself inside `$in`: an object whose first field is named
/// with a dollar sign reads as an operator there.
pub(crate) fn fits_in_list(document: &[u8]) -> bool {
    let Ok(id) = sortkey::id_element(document) else {
        return true;
    };
    if id.kind != kind::DOCUMENT {
        return true;
    }
    let mut fields = rawbson::elements(id.value).into_iter().flatten();
    !matches!(fields.next(), Some(Ok(first)) if first.name.first() == Some(&b'$'))
}
