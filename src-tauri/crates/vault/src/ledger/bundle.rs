//! Bundles: many entries of a sequence in one object, so that reading a ledger of years takes some
//! hundred requests and not one for each entry. See docs/adr/0011.
//!
//! A bundle holds the objects of its entries byte for byte. It tells nothing that they do not, and
//! they stay where they are: a bundle that is absent, damaged or at odds with them costs time.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use prost::Message;

use super::sequence::{ReadEntry, Sequence};
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::ObjectType;
use crate::proto::{Bundle, Head};
use crate::vault::VaultInner;

/// The entries that a bundle holds, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Range {
    /// The ranges of the bundles that a head tells of, as far as they make sense.
    pub(super) fn told(head: &Head) -> Vec<Self> {
        let mut covered = 0;
        let in_order = |last: &u64| {
            let range = Self { first: covered + 1, last: *last };
            covered = *last;
            (range.first <= range.last && range.last <= head.committed).then_some(range)
        };
        head.bundled.iter().map_while(in_order).collect()
    }

    pub(super) fn numbers(self) -> std::ops::RangeInclusive<u64> {
        self.first..=self.last
    }
}

/// An entry with the bytes of its object.
pub(super) type Stored = (ReadEntry, Bytes);

impl Sequence {
    pub(super) fn bundle_key(&self, range: Range) -> String {
        format!("{}/bundle/{:010}", self.folder(), range.last)
    }

    /// Puts entries up to number `last` together that no bundle holds yet, as far as they fill one.
    /// Returns what the head is to tell of bundles from then on.
    pub(super) async fn bundle(
        &self,
        vault: &VaultInner,
        head: &Head,
        last: u64,
    ) -> Result<Vec<u64>, VaultError> {
        let mut bundled: Vec<u64> = Range::told(head).iter().map(|range| range.last).collect();
        let size = vault.context.resources.bundle_entries.max(1);
        let mut covered = bundled.last().copied().unwrap_or(0);
        while last.saturating_sub(covered) >= size {
            let range = Range { first: covered + 1, last: covered + size };
            // Damage is told by whoever reads the ledger; an append does not depend on it.
            if !self.put_bundle(vault, range).await? {
                break;
            }
            covered = range.last;
            bundled.push(covered);
        }
        Ok(bundled)
    }

    /// The entries of a range, each from its own object; `None` where one is not sound.
    async fn gather(
        &self,
        vault: &VaultInner,
        range: Range,
    ) -> Result<Option<Vec<Stored>>, VaultError> {
        let requests = vault.context.resources.store_requests.max(1);
        let read = stream::iter(range.numbers())
            .map(|number| async move {
                let bytes = vault.fetch(&self.entry_key(number)).await?;
                Ok::<_, VaultError>((self.open_entry(vault, number, &bytes)?, bytes))
            })
            .buffered(requests)
            .try_collect::<Vec<_>>()
            .await;
        match read {
            Ok(entries) => Ok(is_chained(&entries).then_some(entries)),
            Err(error) => Problem::from_error(error).map(|_| None),
        }
    }

    /// Puts the entries of a range together, each from its own object, unless what lies there holds
    /// them. False where one of them is not sound.
    pub(super) async fn put_bundle(
        &self,
        vault: &VaultInner,
        range: Range,
    ) -> Result<bool, VaultError> {
        let Some(entries) = self.gather(vault, range).await? else { return Ok(false) };
        let bundle = Bundle {
            sequence: self.folder().to_owned(),
            first: range.first,
            entries: entries.iter().map(|(_, bytes)| bytes.to_vec()).collect(),
        };
        let key = self.bundle_key(range);
        let body = vault.seal(ObjectType::Bundle, &key, &bundle.encode_to_vec())?;
        if vault.store.put_if_absent(&key, body.clone()).await? {
            return Ok(true);
        }
        // It may be what a process wrote that was killed before it told its head, and a repair may
        // have sealed entries anew since.
        let held = match self.read_bundle(vault, range).await {
            Ok(held) => holds(&held, &entries),
            Err(error) => Problem::from_error(error).map(|_| false)?,
        };
        if !held {
            vault.store.put(&key, body).await?;
        }
        Ok(true)
    }

    /// The entries that a bundle holds, all of them sound and chained.
    pub(super) async fn read_bundle(
        &self,
        vault: &VaultInner,
        range: Range,
    ) -> Result<Vec<Stored>, VaultError> {
        let key = self.bundle_key(range);
        let bytes = vault.fetch(&key).await?;
        let plain = vault.unseal(ObjectType::Bundle, &key, &bytes)?;
        let damaged = |detail: &str| VaultError::damaged(&key, ProblemKind::Decode, detail);
        let bundle = Bundle::decode(plain.as_slice()).map_err(|_| damaged("not a bundle"))?;
        let numbers = range.numbers();
        if bundle.sequence != self.folder()
            || bundle.first != range.first
            || bundle.entries.len() as u64 != range.last - range.first + 1
        {
            return Err(damaged("it holds other entries than its head tells"));
        }
        let open = |(number, bytes): (u64, Vec<u8>)| {
            let entry = self.open_entry(vault, number, &bytes);
            let entry =
                entry.map_err(|error| damaged(&format!("entry {number} in it: {error}")))?;
            Ok::<_, VaultError>((entry, Bytes::from(bytes)))
        };
        let entries = numbers.zip(bundle.entries).map(open).collect::<Result<Vec<_>, _>>()?;
        match is_chained(&entries) {
            true => Ok(entries),
            false => Err(damaged("an entry in it does not continue the one before it")),
        }
    }

    /// What is wrong with the bundles that a head tells of; `hashes` are those of the entries that
    /// are sound in their own places, by number.
    pub(super) async fn judge_bundles(
        &self,
        vault: &VaultInner,
        head: &Head,
        hashes: &BTreeMap<u64, [u8; 32]>,
    ) -> Result<Vec<(Range, Problem)>, VaultError> {
        let requests = vault.context.resources.store_requests.max(1);
        let judged: Vec<_> = stream::iter(Range::told(head))
            .map(|range| async move {
                let problem = match self.read_bundle(vault, range).await {
                    Ok(held) => self.contradiction(range, &held, hashes),
                    Err(error) => Some(Problem::from_error(error)?),
                };
                Ok::<_, VaultError>(problem.map(|problem| (range, problem)))
            })
            .buffered(requests)
            .try_collect()
            .await?;
        Ok(judged.into_iter().flatten().collect())
    }

    fn contradiction(
        &self,
        range: Range,
        held: &[Stored],
        hashes: &BTreeMap<u64, [u8; 32]>,
    ) -> Option<Problem> {
        let is_odd = |read: &ReadEntry| {
            hashes.get(&read.entry.number).is_some_and(|hash| *hash != read.hash)
        };
        let (odd, _) = held.iter().find(|(read, _)| is_odd(read))?;
        let detail = format!("its entry {} is not the one that lies there", odd.entry.number);
        Some(Problem::new(&self.bundle_key(range), ProblemKind::Ledger, &detail))
    }
}

fn is_chained(entries: &[Stored]) -> bool {
    entries.windows(2).all(|pair| match pair {
        [(before, _), (after, _)] => after.entry.previous == before.hash,
        _ => true,
    })
}

fn holds(held: &[Stored], entries: &[Stored]) -> bool {
    held.len() == entries.len()
        && held.iter().zip(entries).all(|((held, _), (entry, _))| held.hash == entry.hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bundled: &[u64]) -> Vec<(u64, u64)> {
        let head = Head { committed: 20, bundled: bundled.to_vec(), ..Head::default() };
        Range::told(&head).iter().map(|range| (range.first, range.last)).collect()
    }

    #[test]
    fn ranges_follow_each_other_up_to_what_is_committed() {
        assert_eq!(told(&[]), []);
        assert_eq!(told(&[4, 8, 20]), [(1, 4), (5, 8), (9, 20)]);
        assert_eq!(told(&[4, 4, 8]), [(1, 4)], "none is empty");
        assert_eq!(told(&[8, 4, 12]), [(1, 8)], "they rise");
        assert_eq!(told(&[8, 21]), [(1, 8)], "none holds what is not committed");
        assert_eq!(told(&[0, 8]), []);
        assert_eq!(told(&[u64::MAX]), []);
    }
}
