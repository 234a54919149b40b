//! Appending to a log.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::Message;

use super::chunk::{MOST, chunk_key, encode, head_key, weight};
use super::{Compacted, LogMark, LogRecord, Topics, compact, find_end, listed};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::ledger;
use crate::objects::hash_of;
use crate::proto::{Head, LogChunk};
use crate::vault::VaultInner;

/// The head is written anew after so many chunks.
const HEAD_EVERY: u64 = 16;

/// Appends to one log. Two processes cannot append to the same log: the one that comes second to a
/// number learns of it and has to open the log again.
#[derive(Debug)]
pub struct LogWriter {
    vault: Arc<VaultInner>,
    id: String,
    last: u64,
    hash: Option<[u8; 32]>,
    to: u64,
    /// Up to which number the head tells.
    told: u64,
}

impl LogWriter {
    pub(crate) async fn begin(
        vault: Arc<VaultInner>,
        from: u64,
        attributes: BTreeMap<String, String>,
    ) -> Result<Self, VaultError> {
        let id = vault.context.new_id();
        let appending = vault.appending.lock().await;
        ledger::begin_log(&vault, &id, from, attributes).await?;
        drop(appending);
        Ok(Self { vault, id, last: 0, hash: None, to: from, told: 0 })
    }

    pub(crate) async fn resume(vault: Arc<VaultInner>, id: &str) -> Result<Self, VaultError> {
        let log = listed(&vault, id).await?;
        let end = find_end(&vault, &log).await?;
        if let Some(problem) = end.problem.filter(|_| end.hash.is_none()) {
            // Nothing is chained to what cannot be read.
            return Err(VaultError::damaged(&problem.object, problem.kind, problem.detail));
        }
        let (id, told) = (log.id, log.compacted.map_or(0, |(last, ..)| last));
        Ok(Self { vault, id, last: end.last, hash: end.hash, to: end.to, told })
    }

    /// The log's id, a ULID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Up to which position the store has it.
    #[must_use]
    pub fn to(&self) -> u64 {
        self.to
    }

    /// Appends one chunk: everything that happened up to position `to`, which may be nothing. It is
    /// in the store, read back, when this returns. After a failure the same call may be repeated.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] when positions do not rise, [`VaultError::TooLarge`] beyond 256 MiB,
    /// [`VaultError::LogTaken`] when another process appended meanwhile, or what the store said.
    pub async fn append(&mut self, to: u64, records: &[LogRecord]) -> Result<u64, VaultError> {
        self.append_about(to, records, None).await
    }

    /// [`Self::append`], telling what the records are about: all of it, or nothing.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_about(
        &mut self,
        to: u64,
        records: &[LogRecord],
        topics: Option<&Topics>,
    ) -> Result<u64, VaultError> {
        let topics = Topics::of_all([topics]);
        self.measure(to, records)?;
        let (bytes, body) = encode(records)?;
        let number = self.last + 1;
        let message = LogChunk {
            log_id: self.id.clone(),
            first: number,
            last: number,
            previous: self.hash.map(|hash| hash.to_vec()).unwrap_or_default(),
            from: self.to,
            to,
            records: records.len() as u64,
            bytes,
            body,
            topics: topics.as_ref().map(Topics::to_message),
        };
        let key = chunk_key(&self.id, number);
        let object = self.vault.seal_chunk(&message)?;
        let (hash, stored) = if self.vault.store.put_if_absent(&key, object.clone()).await? {
            (hash_of(&object), object.len() as u64)
        } else {
            self.own(&key, &message).await?
        };
        (self.last, self.hash, self.to) = (number, Some(hash), to);
        if self.last >= self.told + HEAD_EVERY
            && let Err(error) = self.tell().await
        {
            // A hint: the chunk is in the store, and the next head tells of it too.
            tracing::warn!(%error, "where the log ends could not be written");
        }
        Ok(stored)
    }

    /// Writes where the log ends, so that it is found at once. Called at the end of the following;
    /// without it nothing is lost.
    ///
    /// # Errors
    /// What the store said.
    pub async fn tell(&mut self) -> Result<(), VaultError> {
        let key = head_key(&self.id);
        let committed_hash = self.hash.map(|hash| hash.to_vec()).unwrap_or_default();
        let head = Head { committed: self.last, committed_hash, intended: 0, ..Head::default() };
        let body = self.vault.seal(ObjectType::Head, &key, &head.encode_to_vec())?;
        self.vault.store.put(&key, body).await?;
        self.told = self.last;
        Ok(())
    }

    /// Notes something that whoever reads the log must know without reading all of it. Comes before
    /// the chunk that reaches `position`, so that there is no chunk whose mark is missing.
    ///
    /// # Errors
    /// What the store said.
    pub async fn mark(&self, position: u64, body: Vec<u8>) -> Result<(), VaultError> {
        let _appending = self.vault.appending.lock().await;
        ledger::mark_log(&self.vault, &self.id, LogMark { position, body }).await
    }

    /// Puts loose chunks together into packs, and deletes those that were compacted by an earlier
    /// call, which nobody reads any more.
    ///
    /// # Errors
    /// Damage of a chunk, [`VaultError::BeingPruned`], or what the store said; then nothing is lost
    /// and the chunks stay.
    pub async fn compact(&self) -> Result<Compacted, VaultError> {
        self.compaction().await
    }

    /// [`Self::compact`] of what is there now, to be run beside the appending.
    pub fn compaction(
        &self,
    ) -> impl Future<Output = Result<Compacted, VaultError>> + Send + 'static {
        let (vault, id, last) = (self.vault.clone(), self.id.clone(), self.last);
        async move { compact::run(&vault, &id, last).await }
    }

    fn measure(&self, to: u64, records: &[LogRecord]) -> Result<(), VaultError> {
        let mut newest = self.to;
        for record in records {
            if record.position <= self.to || record.position < newest || record.position > to {
                return Err(VaultError::Misuse(format!(
                    "log `{}`: a record at {} does not belong between {} and {to}",
                    self.id, record.position, self.to
                )));
            }
            newest = record.position;
        }
        if to < self.to {
            let detail = format!("log `{}` cannot end at {to}: it is at {}", self.id, self.to);
            return Err(VaultError::Misuse(detail));
        }
        let bytes = weight(records);
        if bytes > MOST {
            return Err(VaultError::TooLarge {
                stream: format!("log {}", self.id),
                bytes,
                limit: MOST,
            });
        }
        Ok(())
    }

    /// What lies where the chunk was to be written counts when it is the chunk itself: an earlier
    /// try that was not acknowledged.
    async fn own(&self, key: &str, wanted: &LogChunk) -> Result<([u8; 32], u64), VaultError> {
        let bytes = self.vault.fetch(key).await?;
        let plain = self.vault.unseal(ObjectType::Chunk, key, &bytes)?;
        match LogChunk::decode(plain.as_slice()) {
            Ok(found) if found == *wanted => Ok((hash_of(&bytes), bytes.len() as u64)),
            _ => Err(VaultError::LogTaken { log: self.id.clone() }),
        }
    }
}
