//! What a stream of a set says about where its documents came from: the opaque metadata that the
//! vault keeps for it, as BSON.

use bytes::Bytes;
use mongodb::bson::{Binary, Bson, Document, doc, spec::BinarySubtype};
use source::mongo::{CollectionInfo, CollectionKind, LiveGames};
use source::profile::{CollectionSelection, DataClass, Part};
use vault::StreamManifest;

use crate::error::EngineError;

/// Version of the metadata's form.
const FORMAT: i32 = 1;

/// Name of a class's stream of Redis keys; no collection can be called so.
pub(crate) const REDIS_STREAM: &str = "$redis";

/// Definition of a collection as a set keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StreamSource {
    /// The profile's name for the collection.
    pub(crate) logical: String,
    pub(crate) kind: CollectionKind,
    /// Raw BSON of the creation options.
    pub(crate) options: Bytes,
    /// Raw BSON of each index specification.
    pub(crate) indexes: Vec<Bytes>,
    /// Classes that own documents of the stream.
    pub(crate) classes: Vec<DataClass>,
    /// Which documents of the collection the stream holds.
    pub(crate) part: Part,
    /// The collection's UUID: tells an increment that it is the same one still. Sets of the first
    /// releases do not have it, views never do.
    pub(crate) uuid: Option<[u8; 16]>,
    /// Raw `{_id: …}` of the games unfinished at the set's time, where the stream is a part: an
    /// increment must know which games changed sides.
    pub(crate) unfinished: Option<Vec<Bytes>>,
    /// Raw `{_id: …}` at which the parts after the first begin. The next full is cut there again, so
    /// that segments end where they did.
    pub(crate) cuts: Vec<Bytes>,
}

impl StreamSource {
    pub(crate) fn new(selection: &CollectionSelection, info: &CollectionInfo) -> Self {
        Self {
            logical: selection.logical.clone(),
            kind: info.kind,
            options: info.options_bson.clone(),
            indexes: info.indexes_bson.clone(),
            classes: selection.classes.clone(),
            part: selection.part,
            uuid: info.uuid,
            unfinished: None,
            cuts: Vec::new(),
        }
    }

    /// Indexes other than that of `_id`.
    pub(crate) fn secondary_indexes(&self) -> u32 {
        let all = u32::try_from(self.indexes.len()).unwrap_or(u32::MAX);
        if self.kind == CollectionKind::View { 0 } else { all.saturating_sub(1) }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, EngineError> {
        let classes: Vec<&str> = self.classes.iter().map(|class| class.name()).collect();
        let mut document = doc! {
            "format": FORMAT,
            "logical": &self.logical,
            "kind": kind_name(self.kind),
            "options": binary(&self.options),
            "indexes": binaries(&self.indexes),
            "classes": classes,
            "part": part_name(self.part),
        };
        if let Some(uuid) = &self.uuid {
            document.insert("uuid", binary(uuid));
        }
        if let Some(unfinished) = &self.unfinished {
            document.insert("unfinished", binaries(unfinished));
        }
        if !self.cuts.is_empty() {
            document.insert("cuts", binaries(&self.cuts));
        }
        document.to_vec().map_err(|error| EngineError::Worker { detail: error.to_string() })
    }

    pub(crate) fn of(backup: &str, stream: &StreamManifest) -> Result<Self, EngineError> {
        decode(&stream.metadata).ok_or_else(|| EngineError::BackupUnusable {
            backup: backup.to_owned(),
            detail: format!("the definition kept with {} is of no known form", stream.name),
        })
    }
}

fn decode(metadata: &[u8]) -> Option<StreamSource> {
    let document = Document::from_reader(metadata).ok()?;
    if document.get_i32("format").ok()? != FORMAT {
        return None;
    }
    let classes = document.get_array("classes").ok()?;
    Some(StreamSource {
        logical: document.get_str("logical").ok()?.to_owned(),
        kind: kind_of(document.get_str("kind").ok()?)?,
        options: bytes_of(document.get("options")?)?,
        indexes: list_of(&document, "indexes")??,
        classes: classes.iter().map(|class| class.as_str()?.parse().ok()).collect::<Option<_>>()?,
        part: part_of(document.get_str("part").ok()?)?,
        unfinished: list_of(&document, "unfinished")?,
        cuts: list_of(&document, "cuts")?.unwrap_or_default(),
        uuid: match document.get("uuid") {
            None => None,
            Some(uuid) => Some(bytes_of(uuid)?.as_ref().try_into().ok()?),
        },
    })
}

/// The games whose `_id`s were kept beside a part of the events.
pub(crate) fn live_games(kept: Option<&[Bytes]>) -> Result<Option<LiveGames>, EngineError> {
    let Some(ids) = kept else { return Ok(None) };
    let games = LiveGames::from_documents(ids.iter().map(AsRef::as_ref));
    games.map(Some).map_err(|error| EngineError::Worker { detail: error.to_string() })
}

pub(crate) fn binaries(list: &[Bytes]) -> Vec<Bson> {
    list.iter().map(|bytes| binary(bytes)).collect()
}

/// A list of binaries; the inner none where there is no such field.
pub(crate) fn list_of(document: &Document, name: &str) -> Option<Option<Vec<Bytes>>> {
    match document.get_array(name) {
        Ok(list) => list.iter().map(bytes_of).collect::<Option<_>>().map(Some),
        Err(_) => Some(None),
    }
}

pub(crate) fn binary(bytes: &[u8]) -> Bson {
    Bson::Binary(Binary { subtype: BinarySubtype::Generic, bytes: bytes.to_vec() })
}

pub(crate) fn bytes_of(value: &Bson) -> Option<Bytes> {
    match value {
        Bson::Binary(binary) => Some(Bytes::copy_from_slice(&binary.bytes)),
        _ => None,
    }
}

const KINDS: [(CollectionKind, &str); 5] = [
    (CollectionKind::Plain, "plain"),
    (CollectionKind::Capped, "capped"),
    (CollectionKind::View, "view"),
    (CollectionKind::TimeSeries, "time_series"),
    (CollectionKind::System, "system"),
];

pub(crate) fn kind_name(kind: CollectionKind) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == kind).map_or("plain", |(_, name)| name)
}

pub(crate) fn kind_of(name: &str) -> Option<CollectionKind> {
    KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
}

const PARTS: [(Part, &str); 3] =
    [(Part::Whole, "whole"), (Part::Unfinished, "unfinished"), (Part::Finished, "finished")];

fn part_name(part: Part) -> &'static str {
    PARTS.iter().find(|(known, _)| *known == part).map_or("whole", |(_, name)| name)
}

fn part_of(name: &str) -> Option<Part> {
    PARTS.iter().find(|(_, known)| *known == name).map(|(part, _)| *part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_survives_its_encoding() {
        let source = StreamSource {
            logical: "game_events".into(),
            kind: CollectionKind::Capped,
            options: Bytes::from_static(b"\x05\0\0\0\0"),
            indexes: vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")],
            classes: vec![DataClass::Active, DataClass::History],
            part: Part::Unfinished,
            uuid: Some([7; 16]),
            unfinished: Some(vec![Bytes::from_static(b"id")]),
            cuts: vec![Bytes::from_static(b"one"), Bytes::from_static(b"two")],
        };
        assert_eq!(decode(&source.encode().unwrap()).unwrap(), source);
        let older = StreamSource { uuid: None, ..source.clone() };
        assert_eq!(decode(&older.encode().unwrap()).unwrap(), older);
        assert_eq!(source.secondary_indexes(), 1);
        assert_eq!(decode(b"no bson"), None);
    }
}
