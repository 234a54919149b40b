//! The epoch fence: restored games get an epoch above every one ever given, so that a game server
//! that was cut off, and does not know of the restore, can write nowhere.

use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use source::SourceError;
use source::profile::{DataClass, Profile};
use source::redis_source::{RedisSource, RedisValue};

use super::destination::Destination;
use super::pause::GameService;
use super::stage::Staged;
use crate::error::EngineError;

/// Logical name of the key that says who owns a game.
pub(super) const OWNER_KEY: &str = "game_owner";
/// Who owns a rebuilt game until a game server claims it with a higher epoch.
pub(super) const NOBODY: &str = "";

/// What Redis says of the games' owners.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Owners {
    /// The highest epoch given, 0 when none was.
    pub(super) highest: i64,
    /// Whether a game server, alive or not, holds a game.
    pub(super) held: bool,
}

/// Raises the epoch of the staged games, where anybody could hold an older one; none where nobody
/// can.
pub(super) async fn fence(
    destination: &Destination,
    redis: Option<RedisSource>,
    service: &GameService,
    staged: &[Staged],
) -> Result<Option<i64>, EngineError> {
    let profile = destination.reader.profile();
    let (Some(redis), Some((games, _, _))) = (redis, profile.membership_names()) else {
        return Ok(None);
    };
    let Some(name) = staged
        .iter()
        .find(|staged| staged.item.collection() == games)
        .and_then(|staged| staged.name.as_deref())
    else {
        return Ok(None);
    };
    let owners = owners(&redis, profile).await?;
    if !owners.held && service.instances().await? == 0 {
        return Ok(None);
    }
    let live = highest_epoch(destination, games).await?;
    let stored = highest_epoch(destination, name).await?;
    let epoch = live.max(stored).max(owners.highest) + 1;
    raise(destination, name, epoch).await?;
    Ok(Some(epoch))
}

/// Reads the owners of all games.
async fn owners(redis: &RedisSource, profile: &Profile) -> Result<Owners, EngineError> {
    let mut owners = Owners::default();
    let Some(template) = profile.redis.keys.get(OWNER_KEY) else { return Ok(owners) };
    for key in redis.scan_keys(&profile.redis_patterns(DataClass::Active)).await? {
        if id_of(&key, template).is_none() {
            continue;
        }
        let Some(record) = redis.read_key(&key).await? else { continue };
        let RedisValue::Hash(fields) = record.value else { continue };
        let field = |name: &[u8]| {
            let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
            value.and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default()
        };
        owners.highest = owners.highest.max(field(b"epoch").parse().unwrap_or(0));
        owners.held |= field(b"instance") != NOBODY;
    }
    Ok(owners)
}

/// The id in a key made from a template, none when the key is of another template.
pub(super) fn id_of<'a>(key: &'a [u8], template: &str) -> Option<&'a str> {
    let (before, after) = template.split_once("<id>")?;
    std::str::from_utf8(key).ok()?.strip_prefix(before)?.strip_suffix(after)
}

/// The highest epoch among the games of a collection, 0 when there is none.
async fn highest_epoch(destination: &Destination, collection: &str) -> Result<i64, EngineError> {
    let games = destination.writer.database().collection::<Document>(collection);
    let highest = doc! { "$group": { "_id": null, "highest": { "$max": "$epoch" } } };
    let found: Vec<Document> = match games.aggregate([highest]).await {
        Ok(cursor) => cursor
            .try_collect()
            .await
            .map_err(|error| failed("reading epochs", collection, error))?,
        Err(error) => return Err(failed("reading epochs", collection, error)),
    };
    Ok(found.first().and_then(|group| group.get("highest")).map_or(0, integer))
}

/// Gives every game of a staged collection the epoch.
async fn raise(destination: &Destination, staged: &str, epoch: i64) -> Result<(), EngineError> {
    let games = destination.writer.database().collection::<Document>(staged);
    games
        .update_many(doc! {}, doc! { "$set": { "epoch": epoch } })
        .await
        .map(drop)
        .map_err(|error| failed("raising epochs", staged, error))
}

fn integer(value: &Bson) -> i64 {
    match value {
        Bson::Int32(value) => i64::from(*value),
        Bson::Int64(value) => *value,
        _ => 0,
    }
}

fn failed(doing: &'static str, on: &str, error: mongodb::error::Error) -> EngineError {
    let on = on.to_owned();
    EngineError::from(SourceError::Mongo { doing, on, error: Box::new(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_out_of_keys() {
        assert_eq!(id_of(b"game:{G1}:owner", "game:{<id>}:owner"), Some("G1"));
        assert_eq!(id_of(b"game:{G1}:state", "game:{<id>}:owner"), None);
    }
}
