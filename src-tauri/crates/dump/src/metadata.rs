//! The definition of a collection, as `metadata.json` and the archive's prelude hold it: canonical
//! Extended JSON with `options`, `indexes`, `uuid`, `collectionName` and `type`.

use bson::raw::RawDocument;
use bson::{Bson, Document};

use crate::error::DumpError;
use crate::extended_json::write_document;

/// A document without fields.
const EMPTY: [u8; 5] = [5, 0, 0, 0, 0];

/// The kind of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A collection with documents; capped and clustered ones too.
    Collection,
    /// A view: only its definition is dumped.
    View,
    /// A time-series collection: its documents are dumped as buckets, under another name.
    TimeSeries,
}

impl Kind {
    /// The word that the format uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::View => "view",
            Self::TimeSeries => "timeseries",
        }
    }
}

/// The definition of a collection. Options and indexes are raw BSON, fields in their own order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The collection's name.
    pub collection: String,
    /// Its kind.
    pub kind: Kind,
    /// Its creation options.
    pub options: Vec<u8>,
    /// Its indexes, that of `_id` included.
    pub indexes: Vec<Vec<u8>>,
    /// Its UUID, where known.
    pub uuid: Option<[u8; 16]>,
}

impl Metadata {
    /// The definition of a collection of which a dump says nothing but its name.
    #[must_use]
    pub fn bare(collection: &str) -> Self {
        Self {
            collection: collection.to_owned(),
            kind: Kind::Collection,
            options: EMPTY.to_vec(),
            indexes: Vec::new(),
            uuid: None,
        }
    }

    /// The definition as text.
    ///
    /// # Errors
    /// [`DumpError::Metadata`] when options or an index are not BSON.
    pub fn to_json(&self) -> Result<String, DumpError> {
        let mut text = String::from("{");
        if self.options.len() > EMPTY.len() {
            text.push_str("\"options\":");
            self.write(&self.options, &mut text)?;
            text.push(',');
        }
        text.push_str("\"indexes\":[");
        for (position, index) in self.indexes.iter().enumerate() {
            if position > 0 {
                text.push(',');
            }
            self.write(index, &mut text)?;
        }
        text.push(']');
        if let Some(uuid) = &self.uuid {
            text.push_str(&format!(",\"uuid\":\"{:032x}\"", u128::from_be_bytes(*uuid)));
        }
        let name = serde_json::Value::from(self.collection.as_str());
        text.push_str(&format!(",\"collectionName\":{name},\"type\":\"{}\"}}", self.kind.name()));
        Ok(text)
    }

    fn write(&self, document: &[u8], text: &mut String) -> Result<(), DumpError> {
        let refused = |reason: String| DumpError::metadata(&self.collection, reason);
        let document =
            RawDocument::from_bytes(document).map_err(|error| refused(error.to_string()))?;
        write_document(document, text).map_err(refused)
    }

    /// Reads a definition; `on` names where it stands. An absent name stays empty: older tools
    /// wrote none.
    ///
    /// # Errors
    /// [`DumpError::Metadata`] when the text is not such a definition.
    pub fn from_json(text: &[u8], on: &str) -> Result<Self, DumpError> {
        let refused = |reason: String| DumpError::metadata(on, reason);
        let definition: Document =
            serde_json::from_slice(text).map_err(|error| refused(error.to_string()))?;
        let options = match definition.get("options") {
            None | Some(Bson::Null) => Document::new(),
            Some(Bson::Document(options)) => options.clone(),
            Some(_) => return Err(refused("\"options\" is no document".to_owned())),
        };
        let indexes = match definition.get("indexes") {
            None | Some(Bson::Null) => Vec::new(),
            Some(Bson::Array(indexes)) => {
                indexes.iter().map(index).collect::<Result<_, _>>().map_err(refused)?
            }
            Some(_) => return Err(refused("\"indexes\" is no list".to_owned())),
        };
        let kind = kind_of(&definition, &options).map_err(refused)?;
        Ok(Self {
            collection: definition.get_str("collectionName").unwrap_or_default().to_owned(),
            kind,
            options: options.to_vec().map_err(|error| refused(error.to_string()))?,
            indexes,
            uuid: definition.get_str("uuid").ok().and_then(uuid),
        })
    }
}

fn index(index: &Bson) -> Result<Vec<u8>, String> {
    let index = index.as_document().ok_or("an index is no document")?;
    if !matches!(index.get("key"), Some(Bson::Document(_))) {
        return Err("an index has no key".to_owned());
    }
    index.to_vec().map_err(|error| error.to_string())
}

/// The kind; older tools do not say it, but the options show it.
fn kind_of(definition: &Document, options: &Document) -> Result<Kind, String> {
    match definition.get_str("type") {
        Ok("view") => Ok(Kind::View),
        Ok("timeseries") => Ok(Kind::TimeSeries),
        Ok("collection" | "") => Ok(Kind::Collection),
        Ok(other) => Err(format!("collections of the type {other:?} are unknown")),
        Err(_) if options.contains_key("viewOn") => Ok(Kind::View),
        Err(_) if options.contains_key("timeseries") => Ok(Kind::TimeSeries),
        Err(_) => Ok(Kind::Collection),
    }
}

/// 32 hexadecimal digits, hyphens aside.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let plain = digits.len() == 32 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(&digits, 16).ok().map(u128::to_be_bytes)).flatten()
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn example() -> Metadata {
        Metadata {
            collection: "游戏 events".into(),
            kind: Kind::Collection,
            options: doc! { "capped": true, "size": 4096_i64, "validator": { "a": { "$gt": 1 } } }
                .to_vec()
                .unwrap(),
            indexes: vec![
                doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }.to_vec().unwrap(),
                doc! { "v": 2, "key": { "seq": 1, "game": -1.0 }, "name": "x", "unique": true }
                    .to_vec()
                    .unwrap(),
            ],
            uuid: Some([0xab; 16]),
        }
    }

    #[test]
    fn a_definition_reads_back_byte_for_byte() {
        let text = example().to_json().unwrap();
        assert_eq!(Metadata::from_json(text.as_bytes(), "x").unwrap(), example());
        assert!(text.contains(r#""uuid":"abababababababababababababababab""#), "{text}");
    }

    #[test]
    fn what_other_tools_wrote_is_read() {
        // As mongodump 100 writes it.
        let newer = br#"{"indexes":[{"v":{"$numberInt":"2"},"key":{"_id":{"$numberInt":"1"}},
            "name":"_id_"},{"v":{"$numberInt":"2"},"key":{"b":{"$numberInt":"1"},
            "a":{"$numberDouble":"-1.0"}},"name":"b_1_a_-1"}],
            "uuid":"5d4ba1e1e2f545f0b0b0c5a5d0a9e3d1","collectionName":"things","type":"collection"}"#;
        let read = Metadata::from_json(newer, "x").unwrap();
        assert_eq!(read.collection, "things");
        assert_eq!(read.uuid.unwrap()[..2], [0x5d, 0x4b]);
        let index = Document::from_reader(&read.indexes[1][..]).unwrap();
        assert_eq!(index, doc! { "v": 2, "key": { "b": 1, "a": -1.0 }, "name": "b_1_a_-1" });
        // As mongodump 3 wrote it: plain numbers, no name, no type.
        let older =
            br#"{"options":{"viewOn":"users","pipeline":[{"$match":{"a":1}}]},"indexes":[]}"#;
        let read = Metadata::from_json(older, "x").unwrap();
        assert_eq!((read.kind, read.collection.as_str()), (Kind::View, ""));
        let numbers = br#"{"options":{},"indexes":[{"v":2,"key":{"_id":1},"ns":"a.b"}]}"#;
        let read = Metadata::from_json(numbers, "x").unwrap();
        let index = Document::from_reader(&read.indexes[0][..]).unwrap();
        assert_eq!(index, doc! { "v": 2, "key": { "_id": 1 }, "ns": "a.b" });
    }

    #[test]
    fn what_is_no_definition_is_refused() {
        for text in [
            "",
            "[]",
            "{",
            r#"{"options":1}"#,
            r#"{"indexes":{}}"#,
            r#"{"indexes":[{"v":2}]}"#,
            r#"{"type":"queue"}"#,
            r#"{"options":{"a":{"$numberInt":"x"}}}"#,
        ] {
            let error = Metadata::from_json(text.as_bytes(), "x.metadata.json").unwrap_err();
            assert!(matches!(error, DumpError::Metadata { .. }), "{text}: {error}");
        }
    }
}
