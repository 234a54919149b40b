//! Operations sorted by collection, key and order of happening: in memory up to a budget, then in
//! sorted runs in scratch files that vanish with the process.

use std::fs::File;
use std::io::{BufReader, Read, Write};

use bytes::Bytes;

use crate::{SourceError, scratch};

/// Bytes held in memory before a run is written.
const BUDGET: usize = 48 << 20;
/// What an entry costs beside its bytes, roughly.
const OVERHEAD: usize = 96;

/// One operation with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortedChange {
    /// UUID of the collection.
    pub uuid: [u8; 16],
    /// Sort key of the document.
    pub key: Vec<u8>,
    /// Order of happening.
    pub ordinal: u64,
    /// The operation as kept.
    pub operation: Bytes,
}

/// Gathers operations.
#[derive(Debug, Default)]
pub struct ChangeSorter {
    recent: Vec<SortedChange>,
    bytes: usize,
    runs: Vec<File>,
    ordinal: u64,
}

impl ChangeSorter {
    /// Adds the next operation that happened.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn push(
        &mut self,
        uuid: [u8; 16],
        key: Vec<u8>,
        operation: &[u8],
    ) -> Result<(), SourceError> {
        // A copy: what is at hand may be a slice of a whole pack.
        let operation = Bytes::copy_from_slice(operation);
        self.bytes += key.len() + operation.len() + OVERHEAD;
        self.recent.push(SortedChange { uuid, key, ordinal: self.ordinal, operation });
        self.ordinal += 1;
        if self.bytes > BUDGET { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), SourceError> {
        self.recent.sort_unstable();
        let changes = self.recent.drain(..);
        let file = scratch::write(|writer| {
            changes.into_iter().try_for_each(|change| write(writer, &change))
        })?;
        self.runs.push(file);
        self.bytes = 0;
        Ok(())
    }

    /// All of them in order.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn sorted(mut self) -> Result<SortedChanges, SourceError> {
        self.recent.sort_unstable();
        let mut runs = Vec::with_capacity(self.runs.len() + 1);
        for file in self.runs {
            runs.push(Run::File(scratch::read(file)?));
        }
        runs.push(Run::Memory(self.recent.into_iter()));
        let heads = runs.iter_mut().map(Run::next).collect::<Result<_, _>>()?;
        Ok(SortedChanges { runs, heads })
    }
}

/// Operations in order of collection, key and happening.
#[derive(Debug)]
pub struct SortedChanges {
    runs: Vec<Run>,
    heads: Vec<Option<SortedChange>>,
}

#[derive(Debug)]
enum Run {
    File(BufReader<File>),
    Memory(std::vec::IntoIter<SortedChange>),
}

impl SortedChanges {
    /// The next one; none at the end.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn next_change(&mut self) -> Result<Option<SortedChange>, SourceError> {
        let heads = self.heads.iter().enumerate();
        let least = heads.filter_map(|(run, head)| head.as_ref().map(|head| (head, run))).min();
        let Some((_, run)) = least else { return Ok(None) };
        let (Some(run), Some(head)) = (self.runs.get_mut(run), self.heads.get_mut(run)) else {
            return Ok(None);
        };
        let next = run.next()?;
        Ok(std::mem::replace(head, next))
    }
}

impl Run {
    fn next(&mut self) -> Result<Option<SortedChange>, SourceError> {
        match self {
            Self::Memory(changes) => Ok(changes.next()),
            Self::File(reader) => read(reader).map_err(scratch::failed("reading")),
        }
    }
}

fn write(writer: &mut impl Write, change: &SortedChange) -> std::io::Result<()> {
    writer.write_all(&change.uuid)?;
    writer.write_all(&change.ordinal.to_le_bytes())?;
    scratch::write_frame(writer, &change.key)?;
    scratch::write_frame(writer, &change.operation)
}

/// None at the end of the file.
fn read(reader: &mut impl Read) -> std::io::Result<Option<SortedChange>> {
    let Some(uuid) = scratch::next_bytes(reader)? else { return Ok(None) };
    let mut ordinal = [0; 8];
    reader.read_exact(&mut ordinal)?;
    let (key, operation) = (scratch::read_frame(reader)?, scratch::read_frame(reader)?);
    let ordinal = u64::from_le_bytes(ordinal);
    Ok(Some(SortedChange { uuid, key, ordinal, operation: operation.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spilled_and_recent_operations_come_in_order_of_key_and_happening() {
        let mut sorter = ChangeSorter::default();
        for round in 0..4_u8 {
            for key in [9, 3, round, 200 - round] {
                sorter.push([key % 2; 16], vec![key], &[round, key]).unwrap();
            }
            if round < 3 {
                sorter.spill().unwrap();
            }
        }
        assert_eq!(sorter.ordinal, 16);
        let mut sorted = sorter.sorted().unwrap();
        let mut found = Vec::new();
        while let Some(head) = sorted.heads.iter().flatten().min().cloned() {
            let next = sorted.next_change().unwrap().unwrap();
            assert_eq!(head, next);
            found.push((next.uuid[0], next.key[0], next.operation[0]));
        }
        let mut expected: Vec<_> = (0..4_u8)
            .flat_map(|round| [9, 3, round, 200 - round].map(|key| (key % 2, key, round)))
            .collect();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert!(sorted.next_change().unwrap().is_none());
    }
}
