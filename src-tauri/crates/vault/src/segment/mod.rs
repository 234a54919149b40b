//! Segments: a few MiB of documents, or of images and tombstones, in key order.

mod body;
mod builder;
mod end;
mod pick;
mod stored;

pub(crate) use body::{Decoded, DecodedIndex, Row, decode, decode_index, encode};
pub(crate) use builder::{Segment, SegmentBuilder};
pub(crate) use pick::Picked;
pub(crate) use stored::{fits, on_worker};

/// A segment ends no earlier than at this size, unless its part does.
pub(crate) const LEAST: usize = 1 << 20;
/// Mean distance from [`LEAST`] to the end that the documents' hashes choose.
pub(crate) const MEAN: u64 = 3 << 20;
/// A document that would carry a segment over this size begins the next one.
pub(crate) const MOST: usize = 16 << 20;
/// Largest document; a single one may fill a segment.
pub(crate) const LARGEST_DOCUMENT: usize = 64 << 20;
/// Largest sort key.
pub(crate) const LARGEST_KEY: usize = 64 << 10;
/// Delta segments end at this size; their order of keys alone decides what they hold. A reader has
/// one of each layer in memory.
pub(crate) const DELTA: usize = 2 << 20;
