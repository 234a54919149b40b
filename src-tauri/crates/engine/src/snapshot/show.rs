use std::collections::BTreeMap;

use avalon::snapshot::{Snapshot, SnapshotError};
use avalon::state::GameState;
use mongodb::bson::{Document, doc};
use vault::Vault;

use super::body::{self, MOST_DEEP, Opened};
use super::outcome::{SnapshotRow, SnapshotShowRequest, SnapshotView};
use super::{collection, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::failed;

/// One snapshot in full, its state held against its hash.
///
/// # Errors
/// When MongoDB or the vault is not connected, there is no such snapshot, or it or one that it stands
/// on does not open.
pub async fn show(
    engine: &Engine,
    request: &SnapshotShowRequest,
) -> Result<SnapshotView, EngineError> {
    let read = read(engine, &request.id).await?;
    let document = serde_json::to_value(&read.document)
        .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    Ok(SnapshotView {
        row: read.row,
        at_seq: read.at_seq,
        base: read.base,
        whole: read.whole,
        document,
    })
}

/// A snapshot that was read, with the state that it tells.
pub(crate) struct ReadSnapshot {
    pub(crate) row: SnapshotRow,
    pub(crate) at_seq: u64,
    base: Option<String>,
    document: Snapshot,
    pub(crate) state: GameState,
    /// Whether that is the whole state; a document of somebody else's tells what its fields do.
    pub(crate) whole: bool,
}

/// Reads a snapshot, its state held against its hash.
pub(crate) async fn read(engine: &Engine, id: &str) -> Result<ReadSnapshot, EngineError> {
    let stored = find(engine, id).await?;
    let stored = stored.ok_or_else(|| EngineError::NoSuchSnapshot { id: id.to_owned() })?;
    let row = stored::row(&stored).ok_or_else(|| unusable(id, "it is no snapshot"))?;
    let opened = open(engine, &stored).await?;
    let document = opened.document().map_err(|error| refused(id, error))?;
    let Opened { at_seq, base, .. } = opened;
    let (state, whole) = match document.whole() {
        Ok(info) => (info.state, true),
        Err(SnapshotError::NotWhole { .. }) => {
            (GameState { seq: at_seq, ..document.told() }, false)
        }
        Err(error) => return Err(unusable(id, &error.to_string())),
    };
    let row = SnapshotRow { at_seq: Some(at_seq), ..row };
    Ok(ReadSnapshot { row, at_seq, base, document, state, whole })
}

async fn find(engine: &Engine, id: &str) -> Result<Option<Document>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let found = snapshots.find_one(doc! { "_id": id }).await;
    found.map_err(|error| failed("reading a snapshot", &name, error))
}

/// Where the snapshots are that another one stands on.
#[derive(Clone, Copy)]
pub(super) enum Bases<'b> {
    /// In the collection.
    Stored(&'b Engine),
    /// Among these, some of them open already.
    Read { documents: &'b BTreeMap<String, Document>, opened: &'b BTreeMap<String, Opened> },
}

impl<'b> Bases<'b> {
    fn opened(self, id: &str) -> Option<&'b Opened> {
        match self {
            Self::Stored(_) => None,
            Self::Read { opened, .. } => opened.get(id),
        }
    }

    async fn document(self, id: &str) -> Result<Option<Document>, EngineError> {
        match self {
            Self::Stored(engine) => find(engine, id).await,
            Self::Read { documents, .. } => Ok(documents.get(id).cloned()),
        }
    }
}

/// Opens a stored snapshot with those that it stands on: no more than the interval of keyframes.
pub(super) async fn open(engine: &Engine, document: &Document) -> Result<Opened, EngineError> {
    open_on(&engine.vault()?, document, Bases::Stored(engine)).await
}

/// Opens a stored snapshot on what it stands on.
pub(super) async fn open_on(
    vault: &Vault,
    document: &Document,
    bases: Bases<'_>,
) -> Result<Opened, EngineError> {
    let id = document.get_str("_id").unwrap_or_default().to_owned();
    let mut chain = Vec::new();
    let mut below = None;
    let mut next = (id.clone(), Some(document.clone()));
    loop {
        let (at, found) = next;
        let found = found.ok_or_else(|| unusable(&id, &format!("its base {at} is gone")))?;
        let sealed = stored::body(&found).ok_or_else(|| unusable(&at, "it has no body"))?;
        let body = body::open(vault, &at, sealed).await?;
        let base = body.base.clone();
        chain.push((at, body));
        if base.is_empty() {
            break;
        }
        below = bases.opened(&base);
        if below.is_some() {
            break;
        }
        if chain.len() > MOST_DEEP as usize {
            return Err(unusable(&id, "it stands on more snapshots than are ever written"));
        }
        next = (base.clone(), bases.document(&base).await?);
    }
    let mut opened: Option<Opened> = None;
    while let Some((at, body)) = chain.pop() {
        opened = Some(body::applied(&at, body, opened.as_ref().or(below))?);
    }
    opened.ok_or_else(|| unusable(&id, "it is empty"))
}

fn refused(id: &str, error: SnapshotError) -> EngineError {
    match error {
        SnapshotError::Newer(newer) => {
            EngineError::SnapshotTooNew { id: id.to_owned(), detail: newer.to_string() }
        }
        error => unusable(id, &error.to_string()),
    }
}

fn unusable(id: &str, detail: &str) -> EngineError {
    EngineError::SnapshotUnusable { id: id.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_newer_form_is_told_apart_from_damage() {
        let document = json!({ "metadata": { "snapshot_version": 99 } });
        let newer = refused("s1", Snapshot::of_document(document).unwrap_err());
        assert_eq!(newer.code(), "snapshot_too_new");
        let damaged = refused("s1", Snapshot::of_document(json!({})).unwrap_err());
        assert_eq!(damaged.code(), "snapshot_unusable");
    }
}
