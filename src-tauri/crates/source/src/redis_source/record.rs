//! One key of Redis, decoded.

use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, Document, doc};

/// A key with its value, expiry and dump, all of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct RedisRecord {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: RedisValue,
    /// Absolute expiry in milliseconds since 1970-01-01 UTC by the server's clock.
    pub expire_at_ms: Option<i64>,
    /// `DUMP` bytes: version-stamped, of use to the same or a newer server.
    pub dump: Vec<u8>,
}

/// A decoded value.
#[derive(Debug, Clone, PartialEq)]
pub enum RedisValue {
    /// A string.
    String(Vec<u8>),
    /// A list, head first.
    List(Vec<Vec<u8>>),
    /// A set, members in byte order.
    Set(Vec<Vec<u8>>),
    /// A sorted set: member and the shortest text of its score, in its order.
    SortedSet(Vec<Pair>),
    /// A hash, fields in byte order.
    Hash(Vec<Pair>),
    /// A stream.
    Stream(RedisStream),
    /// A type of a module: only the dump holds it. The type's name.
    Opaque(String),
}

/// Field and value, or member and score.
pub type Pair = (Vec<u8>, Vec<u8>);

/// A stream entry: id and fields.
pub type StreamEntry = (String, Vec<Pair>);

/// A stream with its bookkeeping.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RedisStream {
    /// Entries in id order: id and field-value pairs.
    pub entries: Vec<StreamEntry>,
    /// The last id ever given.
    pub last_id: String,
    /// Entries ever added (Redis 7 and newer).
    pub entries_added: Option<i64>,
    /// The greatest id deleted (Redis 7 and newer).
    pub max_deleted_id: Option<String>,
    /// Consumer groups.
    pub groups: Vec<StreamGroup>,
}

/// A consumer group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamGroup {
    /// Name.
    pub name: Vec<u8>,
    /// Last id delivered to it.
    pub last_delivered_id: String,
    /// Entries read (Redis 7 and newer).
    pub entries_read: Option<i64>,
    /// Names of its consumers.
    pub consumers: Vec<Vec<u8>>,
    /// Entries delivered but not acknowledged.
    pub pending: Vec<PendingEntry>,
}

/// An entry delivered but not acknowledged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PendingEntry {
    /// Entry id.
    pub id: String,
    /// Its consumer.
    pub consumer: Vec<u8>,
    /// When it was delivered, milliseconds since 1970-01-01 UTC.
    pub delivered_at_ms: i64,
    /// How often.
    pub deliveries: i64,
}

/// Version of the form of [`RedisRecord::to_bytes`].
const FORM: i32 = 1;

impl RedisRecord {
    /// The record as one BSON document, exact and versioned; see [`Self::from_bytes`].
    ///
    /// Fields: `_id` (the key, binary), `form` (1), `type`, `expireAtMs` (int64, absent without
    /// expiry), `value`, `dump` (binary). Lists are arrays of binary, pairs arrays of two.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, value) = encode_value(&self.value);
        let mut document = doc! { "_id": binary(&self.key), "form": FORM, "type": kind };
        if let Some(at) = self.expire_at_ms {
            document.insert("expireAtMs", at);
        }
        document.insert("value", value);
        document.insert("dump", binary(&self.dump));
        let mut bytes = Vec::new();
        // Writing known types into memory cannot fail.
        let written = document.to_writer(&mut bytes);
        debug_assert!(written.is_ok());
        bytes
    }

    /// Reads [`Self::to_bytes`] back.
    ///
    /// # Errors
    /// When the bytes are no such document, or of a newer form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordError> {
        let document =
            Document::from_reader(bytes).map_err(|error| RecordError(error.to_string()))?;
        if document.get_i32("form").ok() != Some(FORM) {
            return Err(RecordError("its form is unknown; a newer release wrote it".into()));
        }
        let kind = document.get_str("type").map_err(|error| RecordError(error.to_string()))?;
        Ok(Self {
            key: take_bytes(document.get("_id"))?,
            value: decode_value(kind, document.get("value"))?,
            expire_at_ms: document.get_i64("expireAtMs").ok(),
            dump: take_bytes(document.get("dump"))?,
        })
    }
}

/// Bytes that are not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a Redis record: {0}")]
pub struct RecordError(String);

fn encode_value(value: &RedisValue) -> (&str, Bson) {
    match value {
        RedisValue::String(bytes) => ("string", binary(bytes)),
        RedisValue::List(items) => ("list", list(items)),
        RedisValue::Set(items) => ("set", list(items)),
        RedisValue::SortedSet(members) => ("zset", pairs(members)),
        RedisValue::Hash(fields) => ("hash", pairs(fields)),
        RedisValue::Stream(stream) => ("stream", Bson::Document(encode_stream(stream))),
        RedisValue::Opaque(kind) => (kind, Bson::Null),
    }
}

fn decode_value(kind: &str, value: Option<&Bson>) -> Result<RedisValue, RecordError> {
    Ok(match kind {
        "string" => RedisValue::String(take_bytes(value)?),
        "list" => RedisValue::List(take_list(value)?),
        "set" => RedisValue::Set(take_list(value)?),
        "zset" => RedisValue::SortedSet(take_pairs(value)?),
        "hash" => RedisValue::Hash(take_pairs(value)?),
        "stream" => RedisValue::Stream(decode_stream(value)?),
        other => RedisValue::Opaque(other.to_owned()),
    })
}

fn encode_stream(stream: &RedisStream) -> Document {
    let entries: Vec<Bson> = stream
        .entries
        .iter()
        .map(|(id, fields)| Bson::Document(doc! { "id": id, "fields": pairs(fields) }))
        .collect();
    let groups: Vec<Bson> =
        stream.groups.iter().map(|group| Bson::Document(encode_group(group))).collect();
    doc! {
        "entries": entries,
        "lastId": &stream.last_id,
        "entriesAdded": stream.entries_added,
        "maxDeletedId": &stream.max_deleted_id,
        "groups": groups,
    }
}

fn encode_group(group: &StreamGroup) -> Document {
    let pending: Vec<Bson> = group
        .pending
        .iter()
        .map(|entry| {
            Bson::Document(doc! {
                "id": &entry.id,
                "consumer": binary(&entry.consumer),
                "deliveredAtMs": entry.delivered_at_ms,
                "deliveries": entry.deliveries,
            })
        })
        .collect();
    doc! {
        "name": binary(&group.name),
        "lastDeliveredId": &group.last_delivered_id,
        "entriesRead": group.entries_read,
        "consumers": list(&group.consumers),
        "pending": pending,
    }
}

fn decode_stream(value: Option<&Bson>) -> Result<RedisStream, RecordError> {
    let stream = take_document(value)?;
    let mut entries = Vec::new();
    for entry in take_array(stream.get("entries"))? {
        let entry = take_document(Some(entry))?;
        entries.push((take_text(entry.get("id"))?, take_pairs(entry.get("fields"))?));
    }
    let groups = take_array(stream.get("groups"))?;
    Ok(RedisStream {
        entries,
        last_id: take_text(stream.get("lastId"))?,
        entries_added: stream.get_i64("entriesAdded").ok(),
        max_deleted_id: stream.get_str("maxDeletedId").ok().map(ToOwned::to_owned),
        groups: groups.iter().map(decode_group).collect::<Result<_, _>>()?,
    })
}

fn decode_group(value: &Bson) -> Result<StreamGroup, RecordError> {
    let group = take_document(Some(value))?;
    let mut pending = Vec::new();
    for entry in take_array(group.get("pending"))? {
        let entry = take_document(Some(entry))?;
        pending.push(PendingEntry {
            id: take_text(entry.get("id"))?,
            consumer: take_bytes(entry.get("consumer"))?,
            delivered_at_ms: take_number(entry.get("deliveredAtMs"))?,
            deliveries: take_number(entry.get("deliveries"))?,
        });
    }
    Ok(StreamGroup {
        name: take_bytes(group.get("name"))?,
        last_delivered_id: take_text(group.get("lastDeliveredId"))?,
        entries_read: group.get_i64("entriesRead").ok(),
        consumers: take_list(group.get("consumers"))?,
        pending,
    })
}

fn binary(bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() })
}

fn list(items: &[Vec<u8>]) -> Bson {
    Bson::Array(items.iter().map(|item| binary(item)).collect())
}

fn pairs(pairs: &[Pair]) -> Bson {
    Bson::Array(pairs.iter().map(|(a, b)| Bson::Array(vec![binary(a), binary(b)])).collect())
}

fn wrong(expected: &str) -> RecordError {
    RecordError(format!("{expected} is missing or of another type"))
}

fn take_bytes(value: Option<&Bson>) -> Result<Vec<u8>, RecordError> {
    match value {
        Some(Bson::Binary(binary)) => Ok(binary.bytes.clone()),
        _ => Err(wrong("a binary")),
    }
}

fn take_text(value: Option<&Bson>) -> Result<String, RecordError> {
    value.and_then(Bson::as_str).map(ToOwned::to_owned).ok_or_else(|| wrong("a text"))
}

fn take_number(value: Option<&Bson>) -> Result<i64, RecordError> {
    value.and_then(Bson::as_i64).ok_or_else(|| wrong("a number"))
}

fn take_document(value: Option<&Bson>) -> Result<&Document, RecordError> {
    value.and_then(Bson::as_document).ok_or_else(|| wrong("a document"))
}

fn take_array(value: Option<&Bson>) -> Result<&Vec<Bson>, RecordError> {
    value.and_then(Bson::as_array).ok_or_else(|| wrong("an array"))
}

fn take_list(value: Option<&Bson>) -> Result<Vec<Vec<u8>>, RecordError> {
    take_array(value)?.iter().map(|item| take_bytes(Some(item))).collect()
}

fn take_pairs(value: Option<&Bson>) -> Result<Vec<Pair>, RecordError> {
    let pair = |item: &Bson| {
        let pair = take_array(Some(item))?;
        Ok((take_bytes(pair.first())?, take_bytes(pair.get(1))?))
    };
    take_array(value)?.iter().map(pair).collect()
}
