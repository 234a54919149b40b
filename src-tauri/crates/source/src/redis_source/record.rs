//! One key of Redis, decoded.

use crate::rawbson::MalformedBson;

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
    /// A sorted set: member and the score as Redis prints it, in its order.
    SortedSet(Vec<(Vec<u8>, Vec<u8>)>),
    /// A hash, fields in byte order.
    Hash(Vec<(Vec<u8>, Vec<u8>)>),
    /// A stream.
    Stream(RedisStream),
    /// A type of a module: only the dump holds it. The type's name.
    Opaque(String),
}

/// A stream with its bookkeeping.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RedisStream {
    /// Entries in id order: id and field-value pairs.
    pub entries: Vec<(String, Vec<(Vec<u8>, Vec<u8>)>)>,
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

impl RedisRecord {
    /// The record as one BSON document, exact and versioned; see [`Self::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads [`Self::to_bytes`] back.
    ///
    /// # Errors
    /// When the bytes are no such document.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, MalformedBson> {
        Err(MalformedBson {
            reason: "not built yet",
            offset: 0,
        })
    }
}
