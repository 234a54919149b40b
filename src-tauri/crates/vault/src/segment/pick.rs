//! Single documents of a body: only the Snappy chunks that hold them are decompressed.

use std::io::Read;
use std::ops::Range;

use bytes::Bytes;

use super::body::{IndexParts, Reason, RowWalk};
use super::stored::Summary;

/// Every Snappy stream in the framing format begins with this chunk.
const STREAM_IDENTIFIER: &[u8] = b"\xff\x06\x00\x00sNaPpY";
const CHUNK_HEADER: usize = 4;
const CHECKSUM: usize = 4;
const UNREADABLE: Reason = "the documents do not decompress";

/// A chunk of compressed documents.
struct Chunk {
    /// Its bytes in the body, header included.
    body: Range<usize>,
    /// The bytes of all documents that it holds.
    documents: Range<usize>,
}

/// Chunks one behind the other, decompressed.
struct Run {
    chunks: Range<usize>,
    start: usize,
    plain: Vec<u8>,
}

/// A row that names a wanted key; neither document nor hash where it is a tombstone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Picked {
    /// A copy, so that it keeps nothing else in memory.
    pub(crate) document: Option<Bytes>,
    pub(crate) hash: Option<[u8; 16]>,
}

/// The rows of a body for keys that rise, in their order: the first of each key, where there is one.
pub(super) fn pick(body: &[u8], keys: &[Bytes]) -> Result<(Vec<Option<Picked>>, Summary), Reason> {
    let parts = IndexParts::of(body, 0)?;
    let frames = body.get(..parts.compressed).unwrap_or_default();
    let mut documents = Documents { frames, chunks: chunks(frames)?, run: None };
    let mut picked: Vec<Option<Picked>> = vec![None; keys.len()];
    let mut wanted = 0;
    let mut summary = Summary::default();
    let mut walk = RowWalk::new(&parts.index, parts.hashes, parts.documents);
    while let Some(row) = walk.next_row()? {
        summary.count(&row);
        while keys.get(wanted).is_some_and(|key| key.as_ref() < row.key) {
            wanted += 1;
        }
        let is_wanted = keys.get(wanted).is_some_and(|key| key.as_ref() == row.key);
        let Some(slot) = picked.get_mut(wanted).filter(|slot| is_wanted && slot.is_none()) else {
            continue;
        };
        *slot = Some(match row.document {
            Some(place) => Picked { document: Some(documents.get(place)?), hash: Some(row.hash) },
            None => Picked::default(),
        });
    }
    Ok((picked, summary))
}

/// The documents of a body, of which one stretch at a time is decompressed.
struct Documents<'b> {
    frames: &'b [u8],
    chunks: Vec<Chunk>,
    run: Option<Run>,
}

impl Documents<'_> {
    /// A copy of the document of this offset and length.
    fn get(&mut self, (start, length): (usize, usize)) -> Result<Bytes, Reason> {
        if length == 0 {
            return Ok(Bytes::new());
        }
        let needed = holding(&self.chunks, start, start + length);
        let at_hand = self
            .run
            .take()
            .filter(|run| run.chunks.start <= needed.start && needed.end <= run.chunks.end);
        let run = match at_hand {
            Some(run) => run,
            None => decompress(self.frames, &self.chunks, needed)?,
        };
        let run = self.run.insert(run);
        let from = start.checked_sub(run.start).ok_or(UNREADABLE)?;
        let document = run.plain.get(from..from + length).ok_or(UNREADABLE)?;
        Ok(Bytes::copy_from_slice(document))
    }
}

/// The chunks that hold the documents' bytes from `start` to `end`.
fn holding(chunks: &[Chunk], start: usize, end: usize) -> Range<usize> {
    let first = chunks.partition_point(|chunk| chunk.documents.end <= start);
    let after = chunks.partition_point(|chunk| chunk.documents.start < end);
    first..after
}

fn decompress(frames: &[u8], chunks: &[Chunk], wanted: Range<usize>) -> Result<Run, Reason> {
    let some = chunks.get(wanted.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (some.first(), some.last()) else { return Err(UNREADABLE) };
    let compressed = frames.get(first.body.start..last.body.end).unwrap_or_default();
    let length = last.documents.end - first.documents.start;
    let mut plain = Vec::with_capacity(length);
    snap::read::FrameDecoder::new(STREAM_IDENTIFIER.chain(compressed))
        .take(length as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|_| UNREADABLE)?;
    let sound = plain.len() == length;
    let run = Run { chunks: wanted, start: first.documents.start, plain };
    sound.then_some(run).ok_or(UNREADABLE)
}

/// Finds the chunks without decompressing them.
fn chunks(frames: &[u8]) -> Result<Vec<Chunk>, Reason> {
    let mut chunks = Vec::new();
    let (mut at, mut documents) = (0, 0);
    while let Some(rest) = frames.get(at..).filter(|rest| !rest.is_empty()) {
        let [kind, low, middle, high] = *rest.first_chunk::<CHUNK_HEADER>().ok_or(UNREADABLE)?;
        let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
        let content = rest.get(CHUNK_HEADER..CHUNK_HEADER + length).ok_or(UNREADABLE)?;
        let content = content.get(CHECKSUM..);
        let plain = match kind {
            0x00 => content.and_then(|content| snap::raw::decompress_len(content).ok()),
            0x01 => content.map(<[u8]>::len),
            // Stream identifiers and padding hold nothing.
            0x80.. => Some(0),
            _ => None,
        };
        let (end, after) = (at + CHUNK_HEADER + length, documents + plain.ok_or(UNREADABLE)?);
        chunks.push(Chunk { body: at..end, documents: documents..after });
        (at, documents) = (end, after);
    }
    Ok(chunks)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{SegmentBuilder, decode, encode};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn picked_documents_are_those_of_the_whole(
            documents in proptest::collection::vec((0..200_usize, 0..5_usize, any::<u8>()), 1..120),
            picked in proptest::collection::vec(any::<bool>(), 120),
        ) {
            let mut builder = SegmentBuilder::default();
            let hash = crate::digest::DocumentHash([7; 32]);
            for (number, (length, times, byte)) in documents.iter().enumerate() {
                let key = (number as u32).to_be_bytes();
                if *times == 4 {
                    builder.push_tombstone(&key);
                    continue;
                }
                // Some compress well, some not at all, some reach over several chunks.
                let noise = |n: usize| (n.wrapping_mul(2_654_435_761) >> 13) as u8 ^ byte;
                let document: Vec<u8> = (0..length * (1 << (times * 4)) )
                    .map(|n| if times % 2 == 0 { noise(n) } else { *byte })
                    .take(300_000)
                    .collect();
                builder.push(&key, &document, &hash);
            }
            let mut body = Vec::new();
            encode(builder.segment(), &mut body).unwrap();
            let whole = decode(&body).unwrap();
            let rows = || whole.index.rows.iter().zip(&picked).filter(|(_, take)| **take);
            let mut keys: Vec<Bytes> = rows().map(|(row, _)| row.key.clone()).collect();
            keys.push(Bytes::from_static(b"\xff absent"));
            let (found, _) = pick(&body, &keys).unwrap();
            let mut expected: Vec<_> = rows().map(|(row, _)| {
                let hash = row.document.map(|_| row.hash);
                Some(Picked { document: whole.document(row), hash })
            }).collect();
            expected.push(None);
            prop_assert_eq!(found, expected);
        }
    }
}
