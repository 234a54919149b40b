//! Redis keys as JSON Lines, beside a dump: neutral of any server's version (docs/export.md).

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use source::redis_source::record::{Pair, PendingEntry, RedisStream, StreamEntry, StreamGroup};
use source::redis_source::{RedisRecord, RedisValue};

use crate::export::outcome::DumpFormat;

/// The file's name in a folder, and what is put behind an archive's.
pub(crate) const NAME: &str = "redis.jsonl";
const COMPRESSED: &str = ".gz";

/// Where the keys that belong to a dump lie.
pub(crate) fn beside(dump: &Path, format: DumpFormat, gzip: bool) -> PathBuf {
    let compressed = if gzip { COMPRESSED } else { "" };
    match format {
        DumpFormat::Mongodump => dump.join(format!("{NAME}{compressed}")),
        DumpFormat::Archive => {
            let name = dump.file_name().unwrap_or_default().to_string_lossy();
            dump.with_file_name(format!("{name}.{NAME}{compressed}"))
        }
    }
}

/// A line that is no key.
#[derive(Debug, thiserror::Error)]
#[error("this is no Redis key: {0}")]
pub(crate) struct LineError(String);

impl LineError {
    fn new(error: impl ToString) -> Self {
        Self(error.to_string())
    }
}

/// Bytes: as text where they are UTF-8, else as base64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Text {
    Utf8(String),
    Binary(Binary),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Binary {
    base64: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Line {
    key: Text,
    r#type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expire_at_ms: Option<i64>,
    value: Value,
    /// `DUMP` bytes of a module's type, which only its own server can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dump: Option<Binary>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stream {
    entries: Vec<Entry>,
    last_id: String,
    entries_added: Option<i64>,
    max_deleted_id: Option<String>,
    groups: Vec<Group>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    fields: Vec<(Text, Text)>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Group {
    name: Text,
    last_delivered_id: String,
    entries_read: Option<i64>,
    consumers: Vec<Text>,
    pending: Vec<Pending>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pending {
    id: String,
    consumer: Text,
    delivered_at_ms: i64,
    deliveries: i64,
}

/// A key as a line, without its end.
pub(crate) fn encode(record: &RedisRecord) -> Result<String, LineError> {
    let (kind, value) = match &record.value {
        RedisValue::String(bytes) => ("string", json!(text(bytes))),
        RedisValue::List(items) => ("list", json!(texts(items))),
        RedisValue::Set(items) => ("set", json!(texts(items))),
        RedisValue::SortedSet(members) => ("zset", json!(pairs(members))),
        RedisValue::Hash(fields) => ("hash", json!(pairs(fields))),
        RedisValue::Stream(stream) => ("stream", json!(stream_out(stream))),
        RedisValue::Opaque(kind) => (kind.as_str(), Value::Null),
    };
    let opaque = matches!(record.value, RedisValue::Opaque(_));
    let line = Line {
        key: text(&record.key),
        r#type: kind.to_owned(),
        expire_at_ms: record.expire_at_ms,
        value,
        dump: opaque.then(|| Binary { base64: STANDARD.encode(&record.dump) }),
    };
    serde_json::to_string(&line).map_err(LineError::new)
}

/// A line as a key.
pub(crate) fn decode(line: &[u8]) -> Result<RedisRecord, LineError> {
    let line: Line = serde_json::from_slice(line).map_err(LineError::new)?;
    let value = match line.r#type.as_str() {
        "string" => RedisValue::String(bytes(read(line.value)?)?),
        "list" => RedisValue::List(all_bytes(read(line.value)?)?),
        "set" => RedisValue::Set(all_bytes(read(line.value)?)?),
        "zset" => RedisValue::SortedSet(all_pairs(read(line.value)?)?),
        "hash" => RedisValue::Hash(all_pairs(read(line.value)?)?),
        "stream" => RedisValue::Stream(stream_in(read(line.value)?)?),
        other if line.dump.is_some() => RedisValue::Opaque(other.to_owned()),
        other => return Err(LineError(format!("the type {other:?} is unknown"))),
    };
    Ok(RedisRecord {
        key: bytes(line.key)?,
        value,
        expire_at_ms: line.expire_at_ms,
        dump: line.dump.map(|dump| bytes(Text::Binary(dump))).transpose()?.unwrap_or_default(),
    })
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, LineError> {
    serde_json::from_value(value).map_err(LineError::new)
}

fn text(bytes: &[u8]) -> Text {
    match std::str::from_utf8(bytes) {
        Ok(text) => Text::Utf8(text.to_owned()),
        Err(_) => Text::Binary(Binary { base64: STANDARD.encode(bytes) }),
    }
}

fn texts(items: &[Vec<u8>]) -> Vec<Text> {
    items.iter().map(|item| text(item)).collect()
}

fn pairs(pairs: &[Pair]) -> Vec<(Text, Text)> {
    pairs.iter().map(|(one, other)| (text(one), text(other))).collect()
}

fn bytes(text: Text) -> Result<Vec<u8>, LineError> {
    match text {
        Text::Utf8(text) => Ok(text.into_bytes()),
        Text::Binary(binary) => STANDARD.decode(binary.base64).map_err(LineError::new),
    }
}

fn all_bytes(items: Vec<Text>) -> Result<Vec<Vec<u8>>, LineError> {
    items.into_iter().map(bytes).collect()
}

fn all_pairs(pairs: Vec<(Text, Text)>) -> Result<Vec<Pair>, LineError> {
    pairs.into_iter().map(|(one, other)| Ok((bytes(one)?, bytes(other)?))).collect()
}

fn stream_out(stream: &RedisStream) -> Stream {
    let entry = |(id, fields): &StreamEntry| Entry { id: id.clone(), fields: pairs(fields) };
    let pending = |pending: &PendingEntry| Pending {
        id: pending.id.clone(),
        consumer: text(&pending.consumer),
        delivered_at_ms: pending.delivered_at_ms,
        deliveries: pending.deliveries,
    };
    let group = |group: &StreamGroup| Group {
        name: text(&group.name),
        last_delivered_id: group.last_delivered_id.clone(),
        entries_read: group.entries_read,
        consumers: texts(&group.consumers),
        pending: group.pending.iter().map(pending).collect(),
    };
    Stream {
        entries: stream.entries.iter().map(entry).collect(),
        last_id: stream.last_id.clone(),
        entries_added: stream.entries_added,
        max_deleted_id: stream.max_deleted_id.clone(),
        groups: stream.groups.iter().map(group).collect(),
    }
}

fn stream_in(stream: Stream) -> Result<RedisStream, LineError> {
    let entry = |entry: Entry| Ok((entry.id, all_pairs(entry.fields)?));
    let pending = |pending: Pending| {
        Ok(PendingEntry {
            id: pending.id,
            consumer: bytes(pending.consumer)?,
            delivered_at_ms: pending.delivered_at_ms,
            deliveries: pending.deliveries,
        })
    };
    let group = |group: Group| {
        Ok(StreamGroup {
            name: bytes(group.name)?,
            last_delivered_id: group.last_delivered_id,
            entries_read: group.entries_read,
            consumers: all_bytes(group.consumers)?,
            pending: group.pending.into_iter().map(pending).collect::<Result<_, LineError>>()?,
        })
    };
    Ok(RedisStream {
        entries: stream.entries.into_iter().map(entry).collect::<Result<_, LineError>>()?,
        last_id: stream.last_id,
        entries_added: stream.entries_added,
        max_deleted_id: stream.max_deleted_id,
        groups: stream.groups.into_iter().map(group).collect::<Result<_, LineError>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(value: RedisValue) -> RedisRecord {
        RedisRecord { key: b"game:{1}:x".to_vec(), value, expire_at_ms: None, dump: Vec::new() }
    }

    #[test]
    fn a_line_is_what_is_documented() {
        let hash = RedisValue::Hash(vec![(b"a".to_vec(), vec![0xff]), (b"b".to_vec(), vec![])]);
        let line = encode(&RedisRecord { expire_at_ms: Some(7), ..record(hash) }).unwrap();
        assert_eq!(
            line,
            r#"{"key":"game:{1}:x","type":"hash","expireAtMs":7,"value":[["a",{"base64":"/w=="}],["b",""]]}"#
        );
        let stream = RedisValue::Stream(RedisStream {
            entries: vec![("1-0".into(), vec![(b"e".to_vec(), b"{}".to_vec())])],
            last_id: "1-0".into(),
            ..RedisStream::default()
        });
        assert_eq!(
            serde_json::from_str::<Value>(&encode(&record(stream)).unwrap()).unwrap()["value"],
            json!({"entries": [{"id": "1-0", "fields": [["e", "{}"]]}], "lastId": "1-0",
                "entriesAdded": null, "maxDeletedId": null, "groups": []})
        );
    }

    #[test]
    fn every_type_reads_back_as_it_was() {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let group = StreamGroup {
            name: vec![0xfe],
            last_delivered_id: "2-0".into(),
            entries_read: Some(2),
            consumers: vec![bytes("c")],
            pending: vec![PendingEntry {
                id: "2-0".into(),
                consumer: bytes("c"),
                delivered_at_ms: 5,
                deliveries: 3,
            }],
        };
        let values = [
            RedisValue::String(bytes("梅林\n")),
            RedisValue::String(vec![0, 0xff]),
            RedisValue::List(vec![bytes("b"), bytes("a"), vec![0x80]]),
            RedisValue::Set(vec![bytes("a")]),
            RedisValue::SortedSet(vec![(bytes("m"), bytes("-1.5"))]),
            RedisValue::Hash(vec![]),
            RedisValue::Stream(RedisStream {
                entries: vec![("1-0".into(), vec![(bytes("e"), vec![0xff])])],
                last_id: "2-0".into(),
                entries_added: Some(2),
                max_deleted_id: Some("0-0".into()),
                groups: vec![group],
            }),
        ];
        for value in values {
            let record = RedisRecord { expire_at_ms: Some(1 << 60), ..record(value) };
            let line = encode(&record).unwrap();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(decode(line.as_bytes()).unwrap(), record);
        }
        let opaque =
            RedisRecord { dump: vec![1, 2], ..record(RedisValue::Opaque("ReJSON-RL".into())) };
        assert_eq!(decode(encode(&opaque).unwrap().as_bytes()).unwrap(), opaque);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for line in [
            "",
            "[]",
            r#"{"key":"k","type":"string"}"#,
            r#"{"key":"k","type":"list","value":"x"}"#,
            r#"{"key":"k","type":"new","value":1}"#,
            r#"{"key":{"base64":"%"},"type":"string","value":""}"#,
            r#"{"key":"k","type":"string","value":"","ttl":5}"#,
        ] {
            assert!(decode(line.as_bytes()).is_err(), "{line}");
        }
    }

    #[test]
    fn keys_lie_beside_the_dump() {
        let path = |format, gzip| beside(Path::new("/a/dump.gz"), format, gzip);
        assert_eq!(path(DumpFormat::Mongodump, false), Path::new("/a/dump.gz/redis.jsonl"));
        assert_eq!(path(DumpFormat::Archive, true), Path::new("/a/dump.gz.redis.jsonl.gz"));
    }
}
