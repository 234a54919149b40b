use avalon::snapshot::SnapshotError;
use mongodb::bson::{Document, doc};

use super::body::{self, MOST_DEEP, Opened};
use super::outcome::{SnapshotShowRequest, SnapshotView};
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
    let document = find(engine, &request.id).await?;
    let missing = || EngineError::NoSuchSnapshot { id: request.id.clone() };
    let document = document.ok_or_else(missing)?;
    let row = stored::row(&document).ok_or_else(|| unusable(&request.id, "it is no snapshot"))?;
    let opened = open(engine, &document).await?;
    let snapshot = opened.document()?;
    match snapshot.whole() {
        // Somebody else's shows the game all the same.
        Ok(_) | Err(SnapshotError::NotWhole { .. }) => {}
        Err(error) => return Err(unusable(&request.id, &error.to_string())),
    }
    let document = serde_json::to_value(&snapshot)
        .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    Ok(SnapshotView { row, at_seq: opened.at_seq, base: opened.base, document })
}

async fn find(engine: &Engine, id: &str) -> Result<Option<Document>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let found = snapshots.find_one(doc! { "_id": id }).await;
    found.map_err(|error| failed("reading a snapshot", &name, error))
}

/// Opens a stored snapshot with those that it stands on: no more than the interval of keyframes.
pub(super) async fn open(engine: &Engine, document: &Document) -> Result<Opened, EngineError> {
    let vault = engine.vault()?;
    let id = document.get_str("_id").unwrap_or_default().to_owned();
    let mut chain = Vec::new();
    let mut next = (id.clone(), Some(document.clone()));
    loop {
        let (at, found) = next;
        let found = found.ok_or_else(|| unusable(&id, &format!("its base {at} is gone")))?;
        let sealed = stored::body(&found).ok_or_else(|| unusable(&at, "it has no body"))?;
        let body = body::open(&vault, &at, sealed).await?;
        let base = body.base.clone();
        chain.push((at, body));
        if base.is_empty() {
            break;
        }
        if chain.len() > MOST_DEEP as usize {
            return Err(unusable(&id, "it stands on more snapshots than are ever written"));
        }
        next = (base.clone(), find(engine, &base).await?);
    }
    let mut opened: Option<Opened> = None;
    while let Some((at, body)) = chain.pop() {
        opened = Some(body::applied(&at, body, opened.as_ref())?);
    }
    opened.ok_or_else(|| unusable(&id, "it is empty"))
}

fn unusable(id: &str, detail: &str) -> EngineError {
    EngineError::SnapshotUnusable { id: id.to_owned(), detail: detail.to_owned() }
}
