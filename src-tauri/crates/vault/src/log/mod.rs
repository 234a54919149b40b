//! Continuous logs: what happened, in chunks of a moment each, under keys that are known before.
//!
//! A log is a sequence of records with rising positions. Its chunks are numbered without gaps and
//! chained by their hashes, so that a reader finds all of them by key; now and then they are
//! compacted into packs, which a ledger entry tells of. What records and positions mean the vault
//! does not know.

mod chunk;
mod compact;
mod end;
mod reader;
mod topics;
mod writer;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

pub use crate::ledger::LogMark;
use crate::ledger::{self, ListedLog};
use crate::vault::{Vault, VaultInner};
use crate::{Problem, VaultError};
pub(crate) use chunk::{chunk_key, head_key};
pub use compact::Compacted;
pub(crate) use end::{End, find_end};
pub use reader::LogReader;
pub(crate) use reader::{check_chunk, check_pack};
pub use topics::Topics;
pub use writer::LogWriter;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// Where it stands; several records may share a position.
    pub position: u64,
    /// Opaque.
    pub body: Bytes,
}

/// A log as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogView {
    /// ULID.
    pub id: String,
    /// Unix time in milliseconds at which it was begun.
    pub begun_at_ms: i64,
    /// As given when it was begun.
    pub attributes: BTreeMap<String, String>,
    /// It holds what is later than this position …
    pub from: u64,
    /// … up to this one.
    pub to: u64,
    /// In order of position.
    pub marks: Vec<LogMark>,
    /// Objects in the store, packs and loose chunks.
    pub objects: u64,
    /// Chunks that are in no pack yet.
    pub loose: u64,
    /// Bytes of packs.
    pub packed_bytes: u64,
    /// Where the oldest pack ends: what may be let go of next.
    pub first_pack_to: Option<u64>,
    /// What is wrong with its end; what lies before it is readable all the same.
    pub problem: Option<Problem>,
}

/// All logs, by position.
pub(crate) async fn logs(vault: &Arc<VaultInner>) -> Result<Vec<LogView>, VaultError> {
    let mut views = Vec::new();
    for log in ledger::read(vault).await?.logs {
        let end = find_end(vault, &log).await?;
        views.push(view(log, end));
    }
    Ok(views)
}

fn view(log: ListedLog, end: End) -> LogView {
    let loose = end.last - log.loose_after().0;
    LogView {
        begun_at_ms: log.begun_at_ms,
        from: log.from,
        to: end.to,
        objects: log.packs.len() as u64 + loose,
        loose,
        first_pack_to: log.packs.first().map(|pack| pack.to),
        packed_bytes: log.packs.iter().map(|pack| pack.object.size).sum(),
        problem: end.problem,
        id: log.id,
        attributes: log.attributes,
        marks: log.marks,
    }
}

/// One log by its id.
pub(crate) async fn listed(vault: &VaultInner, id: &str) -> Result<ListedLog, VaultError> {
    Ok(found(vault, id).await?.0)
}

/// One log by its id, and damage of the ledgers that may hide some of it.
async fn found(vault: &VaultInner, id: &str) -> Result<(ListedLog, Option<Problem>), VaultError> {
    let listing = ledger::read(vault).await?;
    let found = listing.logs.iter().find(|log| log.id == id).cloned();
    let found = found.ok_or_else(|| listing.no_such_log(id))?;
    Ok((found, listing.problems.into_iter().next()))
}

impl Vault {
    /// All logs, by position.
    ///
    /// # Errors
    /// What the store said; damage is told in the views.
    pub async fn logs(&self) -> Result<Vec<LogView>, VaultError> {
        logs(&self.inner).await
    }

    /// Begins a log of what is later than position `from`.
    ///
    /// # Errors
    /// What the store said.
    pub async fn begin_log(
        &self,
        from: u64,
        attributes: BTreeMap<String, String>,
    ) -> Result<LogWriter, VaultError> {
        LogWriter::begin(self.inner.clone(), from, attributes).await
    }

    /// Goes on with a log where it ends.
    ///
    /// # Errors
    /// [`VaultError::NoSuchLog`]; [`VaultError::Damaged`] where its end cannot be read.
    pub async fn resume_log(&self, id: &str) -> Result<LogWriter, VaultError> {
        LogWriter::resume(self.inner.clone(), id).await
    }

    /// Reads what a log holds later than position `from`, up to `to`.
    ///
    /// # Errors
    /// [`VaultError::NoSuchLog`]; [`VaultError::Damaged`] where it is not kept from there on.
    pub async fn read_log(&self, id: &str, from: u64, to: u64) -> Result<LogReader, VaultError> {
        LogReader::open(self.inner.clone(), id, from, to, None).await
    }

    /// [`Self::read_log`] that passes over what holds nothing about a topic, as far as what was
    /// written tells: what it gives is to be looked through all the same.
    ///
    /// # Errors
    /// As [`Self::read_log`]; damage of what is passed over is not found.
    pub async fn read_log_about(
        &self,
        id: &str,
        from: u64,
        to: u64,
        topic: &[u8],
    ) -> Result<LogReader, VaultError> {
        LogReader::open(self.inner.clone(), id, from, to, Some(topic.to_vec())).await
    }

    /// Lets go of what a log holds up to a position, as far as whole packs lie before it. They are
    /// deleted by [`Vault::prune`].
    ///
    /// # Errors
    /// [`VaultError::NoSuchLog`]; what the store said.
    pub async fn trim_log(&self, id: &str, position: u64) -> Result<(), VaultError> {
        let _appending = self.inner.appending.lock().await;
        listed(&self.inner, id).await?;
        ledger::trim_log(&self.inner, id, position).await
    }
}
