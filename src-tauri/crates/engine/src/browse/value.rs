//! A value as somebody types it, and the values of documents that it means.

use memchr::memmem;
use mongodb::bson::Bson;
use mongodb::bson::raw::RawDocumentBuf;
use serde_json::Value;
use source::rawbson::{self, Element, MalformedBson, kind};
use source::sortkey;

use crate::error::EngineError;

/// What was typed, as the keys that its possible values sort by: numbers of any type are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Keys of whole values, sorted.
    pub(super) keys: Vec<Vec<u8>>,
    /// The beginning of a text's key.
    pub(super) prefix: Option<Vec<u8>>,
}

impl Wanted {
    /// Reads what was typed: Extended JSON, or a text. Text without quotes also means the number,
    /// truth value, null or object id that it spells; a `*` at its end any text that begins so.
    pub(super) fn parse(typed: &str) -> Result<Self, EngineError> {
        if let Some(begin) = typed.strip_suffix('*') {
            let mut prefix = key_of(Bson::from(begin))?;
            prefix.pop();
            return Ok(Self { keys: Vec::new(), prefix: Some(prefix) });
        }
        let mut keys = Vec::new();
        let read: Option<Value> = serde_json::from_str(typed).ok();
        // A text in quotes means nothing but itself.
        if !matches!(read, Some(Value::String(_) | Value::Object(_) | Value::Array(_))) {
            keys.push(key_of(Bson::from(typed))?);
            if let Ok(id) = mongodb::bson::oid::ObjectId::parse_str(typed) {
                keys.push(key_of(Bson::from(id))?);
            }
        }
        if let Some(value) = read.and_then(|value| serde_json::from_value::<Bson>(value).ok()) {
            keys.push(key_of(value)?);
        }
        keys.sort();
        keys.dedup();
        Ok(Self { keys, prefix: None })
    }

    fn fits(&self, element: &Element<'_>) -> Result<bool, MalformedBson> {
        let mut key = Vec::with_capacity(element.value.len() + 2);
        sortkey::encode_value(element.kind, element.value, &mut key)?;
        let begins = self.prefix.as_ref().is_some_and(|prefix| key.starts_with(prefix));
        Ok(begins || self.keys.contains(&key))
    }

    /// Whether the document has such a value at the dotted path. Arrays are looked through.
    pub(super) fn is_at(&self, document: &[u8], path: &str) -> Result<bool, MalformedBson> {
        let (name, rest) = match path.split_once('.') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        for element in rawbson::elements(document)? {
            let element = element?;
            if element.name == name.as_bytes() && self.is_in(&element, rest)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_in(&self, element: &Element<'_>, rest: Option<&str>) -> Result<bool, MalformedBson> {
        let Some(rest) = rest else {
            if self.fits(element)? {
                return Ok(true);
            }
            return self.is_item(element, None);
        };
        match element.kind {
            kind::DOCUMENT => self.is_at(element.value, rest),
            kind::ARRAY => {
                Ok(self.is_at(element.value, rest)? || self.is_item(element, Some(rest))?)
            }
            _ => Ok(false),
        }
    }

    /// Whether an item of the array is such a value, or has one at the path.
    fn is_item(&self, array: &Element<'_>, path: Option<&str>) -> Result<bool, MalformedBson> {
        if array.kind != kind::ARRAY {
            return Ok(false);
        }
        for item in rawbson::elements(array.value)? {
            let item = item?;
            let found = match path {
                None => self.fits(&item)?,
                Some(path) if item.kind == kind::DOCUMENT => self.is_at(item.value, path)?,
                Some(_) => false,
            };
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The key that a value sorts by.
pub(super) fn key_of(value: Bson) -> Result<Vec<u8>, EngineError> {
    let unencodable = |detail: String| EngineError::Invalid { field: "filters", reason: detail };
    let mut document = RawDocumentBuf::new();
    let raw = value.try_into().map_err(|error: mongodb::bson::error::Error| {
        unencodable(format!("no such value can be stored: {error}"))
    });
    let raw: mongodb::bson::RawBson = raw?;
    document.append(mongodb::bson::raw::cstr!("_id"), raw);
    sortkey::of_document(document.as_bytes()).map_err(|error| unencodable(error.to_string()))
}

/// Whether a text anywhere in the document is exactly `text`.
pub(super) fn mentions(document: &[u8], text: &str) -> Result<bool, MalformedBson> {
    // The bytes are found much faster than fields are walked, and are seldom there.
    if memmem::find(document, text.as_bytes()).is_none() {
        return Ok(false);
    }
    holds(document, text.as_bytes())
}

fn holds(document: &[u8], text: &[u8]) -> Result<bool, MalformedBson> {
    for element in rawbson::elements(document)? {
        let element = element?;
        let found = match element.kind {
            // Length prefix, text, terminator.
            kind::STRING | kind::SYMBOL => {
                let end = element.value.len().saturating_sub(1);
                element.value.get(4..end) == Some(text)
            }
            kind::DOCUMENT | kind::ARRAY => holds(element.value, text)?,
            _ => false,
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use mongodb::bson::oid::ObjectId;
    use mongodb::bson::{Document, doc};

    use super::*;

    fn has(document: &Document, field: &str, typed: &str) -> bool {
        let bytes = document.to_vec().unwrap();
        Wanted::parse(typed).unwrap().is_at(&bytes, field).unwrap()
    }

    #[test]
    fn what_is_typed_means_every_value_that_it_spells() {
        for value in [Bson::from(42), 42_i64.into(), 42.0.into(), "42".into()] {
            assert!(has(&doc! { "a": value.clone() }, "a", "42"), "{value:?}");
        }
        assert!(!has(&doc! { "a": 42 }, "a", "\"42\""));
        assert!(has(&doc! { "a": "42" }, "a", "\"42\""));
        assert!(has(&doc! { "a": true, "b": Bson::Null }, "a", "true"));
        assert!(has(&doc! { "a": Bson::Null }, "a", "null"));
        assert!(!has(&doc! {}, "a", "null"));
        let id = ObjectId::from_bytes([7; 12]);
        assert!(has(&doc! { "a": id }, "a", &id.to_hex()));
        assert!(has(&doc! { "a": id }, "a", &format!("{{\"$oid\": \"{}\"}}", id.to_hex())));
        assert!(has(&doc! { "a": 7_i64 }, "a", "{\"$numberLong\": \"7\"}"));
        assert!(has(&doc! { "a": "MERLIN" }, "a", "MER*"));
        assert!(!has(&doc! { "a": "PERCIVAL" }, "a", "MER*"));
        assert!(has(&doc! { "a": "梅林" }, "a", "梅林"));
        assert!(has(&doc! { "a": { "b": 1 } }, "a", "{\"b\": 1}"));
    }

    #[test]
    fn paths_lead_through_documents_and_arrays() {
        let document = doc! { "seats": [{ "player": "P1", "n": 1 }, { "player": "P2" }],
        "state": { "phase": "QUEST" }, "tags": ["a", "b"] };
        assert!(has(&document, "seats.player", "P2"));
        assert!(has(&document, "seats.1.player", "P2"));
        assert!(!has(&document, "seats.0.player", "P2"));
        assert!(has(&document, "state.phase", "QUEST"));
        assert!(has(&document, "tags", "b"));
        assert!(!has(&document, "seats.player", "P3"));
        assert!(!has(&document, "state", "QUEST"));
    }

    #[test]
    fn a_game_or_player_is_named_by_a_whole_text_only() {
        let bytes = |document: Document| document.to_vec().unwrap();
        let deep = bytes(doc! { "a": [{ "b": { "c": "P1" } }] });
        assert!(mentions(&deep, "P1").unwrap());
        assert!(!mentions(&bytes(doc! { "a": "P10", "P1": 1 }), "P1").unwrap());
    }
}
