use futures::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc};
use vault::Vault;

use super::outcome::{SnapshotListRequest, SnapshotPage, SnapshotRow};
use super::{collection, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{escape, failed};

/// Most rows of a page.
const MOST: u32 = 200;

/// A page of snapshots, newest first. Looked for by what is in plain; a player by the keyed hash.
///
/// # Errors
/// When MongoDB or the vault is not connected, or the request is invalid.
pub async fn list(
    engine: &Engine,
    request: &SnapshotListRequest,
) -> Result<SnapshotPage, EngineError> {
    if request.limit == 0 || request.limit > MOST {
        let reason = format!("{} is not between 1 and {MOST}", request.limit);
        return Err(EngineError::Invalid { field: "limit", reason });
    }
    let (snapshots, name) = collection(&engine.source()?)?;
    let failed = |error| failed("listing snapshots", &name, error);
    let mut found = snapshots
        .find(filter(request, &engine.vault()?)?)
        .sort(doc! { "timestamp": -1, "_id": -1 })
        .limit(i64::from(request.limit) + 1)
        .await
        .map_err(failed)?;
    let mut rows: Vec<SnapshotRow> = Vec::new();
    while let Some(document) = found.try_next().await.map_err(failed)? {
        rows.extend(stored::row(&document));
    }
    let more = rows.len() > request.limit as usize;
    rows.truncate(request.limit as usize);
    let cursor = rows.last().filter(|_| more).map(|row| format!("{}:{}", row.at, row.id));
    Ok(SnapshotPage { snapshots: rows, cursor })
}

fn filter(request: &SnapshotListRequest, vault: &Vault) -> Result<Document, EngineError> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut all: Vec<Document> = Vec::new();
    all.extend(text(&request.game).map(|id| doc! { "game_id": id }));
    all.extend(text(&request.room).map(|id| doc! { "room_id": id }));
    let player = text(&request.player);
    all.extend(player.map(|id| doc! { "players": stored::pseudonym(vault, &id) }));
    if !request.kinds.is_empty() {
        let kinds: Vec<Bson> = request.kinds.iter().map(|kind| kind.as_str().into()).collect();
        all.push(doc! { "snapshot_type": { "$in": kinds } });
    }
    let time = |ms: i64| DateTime::from_millis(ms);
    all.extend(request.from.map(|from| doc! { "timestamp": { "$gte": time(from) } }));
    all.extend(request.to.map(|to| doc! { "timestamp": { "$lt": time(to) } }));
    if let Some(begin) = text(&request.text) {
        let begins = doc! { "$regex": format!("^{}", escape(begin.trim())) };
        all.push(doc! { "$or": [
            { "_id": &begins }, { "game_id": &begins }, { "room_id": begins },
        ] });
    }
    if let Some(cursor) = &request.cursor {
        all.push(after(cursor)?);
    }
    Ok(if all.is_empty() {
        doc! {}
    } else {
        doc! { "$and": all }
    })
}

/// What comes after the row that the cursor names.
fn after(cursor: &str) -> Result<Document, EngineError> {
    let invalid = || EngineError::Invalid {
        field: "cursor",
        reason: format!("{cursor:?} is not where a page ended"),
    };
    let (at, id) = cursor.split_once(':').ok_or_else(invalid)?;
    let at = DateTime::from_millis(at.parse().map_err(|_| invalid())?);
    Ok(doc! { "$or": [
        { "timestamp": { "$lt": at } }, { "timestamp": at, "_id": { "$lt": id } },
    ] })
}
