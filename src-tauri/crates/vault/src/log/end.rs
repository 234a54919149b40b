//! Finding the end of a log by key.

use std::sync::Arc;

use prost::Message;

use super::chunk::{self, chunk_key, head_key};
use super::listed;
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::object::ObjectType;
use crate::ledger::ListedLog;
use crate::proto::Head;
use crate::vault::VaultInner;

/// How many chunks behind an absent one are looked for. The head, which would tell of it, may be behind.
const AHEAD: u64 = 4;

/// Where a log ends.
#[derive(Debug, Clone)]
pub(crate) struct End {
    /// Number of the last chunk; 0 before the first.
    pub(crate) last: u64,
    /// Its hash; none before the first, or where it cannot be read.
    pub(crate) hash: Option<[u8; 32]>,
    /// What is known to be held: up to this position.
    pub(crate) to: u64,
    /// Why nothing behind it can be told.
    pub(crate) problem: Option<Problem>,
}

/// Finds the last chunk: from the one that the head tells of, number by number until one is
/// absent. The head is a hint that saves looking; chunks that it does not tell of yet count.
pub(crate) async fn find_end(vault: &Arc<VaultInner>, log: &ListedLog) -> Result<End, VaultError> {
    let (compacted, hash, to) = log.loose_after();
    let (head, mut problem) = match read_head(vault, &log.id).await {
        Ok(head) => (head, None),
        Err(error) => (0, Some(Problem::from_error(error)?)),
    };
    let mut last = compacted.max(head);
    loop {
        let key = chunk_key(&log.id, last + 1);
        if vault.store.stat(&key).await?.is_some() {
            last += 1;
            continue;
        }
        let Some(beyond) = beyond(vault, &log.id, last).await? else { break };
        // It may have been written, or put into a pack and deleted, at this moment.
        if vault.store.stat(&key).await?.is_some() {
            continue;
        }
        let now = listed(vault, &log.id).await?;
        if now.loose_after().0 > last {
            return Box::pin(find_end(vault, &now)).await;
        }
        let detail = format!("it is not in the store, and chunk {beyond} of its log is");
        let to = readable_to(vault, log, last + 1).await?;
        let problem = Some(Problem::new(&key, ProblemKind::Missing, &detail));
        return Ok(End { last, hash: None, to, problem });
    }
    if last == compacted {
        return Ok(End { last, hash, to, problem });
    }
    let key = chunk_key(&log.id, last);
    match chunk::fetch(vault, ObjectType::Chunk, &log.id, &key).await {
        Ok(chunk) => Ok(End { last, hash: Some(chunk.hash), to: chunk.to, problem }),
        Err(error) => {
            problem = Some(Problem::from_error(error)?);
            let to = readable_to(vault, log, last).await?;
            Ok(End { last, hash: None, to, problem })
        }
    }
}

/// A chunk that lies behind the first absent one: then that one was there too.
async fn beyond(vault: &VaultInner, log: &str, last: u64) -> Result<Option<u64>, VaultError> {
    let numbers = last + 2..last + 2 + AHEAD;
    let keys = numbers.clone().map(|number| chunk_key(log, number)).collect();
    let found = vault.store.stat_all(keys, AHEAD as usize).await?;
    Ok(numbers.zip(found).find_map(|(number, found)| found.map(|_| number)))
}

/// The end of the chunks before the first one that is not sound.
async fn readable_to(
    vault: &Arc<VaultInner>,
    log: &ListedLog,
    last: u64,
) -> Result<u64, VaultError> {
    let (compacted, _, mut to) = log.loose_after();
    for number in compacted + 1..last {
        let key = chunk_key(&log.id, number);
        match chunk::find(vault, &log.id, &key).await {
            Ok(Some(chunk)) => to = chunk.to,
            Ok(None) => break,
            Err(error) => {
                Problem::from_error(error)?;
                break;
            }
        }
    }
    Ok(to)
}

async fn read_head(vault: &VaultInner, log: &str) -> Result<u64, VaultError> {
    let key = head_key(log);
    let Some(bytes) = vault.find(&key).await? else { return Ok(0) };
    let plain = vault.unseal(ObjectType::Head, &key, &bytes)?;
    let undecodable = |_| VaultError::damaged(&key, ProblemKind::Decode, "not a head");
    Head::decode(plain.as_slice()).map(|head| head.committed).map_err(undecodable)
}
