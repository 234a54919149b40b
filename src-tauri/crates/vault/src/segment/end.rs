//! A segment's index, read from the end of the object alone.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::body::{DecodedIndex, decode_index_at_end, index_at};
use super::stored::{fits, on_worker};
use crate::VaultError;
use crate::buffers::Buffer;
use crate::crypto::aead::TAG;
use crate::crypto::object::{FRAME, HEADER, Header, ObjectType, TRAILER};
use crate::manifest::SegmentRef;
use crate::objects::key_of;
use crate::store::StoreError;
use crate::vault::VaultInner;

/// Bytes a row that are expected beside its key: hash, lengths.
const BESIDE_KEY: usize = 20;
/// What is read at least.
const LEAST: usize = 4 << 10;

/// Where the frames of an object of a known size lie.
#[derive(Clone, Copy)]
struct Frames {
    /// Bytes of all frames with their tags.
    sealed: usize,
}

impl Frames {
    fn of(size: u64) -> Option<Self> {
        let sealed = usize::try_from(size).ok()?.checked_sub(HEADER + TRAILER)?;
        (sealed >= TAG).then_some(Self { sealed })
    }

    fn plain(self) -> usize {
        self.sealed.saturating_sub(self.sealed.div_ceil(FRAME + TAG) * TAG)
    }

    /// The bytes of the object from the frame that holds the byte `at` of the plaintext to the last,
    /// and the number of that frame.
    fn from(self, at: usize) -> (Range<u64>, usize) {
        let first = at / FRAME;
        let start = HEADER + first * (FRAME + TAG);
        (start as u64..(HEADER + self.sealed) as u64, first)
    }
}

impl VaultInner {
    /// Reads a segment's index from the end of its object. None where that does not tell it, for
    /// whatever reason: all of the object does then, or says what is wrong.
    pub(super) async fn fetch_end(
        self: &Arc<Self>,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<Option<DecodedIndex>, VaultError> {
        let Some(frames) = Frames::of(segment.object.size) else { return Ok(None) };
        let key = key_of(object_type, &segment.object.name);
        let mut from = frames.plain().saturating_sub(expected_end(segment));
        // A second time when the index is longer than expected.
        for _ in 0..2 {
            let (range, first) = frames.from(from);
            let Some(parts) = self.read_ends(&key, range).await? else { return Ok(None) };
            let (vault, segment, key) = (self.clone(), segment.clone(), key.clone());
            let decoded = on_worker(move || {
                let end = vault.open_end(object_type, &key, &parts, first);
                Ok(end.and_then(|end| decode(&key, &segment, end.as_ref(), first * FRAME)))
            });
            match decoded.await? {
                Some(Decoding::Index(index)) => return Ok(Some(index)),
                Some(Decoding::BeginsAt(at)) => from = at,
                None => break,
            }
        }
        Ok(None)
    }

    /// The header of an object and its bytes in `range`; none where they are not all there.
    async fn read_ends(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<Option<[Bytes; 2]>, VaultError> {
        let read = self.store.get_ranges(key, &[0..HEADER as u64, range]).await;
        match read {
            Ok(parts) => Ok(parts.try_into().ok()),
            Err(StoreError::NotFound { .. } | StoreError::Failed { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn open_end(
        &self,
        object_type: ObjectType,
        key: &str,
        [header, end]: &[Bytes; 2],
        first: usize,
    ) -> Option<Buffer> {
        let header = Header::read(key, header).ok()?;
        if header.object_type != object_type || header.frame != FRAME {
            return None;
        }
        self.open_frames(&header, key, end, u32::try_from(first).ok()?).ok()
    }
}

enum Decoding {
    Index(DecodedIndex),
    /// It begins before what was read.
    BeginsAt(usize),
}

fn decode(key: &str, segment: &SegmentRef, end: &[u8], left_out: usize) -> Option<Decoding> {
    let at = index_at(end).ok()?;
    if at < left_out {
        return Some(Decoding::BeginsAt(at));
    }
    let index = decode_index_at_end(end, left_out).ok()?;
    fits(key, segment, &index).ok()?;
    Some(Decoding::Index(index))
}

/// Bytes of plaintext that index, hashes and tail are expected to take, rather too many.
fn expected_end(segment: &SegmentRef) -> usize {
    let rows = segment.totals.documents.saturating_add(segment.deletes);
    let a_row = segment.first_key.len().max(segment.last_key.len()) + BESIDE_KEY;
    usize::try_from(rows).unwrap_or(usize::MAX).saturating_mul(a_row).saturating_add(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::object::sealed_len;

    #[test]
    fn frames_lie_where_sealing_puts_them() {
        for plain in [1, 24, FRAME - 1, FRAME, FRAME + 1, 5 * FRAME, 5 * FRAME + 700] {
            let size = sealed_len(plain) as u64;
            let frames = Frames::of(size).unwrap();
            assert_eq!(frames.plain(), plain);
            for at in [0, plain / 2, plain - 1] {
                let (range, first) = frames.from(at);
                assert_eq!(first, at / FRAME);
                assert_eq!(range.end, size - TRAILER as u64);
                assert_eq!(range.start as usize, HEADER + first * (FRAME + TAG));
            }
        }
        assert!(Frames::of(10).is_none());
    }
}
