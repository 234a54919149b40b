//! Putting chunks together: packs first, then the ledger entry that tells of them, then the
//! deletion of chunks that an earlier entry had told of.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};

use super::chunk::{self, AHEAD, Chunk, chunk_key, encode, weight};
use super::{LogRecord, Topics, listed};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::object::ObjectType;
use crate::ledger::{self, PackRef};
use crate::objects::{ObjectRef, key_of};
use crate::proto::LogChunk;
use crate::prune::mark::Marked;
use crate::segment::on_worker;
use crate::vault::VaultInner;

/// Bytes of records in a pack, before compression; a larger chunk is a pack of its own.
const PACK: usize = 8 << 20;
/// Deletions at once at most, hence how many a kill can leave undone behind a later one.
const ABSENT: usize = 32;

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Chunks that packs hold now.
    pub chunks: u64,
    /// Packs written.
    pub packs: u64,
    /// Chunks deleted, of earlier compactions.
    pub deleted: u64,
}

/// Compacts the chunks up to number `last`.
pub(super) async fn run(
    vault: &Arc<VaultInner>,
    id: &str,
    last: u64,
) -> Result<Compacted, VaultError> {
    let log = listed(vault, id).await?;
    let marked = Marked::read(vault).await?;
    let (before, mut previous, _) = log.loose_after();
    if before > last {
        // Another process went on with the log since.
        return Err(VaultError::LogTaken { log: id.to_owned() });
    }
    let (mut packs, mut gathered) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    let at_once = vault.context.resources.store_requests.clamp(1, AHEAD);
    let mut chunks = stream::iter(before + 1..=last)
        .map(|number| async move {
            let key = chunk_key(id, number);
            let chunk = chunk::fetch(vault, ObjectType::Chunk, id, &key).await?;
            Ok::<_, VaultError>((number, key, chunk))
        })
        .buffered(at_once);
    while let Some((number, key, chunk)) = chunks.try_next().await? {
        chunk.chained(&key, number, previous)?;
        previous = Some(chunk.hash);
        let more = weight(&chunk.records);
        if bytes + more > PACK && !gathered.is_empty() {
            packs.push(write(vault, id, &marked, std::mem::take(&mut gathered)).await?);
            bytes = 0;
        }
        bytes += more;
        gathered.push(chunk);
    }
    if !gathered.is_empty() {
        packs.push(write(vault, id, &marked, gathered).await?);
    }
    let mut done = Compacted { packs: packs.len() as u64, ..Compacted::default() };
    if !packs.is_empty() {
        done.chunks = last - before;
        marked.ensure_settled(vault, id).await?;
        for pack in &packs {
            let key = key_of(ObjectType::Pack, &pack.object.name);
            if vault.store.stat(&key).await?.is_none() {
                let detail = "gone before its log was compacted";
                return Err(VaultError::damaged(&key, ProblemKind::Missing, detail));
            }
        }
        let _appending = vault.appending.lock().await;
        ledger::compact_log(vault, id, &packs).await?;
    }
    done.deleted = clear(vault, id, before).await?;
    Ok(done)
}

/// Writes one pack, also over one that lies there: then it has a new time, and a prune that marked
/// what lay there lets it be.
async fn write(
    vault: &Arc<VaultInner>,
    id: &str,
    marked: &Marked,
    chunks: Vec<Chunk>,
) -> Result<PackRef, VaultError> {
    let missing = || VaultError::Misuse("a pack of no chunks".to_owned());
    let (first, last) = (chunks.first().ok_or_else(missing)?, chunks.last().ok_or_else(missing)?);
    let (from, to, last_hash) = (first.from, last.to, last.hash);
    let (number, end, previous) = (first.first, last.last, first.previous.clone());
    let topics = Topics::of_all(chunks.iter().map(|chunk| chunk.topics.as_ref()));
    let log_id = id.to_owned();
    let (worker, about) = (vault.clone(), topics.clone());
    let (name, object, records) = on_worker(move || {
        let records: Vec<LogRecord> = chunks.into_iter().flat_map(|chunk| chunk.records).collect();
        let (bytes, body) = encode(&records)?;
        let records = records.len() as u64;
        let (first, last) = (number, end);
        let topics = about.as_ref().map(Topics::to_message);
        let message =
            LogChunk { log_id, first, last, previous, from, to, records, bytes, body, topics };
        let (name, object) = worker.seal_pack(&message)?;
        Ok((name, object, records))
    })
    .await?;
    let key = key_of(ObjectType::Pack, &name);
    if vault.store.stat(&key).await?.is_some() {
        marked.takes(&name);
    }
    let reference = ObjectRef::new(name, &object);
    vault.store.put(&key, object).await?;
    let object = reference;
    Ok(PackRef { object, first: number, last: end, from, to, records, last_hash, topics })
}

/// Deletes the chunks up to number `last`, oldest first, so that what a kill leaves is found by the
/// next call: it looks from the newest back until so many in a row are absent.
async fn clear(vault: &Arc<VaultInner>, id: &str, last: u64) -> Result<u64, VaultError> {
    let (mut found, mut absent) = (Vec::new(), 0);
    for number in (1..=last).rev() {
        match vault.store.stat(&chunk_key(id, number)).await? {
            Some(_) => (absent, _) = (0, found.push(number)),
            None => absent += 1,
        }
        if absent > ABSENT {
            break;
        }
    }
    let at_once = vault.context.resources.store_requests.clamp(1, ABSENT);
    stream::iter(found.into_iter().rev())
        .map(|number| async move { vault.store.delete(&chunk_key(id, number)).await })
        .buffered(at_once)
        .try_fold(0, |deleted, ()| async move { Ok(deleted + 1) })
        .await
        .map_err(VaultError::from)
}
