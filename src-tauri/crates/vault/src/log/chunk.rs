//! Chunks and packs: records in order of position, in one sealed object.

use std::io::{Read, Write};
use std::sync::Arc;

use bytes::Bytes;
use prost::Message;

use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::names::ContentName;
use crate::crypto::object::{self, ObjectType};
use crate::objects::{hash_of, key_of};
use crate::proto::LogChunk;
use crate::segment::on_worker;
use crate::vault::VaultInner;

use super::{LogRecord, Topics};

/// What one chunk may hold: a single transaction is never split.
pub(super) const MOST: usize = 256 << 20;
/// Chunks read at once at most: each takes its memory.
pub(super) const AHEAD: usize = 4;
/// Position and length.
const PREFIX: usize = 12;

/// The key of a chunk: known before it is written.
pub(crate) fn chunk_key(log: &str, number: u64) -> String {
    format!("log/{log}/{number:010}")
}

/// The key of a log's head.
pub(crate) fn head_key(log: &str) -> String {
    format!("log/{log}/head")
}

/// A chunk or a pack as read.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) previous: Vec<u8>,
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) records: Vec<LogRecord>,
    pub(super) topics: Option<Topics>,
    /// Of a chunk: its own hash.
    pub(super) hash: [u8; 32],
    /// Bytes as it lies in the store.
    pub(super) stored: u64,
}

impl Chunk {
    /// Makes sure that it has its number and continues the chunk before it.
    pub(super) fn chained(
        &self,
        key: &str,
        number: u64,
        previous: Option<[u8; 32]>,
    ) -> Result<(), VaultError> {
        let before = previous.map(|hash| hash.to_vec()).unwrap_or_default();
        if self.first != number || self.last != number || self.previous != before {
            let detail = "it does not continue the chunk before it";
            return Err(VaultError::damaged(key, ProblemKind::Ledger, detail));
        }
        Ok(())
    }
}

/// Reads and opens a chunk or a pack that must be there.
pub(super) async fn fetch(
    vault: &Arc<VaultInner>,
    object_type: ObjectType,
    log: &str,
    key: &str,
) -> Result<Chunk, VaultError> {
    let bytes = vault.fetch(key).await?;
    open(vault, object_type, log, key, bytes).await
}

/// Reads and opens a chunk; `None` when it is not in the store.
pub(super) async fn find(
    vault: &Arc<VaultInner>,
    log: &str,
    key: &str,
) -> Result<Option<Chunk>, VaultError> {
    let Some(bytes) = vault.find(key).await? else { return Ok(None) };
    open(vault, ObjectType::Chunk, log, key, bytes).await.map(Some)
}

async fn open(
    vault: &Arc<VaultInner>,
    object_type: ObjectType,
    log: &str,
    key: &str,
    bytes: Bytes,
) -> Result<Chunk, VaultError> {
    let (vault, log, key) = (vault.clone(), log.to_owned(), key.to_owned());
    on_worker(move || vault.open_chunk(object_type, &log, &key, &bytes)).await
}

/// Bytes of records before compression.
pub(super) fn weight(records: &[LogRecord]) -> usize {
    records.iter().map(|record| record.body.len() + PREFIX).sum()
}

/// Puts records into the form in which they are compressed.
pub(super) fn encode(records: &[LogRecord]) -> Result<(u64, Vec<u8>), VaultError> {
    let bytes = weight(records);
    let failed = |error| VaultError::Worker(format!("compressing failed: {error}"));
    let mut encoder = snap::write::FrameEncoder::new(Vec::with_capacity(bytes / 3));
    for LogRecord { position, body } in records {
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        encoder.write_all(&position.to_le_bytes()).map_err(failed)?;
        encoder.write_all(&length.to_le_bytes()).map_err(failed)?;
        encoder.write_all(body).map_err(failed)?;
    }
    let out = encoder.into_inner().map_err(|error| failed(error.into_error()))?;
    Ok((bytes as u64, out))
}

fn decode(message: &LogChunk) -> Result<Vec<LogRecord>, &'static str> {
    let bytes = usize::try_from(message.bytes).ok().filter(|bytes| *bytes <= MOST);
    let mut plain = vec![0; bytes.ok_or("it claims more than a chunk holds")?];
    let mut decoder = snap::read::FrameDecoder::new(message.body.as_slice());
    decoder.read_exact(&mut plain).map_err(|_| "its records do not decompress")?;
    if !matches!(decoder.read(&mut [0; 1]), Ok(0)) {
        return Err("it holds more than it tells");
    }
    let (plain, mut at, mut records) = (Bytes::from(plain), 0, Vec::new());
    let mut newest = message.from;
    while at < plain.len() {
        let prefix = plain.get(at..at + PREFIX).ok_or("a record is cut off")?;
        let (position, length) = prefix.split_at(8);
        let position = position.try_into().map_or(0, u64::from_le_bytes);
        let length = length.try_into().map_or(u32::MAX, u32::from_le_bytes) as usize;
        let end = at + PREFIX + length;
        if end > plain.len() {
            return Err("a record is cut off");
        }
        if position <= message.from || position < newest || position > message.to {
            return Err("a record is not in its place");
        }
        newest = position;
        records.push(LogRecord { position, body: plain.slice(at + PREFIX..end) });
        at = end;
    }
    if records.len() as u64 != message.records {
        return Err("it does not hold as many records as it tells");
    }
    Ok(records)
}

impl VaultInner {
    /// Seals a chunk.
    pub(super) fn seal_chunk(&self, message: &LogChunk) -> Result<Bytes, VaultError> {
        let key = chunk_key(&message.log_id, message.first);
        self.seal_as(object::LOGGED, ObjectType::Chunk, &key, &message.encode_to_vec())
    }

    /// Names a pack by what it holds, and seals it.
    pub(super) fn seal_pack(&self, message: &LogChunk) -> Result<(ContentName, Bytes), VaultError> {
        let plain = message.encode_to_vec();
        let name = self.names.pack(&plain);
        let key = key_of(ObjectType::Pack, &name);
        Ok((name, self.seal_as(object::LOGGED, ObjectType::Pack, &key, &plain)?))
    }

    fn open_chunk(
        &self,
        object_type: ObjectType,
        log: &str,
        key: &str,
        bytes: &[u8],
    ) -> Result<Chunk, VaultError> {
        let plain = self.unseal(object_type, key, bytes)?;
        let damaged = |detail: &str| VaultError::damaged(key, ProblemKind::Decode, detail);
        let message = LogChunk::decode(plain.as_slice()).map_err(|_| damaged("not a chunk"))?;
        if message.log_id != log || message.first > message.last {
            return Err(damaged("not the chunk that belongs here"));
        }
        Ok(Chunk {
            records: decode(&message).map_err(damaged)?,
            topics: message.topics.as_ref().map(Topics::from_message),
            first: message.first,
            last: message.last,
            previous: message.previous,
            from: message.from,
            to: message.to,
            hash: hash_of(bytes),
            stored: bytes.len() as u64,
        })
    }
}
