//! Reading a log between two positions, through packs and then chunks.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::{StreamExt, stream};

use super::chunk::{self, AHEAD, Chunk, chunk_key};
use super::{LogRecord, Topics, found};
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::ObjectType;
use crate::ledger::PackRef;
use crate::objects::key_of;
use crate::vault::VaultInner;

/// Reads the records of a log in order, one pack or a few chunks in memory.
#[derive(Debug)]
pub struct LogReader {
    vault: Arc<VaultInner>,
    id: String,
    /// What is still to be read: later than this …
    at: u64,
    /// … up to this.
    to: u64,
    /// What it is read for; all of it otherwise.
    topic: Option<Vec<u8>>,
    packs: VecDeque<PackRef>,
    /// Number of the next loose chunk, and what it must be chained to.
    next: u64,
    previous: Option<[u8; 32]>,
    /// Those from it on that were read already.
    ahead: VecDeque<Result<Option<Chunk>, VaultError>>,
    /// Whether the ledgers were read again since a chunk was not found.
    looked_again: bool,
    /// Damage of the ledgers: what is missing here may be what it hides.
    hidden_by: Option<Problem>,
}

impl LogReader {
    pub(crate) async fn open(
        vault: Arc<VaultInner>,
        id: &str,
        from: u64,
        to: u64,
        topic: Option<Vec<u8>>,
    ) -> Result<Self, VaultError> {
        let mut reader = Self {
            vault,
            id: id.to_owned(),
            at: from,
            to,
            topic,
            packs: VecDeque::new(),
            next: 0,
            previous: None,
            ahead: VecDeque::new(),
            looked_again: false,
            hidden_by: None,
        };
        reader.find().await?;
        Ok(reader)
    }

    /// The next records, those of one chunk or pack; `None` once `to` is reached.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, also where the log does not reach up to the
    /// position asked for; what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<LogRecord>>, VaultError> {
        let next = self.next_records().await;
        next.map_err(|error| match (&error, &self.hidden_by) {
            (
                VaultError::Damaged { kind: ProblemKind::Missing | ProblemKind::Ledger, .. },
                Some(problem),
            ) => problem.to_error(),
            _ => error,
        })
    }

    async fn next_records(&mut self) -> Result<Option<Vec<LogRecord>>, VaultError> {
        while self.at < self.to {
            let chunk = match self.packs.pop_front() {
                Some(pack) if self.passes_over(pack.topics.as_ref()) => {
                    self.follows(pack.from, pack.first)?;
                    self.at = self.at.max(pack.to);
                    continue;
                }
                Some(pack) => read_pack(&self.vault, &self.id, &pack).await?,
                None => match self.chunk().await? {
                    Some(chunk) => chunk,
                    // Compacted meanwhile: found in a pack now.
                    None => continue,
                },
            };
            self.follows(chunk.from, chunk.first)?;
            // Chunks that were read before are met again after the ledgers were read again.
            let (after, to) = (self.at, self.to);
            self.at = after.max(chunk.to);
            if self.passes_over(chunk.topics.as_ref()) {
                continue;
            }
            let mut records = chunk.records;
            records.retain(|record| record.position > after && record.position <= to);
            if !records.is_empty() {
                return Ok(Some(records));
            }
        }
        Ok(None)
    }

    /// Finds what holds the log from where it is read on.
    async fn find(&mut self) -> Result<(), VaultError> {
        let (log, problem) = found(&self.vault, &self.id).await?;
        self.hidden_by = problem;
        if self.at < log.from {
            let detail = format!("log `{}` is kept from {} on only", self.id, log.from);
            return Err(VaultError::damaged(&chunk_key(&self.id, 1), ProblemKind::Missing, detail));
        }
        let (last, hash, packed_to) = log.loose_after();
        let (at, to) = (self.at, self.to);
        self.packs = log.packs.into_iter().filter(|pack| pack.to > at && pack.from < to).collect();
        (self.next, self.previous) = (last + 1, hash);
        self.ahead.clear();
        if packed_to < at && at < to {
            self.leap().await;
        }
        Ok(())
    }

    /// Passes over loose chunks that end before what is wanted: their numbers rise with their
    /// positions. One that cannot be read is not passed over; it is told once it is its turn.
    async fn leap(&mut self) {
        let (mut low, mut step, mut high) = (self.next, 1, None);
        while high.is_none_or(|high| low + 1 < high) {
            let number = high.map_or(low + step, |high| low.midpoint(high));
            let key = chunk_key(&self.id, number);
            match chunk::find(&self.vault, &self.id, &key).await {
                Ok(Some(chunk)) if chunk.from <= self.at => {
                    (low, step) = (number, step * 2);
                    self.next = number;
                    self.previous = chunk.previous.try_into().ok();
                }
                _ => high = Some(number),
            }
        }
    }

    async fn chunk(&mut self) -> Result<Option<Chunk>, VaultError> {
        if self.ahead.is_empty() {
            self.read_ahead().await;
        }
        let key = chunk_key(&self.id, self.next);
        let Some(chunk) = self.ahead.pop_front().transpose()?.flatten() else {
            if std::mem::replace(&mut self.looked_again, true) {
                let detail = "it is not in the store, and the log was to be read further";
                return Err(VaultError::damaged(&key, ProblemKind::Missing, detail));
            }
            self.find().await?;
            return Ok(None);
        };
        chunk.chained(&key, self.next, self.previous)?;
        self.next += 1;
        self.previous = Some(chunk.hash);
        // One that was read before is no news.
        self.looked_again &= chunk.to <= self.at;
        Ok(Some(chunk))
    }

    async fn read_ahead(&mut self) {
        let (vault, id) = (&self.vault, &self.id);
        let at_once = vault.context.resources.store_requests.clamp(1, AHEAD);
        let found = stream::iter(self.next..self.next + at_once as u64)
            .map(|number| async move { chunk::find(vault, id, &chunk_key(id, number)).await })
            .buffered(at_once);
        self.ahead = found.collect().await;
    }

    /// Whether an object with these topics holds nothing of what it is read for.
    fn passes_over(&self, topics: Option<&Topics>) -> bool {
        let (Some(topics), Some(topic)) = (topics, &self.topic) else { return false };
        !topics.may_hold(topic)
    }

    /// A log is read without gaps; the first object may begin before what is wanted.
    fn follows(&self, from: u64, number: u64) -> Result<(), VaultError> {
        if from <= self.at {
            return Ok(());
        }
        let detail = format!("it begins after {from} and should after {}", self.at);
        Err(VaultError::damaged(&chunk_key(&self.id, number), ProblemKind::Ledger, detail))
    }
}

/// A pack, which holds what its ledger tells.
async fn read_pack(
    vault: &Arc<VaultInner>,
    log: &str,
    pack: &PackRef,
) -> Result<Chunk, VaultError> {
    let key = key_of(ObjectType::Pack, &pack.object.name);
    let chunk = chunk::fetch(vault, ObjectType::Pack, log, &key).await?;
    let told = (pack.first, pack.last, pack.from, pack.to, pack.records);
    let found = (chunk.first, chunk.last, chunk.from, chunk.to, chunk.records.len() as u64);
    if told != found || pack.topics != chunk.topics {
        let detail = "it does not hold what its ledger tells";
        return Err(VaultError::damaged(&key, ProblemKind::Manifest, detail));
    }
    Ok(chunk)
}

/// Opens a pack for a check; its bytes in the store.
pub(crate) async fn check_pack(
    vault: &Arc<VaultInner>,
    log: &str,
    pack: &PackRef,
) -> Result<u64, VaultError> {
    read_pack(vault, log, pack).await.map(|chunk| chunk.stored)
}

/// Opens a chunk for a check: its bytes in the store, its hash and where it ends.
pub(crate) async fn check_chunk(
    vault: &Arc<VaultInner>,
    log: &str,
    number: u64,
    before: Option<([u8; 32], u64)>,
) -> Result<(u64, [u8; 32], u64), VaultError> {
    let key = chunk_key(log, number);
    let chunk = chunk::fetch(vault, ObjectType::Chunk, log, &key).await?;
    if let Some((hash, to)) = before {
        chunk.chained(&key, number, Some(hash))?;
        if chunk.from != to {
            let detail = format!("it begins after {} and should after {to}", chunk.from);
            return Err(VaultError::damaged(&key, ProblemKind::Ledger, detail));
        }
    }
    Ok((chunk.stored, chunk.hash, chunk.to))
}
