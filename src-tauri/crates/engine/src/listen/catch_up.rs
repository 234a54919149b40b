//! What was missed while nobody listened, by the logs of the games.

use mongodb::bson::{DateTime, Document, doc};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, HISTORY, LIVE, ids_of, members};
use crate::snapshot::{self, Chain};

/// How long before the newest snapshot a game may have ended and lack some: clocks differ, and the
/// newest may be of another game.
const SLACK_MS: i64 = 10 * 60_000;

/// Takes the snapshots of key moments that are missing: of games that are being played, and of those
/// that ended since the newest snapshot. Returns how many.
///
/// # Errors
/// When MongoDB or the vault does not answer; what was taken stays.
pub(super) async fn catch_up(engine: Engine) -> Result<u64, EngineError> {
    let mut games = of(&engine, LIVE, doc! {}).await?;
    if let Some(newest) = snapshot::newest_at(&engine).await? {
        let since = DateTime::from_millis(newest - SLACK_MS).timestamp_millis();
        games.extend(of(&engine, HISTORY, doc! { "endedAt": { "$gte": since } }).await?);
    }
    let mut taken = 0;
    for game in games {
        taken += complete(&engine, &game).await?;
    }
    Ok(taken)
}

/// Takes what is missing of one game.
async fn complete(engine: &Engine, game: &str) -> Result<u64, EngineError> {
    // It may have been removed meanwhile.
    let Some(record) = GameRecord::find(engine, game).await? else { return Ok(0) };
    let missing = snapshot::missing(engine, game, &record, record.last_seq()).await?;
    if missing.is_empty() {
        return Ok(0);
    }
    let mut chain = Chain::read(engine, game).await?;
    let stored = snapshot::store(engine, game, &mut chain, &missing).await?;
    Ok(snapshot::new_among(&stored))
}

async fn of(engine: &Engine, logical: &str, which: Document) -> Result<Vec<String>, EngineError> {
    let source = engine.source()?;
    let found = members(&source, logical, which, doc! { "_id": 1 }, "listing games").await?;
    Ok(ids_of(&found).collect())
}
