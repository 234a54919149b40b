//! The plaintext of a segment.
//!
//! Snappy frames of the documents ‖ Snappy frames of the index ‖ hashes ‖ tail of 24 bytes:
//! length of the first part, length of the second, length of the documents before compression,
//! each u64 LE.

use std::io::{Read, Write};

use bytes::Bytes;

use crate::buffers::Buffer;

use super::{LARGEST_DOCUMENT, LARGEST_KEY, MOST, Segment};

const TAIL: usize = 24;
const HASH: usize = 16;
/// What a reader accepts at most: a full segment and one largest document.
const MOST_DOCUMENTS: usize = MOST + LARGEST_DOCUMENT;
const MOST_INDEX: usize = 256 << 20;

/// What is wrong with a body, for the message.
pub(crate) type Reason = &'static str;

/// One row of an index.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) key: Bytes,
    /// Offset and length in the documents; `None` for a tombstone.
    pub(crate) document: Option<(usize, usize)>,
    /// Zero for a tombstone.
    pub(crate) hash: [u8; HASH],
}

/// A decoded index.
#[derive(Debug)]
pub(crate) struct DecodedIndex {
    pub(crate) rows: Vec<Row>,
    /// As they were hashed for the name.
    pub(crate) index: Bytes,
    pub(crate) hashes: Vec<u8>,
    documents: usize,
    /// Where it begins in the body, behind the documents.
    compressed: usize,
}

impl DecodedIndex {
    /// Whether every key is below `key`.
    pub(crate) fn ends_below(&self, key: &[u8]) -> bool {
        self.rows.last().is_none_or(|last| last.key.as_ref() < key)
    }
}

/// A decoded segment.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) index: DecodedIndex,
    pub(crate) documents: Bytes,
}

impl Decoded {
    /// The document of a row; `None` for a tombstone.
    pub(crate) fn document(&self, row: &Row) -> Option<Bytes> {
        row.document.map(|(start, length)| self.documents.slice(start..start + length))
    }
}

pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn read_varint(input: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = *input.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Encodes a segment into `body`, whose memory is kept from segment to segment.
pub(crate) fn encode(segment: &Segment, body: &mut Vec<u8>) -> std::io::Result<()> {
    body.clear();
    compress(body, &segment.documents)?;
    let documents = body.len();
    compress(body, &segment.index)?;
    let index = body.len() - documents;
    body.extend_from_slice(&segment.hashes);
    for length in [documents, index, segment.documents.len()] {
        body.extend_from_slice(&(length as u64).to_le_bytes());
    }
    Ok(())
}

fn compress(body: &mut Vec<u8>, plain: &[u8]) -> std::io::Result<()> {
    let mut encoder = snap::write::FrameEncoder::new(body);
    encoder.write_all(plain)?;
    encoder.flush()
}

/// The lengths at the end of a body.
struct Tail {
    compressed: usize,
    index: usize,
    documents: usize,
}

impl Tail {
    fn of(end: &[u8]) -> Result<Self, Reason> {
        let tail = end.last_chunk::<TAIL>().ok_or("shorter than its tail")?;
        let mut numbers = tail.chunks_exact(8).map(|bytes| {
            let number = bytes.try_into().map_or(u64::MAX, u64::from_le_bytes);
            usize::try_from(number).unwrap_or(usize::MAX)
        });
        let mut next = || numbers.next().unwrap_or(usize::MAX);
        let tail = Self { compressed: next(), index: next(), documents: next() };
        if tail.documents > MOST_DOCUMENTS {
            return Err("claims more documents than a segment holds");
        }
        Ok(tail)
    }
}

/// Where the index begins in a body of which `end` are the last bytes.
pub(crate) fn index_at(end: &[u8]) -> Result<usize, Reason> {
    Tail::of(end).map(|tail| tail.compressed)
}

/// Decodes the index alone.
pub(crate) fn decode_index(body: &[u8]) -> Result<DecodedIndex, Reason> {
    decode_index_at_end(body, 0)
}

/// Decodes the index of a body of which the first `left_out` bytes are not at hand.
pub(crate) fn decode_index_at_end(end: &[u8], left_out: usize) -> Result<DecodedIndex, Reason> {
    let parts = IndexParts::of(end, left_out)?;
    let index = Bytes::from(parts.index);
    let mut rows = Vec::with_capacity(parts.hashes.len() / HASH);
    let mut walk = RowWalk::new(&index, parts.hashes, parts.documents);
    while let Some(RowAt { key, document, hash }) = walk.next_row()? {
        rows.push(Row { key: index.slice_ref(key), document, hash });
    }
    let (hashes, documents, compressed) =
        (parts.hashes.to_vec(), parts.documents, parts.compressed);
    Ok(DecodedIndex { rows, index, hashes, documents, compressed })
}

/// The parts of a body behind its documents.
pub(super) struct IndexParts<'b> {
    /// Decompressed.
    pub(super) index: Vec<u8>,
    pub(super) hashes: &'b [u8],
    /// Length of the documents before compression.
    pub(super) documents: usize,
    /// Where the index begins in the body, behind the documents.
    pub(super) compressed: usize,
}

impl<'b> IndexParts<'b> {
    pub(super) fn of(end: &'b [u8], left_out: usize) -> Result<Self, Reason> {
        let Tail { compressed, index, documents } = Tail::of(end)?;
        let tail = end.len() - TAIL;
        let does_not_fit = "its parts do not fit into it";
        let index_at = compressed.checked_sub(left_out).ok_or(does_not_fit)?;
        let hashes_at = index_at.checked_add(index).filter(|at| *at <= tail).ok_or(does_not_fit)?;
        let frames = end.get(index_at..hashes_at).unwrap_or_default();
        let mut index = Vec::new();
        let limit = MOST_INDEX as u64 + 1;
        let read = snap::read::FrameDecoder::new(frames).take(limit).read_to_end(&mut index);
        read.map_err(|_| "the index does not decompress")?;
        if index.len() > MOST_INDEX {
            return Err("the index is larger than allowed");
        }
        let hashes = end.get(hashes_at..tail).unwrap_or_default();
        Ok(Self { index, hashes, documents, compressed })
    }
}

/// One row of an index, where it lies.
pub(super) struct RowAt<'i> {
    pub(super) key: &'i [u8],
    /// Offset and length in the documents; `None` for a tombstone.
    pub(super) document: Option<(usize, usize)>,
    /// Zero for a tombstone.
    pub(super) hash: [u8; HASH],
}

/// Passes through the rows of an index.
pub(super) struct RowWalk<'i> {
    index: &'i [u8],
    at: usize,
    hashes: std::slice::ChunksExact<'i, u8>,
    offset: usize,
    documents: usize,
}

impl<'i> RowWalk<'i> {
    pub(super) fn new(index: &'i [u8], hashes: &'i [u8], documents: usize) -> Self {
        Self { index, at: 0, hashes: hashes.chunks_exact(HASH), offset: 0, documents }
    }

    /// The next row; none at the end, when all documents and hashes are accounted for.
    pub(super) fn next_row(&mut self) -> Result<Option<RowAt<'i>>, Reason> {
        if self.at >= self.index.len() {
            let rest = self.hashes.next().is_some() || !self.hashes.remainder().is_empty();
            return match self.offset == self.documents && !rest {
                true => Ok(None),
                false => Err("the index does not account for all documents and hashes"),
            };
        }
        let cut_off = "a row of the index is cut off";
        let length = read_varint(self.index, &mut self.at).ok_or(cut_off)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= LARGEST_KEY);
        let end = self.at + length.ok_or("a key is longer than allowed")?;
        let key = self.index.get(self.at..end).ok_or("a key is cut off")?;
        self.at = end;
        let length = read_varint(self.index, &mut self.at).ok_or(cut_off)?;
        let Some(length) = length.checked_sub(1) else {
            return Ok(Some(RowAt { key, document: None, hash: [0; HASH] }));
        };
        let hash = self.hashes.next().and_then(|hash| hash.try_into().ok());
        let hash = hash.ok_or("a document has no hash")?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let end = self.offset.checked_add(length).filter(|end| *end <= self.documents);
        let start =
            std::mem::replace(&mut self.offset, end.ok_or("the documents exceed their size")?);
        Ok(Some(RowAt { key, document: Some((start, length)), hash }))
    }
}

/// Decodes documents and index.
pub(crate) fn decode(body: &[u8]) -> Result<Decoded, Reason> {
    let index = decode_index(body)?;
    let frames = body.get(..index.compressed).unwrap_or_default();
    let mut documents = Buffer::with_capacity(index.documents);
    documents.memory().resize(index.documents, 0);
    let mut decoder = snap::read::FrameDecoder::new(frames);
    decoder.read_exact(documents.memory()).map_err(|_| "the documents do not decompress")?;
    match decoder.read(&mut [0; 1]) {
        Ok(0) => Ok(Decoded { index, documents: documents.into_bytes() }),
        _ => Err("more documents than the index tells"),
    }
}
