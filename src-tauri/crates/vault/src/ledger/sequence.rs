//! A sequence of entries under predictable keys: every ledger, and the registry of writers.
//!
//! `<folder>/head` and `<folder>/0000000001`, `…2` … Entries are written once, contiguous and
//! chained by hash, and put together in bundles for whoever reads all of them. The head is rewritten before an entry (intended) and after it (committed): so
//! a reader knows whether the last entry is absent because of a crash or because it was taken away.

use bytes::Bytes;
use prost::Message;

use crate::VaultError;
use crate::check::ProblemKind;
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

    /// Appends an entry: a bundle of those before it where one is due, head (intended), entry, head
    /// (committed).
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
            let (head, last) = self.last(vault).await?;
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
            let bundled = self.bundle(vault, &head, committed).await?;
            let head = Head { committed, committed_hash: previous, intended: number, bundled };
            self.put_head(vault, &head).await?;
            let written = vault.store.put_if_absent(&key, bytes.clone()).await?;
            // A retried request may find its own first try; anything else is another process.
            if written || vault.fetch(&key).await? == bytes {
                let committed_hash = hash_of(&bytes).to_vec();
                let head = Head { committed: number, committed_hash, intended: 0, ..head };
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

    /// The head and the last entry, found by the head and by probing past it. Refuses to build on
    /// damage.
    async fn last(&self, vault: &VaultInner) -> Result<(Head, Option<ReadEntry>), VaultError> {
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
        Ok((head, last))
    }

    /// The newest fencing token that an entry carries.
    pub(crate) async fn newest_token(&self, vault: &VaultInner) -> Result<u64, VaultError> {
        Ok(self.last(vault).await?.1.map_or(0, |last| last.entry.newest_token))
    }
}
