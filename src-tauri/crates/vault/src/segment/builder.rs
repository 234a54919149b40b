//! Gathers documents into segments and decides where one ends.

use super::body::push_varint;
use super::{LEAST, MEAN, MOST};
use crate::digest::{DigestSum, DocumentHash};

/// Documents gathered, not yet sealed.
#[derive(Debug, Default)]
pub(crate) struct Segment {
    /// Documents back to back.
    pub(crate) documents: Vec<u8>,
    /// Rows: varint length of the key ‖ key ‖ varint (length of the document + 1), 0 for a
    /// tombstone.
    pub(crate) index: Vec<u8>,
    /// 16 bytes for each document.
    pub(crate) hashes: Vec<u8>,
    pub(crate) first_key: Vec<u8>,
    pub(crate) last_key: Vec<u8>,
    pub(crate) digest: DigestSum,
    pub(crate) deletes: u64,
}

impl Segment {
    pub(crate) fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// Empties it and keeps its memory.
    pub(crate) fn clear(&mut self) {
        self.documents.clear();
        self.index.clear();
        self.hashes.clear();
        self.first_key.clear();
        self.last_key.clear();
        self.digest = DigestSum::default();
        self.deletes = 0;
    }

    /// Bytes that it holds in memory.
    pub(crate) fn weight(&self) -> usize {
        self.documents.len() + self.index.len() + self.hashes.len()
    }
}

/// Fills one segment after the other.
#[derive(Debug, Default)]
pub(crate) struct SegmentBuilder {
    segment: Segment,
}

impl SegmentBuilder {
    /// Fills the memory of an emptied segment first.
    pub(crate) fn filling(emptied: Segment) -> Self {
        Self { segment: emptied }
    }

    pub(crate) fn segment(&self) -> &Segment {
        &self.segment
    }

    /// True when a document of this size belongs to the next segment.
    pub(crate) fn is_full_for(&self, bytes: usize) -> bool {
        !self.segment.is_empty() && self.segment.documents.len() + bytes > MOST
    }

    pub(crate) fn push(&mut self, key: &[u8], doc: &[u8], hash: &DocumentHash) {
        self.row(key, doc.len() as u64 + 1);
        self.segment.documents.extend_from_slice(doc);
        self.segment.hashes.extend_from_slice(&hash.short());
        self.segment.digest.add(hash.short());
    }

    pub(crate) fn push_tombstone(&mut self, key: &[u8]) {
        self.row(key, 0);
        self.segment.deletes += 1;
    }

    fn row(&mut self, key: &[u8], length: u64) {
        let segment = &mut self.segment;
        if segment.is_empty() {
            segment.first_key.extend_from_slice(key);
        }
        segment.last_key.clear();
        segment.last_key.extend_from_slice(key);
        push_varint(&mut segment.index, key.len() as u64);
        segment.index.extend_from_slice(key);
        push_varint(&mut segment.index, length);
    }

    /// True when the document just pushed, of `bytes` bytes, is the last of its segment. Decided
    /// by the document's own hash, so that an insertion moves only the boundaries next to it; a
    /// document weighs by its size, so that segments are alike whatever their documents' size.
    pub(crate) fn ends_after(&self, bytes: usize, hash: &DocumentHash) -> bool {
        let chance = (u64::MAX / MEAN).saturating_mul(bytes as u64);
        self.segment.documents.len() >= LEAST && hash.cut_bits() <= chance
    }

    /// Hands out what is gathered and goes on with `recycled` buffers.
    pub(crate) fn take(&mut self, recycled: Segment) -> Segment {
        std::mem::replace(&mut self.segment, recycled)
    }
}
