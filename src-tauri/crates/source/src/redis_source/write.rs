//! Writing keys back.

use std::collections::BTreeSet;

use redis::Pipeline;

use super::connect::RedisSource;
use super::record::{RedisRecord, RedisStream, RedisValue, StreamGroup};
use crate::SourceError;

/// Members, fields or entries sent by one command.
const CHUNK: usize = 512;

/// How a record is written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// From the decoded value: any server version, stream ids and groups set explicitly.
    Decoded,
    /// `RESTORE` of the dump bytes: same or newer server version, module types included.
    Dump,
}

impl RedisSource {
    /// Replaces a key by the record in one atomic step, expiry included. A record whose expiry has
    /// passed leaves no key.
    ///
    /// # Errors
    /// When the server refuses it, and for module types in [`WriteMode::Decoded`].
    pub async fn write_key(
        &self,
        record: &RedisRecord,
        mode: WriteMode,
    ) -> Result<(), SourceError> {
        const DOING: &str = "writing a key";
        let name = String::from_utf8_lossy(&record.key).into_owned();
        if mode == WriteMode::Dump {
            let mut command = redis::cmd("RESTORE");
            let expiry = record.expire_at_ms.unwrap_or(0);
            command.arg(&record.key).arg(expiry).arg(&record.dump).arg("REPLACE").arg("ABSTTL");
            return self.call(DOING, &name, &command).await;
        }
        let mut pipeline = redis::pipe();
        pipeline.atomic();
        pipeline.cmd("DEL").arg(&record.key);
        match &record.value {
            RedisValue::String(value) => {
                pipeline.cmd("SET").arg(&record.key).arg(value);
            }
            RedisValue::List(items) => append(&mut pipeline, "RPUSH", &record.key, items),
            RedisValue::Set(members) => append(&mut pipeline, "SADD", &record.key, members),
            RedisValue::SortedSet(members) => {
                for chunk in members.chunks(CHUNK) {
                    let command = pipeline.cmd("ZADD").arg(&record.key);
                    for (member, score) in chunk {
                        command.arg(score).arg(member);
                    }
                }
            }
            RedisValue::Hash(fields) => {
                for chunk in fields.chunks(CHUNK) {
                    let command = pipeline.cmd("HSET").arg(&record.key);
                    for (field, value) in chunk {
                        command.arg(field).arg(value);
                    }
                }
            }
            RedisValue::Stream(stream) => write_stream(&mut pipeline, &record.key, stream),
            RedisValue::Opaque(kind) => {
                return Err(SourceError::Unsupported {
                    what: format!("writing key {name} of module type {kind} from its value"),
                    reason: "only its dump holds it; write it with RESTORE".into(),
                });
            }
        }
        if let Some(at) = record.expire_at_ms {
            pipeline.cmd("PEXPIREAT").arg(&record.key).arg(at);
        }
        self.call_atomic(DOING, &name, &pipeline).await
    }

    /// Deletes keys; returns how many were there.
    ///
    /// # Errors
    /// When a node does not answer.
    pub async fn delete_keys(&self, keys: &[Vec<u8>]) -> Result<u64, SourceError> {
        let mut deleted = 0;
        for key in keys {
            // One key a command, as keys of a cluster lie on different nodes.
            let mut command = redis::cmd("UNLINK");
            command.arg(key);
            let name = String::from_utf8_lossy(key);
            deleted += self.call::<u64>("deleting a key", &name, &command).await?;
        }
        Ok(deleted)
    }
}

fn append(pipeline: &mut Pipeline, command: &str, key: &[u8], items: &[Vec<u8>]) {
    for chunk in items.chunks(CHUNK) {
        pipeline.cmd(command).arg(key).arg(chunk);
    }
}

fn write_stream(pipeline: &mut Pipeline, key: &[u8], stream: &RedisStream) {
    let placeholders = placeholders(stream);
    let mut absent = placeholders.iter().peekable();
    for (id, fields) in &stream.entries {
        while let Some(placeholder) =
            absent.next_if(|placeholder| id_order(placeholder) < id_order(id))
        {
            add_placeholder(pipeline, key, placeholder);
        }
        let command = pipeline.cmd("XADD").arg(key).arg(id);
        for (field, value) in fields {
            command.arg(field).arg(value);
        }
    }
    absent.for_each(|placeholder| add_placeholder(pipeline, key, placeholder));
    for group in &stream.groups {
        write_group(pipeline, key, group);
    }
    if !placeholders.is_empty() {
        pipeline.cmd("XDEL").arg(key).arg(&placeholders);
    }
    // Last, as adding and deleting move these numbers.
    let last_id = if stream.last_id.is_empty() { "0-0" } else { &stream.last_id };
    let set_id = pipeline.cmd("XSETID").arg(key).arg(last_id);
    if let (Some(added), Some(deleted)) = (stream.entries_added, &stream.max_deleted_id) {
        set_id.arg("ENTRIESADDED").arg(added).arg("MAXDELETEDID").arg(deleted);
    }
}

/// Ids of entries that must be there for a moment: those that are pending though deleted (only
/// what exists can be claimed), and one at all, without which no stream comes to be.
fn placeholders(stream: &RedisStream) -> Vec<String> {
    let present: BTreeSet<&str> = stream.entries.iter().map(|(id, _)| id.as_str()).collect();
    let pending = stream.groups.iter().flat_map(|group| &group.pending);
    let deleted = pending.map(|entry| &entry.id).filter(|id| !present.contains(id.as_str()));
    let mut ids: Vec<String> = deleted.cloned().collect();
    if ids.is_empty() && stream.entries.is_empty() {
        ids.push("0-1".to_owned());
    }
    ids.sort_by_key(|id| id_order(id));
    ids.dedup();
    ids
}

/// `<milliseconds>-<sequence>` as numbers.
fn id_order(id: &str) -> (u64, u64) {
    let (time, sequence) = id.split_once('-').unwrap_or((id, "0"));
    (time.parse().unwrap_or(0), sequence.parse().unwrap_or(0))
}

fn add_placeholder(pipeline: &mut Pipeline, key: &[u8], id: &str) {
    pipeline.cmd("XADD").arg(key).arg(id).arg("-").arg("-");
}

fn write_group(pipeline: &mut Pipeline, key: &[u8], group: &StreamGroup) {
    let create = pipeline.cmd("XGROUP").arg("CREATE").arg(key).arg(&group.name);
    create.arg(&group.last_delivered_id);
    if let Some(read) = group.entries_read {
        create.arg("ENTRIESREAD").arg(read);
    }
    for consumer in &group.consumers {
        pipeline.cmd("XGROUP").arg("CREATECONSUMER").arg(key).arg(&group.name).arg(consumer);
    }
    for pending in &group.pending {
        // FORCE puts an entry on the list that was never delivered here; JUSTID leaves the number
        // of deliveries to RETRYCOUNT.
        pipeline
            .cmd("XCLAIM")
            .arg(key)
            .arg(&group.name)
            .arg(&pending.consumer)
            .arg(0)
            .arg(&pending.id)
            .arg("TIME")
            .arg(pending.delivered_at_ms)
            .arg("RETRYCOUNT")
            .arg(pending.deliveries)
            .arg("FORCE")
            .arg("JUSTID");
    }
}
