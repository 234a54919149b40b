//! Single documents of a body: only the Snappy chunks that hold them are decompressed.

use std::io::Read;
use std::ops::Range;

use bytes::Bytes;

use super::body::{DecodedIndex, Reason, Row};

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

/// The documents of some rows of a body, in their order; none for tombstones. Each is a copy, so
/// that it keeps nothing else in memory.
pub(crate) fn documents_of<'r>(
    body: &[u8],
    index: &DecodedIndex,
    rows: impl IntoIterator<Item = &'r Row>,
) -> Result<Vec<Option<Bytes>>, Reason> {
    let frames = body.get(..index.compressed).unwrap_or_default();
    let chunks = chunks(frames)?;
    let mut run: Option<Run> = None;
    let mut documents = Vec::new();
    for row in rows {
        let Some((start, length)) = row.document else {
            documents.push(None);
            continue;
        };
        if length == 0 {
            documents.push(Some(Bytes::new()));
            continue;
        }
        let needed = holding(&chunks, start, start + length);
        let at_hand = run
            .take()
            .filter(|run| run.chunks.start <= needed.start && needed.end <= run.chunks.end);
        let run = run.insert(match at_hand {
            Some(run) => run,
            None => decompress(frames, &chunks, needed)?,
        });
        let from = start.checked_sub(run.start).ok_or(UNREADABLE)?;
        let document = run.plain.get(from..from + length).ok_or(UNREADABLE)?;
        documents.push(Some(Bytes::copy_from_slice(document)));
    }
    Ok(documents)
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
            let chosen: Vec<_> = whole.index.rows.iter().zip(&picked).filter(|(_, take)| **take)
                .map(|(row, _)| row).collect();
            let found = documents_of(&body, &whole.index, chosen.iter().copied()).unwrap();
            let expected: Vec<_> = chosen.iter().map(|row| whole.document(row)).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
