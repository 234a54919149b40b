//! What a log's mark tells: definitions changed, and what they are from then on.

use bytes::Bytes;
use mongodb::bson::{Document, Timestamp, doc};
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind};

use crate::backup::stream::{binaries, binary, bytes_of, kind_name, kind_of, list_of};
use crate::error::EngineError;

/// Version of a mark's form.
const FORMAT: i32 = 1;

/// A collection as it is defined from a time on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Defined {
    pub(crate) name: String,
    pub(crate) kind: CollectionKind,
    /// None for a view.
    pub(crate) uuid: Option<[u8; 16]>,
    /// Raw BSON of the creation options.
    pub(crate) options: Bytes,
    /// Raw BSON of each index.
    pub(crate) indexes: Vec<Bytes>,
}

impl Defined {
    pub(crate) fn of(info: &CollectionInfo) -> Self {
        Self {
            name: info.name.clone(),
            kind: info.kind,
            uuid: info.uuid,
            options: info.options_bson.clone(),
            indexes: info.indexes_bson.clone(),
        }
    }
}

/// Definitions changed from `since` on; from the mark's own position on they are these.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DefinitionsMark {
    /// The first change.
    pub(crate) since: ClusterTime,
    /// None where they did not come to rest: then the next mark tells.
    pub(crate) collections: Option<Vec<Defined>>,
    /// Collections created inside the log since the mark before.
    pub(crate) created: Vec<[u8; 16]>,
    /// What changed, for people: `avalon.games: drop`.
    pub(crate) changes: Vec<String>,
}

impl DefinitionsMark {
    pub(crate) fn encode(&self) -> Result<Vec<u8>, EngineError> {
        let mut document = doc! {
            "format": FORMAT,
            "since": Timestamp::from(self.since),
            "created": self.created.iter().map(|uuid| binary(uuid)).collect::<Vec<_>>(),
            "changes": &self.changes,
        };
        if let Some(collections) = &self.collections {
            document.insert("collections", collections.iter().map(encode).collect::<Vec<_>>());
        }
        document.to_vec().map_err(|error| EngineError::Worker { detail: error.to_string() })
    }

    /// None for what a later version wrote.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let document = Document::from_reader(body).ok()?;
        if document.get_i32("format").ok()? != FORMAT {
            return None;
        }
        let collections = match document.get_array("collections") {
            Ok(list) => {
                let decoded: Option<_> =
                    list.iter().map(|one| decode(one.as_document()?)).collect();
                Some(decoded?)
            }
            Err(_) => None,
        };
        let created = list_of(&document, "created")??;
        let changes = document.get_array("changes").ok()?;
        Some(Self {
            since: document.get_timestamp("since").ok()?.into(),
            collections,
            created: created.iter().map(|id| id.as_ref().try_into().ok()).collect::<Option<_>>()?,
            changes: changes
                .iter()
                .map(|one| one.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        })
    }
}

fn encode(defined: &Defined) -> Document {
    let mut document = doc! {
        "name": &defined.name,
        "kind": kind_name(defined.kind),
        "options": binary(&defined.options),
        "indexes": binaries(&defined.indexes),
    };
    if let Some(uuid) = &defined.uuid {
        document.insert("uuid", binary(uuid));
    }
    document
}

fn decode(document: &Document) -> Option<Defined> {
    Some(Defined {
        name: document.get_str("name").ok()?.to_owned(),
        kind: kind_of(document.get_str("kind").ok()?)?,
        uuid: match document.get("uuid") {
            None => None,
            Some(uuid) => Some(bytes_of(uuid)?.as_ref().try_into().ok()?),
        },
        options: bytes_of(document.get("options")?)?,
        indexes: list_of(document, "indexes")??,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_its_encoding() {
        let games = Defined {
            name: "games".into(),
            kind: CollectionKind::Plain,
            uuid: Some([3; 16]),
            options: Bytes::from_static(b"\x05\0\0\0\0"),
            indexes: vec![Bytes::from_static(b"one")],
        };
        let view =
            Defined { name: "v".into(), kind: CollectionKind::View, uuid: None, ..games.clone() };
        let mark = DefinitionsMark {
            since: ClusterTime { time: 7, increment: 2 },
            collections: Some(vec![games, view]),
            created: vec![[3; 16]],
            changes: vec!["avalon.games: create".into()],
        };
        assert_eq!(DefinitionsMark::decode(&mark.encode().unwrap()), Some(mark.clone()));
        let restless = DefinitionsMark { collections: None, ..mark };
        assert_eq!(DefinitionsMark::decode(&restless.encode().unwrap()), Some(restless));
        assert_eq!(DefinitionsMark::decode(b"later"), None);
    }
}
