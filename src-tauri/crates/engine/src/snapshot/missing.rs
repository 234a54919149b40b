use std::collections::BTreeSet;

use avalon::id::GameId;
use avalon::moment::moments;
use avalon::snapshot::{Snapshot, SnapshotType, id_of};
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};

use super::collection;
use super::create::cut_at;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, failed, ids_of};

/// The snapshots of a game's key moments up to an event that are not there, in order of the log.
/// They are cut now; nothing is written.
///
/// # Errors
/// When MongoDB does not answer.
pub(crate) async fn missing(
    engine: &Engine,
    game: &str,
    record: &GameRecord,
    up_to: u64,
) -> Result<Vec<Snapshot>, EngineError> {
    let policy = engine.connections().snapshots;
    let game_id = GameId::from(game);
    let wanted: Vec<(SnapshotType, u64, String)> = moments(record.envelopes())
        .filter(|(moment, seq)| *seq <= up_to && policy.moments.contains(moment))
        .map(|(moment, seq)| {
            let kind = SnapshotType::from(moment);
            (kind, seq, id_of(&game_id, kind, seq))
        })
        .collect();
    let there = there(engine, wanted.iter().map(|(_, _, id)| id.as_str())).await?;
    let now = engine.context().now_ms();
    let lacking = || wanted.iter().filter(|(_, _, id)| !there.contains(id));
    let states = record.states_at(&lacking().map(|(_, seq, _)| *seq).collect());
    lacking()
        .filter_map(|(kind, seq, _)| Some(cut_at(record, states.get(seq)?, *seq, *kind, now)))
        .collect()
}

/// Which of these snapshots are there.
pub(crate) async fn there<'a>(
    engine: &Engine,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeSet<String>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let ids: Vec<&str> = ids.into_iter().collect();
    let failed = |error| failed("looking for snapshots", &name, error);
    let found = snapshots
        .find(doc! { "_id": { "$in": ids } })
        .projection(doc! { "_id": 1 })
        .await
        .map_err(failed)?;
    let found: Vec<Document> = found.try_collect().await.map_err(failed)?;
    Ok(ids_of(&found).collect())
}
