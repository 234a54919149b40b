//! A snapshot's document in the database: what is in plain, and the sealed body.

use avalon::snapshot::{Snapshot, SnapshotType};
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};
use std::time::Duration;
use vault::Vault;

use super::outcome::SnapshotRow;
use crate::error::EngineError;
use crate::games::failed;

/// Purpose of the keyed hashes of player ids.
const PLAYER: &str = "snapshot player";

/// The keyed hash that stands for a player.
pub(super) fn pseudonym(vault: &Vault, player: &str) -> String {
    vault.pseudonym(PLAYER, player)
}

/// The document that is stored.
pub(super) fn document(
    vault: &Vault,
    snapshot: &Snapshot,
    body: Vec<u8>,
    expires_at: i64,
) -> Document {
    let players: Vec<Bson> = snapshot
        .players
        .iter()
        .map(|player| pseudonym(vault, player.player_id.as_str()).into())
        .collect();
    doc! {
        "_id": &snapshot.snapshot_id,
        "game_id": snapshot.game_id.as_str(),
        "room_id": snapshot.room_id.as_ref().map(avalon::id::RoomId::as_str),
        "snapshot_type": snapshot.snapshot_type.as_str(),
        "timestamp": DateTime::from_millis(snapshot.timestamp),
        "metadata": { "version": snapshot.metadata.version.as_ref().map(ToString::to_string) },
        "players": players,
        "body": Binary { subtype: BinarySubtype::Generic, bytes: body },
        "expireAt": DateTime::from_millis(expires_at),
    }
}

/// The row of a stored document, but for what its body tells; none when it is no snapshot.
pub(super) fn row(document: &Document) -> Option<SnapshotRow> {
    let kind = document.get_str("snapshot_type").ok()?;
    Some(SnapshotRow {
        id: document.get_str("_id").ok()?.to_owned(),
        game: document.get_str("game_id").ok()?.to_owned(),
        room: document.get_str("room_id").ok().map(str::to_owned),
        kind: SnapshotType::ALL.into_iter().find(|known| known.as_str() == kind)?,
        at: document.get_datetime("timestamp").ok()?.timestamp_millis(),
        version: document
            .get_document("metadata")
            .ok()
            .and_then(|metadata| metadata.get_str("version").ok())
            .map(str::to_owned),
        at_seq: None,
        bytes: body(document).map_or(0, |body| body.len() as u64),
        expires_at: document.get_datetime("expireAt").ok().map(|at| at.timestamp_millis()),
    })
}

/// The sealed body.
pub(super) fn body(document: &Document) -> Option<&[u8]> {
    match document.get("body")? {
        Bson::Binary(binary) => Some(&binary.bytes),
        _ => None,
    }
}

/// Makes the indexes; those that are there stay.
pub(super) async fn ensure_indexes(
    collection: &Collection<Document>,
    name: &str,
) -> Result<(), EngineError> {
    let index = |keys: Document| IndexModel::builder().keys(keys).build();
    let gone = IndexOptions::builder().expire_after(Duration::ZERO).build();
    // Newest first is the order of every list, so each filter has an index in that order. Types at
    // the end are tested in the index, before a document is fetched.
    let indexes = [
        index(doc! { "game_id": 1, "snapshot_type": 1 }),
        index(doc! { "game_id": 1, "snapshot_type": 1, "timestamp": -1, "_id": -1 }),
        index(doc! { "game_id": 1, "timestamp": -1, "_id": -1 }),
        index(doc! { "room_id": 1, "timestamp": -1, "_id": -1, "snapshot_type": 1 }),
        index(doc! { "players": 1, "timestamp": -1, "_id": -1, "snapshot_type": 1 }),
        index(doc! { "snapshot_type": 1, "timestamp": -1, "_id": -1 }),
        index(doc! { "timestamp": -1, "_id": -1 }),
        IndexModel::builder().keys(doc! { "expireAt": 1 }).options(gone).build(),
    ];
    let made = collection.create_indexes(indexes).await;
    made.map(drop).map_err(|error| failed("making the indexes of snapshots", name, error))
}
