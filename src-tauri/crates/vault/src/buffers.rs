//! Memory for objects and for what they hold, kept for the next ones. Work is handed to many threads:
//! blocks of some MiB that each takes and gives back anew would stay with each, and cost more to clear
//! than to fill.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Blocks that are kept.
const KEPT: usize = 8;
/// Smaller ones are not worth it, larger ones are rare.
const WORTH_KEEPING: std::ops::RangeInclusive<usize> = 256 << 10..=8 << 20;

static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// Empty memory at first. It is kept for the next buffer when this one is dropped.
#[derive(Debug, Default)]
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    /// With room for so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        if !WORTH_KEEPING.contains(&bytes) {
            return Self(Vec::with_capacity(bytes));
        }
        let spare = {
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            let fits = spare.iter().position(|memory| memory.capacity() >= bytes);
            fits.map(|at| spare.swap_remove(at))
        };
        // Rounded up, so that it serves the next one too.
        let room = || Vec::with_capacity(bytes.next_multiple_of(1 << 20));
        Self(spare.unwrap_or_else(room))
    }

    pub(crate) fn memory(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    /// What it holds; the memory is kept when the last slice of it is dropped.
    pub(crate) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.0);
        if !WORTH_KEEPING.contains(&memory.capacity()) {
            return;
        }
        memory.clear();
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < KEPT {
            spare.push(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_empty_whoever_had_it_before_and_large_enough() {
        for bytes in [0, 1, 300 << 10, 5 << 20, 5 << 20, 9 << 20, 1 << 20] {
            let mut buffer = Buffer::with_capacity(bytes);
            assert!(buffer.as_ref().is_empty());
            let memory = buffer.memory();
            assert!(memory.capacity() >= bytes);
            memory.resize(bytes, 7);
            let shared = buffer.into_bytes();
            let slice = shared.slice(bytes / 2..);
            drop(shared);
            let others = Buffer::with_capacity(bytes);
            assert!(slice.iter().all(|byte| *byte == 7), "nobody else writes to it");
            drop((slice, others));
        }
        assert!(SPARE.lock().unwrap().len() <= KEPT);
    }
}
