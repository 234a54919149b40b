//! The keys touched in a window: in memory up to a budget, then in sorted runs in scratch files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

use bytes::Bytes;

use crate::{SourceError, scratch};

/// Keys and ids held in memory per window before they are written out, in bytes.
pub(super) const MEMORY_BUDGET: usize = 32 * 1024 * 1024;
/// What a map entry costs beside its bytes, roughly.
const ENTRY_OVERHEAD: usize = 96;

/// One touched document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TouchedKey {
    pub(crate) key: Vec<u8>,
    /// Raw `{_id: …}`.
    pub(crate) id: Bytes,
}

/// The touched documents of one collection.
#[derive(Debug, Default)]
pub(super) struct TouchedKeys {
    recent: BTreeMap<Vec<u8>, Bytes>,
    recent_bytes: usize,
    /// Sorted runs without duplicates within one.
    runs: Vec<File>,
    spilled: u64,
}

impl TouchedKeys {
    /// Adds a key; returns by how many bytes the memory in use grew.
    pub(super) fn add(&mut self, key: Vec<u8>, id: impl FnOnce() -> Bytes) -> usize {
        if self.recent.contains_key(&key) {
            return 0;
        }
        let id = id();
        let cost = key.len() + id.len() + ENTRY_OVERHEAD;
        self.recent.insert(key, id);
        self.recent_bytes += cost;
        cost
    }

    /// Documents touched; one touched before and after a spill counts twice.
    pub(super) fn len(&self) -> u64 {
        self.spilled + self.recent.len() as u64
    }

    pub(super) fn memory(&self) -> usize {
        self.recent_bytes
    }

    /// Writes what is in memory to a scratch file that vanishes with the process.
    pub(super) fn spill(&mut self) -> Result<(), SourceError> {
        if self.recent.is_empty() {
            return Ok(());
        }
        let file = scratch::write(|writer| {
            self.recent.iter().try_for_each(|(key, id)| {
                scratch::write_frame(writer, key)?;
                scratch::write_frame(writer, id)
            })
        })?;
        self.runs.push(file);
        self.spilled += self.recent.len() as u64;
        self.recent.clear();
        self.recent_bytes = 0;
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// All keys in ascending order, each once.
    pub(super) fn sorted(&self) -> Result<SortedKeys, SourceError> {
        let mut runs = Vec::with_capacity(self.runs.len() + 1);
        for file in &self.runs {
            let file = file.try_clone().map_err(scratch::failed("reading"))?;
            runs.push(Run::File(scratch::read(file)?));
        }
        // A copy, so that the window can go on and be ended again at a later time.
        runs.push(Run::Memory(self.recent.clone().into_iter()));
        let heads = runs.iter_mut().map(Run::next).collect::<Result<_, _>>()?;
        Ok(SortedKeys { runs, heads })
    }
}

/// A merge of sorted runs. Only one may be read at a time: runs share file positions.
pub(crate) struct SortedKeys {
    runs: Vec<Run>,
    heads: Vec<Option<TouchedKey>>,
}

enum Run {
    File(BufReader<File>),
    Memory(std::collections::btree_map::IntoIter<Vec<u8>, Bytes>),
}

impl SortedKeys {
    pub(crate) fn next(&mut self) -> Result<Option<TouchedKey>, SourceError> {
        let least = self
            .heads
            .iter()
            .enumerate()
            .filter_map(|(index, head)| head.as_ref().map(|head| (index, &head.key)))
            .min_by(|a, b| a.1.cmp(b.1))
            .map(|(index, _)| index);
        let Some(least) = least else { return Ok(None) };
        let taken = self.advance(least)?;
        for index in 0..self.heads.len() {
            while taken.is_some()
                && self.heads[index].as_ref().map(|head| &head.key)
                    == taken.as_ref().map(|taken| &taken.key)
            {
                self.advance(index)?;
            }
        }
        Ok(taken)
    }

    fn advance(&mut self, index: usize) -> Result<Option<TouchedKey>, SourceError> {
        let next = self.runs[index].next()?;
        Ok(std::mem::replace(&mut self.heads[index], next))
    }
}

impl Run {
    fn next(&mut self) -> Result<Option<TouchedKey>, SourceError> {
        match self {
            Self::Memory(entries) => Ok(entries.next().map(|(key, id)| TouchedKey { key, id })),
            Self::File(reader) => {
                let failed = scratch::failed("reading");
                let Some(key) = scratch::next_frame(reader).map_err(&failed)? else {
                    return Ok(None);
                };
                let id = scratch::read_frame(reader).map_err(&failed)?;
                Ok(Some(TouchedKey { key, id: id.into() }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spilled_and_recent_keys_merge_in_order_and_once() {
        let mut touched = TouchedKeys::default();
        for round in 0..4_u8 {
            for number in [9_u8, 3, round, 200 - round] {
                touched.add(vec![number], || Bytes::from(vec![number, number]));
            }
            if round < 3 {
                touched.spill().unwrap();
            }
        }
        for _ in 0..2 {
            let mut sorted = touched.sorted().unwrap();
            let mut keys = Vec::new();
            while let Some(next) = sorted.next().unwrap() {
                assert_eq!(next.id.as_ref(), [next.key[0]; 2]);
                keys.push(next.key[0]);
            }
            assert_eq!(keys, [0, 1, 2, 3, 9, 197, 198, 199, 200]);
        }
    }
}
