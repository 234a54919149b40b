use mongodb::bson::RawDocument;
use serde_json::Value;
use source::rawbson::{self, MalformedBson, kind};
use vault::Record;

use super::Stream;
use super::outcome::{DocumentRequest, DocumentView, TreeNode};
use super::place::Place;
use super::preview::{self, kind_name, text, unreadable};
use super::walk::Walk;
use crate::engine::Engine;
use crate::error::EngineError;

/// Nodes of a tree; one document may hold millions.
const NODES: usize = 5_000;
/// Collections whose documents are games, by the profile's names.
const GAMES: [&str; 2] = ["games", "game_history"];

/// One document in full.
///
/// # Errors
/// When the vault is not connected, there is no such backup, collection or document, or an object is
/// damaged.
pub async fn document(
    engine: &Engine,
    request: &DocumentRequest,
) -> Result<DocumentView, EngineError> {
    let place = Place::decode("key", &request.key)?;
    let stream = Stream::find(engine, &request.backup, request.class, &request.collection).await?;
    let found = Walk::from(&stream, place.clone()).await?.next().await?;
    let Some((_, record)) = found.filter(|(at, _)| *at == place) else {
        let reason = format!("{} holds no such document in this backup", request.collection);
        return Err(EngineError::Invalid { field: "key", reason });
    };
    let shown = preview::shown(&stream, &record)?;
    let json = shown.json(&record)?;
    let mut tree = Tree { left: NODES, cut: false };
    let nodes = match (&json, stream.holds_keys()) {
        (Some(json), true) => tree.of_json(&serde_json::from_str(json).map_err(unreadable)?),
        _ => tree.of_document(&record.doc).map_err(unreadable)?,
    };
    Ok(DocumentView {
        key: request.key.clone(),
        id: shown.id,
        bytes: record.doc.len() as u64,
        json,
        cut: tree.cut,
        tree: nodes,
        game: game_of(&stream, &record)?,
    })
}

/// The game that a document is about.
fn game_of(stream: &Stream, record: &Record) -> Result<Option<String>, EngineError> {
    let Some(definition) = stream.definition()? else {
        return Ok(None);
    };
    let field = match definition.logical.as_str() {
        logical if GAMES.contains(&logical) => "_id",
        "game_events" => "gameId",
        _ => return Ok(None),
    };
    let id = RawDocument::from_bytes(&record.doc).ok().and_then(|raw| raw.get_str(field).ok());
    Ok(id.map(str::to_owned))
}

/// Makes nodes until there are enough of them.
struct Tree {
    left: usize,
    /// Whether there was more.
    cut: bool,
}

impl Tree {
    fn of_document(&mut self, document: &[u8]) -> Result<Vec<TreeNode>, MalformedBson> {
        let mut nodes = Vec::new();
        for element in rawbson::elements(document)? {
            if !self.takes_one() {
                break;
            }
            let element = element?;
            let children = match element.kind {
                kind::DOCUMENT | kind::ARRAY => self.of_document(element.value)?,
                _ => Vec::new(),
            };
            nodes.push(TreeNode {
                name: String::from_utf8_lossy(element.name).into_owned(),
                kind: kind_name(element.kind).to_owned(),
                text: text(&element),
                children,
            });
        }
        Ok(nodes)
    }

    fn of_json(&mut self, value: &Value) -> Vec<TreeNode> {
        let entries: Vec<(String, &Value)> = match value {
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), value)).collect()
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect()
            }
            _ => Vec::new(),
        };
        let mut nodes = Vec::new();
        for (name, value) in entries {
            if !self.takes_one() {
                break;
            }
            let (kind, text) = match value {
                Value::Object(fields) => ("object", format!("{{{}}}", fields.len())),
                Value::Array(items) => ("array", format!("[{}]", items.len())),
                Value::String(text) => ("string", text.clone()),
                Value::Bool(value) => ("bool", value.to_string()),
                Value::Number(number) => ("number", number.to_string()),
                Value::Null => ("null", "null".to_owned()),
            };
            let children = self.of_json(value);
            nodes.push(TreeNode { name, kind: kind.to_owned(), text, children });
        }
        nodes
    }

    fn takes_one(&mut self) -> bool {
        self.cut |= self.left == 0;
        self.left = self.left.saturating_sub(1);
        !self.cut
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn a_tree_ends_at_its_limit() {
        let document = doc! { "a": [1, { "b": "x" }], "c": 2_i64 }.to_vec().unwrap();
        let nodes = Tree { left: 100, cut: false }.of_document(&document).unwrap();
        let inner = &nodes[0].children[1].children[0];
        assert_eq!(
            (inner.name.as_str(), inner.kind.as_str(), inner.text.as_str()),
            ("b", "string", "x")
        );
        let mut cut = Tree { left: 3, cut: false };
        assert_eq!(cut.of_document(&document).unwrap().len(), 1);
        assert!(cut.cut);
    }
}
