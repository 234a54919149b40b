//! A sequence of entries under predictable keys: every ledger, and the registry of writers.
//!
//! `<folder>/head` and `<folder>/0000000001`, `…2` … Entries are written once, contiguous and
//! chained by hash. The head is rewritten before an entry (intended) and after it (committed): so
//! a reader knows whether the last entry is absent because of a crash or because it was taken away.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use prost::Message;

use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::ObjectType;
use crate::objects::hash_of;
use crate::proto::{Entry, Head, entry::Action};
use crate::store::StoreError;
use crate::vault::VaultInner;

/// How often an append begins again after another process was faster.
const ATTEMPTS: usize = 8;

/// What is to be appended.
pub(crate) struct Draft {
    pub(crate) fencing_token: u64,
    pub(crate) action: Action,
}

/// An entry as read.
#[derive(Debug, Clone)]
pub(crate) struct ReadEntry {
    pub(crate) entry: Entry,
    pub(crate) hash: [u8; 32],
}

/// A sequence as read, with whatever is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct ReadSequence {
    /// Sound entries in order; damaged ones are left out and told in `problems`.
    pub(crate) entries: Vec<ReadEntry>,
    pub(crate) problems: Vec<Problem>,
    /// Keys of all objects that belong to it, damaged and missing ones included.
    pub(crate) keys: Vec<String>,
}

/// A sequence's place in the store.
#[derive(Debug, Clone)]
pub(crate) struct Sequence {
    folder: String,
}

impl Sequence {
    pub(crate) fn registry() -> Self {
        Self { folder: "registry".to_owned() }
    }

    pub(crate) fn ledger(writer: &str) -> Self {
        Self { folder: format!("ledger/{writer}") }
    }

    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    pub(crate) fn head_key(&self) -> String {
        format!("{}/head", self.folder)
    }

    pub(crate) fn entry_key(&self, number: u64) -> String {
        format!("{}/{number:010}", self.folder)
    }

    /// Writes the head of an empty sequence unless there is one.
    pub(crate) async fn create(&self, vault: &VaultInner) -> Result<(), VaultError> {
        let key = self.head_key();
        let body = vault.seal(ObjectType::Head, &key, &Head::default().encode_to_vec())?;
        vault.store.put_if_absent(&key, body).await?;
        Ok(())
    }

    /// Appends an entry: head (intended), entry, head (committed).
    pub(crate) async fn append(
        &self,
        vault: &VaultInner,
        draft: Draft,
    ) -> Result<Entry, VaultError> {
        let at_ms = vault.context.clock.now_ms();
        self.append_at(vault, draft, at_ms).await
    }

    /// As [`Sequence::append`], for something that happened at that time.
    pub(crate) async fn append_at(
        &self,
        vault: &VaultInner,
        draft: Draft,
        at_ms: i64,
    ) -> Result<Entry, VaultError> {
        let mut body: Option<(Entry, Bytes)> = None;
        for _ in 0..ATTEMPTS {
            let last = self.last(vault).await?;
            let newest = last.as_ref().map_or(0, |last| last.entry.newest_token);
            if draft.fencing_token < newest {
                return Err(VaultError::Fenced { token: draft.fencing_token, newest });
            }
            let previous = last.as_ref().map(|last| last.hash.to_vec()).unwrap_or_default();
            let number = last.as_ref().map_or(0, |last| last.entry.number) + 1;
            let key = self.entry_key(number);
            let (entry, bytes) = match body.take() {
                Some(same) if same.0.number == number => same,
                _ => self.draw_up(vault, &draft, at_ms, number, previous.clone())?,
            };
            let committed = number - 1;
            let head = Head { committed, committed_hash: previous, intended: number };
            self.put_head(vault, &head).await?;
            let written = vault.store.put_if_absent(&key, bytes.clone()).await?;
            // A retried request may find its own first try; anything else is another process.
            if written || vault.fetch(&key).await? == bytes {
                let committed_hash = hash_of(&bytes).to_vec();
                let head = Head { committed: number, committed_hash, intended: 0 };
                self.put_head(vault, &head).await?;
                return Ok(entry);
            }
            body = Some((entry, bytes));
        }
        Err(VaultError::Misuse(format!(
            "`{}` is being written by another process under the same writer id; let one finish first",
            self.folder
        )))
    }

    fn draw_up(
        &self,
        vault: &VaultInner,
        draft: &Draft,
        at_ms: i64,
        number: u64,
        previous: Vec<u8>,
    ) -> Result<(Entry, Bytes), VaultError> {
        let entry = Entry {
            sequence: self.folder.clone(),
            number,
            previous,
            fencing_token: draft.fencing_token,
            newest_token: draft.fencing_token,
            at_ms,
            keyring_revision: vault.keyring().revision,
            action: Some(draft.action.clone()),
        };
        let bytes = self.seal_entry(vault, &entry)?;
        Ok((entry, bytes))
    }

    pub(super) fn seal_entry(
        &self,
        vault: &VaultInner,
        entry: &Entry,
    ) -> Result<Bytes, VaultError> {
        vault.seal(ObjectType::Entry, &self.entry_key(entry.number), &entry.encode_to_vec())
    }

    pub(super) async fn put_head(&self, vault: &VaultInner, head: &Head) -> Result<(), VaultError> {
        let key = self.head_key();
        let body = vault.seal(ObjectType::Head, &key, &head.encode_to_vec())?;
        match vault.store.put(&key, body).await {
            // Another process of the same writer has rewritten the head meanwhile: the entry's
            // own key decides who is first.
            Err(StoreError::NotStored { .. }) => self.read_head(vault).await.map(drop),
            result => Ok(result?),
        }
    }

    /// The head; `None` when there is none.
    pub(super) async fn read_head(&self, vault: &VaultInner) -> Result<Option<Head>, VaultError> {
        let key = self.head_key();
        let Some(bytes) = vault.find(&key).await? else {
            return Ok(None);
        };
        let plain = vault.unseal(ObjectType::Head, &key, &bytes)?;
        let head = Head::decode(plain.as_slice());
        let undecodable = |_| VaultError::damaged(&key, ProblemKind::Decode, "not a head");
        head.map(Some).map_err(undecodable)
    }

    /// One entry by its number; `None` when there is none.
    pub(super) async fn read_entry(
        &self,
        vault: &VaultInner,
        number: u64,
    ) -> Result<Option<ReadEntry>, VaultError> {
        let key = self.entry_key(number);
        let Some(bytes) = vault.find(&key).await? else {
            return Ok(None);
        };
        self.open_entry(vault, number, &bytes).map(Some)
    }

    /// Opens the bytes of one entry.
    pub(super) fn open_entry(
        &self,
        vault: &VaultInner,
        number: u64,
        bytes: &[u8],
    ) -> Result<ReadEntry, VaultError> {
        let key = self.entry_key(number);
        let plain = vault.unseal(ObjectType::Entry, &key, bytes)?;
        let entry = Entry::decode(plain.as_slice()).ok();
        let sound = entry.filter(|entry| entry.number == number && entry.sequence == self.folder);
        let undecodable = || VaultError::damaged(&key, ProblemKind::Decode, "not this entry");
        let entry = sound.ok_or_else(undecodable)?;
        Ok(ReadEntry { entry, hash: hash_of(bytes) })
    }

    /// The last entry, found by the head and by probing past it. Refuses to build on damage.
    async fn last(&self, vault: &VaultInner) -> Result<Option<ReadEntry>, VaultError> {
        let key = self.head_key();
        let head = self.read_head(vault).await?;
        let missing = || VaultError::damaged(&key, ProblemKind::Missing, "it is not in the store");
        let head = head.ok_or_else(missing)?;
        let mut last = None;
        if head.committed > 0 {
            let entry = self.read_entry(vault, head.committed).await?;
            let key = self.entry_key(head.committed);
            let missing =
                || VaultError::damaged(&key, ProblemKind::Missing, "its head tells of it");
            last = Some(entry.ok_or_else(missing)?);
        }
        let mut number = head.committed + 1;
        while let Some(next) = self.read_entry(vault, number).await? {
            last = Some(next);
            number += 1;
        }
        Ok(last)
    }

    /// The newest fencing token that an entry carries.
    pub(crate) async fn newest_token(&self, vault: &VaultInner) -> Result<u64, VaultError> {
        Ok(self.last(vault).await?.map_or(0, |last| last.entry.newest_token))
    }

    /// Reads everything, by key. `required`: an absent head is a problem even without entries.
    pub(crate) async fn read(
        &self,
        vault: &VaultInner,
        required: bool,
    ) -> Result<ReadSequence, VaultError> {
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
        let known = head.as_ref().and_then(Option::as_ref).map_or(0, |head| head.committed);
        let slots = self.slots(vault, known).await?;
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
        match head {
            Some(Some(head)) => self.judge_head(&head, &slots, &mut read),
            Some(None) if required || !slots.is_empty() => {
                let problem =
                    Problem::new(&head_key, ProblemKind::Missing, "it is not in the store");
                read.problems.push(problem);
            }
            _ => {}
        }
        self.judge_entries(slots, &mut read);
        Ok(read)
    }

    /// Entries 1 to `known`, and those that follow without a gap.
    async fn slots(&self, vault: &VaultInner, known: u64) -> Result<Vec<Slot>, VaultError> {
        let requests = vault.context.resources.store_requests.max(1);
        let mut slots: Vec<_> = stream::iter(1..=known)
            .map(|number| self.slot(vault, number))
            .buffered(requests)
            .boxed()
            .try_collect()
            .await?;
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
