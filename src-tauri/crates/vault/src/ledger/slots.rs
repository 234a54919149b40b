//! Reading a sequence: from its bundles and the entries behind them, or every entry by itself.

use futures::{StreamExt, TryStreamExt, stream};

use super::bundle::Range;
use super::sequence::{ReadEntry, Sequence};
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::proto::Head;
use crate::vault::VaultInner;

/// A sequence as read, with whatever is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct ReadSequence {
    /// Sound entries in order; damaged ones are left out and told in `problems`.
    pub(crate) entries: Vec<ReadEntry>,
    pub(crate) problems: Vec<Problem>,
    /// Keys of all objects that belong to it, damaged and missing ones included.
    pub(crate) keys: Vec<String>,
}

/// How a sequence is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Entries that bundles hold are taken from these, and not looked at in their own places.
    Bundled,
    /// Every entry by itself, and every bundle held against them.
    Whole,
}

impl Sequence {
    /// Reads everything, by key. `required`: an absent head is a problem even without entries.
    pub(crate) async fn read(
        &self,
        vault: &VaultInner,
        reading: Reading,
        required: bool,
    ) -> Result<ReadSequence, VaultError> {
        let (mut read, head) = self.read_slots(vault, reading, required).await?;
        let head = head.unwrap_or_default();
        if reading == Reading::Whole {
            let entries = read.entries.iter();
            let hashes = entries.map(|read| (read.entry.number, read.hash)).collect();
            let problems = self.judge_bundles(vault, &head, &hashes).await?;
            read.problems.extend(problems.into_iter().map(|(_, problem)| problem));
        } else if !read.problems.is_empty() && !Range::told(&head).is_empty() {
            // A bundle from before a repair may lie there; where it disagrees, the entries decide.
            return Ok(self.read_slots(vault, Reading::Whole, required).await?.0);
        }
        Ok(read)
    }

    /// The entries with what is wrong with them and the head, and the head if it is sound.
    async fn read_slots(
        &self,
        vault: &VaultInner,
        reading: Reading,
        required: bool,
    ) -> Result<(ReadSequence, Option<Head>), VaultError> {
        let mut read = ReadSequence::default();
        let head_key = self.head_key();
        // None: there is one and it cannot be read.
        let head = match self.read_head(vault).await {
            Ok(head) => Some(head),
            Err(error) => {
                read.problems.push(Problem::from_error(error)?);
                None
            }
        };
        let slots = self.slots(vault, head.as_ref().and_then(Option::as_ref), reading).await?;
        let head = match head {
            // It was read before the entries: somebody may be appending. Whoever does tells the head
            // first, so that it cannot be behind now.
            Some(Some(head)) if is_behind(&head, &slots) => match self.read_head(vault).await {
                Ok(newer) => Some(newer),
                Err(error) => {
                    read.problems.push(Problem::from_error(error)?);
                    None
                }
            },
            head => head,
        };
        let absent = matches!(head, Some(None));
        if !absent || required || !slots.is_empty() {
            read.keys.push(head_key.clone());
        }
        match &head {
            Some(Some(head)) => self.judge_head(head, &slots, &mut read),
            Some(None) if required || !slots.is_empty() => {
                let problem =
                    Problem::new(&head_key, ProblemKind::Missing, "it is not in the store");
                read.problems.push(problem);
            }
            _ => {}
        }
        self.judge_entries(slots, &mut read);
        let head = head.flatten();
        let bundles = head.as_ref().map(Range::told).unwrap_or_default();
        read.keys.extend(bundles.into_iter().map(|range| self.bundle_key(range)));
        Ok((read, head))
    }

    /// The entries that the head tells of, and those that follow without a gap.
    async fn slots(
        &self,
        vault: &VaultInner,
        head: Option<&Head>,
        reading: Reading,
    ) -> Result<Vec<Slot>, VaultError> {
        let known = head.map_or(0, |head| head.committed);
        let ranges = match reading {
            Reading::Bundled => head.map(Range::told).unwrap_or_default(),
            Reading::Whole => Vec::new(),
        };
        let mut slots = self.known(vault, &ranges, known).await?;
        loop {
            let number = slots.len() as u64 + 1;
            let slot = self.slot(vault, number).await?;
            // An entry that is there and cannot be read is damaged. A store that fails at whatever it
            // is asked would be asked for ever.
            let over = match slot {
                Slot::Absent => true,
                Slot::Damaged(_) => vault.store.stat(&self.entry_key(number)).await?.is_none(),
                Slot::Sound(_) => false,
            };
            if over {
                return Ok(slots);
            }
            slots.push(slot);
        }
    }

    /// Entries 1 to `known`: those of `ranges` from their bundles, unless one is not sound.
    async fn known(
        &self,
        vault: &VaultInner,
        ranges: &[Range],
        known: u64,
    ) -> Result<Vec<Slot>, VaultError> {
        let requests = vault.context.resources.store_requests.max(1);
        let bundles: Vec<Option<Vec<Slot>>> = stream::iter(ranges.iter().copied())
            .map(|range| self.bundled(vault, range))
            .buffered(requests)
            .boxed()
            .try_collect()
            .await?;
        let unsound = ranges.iter().zip(&bundles).filter(|(_, bundle)| bundle.is_none());
        let unsound = unsound.flat_map(|(range, _)| range.numbers());
        let covered = ranges.last().map_or(0, |range| range.last);
        let alone: Vec<u64> = unsound.chain(covered + 1..=known).collect();
        let mut alone =
            stream::iter(alone).map(|number| self.slot(vault, number)).buffered(requests).boxed();
        let mut slots = Vec::new();
        for (range, bundle) in ranges.iter().zip(bundles) {
            match bundle {
                Some(entries) => slots.extend(entries),
                None => {
                    let entries = alone.by_ref().take(range.numbers().count());
                    slots.extend(entries.try_collect::<Vec<_>>().await?);
                }
            }
        }
        slots.extend(alone.try_collect::<Vec<_>>().await?);
        Ok(slots)
    }

    /// The entries of a bundle; `None` where it is not sound.
    async fn bundled(
        &self,
        vault: &VaultInner,
        range: Range,
    ) -> Result<Option<Vec<Slot>>, VaultError> {
        match self.read_bundle(vault, range).await {
            Ok(entries) => {
                let sound = |(read, _)| Slot::Sound(Box::new(read));
                Ok(Some(entries.into_iter().map(sound).collect()))
            }
            Err(error) => Problem::from_error(error).map(|_| None),
        }
    }

    async fn slot(&self, vault: &VaultInner, number: u64) -> Result<Slot, VaultError> {
        match self.read_entry(vault, number).await {
            Ok(Some(entry)) => Ok(Slot::Sound(Box::new(entry))),
            Ok(None) => Ok(Slot::Absent),
            Err(error) => Problem::from_error(error).map(Slot::Damaged),
        }
    }

    fn judge_head(&self, head: &Head, slots: &[Slot], read: &mut ReadSequence) {
        let mut stale = |detail: &str| {
            read.problems.push(Problem::new(&self.head_key(), ProblemKind::Ledger, detail));
        };
        if is_behind(head, slots) {
            stale("it is older than the entries that are there");
        }
        let committed =
            usize::try_from(head.committed).ok().and_then(|n| slots.get(n.checked_sub(1)?));
        if let Some(Slot::Sound(entry)) = committed
            && entry.hash.as_slice() != head.committed_hash
        {
            stale("its hash is not that of the entry it tells of");
        }
    }

    fn judge_entries(&self, slots: Vec<Slot>, read: &mut ReadSequence) {
        let mut previous: Option<Vec<u8>> = Some(Vec::new());
        for (number, slot) in (1..).zip(slots) {
            let key = self.entry_key(number);
            previous = match slot {
                Slot::Sound(entry) => {
                    if previous.is_some_and(|hash| hash != entry.entry.previous) {
                        let detail = "it does not continue the entry before it";
                        read.problems.push(Problem::new(&key, ProblemKind::Ledger, detail));
                    }
                    let hash = entry.hash.to_vec();
                    read.entries.push(*entry);
                    Some(hash)
                }
                Slot::Absent => {
                    let detail = "it is not in the store, and its head tells of it";
                    read.problems.push(Problem::new(&key, ProblemKind::Missing, detail));
                    None
                }
                Slot::Damaged(problem) => {
                    read.problems.push(problem);
                    None
                }
            };
            read.keys.push(key);
        }
    }
}

/// Whether there are entries of which the head does not tell.
fn is_behind(head: &Head, slots: &[Slot]) -> bool {
    let beyond = (slots.len() as u64).saturating_sub(head.committed);
    beyond > 1 || (beyond == 1 && head.intended != head.committed + 1)
}

enum Slot {
    Sound(Box<ReadEntry>),
    Absent,
    Damaged(Problem),
}
