//! What was missed while nobody listened, by the logs of the games.

use futures::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, collection, failed};
use crate::snapshot::{self, Chain};

/// Logical names of the collections of games.
const LIVE: &str = "games";
const HISTORY: &str = "game_history";
/// How long before the newest snapshot a game may have ended and lack some: clocks differ, and the
/// newest may be of another game.
const SLACK_MS: i64 = 10 * 60_000;

/// Takes the snapshots of key moments that are missing: of games that are being played, and of those
/// that ended since the newest snapshot. Returns how many.
///
/// # Errors
/// When MongoDB or the vault does not answer; what was taken stays.
pub(super) async fn catch_up(engine: Engine) -> Result<u64, EngineError> {
    let mut games = ids(&engine, LIVE, doc! {}).await?;
    if let Some(newest) = snapshot::newest_at(&engine).await? {
        let since = DateTime::from_millis(newest - SLACK_MS).timestamp_millis();
        games.extend(ids(&engine, HISTORY, doc! { "endedAt": { "$gte": since } }).await?);
    }
    let mut taken = 0;
    for game in games {
        taken += complete(&engine, &game).await?;
    }
    Ok(taken)
}

/// Takes what is missing of one game.
async fn complete(engine: &Engine, game: &str) -> Result<u64, EngineError> {
    let record = match GameRecord::read(engine, game, None).await {
        Ok(record) => record,
        // It was removed meanwhile.
        Err(EngineError::NoSuchGame { .. }) => return Ok(0),
        Err(error) => return Err(error),
    };
    let missing = snapshot::missing(engine, game, &record, record.last_seq()).await?;
    if missing.is_empty() {
        return Ok(0);
    }
    let mut chain = Chain::read(engine, game).await?;
    let stored = snapshot::store(engine, game, &mut chain, &missing).await?;
    Ok(stored.iter().filter(|one| one.created).count() as u64)
}

async fn ids(engine: &Engine, logical: &str, which: Document) -> Result<Vec<String>, EngineError> {
    let source = engine.source()?;
    let name = collection(&source, logical)?;
    let failed = |error| failed("listing games", &name, error);
    let found = source
        .database()
        .collection::<Document>(&name)
        .find(which)
        .projection(doc! { "_id": 1 })
        .await
        .map_err(failed)?;
    let found: Vec<Document> = found.try_collect().await.map_err(failed)?;
    Ok(found.iter().filter_map(|one| one.get_str("_id").ok()).map(str::to_owned).collect())
}
