//! The Redis keys of live games, rebuilt from the restored documents. Heartbeats and sessions tell
//! of running processes and are never written.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use serde_json::Value;
use source::SourceError;
use source::mongo::MongoSource;
use source::profile::{DataClass, Profile};
use source::redis_source::record::RedisStream;
use source::redis_source::{RedisRecord, RedisSource, RedisValue, WriteMode};

use super::fence::{NOBODY, OWNER_KEY};
use crate::error::EngineError;
use crate::wire;

/// Logical names of a game's other keys.
const STATE_KEY: &str = "game_state";
const EVENTS_KEY: &str = "game_events";

/// Makes Redis hold exactly the games of the database; returns how many keys were written.
pub(super) async fn rebuild(redis: &RedisSource, reader: &MongoSource) -> Result<u64, EngineError> {
    let profile = reader.profile();
    let Some((games, events, game_field)) = profile.membership_names() else {
        return Ok(0);
    };
    let patterns = profile.redis_patterns(DataClass::Active);
    let mut stale: BTreeSet<Vec<u8>> = redis.scan_keys(&patterns).await?.into_iter().collect();
    let mut written = 0;
    let mut cursor = reader
        .database()
        .collection::<Document>(games)
        .find(doc! {})
        .await
        .map_err(|error| failed("reading restored games", games, error))?;
    while let Some(game) =
        cursor.try_next().await.map_err(|error| failed("reading restored games", games, error))?
    {
        let log = log_of(reader, events, game_field, &game).await?;
        for record in records(profile, &game, &log)? {
            stale.remove(&record.key);
            redis.write_key(&record, WriteMode::Decoded).await?;
            written += 1;
        }
    }
    let stale: Vec<_> = stale.into_iter().collect();
    if !stale.is_empty() {
        redis.delete_keys(&stale).await?;
    }
    Ok(written)
}

/// A game's events up to the state's, as JSON.
async fn log_of(
    reader: &MongoSource,
    events: &str,
    game_field: &str,
    game: &Document,
) -> Result<Vec<Value>, EngineError> {
    let id = game.get("_id").cloned().unwrap_or(Bson::Null);
    let last = game.get("seq").cloned().unwrap_or(Bson::Int64(0));
    let mut filter = Document::new();
    filter.insert(game_field, id);
    filter.insert("seq", doc! { "$lte": last });
    let cursor = reader
        .database()
        .collection::<Document>(events)
        .find(filter)
        .sort(doc! { "seq": 1 })
        .await
        .map_err(|error| failed("reading events of a restored game", events, error))?;
    let log: Vec<Document> = cursor
        .try_collect()
        .await
        .map_err(|error| failed("reading events of a restored game", events, error))?;
    log.into_iter().map(wire::envelope).collect()
}

/// The three keys of a game, as a game server writes them.
fn records(
    profile: &Profile,
    game: &Document,
    log: &[Value],
) -> Result<Vec<RedisRecord>, EngineError> {
    let game = wire::plain(&Bson::Document(game.clone()))?;
    let text = |name: &str| game.get(name).map(plain).unwrap_or_default();
    let (id, seq) = (text("_id"), text("seq"));
    let hash = log.last().and_then(|event| event.get("hash")).map(plain).unwrap_or_default();
    let state = wire::canonical(game.get("state").unwrap_or(&Value::Null))?;
    let owner = hash_of([("epoch", text("epoch")), ("instance", NOBODY.to_owned())]);
    let state = hash_of([("hash", hash), ("seq", seq.clone()), ("state", state)]);
    let entries = log
        .iter()
        .map(|event| {
            let seq = event.get("seq").map(plain).unwrap_or_default();
            let event = wire::canonical(event)?;
            Ok((format!("{seq}-0"), vec![(b"e".to_vec(), event.into_bytes())]))
        })
        .collect::<Result<Vec<_>, EngineError>>()?;
    let stream = RedisValue::Stream(RedisStream {
        last_id: entries.last().map_or_else(|| "0-0".to_owned(), |(id, _)| id.clone()),
        entries_added: i64::try_from(entries.len()).ok(),
        entries,
        ..RedisStream::default()
    });
    let values = [(OWNER_KEY, owner), (STATE_KEY, state), (EVENTS_KEY, stream)];
    Ok(values
        .into_iter()
        .filter_map(|(logical, value)| {
            let key = profile.redis_key(logical, &id)?.into_bytes();
            Some(RedisRecord { key, value, expire_at_ms: None, dump: Vec::new() })
        })
        .collect())
}

fn hash_of<const N: usize>(fields: [(&str, String); N]) -> RedisValue {
    RedisValue::Hash(
        fields
            .into_iter()
            .map(|(name, value)| (name.as_bytes().to_vec(), value.into_bytes()))
            .collect(),
    )
}

/// A JSON scalar without quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn failed(doing: &'static str, on: &str, error: mongodb::error::Error) -> EngineError {
    let on = on.to_owned();
    EngineError::from(SourceError::Mongo { doing, on, error: Box::new(error) })
}
