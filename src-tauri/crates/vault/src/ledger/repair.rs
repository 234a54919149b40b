//! Repairing a sequence: what is damaged gets a substitute, and the chain behind it is sealed anew.
//!
//! Order of writes: copies of what is replaced, entries from the first to the last, bundles, head.
//! Cut off anywhere, the entries that are sound still count, and a second repair ends the first.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::bundle::Range;
use super::sequence::{ReadEntry, Sequence};
use super::slots::Reading;
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::Header;
use crate::objects::hash_of;
use crate::proto::entry::Action;
use crate::proto::{ChangeKeyring, Entry, Head};
use crate::repair::{Cure, Repaired};
use crate::vault::VaultInner;

/// Lost entries among which bytes that lie under another's key are looked for.
const MOST_MISPLACED: usize = 64;

/// Entries that a listing shows of which one that opens is looked for, from the highest on.
const MOST_TRIED: usize = 256;

/// What is left of a damaged sequence.
#[derive(Debug)]
pub(crate) struct Remains {
    sequence: Sequence,
    slots: Vec<Slot>,
    /// As it lies there; an empty one where it is not sound.
    head: Head,
    pub(crate) problems: Vec<Problem>,
}

#[derive(Debug)]
enum Slot {
    /// It lies where it belongs.
    Kept(ReadEntry),
    /// Its very bytes lay under another key, or in a bundle.
    Moved(ReadEntry, Bytes),
    Lost,
}

/// What stands in for a lost entry.
pub(crate) struct Substitute {
    pub(crate) action: Action,
    pub(crate) at_ms: i64,
    pub(crate) cure: Cure,
}

impl Remains {
    /// Looks at a sequence; `None` when it is sound, and when the keyring at hand is too old to tell:
    /// what is sealed under a younger key is not lost.
    pub(crate) async fn find(
        vault: &VaultInner,
        sequence: Sequence,
    ) -> Result<Option<Self>, VaultError> {
        let problems = sequence.read(vault, Reading::Whole, true).await?.problems;
        if problems.is_empty() {
            return Ok(None);
        }
        let head = lenient(sequence.read_head(vault).await)?.flatten().unwrap_or_default();
        let known = head.committed.max(listed(vault, &sequence).await?);
        let mut slots = Vec::new();
        let mut strays = Vec::new();
        for number in 1.. {
            match lenient(sequence.read_entry(vault, number).await)? {
                Some(Some(entry)) => slots.push(Slot::Kept(entry)),
                Some(None) if number > known => break,
                found => {
                    if found.is_none() {
                        let key = sequence.entry_key(number);
                        // A store that fails at whatever it is asked would be asked for ever.
                        if number > known && vault.store.stat(&key).await?.is_none() {
                            break;
                        }
                        let bytes = read(vault, &key).await?;
                        if bytes.as_ref().is_some_and(|bytes| is_younger(vault, &key, bytes)) {
                            return Ok(None);
                        }
                        strays.extend(bytes);
                    }
                    slots.push(Slot::Lost);
                }
            }
        }
        let (key, bytes) = (sequence.head_key(), read(vault, &sequence.head_key()).await?);
        if bytes.as_ref().is_some_and(|bytes| is_younger(vault, &key, bytes)) {
            return Ok(None);
        }
        strays.extend(bytes);
        let mut remains = Self { sequence, slots, head, problems };
        remains.unpack(vault).await?;
        remains.gather(vault, &strays);
        Ok(Some(remains))
    }

    /// Takes the bytes of lost entries from the bundles that hold them.
    async fn unpack(&mut self, vault: &VaultInner) -> Result<(), VaultError> {
        for range in Range::told(&self.head) {
            let numbers = range.numbers();
            let slots =
                self.slots.iter_mut().zip(1..).filter(|(_, number)| numbers.contains(number));
            let lost: Vec<_> = slots.filter(|(slot, _)| matches!(slot, Slot::Lost)).collect();
            if lost.is_empty() {
                continue;
            }
            let bundle = lenient(self.sequence.read_bundle(vault, range).await)?;
            let mut held: BTreeMap<_, _> = bundle
                .into_iter()
                .flatten()
                .map(|(read, bytes)| (read.entry.number, Slot::Moved(read, bytes)))
                .collect();
            for (slot, number) in lost {
                if let Some(found) = held.remove(&number) {
                    *slot = found;
                }
            }
        }
        Ok(())
    }

    /// Finds the bytes of lost entries among those that lie under the keys of others.
    fn gather(&mut self, vault: &VaultInner, strays: &[Bytes]) {
        let lost = self.slots.iter().filter(|slot| matches!(slot, Slot::Lost)).count();
        if lost > MOST_MISPLACED {
            return;
        }
        for (number, slot) in (1..).zip(&mut self.slots) {
            if !matches!(slot, Slot::Lost) {
                continue;
            }
            let opened = |bytes: &Bytes| {
                let entry = self.sequence.open_entry(vault, number, bytes).ok()?;
                Some(Slot::Moved(entry, bytes.clone()))
            };
            if let Some(found) = strays.iter().find_map(opened) {
                *slot = found;
            }
        }
    }

    /// Sets that entries tell of which lay under another key.
    pub(crate) fn moved(&self) -> impl Iterator<Item = &str> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Moved(read, _) => match &read.entry.action {
                Some(Action::AddSet(add)) => Some(add.set_id.as_str()),
                Some(Action::RemoveSet(remove)) => Some(remove.set_id.as_str()),
                _ => None,
            },
            _ => None,
        })
    }

    /// Writes what is wrong anew. Each lost entry gets the next of `substitutes`, and one that says
    /// nothing when there is none left.
    pub(crate) async fn repair(
        self,
        vault: &VaultInner,
        mut substitutes: impl Iterator<Item = Substitute> + Send,
    ) -> Result<Vec<Repaired>, VaultError> {
        let Self { sequence, slots, head: before, problems } = self;
        let (mut repaired, mut previous, mut token) = (Vec::new(), Vec::new(), 0);
        let mut hashes = BTreeMap::new();
        let last = slots.len() as u64;
        for (number, slot) in (1..).zip(slots) {
            let key = sequence.entry_key(number);
            let (entry, bytes, cure) = match slot {
                Slot::Kept(read) if read.entry.previous == previous => {
                    previous = read.hash.to_vec();
                    hashes.insert(number, read.hash);
                    token = read.entry.newest_token.max(token);
                    continue;
                }
                Slot::Moved(read, bytes) if read.entry.previous == previous => {
                    (read.entry, Some(bytes), Cure::Moved)
                }
                Slot::Kept(read) | Slot::Moved(read, _) => {
                    (Entry { previous, ..read.entry }, None, Cure::Chained)
                }
                Slot::Lost => {
                    let substitute = substitutes.next().unwrap_or_else(|| blank(vault));
                    let entry = Entry {
                        sequence: sequence.folder().to_owned(),
                        number,
                        previous,
                        fencing_token: token,
                        newest_token: token,
                        at_ms: substitute.at_ms,
                        keyring_revision: vault.keyring().revision,
                        action: Some(substitute.action),
                    };
                    (entry, None, substitute.cure)
                }
            };
            let bytes = match bytes {
                Some(bytes) => bytes,
                None => sequence.seal_entry(vault, &entry)?,
            };
            put_aside(vault, &key).await?;
            vault.store.put(&key, bytes.clone()).await?;
            repaired.push(Repaired { kind: kind_of(&problems, &key), object: key, cure });
            let hash = hash_of(&bytes);
            hashes.insert(number, hash);
            previous = hash.to_vec();
            token = entry.newest_token.max(token);
        }
        let bundled = mend_bundles(vault, &sequence, &before, &hashes, &mut repaired).await?;
        let key = sequence.head_key();
        let head = Head { committed: last, committed_hash: previous, intended: 0, bundled };
        if lenient(sequence.read_head(vault).await)?.flatten().as_ref() != Some(&head) {
            put_aside(vault, &key).await?;
            sequence.put_head(vault, &head).await?;
            repaired.push(Repaired {
                kind: kind_of(&problems, &key),
                object: key,
                cure: Cure::Chained,
            });
        }
        Ok(repaired)
    }
}

/// Puts bundles together again that are not sound or hold other entries than lie there now. Returns
/// what the head is to tell of bundles.
async fn mend_bundles(
    vault: &VaultInner,
    sequence: &Sequence,
    head: &Head,
    hashes: &BTreeMap<u64, [u8; 32]>,
    repaired: &mut Vec<Repaired>,
) -> Result<Vec<u64>, VaultError> {
    let mut bundled: Vec<u64> = Range::told(head).iter().map(|range| range.last).collect();
    for (range, problem) in sequence.judge_bundles(vault, head, hashes).await? {
        if !sequence.put_bundle(vault, range).await? {
            // The next append puts it together, or tells why it cannot.
            bundled.retain(|last| *last < range.first);
            break;
        }
        let (object, kind) = (sequence.bundle_key(range), problem.kind);
        repaired.push(Repaired { object, kind, cure: Cure::Chained });
    }
    Ok(bundled)
}

/// Whether an object is whole and sealed under a key that the keyring does not know yet.
fn is_younger(vault: &VaultInner, key: &str, bytes: &[u8]) -> bool {
    let header = Header::verify(key, bytes);
    header.is_ok_and(|header| header.epoch > vault.keyring().newest_epoch())
}

/// An entry that says nothing: only its place in the chain is needed.
fn blank(vault: &VaultInner) -> Substitute {
    let action = Action::ChangeKeyring(ChangeKeyring {});
    Substitute { action, at_ms: vault.context.clock.now_ms(), cure: Cure::Blank }
}

fn kind_of(problems: &[Problem], key: &str) -> ProblemKind {
    let found = problems.iter().find(|problem| problem.object == key);
    found.map_or(ProblemKind::Ledger, |problem| problem.kind)
}

/// Keeps what is about to be replaced: an object whose content cannot be computed anew.
pub(crate) async fn put_aside(vault: &VaultInner, key: &str) -> Result<(), VaultError> {
    if let Some(bytes) = read(vault, key).await? {
        vault.store.put_if_absent(&crate::repair::aside(key), bytes).await?;
    }
    Ok(())
}

/// `None` for what is damaged or cannot be read.
fn lenient<T>(result: Result<T, VaultError>) -> Result<Option<T>, VaultError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) => Problem::from_error(error).map(|_| None),
    }
}

/// The bytes under a key; `None` also for a bad sector.
async fn read(vault: &VaultInner, key: &str) -> Result<Option<Bytes>, VaultError> {
    Ok(lenient(vault.store.find(key).await.map_err(VaultError::from))?.flatten())
}

/// The highest number of an entry that a listing shows and that opens: a listing only proposes where
/// to look, and anybody who writes to the store may have put names there.
async fn listed(vault: &VaultInner, sequence: &Sequence) -> Result<u64, VaultError> {
    let prefix = format!("{}/", sequence.folder());
    let keys = vault.store.list(&prefix).await?;
    let mut numbers: Vec<u64> =
        keys.iter().filter_map(|key| key.strip_prefix(&prefix)?.parse().ok()).collect();
    numbers.sort_unstable();
    for number in numbers.into_iter().rev().take(MOST_TRIED) {
        if let Some(Some(_)) = lenient(sequence.read_entry(vault, number).await)? {
            return Ok(number);
        }
    }
    Ok(0)
}
