//! How documents and their values are written in a row.

use mongodb::bson::{Decimal128, RawDocument};
use source::rawbson::{self, DocumentWriter, Element, MalformedBson, kind};
use source::redis_source::{RedisRecord, RedisValue};
use source::sortkey;
use vault::Record;

use super::Stream;
use super::outcome::FieldPreview;
use crate::error::EngineError;
use crate::redis_lines;

/// Fields that a row shows.
const FIELDS: usize = 12;
/// Characters of a value that a row shows.
const CHARACTERS: usize = 120;

/// What a row shows of a document.
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) fields: Vec<FieldPreview>,
    key: Option<RedisRecord>,
}

impl Shown {
    /// Canonical Extended JSON; for a Redis key the line of an export. None where a text in it is not
    /// UTF-8.
    pub(super) fn json(&self, record: &Record) -> Result<Option<String>, EngineError> {
        match &self.key {
            None => Ok(dump::canonical_extended_json(&record.doc).ok()),
            Some(key) => redis_lines::encode(key).map(Some).map_err(unreadable),
        }
    }
}

pub(super) fn shown(stream: &Stream, record: &Record) -> Result<Shown, EngineError> {
    if stream.holds_keys() {
        let key = RedisRecord::from_bytes(&record.doc).map_err(unreadable)?;
        let id = String::from_utf8_lossy(&key.key).into_owned();
        return Ok(Shown { id, fields: key_fields(&key), key: Some(key) });
    }
    document(&record.doc).map_err(unreadable)
}

pub(super) fn unreadable(error: impl std::fmt::Display) -> EngineError {
    EngineError::Worker { detail: format!("a document of the backup cannot be read: {error}") }
}

fn document(document: &[u8]) -> Result<Shown, MalformedBson> {
    let mut fields = Vec::new();
    for element in rawbson::elements(document)? {
        let element = element?;
        if element.name == b"_id" {
            continue;
        }
        if fields.len() == FIELDS {
            break;
        }
        fields.push(FieldPreview {
            name: String::from_utf8_lossy(element.name).into_owned(),
            kind: kind_name(element.kind).to_owned(),
            text: shortened(&text(&element)),
        });
    }
    let id = id_json(&sortkey::id_element(document)?);
    Ok(Shown { id, fields, key: None })
}

/// An `_id` as canonical Extended JSON; as text where a text in it is not UTF-8.
fn id_json(id: &Element<'_>) -> String {
    let mut alone = DocumentWriter::default();
    alone.element(id.kind, b"_id", id.value);
    let json = dump::canonical_extended_json(&alone.finish()).ok();
    let value = json.as_deref().and_then(|json| json.strip_prefix("{\"_id\":")?.strip_suffix('}'));
    value.map_or_else(|| text(id), str::to_owned)
}

fn key_fields(key: &RedisRecord) -> Vec<FieldPreview> {
    let items = |count: usize| format!("[{count}]");
    let (kind, value) = match &key.value {
        RedisValue::String(bytes) => ("string", String::from_utf8_lossy(bytes).into_owned()),
        RedisValue::List(list) => ("list", items(list.len())),
        RedisValue::Set(list) => ("set", items(list.len())),
        RedisValue::SortedSet(list) => ("zset", items(list.len())),
        RedisValue::Hash(list) => ("hash", items(list.len())),
        RedisValue::Stream(stream) => ("stream", items(stream.entries.len())),
        RedisValue::Opaque(kind) => (kind.as_str(), items(key.dump.len())),
    };
    let field = |name: &str, kind: &str, text: &str| FieldPreview {
        name: name.to_owned(),
        kind: kind.to_owned(),
        text: shortened(text),
    };
    let mut fields = vec![field("type", "string", kind), field("value", kind, &value)];
    if let Some(at) = key.expire_at_ms {
        fields.push(field("expireAt", "date", &moment(at)));
    }
    fields
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// MongoDB's own name of a type.
pub(super) fn kind_name(kind: u8) -> &'static str {
    match kind {
        kind::DOUBLE => "double",
        kind::STRING => "string",
        kind::DOCUMENT => "object",
        kind::ARRAY => "array",
        kind::BINARY => "binData",
        kind::UNDEFINED => "undefined",
        kind::OBJECT_ID => "objectId",
        kind::BOOL => "bool",
        kind::DATE => "date",
        kind::NULL => "null",
        kind::REGEX => "regex",
        kind::DB_POINTER => "dbPointer",
        kind::CODE => "javascript",
        kind::SYMBOL => "symbol",
        kind::CODE_WITH_SCOPE => "javascriptWithScope",
        kind::INT32 => "int",
        kind::TIMESTAMP => "timestamp",
        kind::INT64 => "long",
        kind::DECIMAL128 => "decimal",
        kind::MIN_KEY => "minKey",
        kind::MAX_KEY => "maxKey",
        _ => "unknown",
    }
}

/// A value as a reader takes it in; of a document or an array how much it holds.
pub(super) fn text(element: &Element<'_>) -> String {
    let value = element.value;
    let number = || value.first_chunk::<8>().map_or(0, |bytes| i64::from_le_bytes(*bytes));
    match element.kind {
        kind::DOUBLE => format!("{:?}", f64::from_bits(number() as u64)),
        kind::STRING | kind::SYMBOL | kind::CODE => {
            let end = value.len().saturating_sub(1);
            String::from_utf8_lossy(value.get(4..end).unwrap_or_default()).into_owned()
        }
        kind::DOCUMENT => format!("{{{}}}", count(value)),
        kind::ARRAY => format!("[{}]", count(value)),
        kind::BINARY => {
            format!("{} bytes", value.len().saturating_sub(5))
        }
        kind::OBJECT_ID => value.iter().map(|byte| format!("{byte:02x}")).collect(),
        kind::BOOL => (value.first() == Some(&1)).to_string(),
        kind::DATE => moment(number()),
        kind::INT32 => {
            value.first_chunk::<4>().map_or(0, |bytes| i32::from_le_bytes(*bytes)).to_string()
        }
        kind::INT64 => number().to_string(),
        kind::TIMESTAMP => format!("{},{}", number() as u64 >> 32, number() as u32),
        kind::DECIMAL128 => value
            .first_chunk::<16>()
            .map(|bytes| Decimal128::from_bytes(*bytes).to_string())
            .unwrap_or_default(),
        kind::REGEX => {
            let mut parts = value.split(|byte| *byte == 0).map(String::from_utf8_lossy);
            let mut part = || parts.next().unwrap_or_default();
            format!("/{}/{}", part(), part())
        }
        kind::NULL | kind::UNDEFINED | kind::MIN_KEY | kind::MAX_KEY => {
            kind_name(element.kind).to_owned()
        }
        _ => rare(element),
    }
}

/// Types of long ago, as Extended JSON.
fn rare(element: &Element<'_>) -> String {
    let mut alone = DocumentWriter::default();
    alone.element(element.kind, b"", element.value);
    let bytes = alone.finish();
    RawDocument::from_bytes(&bytes).map(|raw| format!("{raw:?}")).unwrap_or_default()
}

fn count(document: &[u8]) -> usize {
    rawbson::elements(document).map_or(0, Iterator::count)
}

/// RFC 3339 in UTC; the number of milliseconds where that is no date.
fn moment(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(|_| at_ms.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, doc, oid::ObjectId};

    use super::*;

    #[test]
    fn rows_show_types_and_values() {
        let bytes = doc! {
            "_id": ObjectId::from_bytes([7; 12]), "n": 1, "long": 2_i64, "list": [1, 2], "in": {},
            "at": mongodb::bson::DateTime::from_millis(0), "none": Bson::Null, "text": "x".repeat(200),
            "half": 0.5, "regex": mongodb::bson::Regex {
                pattern: "^a".to_owned().try_into().unwrap(), options: "i".to_owned().try_into().unwrap(),
            },
        }
        .to_vec()
        .unwrap();
        let shown = document(&bytes).unwrap();
        assert_eq!(shown.id, r#"{"$oid":"070707070707070707070707"}"#);
        let fields: Vec<_> = shown
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field.kind.as_str(), field.text.as_str()))
            .collect();
        let long = format!("{}…", "x".repeat(120));
        assert_eq!(
            fields,
            [
                ("n", "int", "1"),
                ("long", "long", "2"),
                ("list", "array", "[2]"),
                ("in", "object", "{0}"),
                ("at", "date", "1970-01-01T00:00:00Z"),
                ("none", "null", "null"),
                ("text", "string", long.as_str()),
                ("half", "double", "0.5"),
                ("regex", "regex", "/^a/i"),
            ]
        );
    }
}
