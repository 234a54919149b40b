//! A game out of the event log: each event as it was when it was written, whatever became of it since.

use std::collections::BTreeMap;

use mongodb::bson::Document;
use source::change::Operation;
use source::mongo::ClusterTime;
use ulid::Ulid;
use vault::{LogView, Vault, VaultError};

use super::kept::{KeptGames, SLACK_MS, is_of, key_of, read as read_document};
use super::list::collection;
use super::live;
use super::log::GameLog;
use super::outcome::LogPlace;
use super::record::{EVENTS, GameRecord};
use super::row;
use crate::backup::LATEST;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::{DATABASE, is_of as is_log_of};

/// Reads a game out of the logs in the store. Events from before the logs are those of the newest
/// backup. Needs no database; with one, its own logs alone are read.
///
/// # Errors
/// When the store is not connected, a log cannot be read, or neither holds such a game.
pub(super) async fn read(engine: &Engine, id: &str) -> Result<GameRecord, EngineError> {
    let (vault, source) = (engine.vault()?, engine.source().ok());
    let mut logs = vault.logs().await?;
    if let Some(source) = &source {
        logs.retain(|log| is_log_of(log, source));
    }
    let newest = newest(engine).await?;
    let events = match (&source, &newest) {
        (Some(source), _) => Some(collection(source, EVENTS)?),
        (None, Some(kept)) => kept.events_collection()?,
        (None, None) => None,
    };
    let missing = || EngineError::NoSuchGame { id: id.to_owned() };
    let events = events.ok_or_else(missing)?;
    let mut told = BTreeMap::new();
    for log in &logs {
        gather(&vault, log, &events, id, &mut told).await?;
    }
    let until = logs.iter().map(|log| ClusterTime::from_number(log.to).time).max();
    let count = |events: &BTreeMap<i64, Document>| u32::try_from(events.len()).unwrap_or(u32::MAX);
    let in_log = count(&told);
    if in_log == 0 {
        return Err(missing());
    }
    if let Some(kept) = &newest {
        add_earlier(kept, id, &mut told).await?;
    }
    let place =
        LogPlace { events: in_log, kept: count(&told) - in_log, until: until.map_or(0, i64::from) };
    let mut record = GameRecord::of(id, None, GameLog::of(told.into_values().collect())?)?;
    record.log_place = Some(place);
    record.nicks = match (&source, &newest) {
        (Some(source), _) => live::nicks(source, &record.players()).await?,
        (None, Some(kept)) => kept.nicks(&record.players()).await?,
        (None, None) => BTreeMap::new(),
    };
    Ok(record)
}

/// The newest backup; none where there is none, or it is damaged: the log tells what it can.
async fn newest(engine: &Engine) -> Result<Option<KeptGames>, EngineError> {
    match KeptGames::open(engine, LATEST).await {
        Ok(kept) => Ok(Some(kept)),
        Err(EngineError::NoBackup) => Ok(None),
        Err(EngineError::Vault(error)) if matches!(*error, VaultError::Damaged { .. }) => {
            tracing::warn!(%error, "what happened before the event log is not told: the newest backup is damaged");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Adds what a backup has of the game from before the first event that a log told.
async fn add_earlier(
    kept: &KeptGames,
    id: &str,
    told: &mut BTreeMap<i64, Document>,
) -> Result<(), EngineError> {
    let Some(first) = told.keys().next().copied().filter(|first| *first > 1) else {
        return Ok(());
    };
    for event in kept.log_documents(id).await? {
        if seq_of(&event) < first {
            told.insert(seq_of(&event), event);
        }
    }
    Ok(())
}

/// The game's events that were written within a log, by number: the first of each.
async fn gather(
    vault: &Vault,
    log: &LogView,
    events: &str,
    id: &str,
    told: &mut BTreeMap<i64, Document>,
) -> Result<(), EngineError> {
    let Some(database) = log.attributes.get(DATABASE) else { return Ok(()) };
    let namespace = format!("{database}.{events}");
    let wanted = key_of(id)?;
    let from = log.from.max(begun(id));
    if from >= log.to {
        return Ok(());
    }
    let unreadable = |reason: String| EngineError::LogUnusable { log: log.id.clone(), reason };
    let mut reader = vault.read_log(&log.id, from, log.to).await?;
    while let Some(batch) = reader.next_batch().await? {
        for record in batch {
            let operation =
                Operation::parse(&record.body).map_err(|error| unreadable(error.to_string()))?;
            if operation.op == "i"
                && operation.namespace == namespace
                && is_of(operation.object, &wanted)?
            {
                let event = read_document(operation.object)?;
                told.entry(seq_of(&event)).or_insert(event);
            }
        }
    }
    Ok(())
}

fn seq_of(event: &Document) -> i64 {
    row::number(event.get("seq")).unwrap_or(0)
}

/// The position in logs before which nothing of a game can be: its id tells when it was made.
fn begun(id: &str) -> u64 {
    let Ok(made) = Ulid::from_string(id) else { return 0 };
    let seconds = made.timestamp_ms().saturating_sub(SLACK_MS.unsigned_abs()) / 1000;
    let time = u32::try_from(seconds).unwrap_or(0);
    ClusterTime { time, increment: 0 }.to_number()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_read_from_where_a_game_can_have_begun() {
        let made = Ulid::from_parts(1_767_225_600_000, 7).to_string();
        let before = ClusterTime { time: 1_767_225_600 - 600, increment: 0 };
        assert_eq!(begun(&made), before.to_number());
        assert_eq!(begun("game-1"), 0, "its id tells nothing");
    }
}
