//! A game out of the event log: each event as it was when it was written, whatever became of it since.

use std::collections::BTreeMap;

use mongodb::bson::Document;
use source::change::Operation;
use source::mongo::ClusterTime;
use ulid::Ulid;
use vault::{LogRecord, LogView, Topics, Vault, VaultError};

use super::kept::{KeptGames, SLACK_MS, game_key, is_of, key_of, read as read_document};
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

/// What was read of a game in the logs.
#[derive(Debug)]
pub(super) struct LoggedGame {
    /// How far each log was read.
    read_to: BTreeMap<String, u64>,
    /// The events that the logs told, by number: the first of each.
    told: BTreeMap<i64, Document>,
    /// Events from before the logs; none where there was no backup to ask.
    earlier: Option<Vec<Document>>,
    /// The game as these events make it, without the players' names.
    record: GameRecord,
    /// Their names by a backup; only where there was no database.
    nicks: Option<BTreeMap<String, String>>,
}

/// Reads a game out of the logs in the store. Events from before the logs are those of the newest
/// backup. Needs no database; with one, its own logs alone are read. Of a game that was read lately
/// only what the logs have gained is read.
///
/// # Errors
/// When the store is not connected, a log cannot be read, or neither holds such a game.
pub(super) async fn read(engine: &Engine, id: &str) -> Result<GameRecord, EngineError> {
    let (vault, source) = (engine.vault()?, engine.source().ok());
    let mut logs = vault.logs().await?;
    if let Some(source) = &source {
        logs.retain(|log| is_log_of(log, source));
    }
    let lately = &engine.read_lately().logs;
    let key = [vault.id(), id.to_owned()];
    let game = match lately.get(&key).filter(|game| game.is_of(&logs)) {
        Some(game) if game.tells_all(&logs, source.is_some()) => game,
        before => {
            let read = LoggedGame::read(engine, &vault, &logs, id, before.as_deref()).await?;
            lately.put(key, read)
        }
    };
    let mut record = game.record.clone();
    record.nicks = match &source {
        Some(source) => live::nicks(source, &record.players()).await?,
        None => game.nicks.clone().unwrap_or_default(),
    };
    let until = logs.iter().map(|log| ClusterTime::from_number(log.to).time).max();
    if let Some(place) = &mut record.log_place {
        place.until = until.map_or(0, i64::from);
    }
    Ok(record)
}

impl LoggedGame {
    /// Whether these logs are those that were read, or what they have become since.
    fn is_of(&self, logs: &[LogView]) -> bool {
        self.read_to.iter().all(|(id, to)| logs.iter().any(|log| log.id == *id && log.to >= *to))
    }

    /// Whether neither the logs nor a backup can tell more, where a database may tell the names.
    fn tells_all(&self, logs: &[LogView], database: bool) -> bool {
        logs.iter().all(|log| self.read_to.get(&log.id) == Some(&log.to))
            && self.earlier.is_some()
            && (database || self.nicks.is_some())
    }

    /// Reads the game; what was read before is not read again.
    async fn read(
        engine: &Engine,
        vault: &Vault,
        logs: &[LogView],
        id: &str,
        before: Option<&Self>,
    ) -> Result<Self, EngineError> {
        let missing = || EngineError::NoSuchGame { id: id.to_owned() };
        let source = engine.source().ok();
        let mut backup = match &source {
            Some(_) => None,
            None => newest(engine).await?,
        };
        let events = match (&source, &backup) {
            (Some(source), _) => Some(collection(source, EVENTS)?),
            (None, Some(kept)) => kept.events_collection()?,
            (None, None) => None,
        };
        let events = events.ok_or_else(missing)?;
        let known = before.map(|game| (game.read_to.clone(), game.told.clone()));
        let (mut read_to, mut told) = known.unwrap_or_default();
        for log in logs {
            let from = read_to.get(&log.id).map_or(log.from, |to| log.from.max(*to));
            gather(vault, log, from, (&events, id), &mut told).await?;
            read_to.insert(log.id.clone(), log.to);
        }
        let first = told.keys().next().copied().ok_or_else(missing)?;
        let earlier = match before.and_then(|game| game.earlier.clone()) {
            None if first > 1 => {
                if source.is_some() {
                    backup = newest(engine).await?;
                }
                match &backup {
                    Some(kept) => Some(earlier_than(first, kept, id).await?),
                    None => None,
                }
            }
            earlier => Some(earlier.unwrap_or_default()),
        };
        let record = match before {
            Some(game) if game.told.len() == told.len() && game.earlier == earlier => {
                game.record.clone()
            }
            _ => put_together(id, earlier.as_deref().unwrap_or_default(), &told)?,
        };
        let nicks = match (&source, &backup) {
            (None, Some(kept)) => Some(kept.nicks(&record.players()).await?),
            _ => None,
        };
        Ok(Self { read_to, told, earlier, record, nicks })
    }
}

/// The game as its events from before the logs and in them make it.
fn put_together(
    id: &str,
    earlier: &[Document],
    told: &BTreeMap<i64, Document>,
) -> Result<GameRecord, EngineError> {
    let mut events: BTreeMap<_, _> =
        earlier.iter().map(|event| (seq_of(event), event.clone())).collect();
    let count = |events: usize| u32::try_from(events).unwrap_or(u32::MAX);
    let place = LogPlace { events: count(told.len()), kept: count(events.len()), until: 0 };
    events.extend(told.clone());
    let mut record = GameRecord::of(id, None, GameLog::of(events.into_values().collect())?)?;
    record.log_place = Some(place);
    Ok(record)
}

/// The newest backup; none where there is none, or it is damaged: the log tells what it can.
async fn newest(engine: &Engine) -> Result<Option<KeptGames>, EngineError> {
    match KeptGames::open(engine, LATEST).await {
        Ok(kept) => Ok(Some(kept)),
        Err(EngineError::NoBackup | EngineError::NoCompleteBackup { .. }) => Ok(None),
        Err(EngineError::Vault(error)) if matches!(*error, VaultError::Damaged { .. }) => {
            tracing::warn!(%error, "what happened before the event log is not told: the newest backup is damaged");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What a backup has of the game from before the first event that a log told.
async fn earlier_than(
    first: i64,
    kept: &KeptGames,
    id: &str,
) -> Result<Vec<Document>, EngineError> {
    let mut events = kept.log_documents(id).await?;
    events.retain(|event| seq_of(event) < first);
    Ok(events)
}

/// The events of a collection that name the game and were written within a log, from a position on,
/// by number: the first of each.
async fn gather(
    vault: &Vault,
    log: &LogView,
    from: u64,
    (events, id): (&str, &str),
    told: &mut BTreeMap<i64, Document>,
) -> Result<(), EngineError> {
    let Some(database) = log.attributes.get(DATABASE) else { return Ok(()) };
    let namespace = format!("{database}.{events}");
    let wanted = key_of(id)?;
    let from = from.max(begun(id));
    if from >= log.to {
        return Ok(());
    }
    let unreadable = |reason: String| EngineError::LogUnusable { log: log.id.clone(), reason };
    let mut reader = vault.read_log_about(&log.id, from, log.to, &wanted).await?;
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

/// The games that these operations add events to, as the topics of a log; none where an operation
/// cannot be read.
pub(crate) fn games_of(operations: &[LogRecord]) -> Option<Topics> {
    let mut topics = Topics::default();
    for record in operations {
        let operation = Operation::parse(&record.body).ok()?;
        if operation.op == "i"
            && let Some(game) = game_key(operation.object).ok()?
        {
            topics.add(&game);
        }
    }
    Some(topics)
}

fn seq_of(event: &Document) -> i64 {
    row::number(event.get("seq")).unwrap_or(0)
}

/// The position in logs before which nothing of a game can be: its id, whatever word stands before
/// it, tells when it was made.
fn begun(id: &str) -> u64 {
    let time = id.rsplit(['_', '-', ':']).next().unwrap_or(id);
    let Ok(made) = Ulid::from_string(time) else { return 0 };
    let seconds = made.timestamp_ms().saturating_sub(SLACK_MS.unsigned_abs()) / 1000;
    let time = u32::try_from(seconds).unwrap_or(0);
    ClusterTime { time, increment: 0 }.to_number()
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn the_games_that_events_are_added_to_are_the_topics() {
        let of = |op: &str, object: Document| {
            let object = object.to_vec().unwrap();
            let operation = Operation {
                op,
                namespace: "a.game_events",
                uuid: None,
                object: &object,
                subject: None,
            };
            LogRecord { position: 1, body: operation.encode().into() }
        };
        let operations = [
            of("i", doc! { "gameId": "G1" }),
            of("i", doc! { "_id": 1 }),
            of("u", doc! { "gameId": "G2" }),
        ];
        let topics = games_of(&operations).unwrap();
        let holds = |id| topics.may_hold(&key_of(id).unwrap());
        assert!(holds("G1") && !holds("G2"));
        let garbled = LogRecord { position: 1, body: vec![1].into() };
        assert_eq!(games_of(&[garbled]), None);
    }

    #[test]
    fn a_log_is_read_from_where_a_game_can_have_begun() {
        let made = Ulid::from_parts(1_767_225_600_000, 7).to_string();
        let before = ClusterTime { time: 1_767_225_600 - 600, increment: 0 };
        assert_eq!(begun(&made), before.to_number());
        assert_eq!(begun(&format!("g_{made}")), before.to_number());
        assert_eq!(begun("game-1"), 0, "its id tells nothing");
    }
}
