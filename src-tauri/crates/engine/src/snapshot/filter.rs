//! Which snapshots are meant: filters that are served in the order of the list, newest first.

use futures::TryStreamExt;
use mongodb::Collection;
use mongodb::bson::{Bson, DateTime, Document, doc};
use vault::Vault;

use super::outcome::SnapshotListRequest;
use super::stored;
use crate::error::EngineError;
use crate::games::failed;

/// Most games, rooms and snapshots, each, that a text may be the beginning of. The server merges
/// no more than 200 places of an index in their order.
const NAMED: u32 = 60;

/// What the request asks for.
pub(super) async fn wanted(
    snapshots: &Collection<Document>,
    name: &str,
    request: &SnapshotListRequest,
    vault: &Vault,
) -> Result<Document, EngineError> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let mut all = Document::new();
    all.extend(text(&request.game).map(|id| ("game_id".to_owned(), id.into())));
    all.extend(text(&request.room).map(|id| ("room_id".to_owned(), id.into())));
    let player = text(&request.player).map(|id| stored::pseudonym(vault, &id));
    all.extend(player.map(|hash| ("players".to_owned(), hash.into())));
    match request.kinds.as_slice() {
        [] => {}
        [kind] => drop(all.insert("snapshot_type", kind.as_str())),
        kinds => {
            let kinds: Vec<Bson> = kinds.iter().map(|kind| kind.as_str().into()).collect();
            all.insert("snapshot_type", doc! { "$in": kinds });
        }
    }
    let mut time = Document::new();
    time.extend(request.from.map(|from| ("$gte".to_owned(), DateTime::from_millis(from).into())));
    time.extend(request.to.map(|to| ("$lt".to_owned(), DateTime::from_millis(to).into())));
    if !time.is_empty() {
        all.insert("timestamp", time);
    }
    if let Some(begin) = text(&request.text) {
        let named = named(snapshots, begin.trim())
            .await
            .map_err(|error| failed("looking for what an id begins with", name, error))?
            .ok_or_else(|| EngineError::Invalid {
                field: "text",
                reason: format!(
                    "more than {NAMED} games, rooms or snapshots begin with {:?}: give more of the id",
                    begin.trim()
                ),
            })?;
        all.insert("$or", named);
    }
    Ok(all)
}

/// What comes after the row that the cursor names. Two conditions that the index meets in one walk,
/// where an `$or` of them would be two.
pub(super) fn after(cursor: &str) -> Result<Document, EngineError> {
    let invalid = || EngineError::Invalid {
        field: "cursor",
        reason: format!("{cursor:?} is not where a page ended"),
    };
    let (at, id) = cursor.split_once(':').ok_or_else(invalid)?;
    let at = DateTime::from_millis(at.parse().map_err(|_| invalid())?);
    Ok(doc! {
        "timestamp": { "$lte": at },
        "$nor": [{ "timestamp": at, "_id": { "$gte": id } }],
    })
}

/// Exactly the games, rooms and snapshots whose ids begin so, each as a place of an index that is in
/// the order of the list: a range of ids is not. None when they are too many.
async fn named(
    snapshots: &Collection<Document>,
    begin: &str,
) -> mongodb::error::Result<Option<Vec<Document>>> {
    // Behind whatever begins so.
    let end = format!("{begin}\u{10FFFF}");
    let range = doc! { "$gte": begin, "$lt": end };
    let mut branches = Vec::new();
    for field in ["game_id", "room_id"] {
        let found: Vec<Document> = snapshots
            .aggregate([
                doc! { "$match": { field: &range } },
                doc! { "$group": { "_id": format!("${field}") } },
                doc! { "$limit": NAMED + 1 },
            ])
            .await?
            .try_collect()
            .await?;
        if found.len() > NAMED as usize {
            return Ok(None);
        }
        let ids = found.into_iter().filter_map(|mut group| group.remove("_id"));
        branches.extend(ids.map(|id| doc! { field: id }));
    }
    let found: Vec<Document> = snapshots
        .find(doc! { "_id": range })
        .projection(doc! { "timestamp": 1 })
        .limit(i64::from(NAMED) + 1)
        .await?
        .try_collect()
        .await?;
    if found.len() > NAMED as usize {
        return Ok(None);
    }
    // With its time a snapshot is a place of the index by time.
    branches.extend(found);
    if branches.is_empty() {
        // An empty `$or` is refused; no game is called so, else it had been found.
        branches.push(doc! { "game_id": begin });
    }
    Ok(Some(branches))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_names_a_place() {
        assert!(after("12:5b0c").is_ok());
        assert!(after("5b0c").is_err());
        assert!(after("x:5b0c").is_err());
    }
}
