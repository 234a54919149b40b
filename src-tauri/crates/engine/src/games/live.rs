//! A game as it stands in the database.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use source::mongo::MongoSource;
use source::profile::Profile;

use super::list::{collection, failed};
use super::log::GameLog;
use super::outcome::GameRow;
use super::record::{ACCOUNTS, EVENTS, GAMES};
use crate::error::EngineError;

/// What the list shows of a game; none when neither collection has it.
pub(super) async fn row(source: &MongoSource, id: &str) -> Result<Option<GameRow>, EngineError> {
    for (logical, make) in GAMES {
        if let Some(document) = document(source, logical, id).await? {
            return Ok(Some(make(&document)));
        }
    }
    Ok(None)
}

/// A game's document in one of the two collections of games.
pub(super) async fn document(
    source: &MongoSource,
    logical: &str,
    id: &str,
) -> Result<Option<Document>, EngineError> {
    let name = collection(source, logical)?;
    let found = source.database().collection::<Document>(&name).find_one(doc! { "_id": id }).await;
    found.map_err(|error| failed("looking for a game", &name, error))
}

/// The field of an event that names its game.
pub(crate) fn game_field(profile: &Profile) -> &str {
    profile.membership_names().map_or("gameId", |(_, _, field)| field)
}

/// The log of a game; empty when there is none.
pub(super) async fn log(source: &MongoSource, game: &str) -> Result<GameLog, EngineError> {
    let events = collection(source, EVENTS)?;
    let field = game_field(source.profile());
    let failed = |error| failed("reading a game's events", &events, error);
    let cursor = source
        .database()
        .collection::<Document>(&events)
        .find(doc! { field: game })
        .sort(doc! { "seq": 1 })
        .await
        .map_err(failed)?;
    GameLog::of(cursor.try_collect().await.map_err(failed)?)
}

/// The nicknames of players, by player.
pub(super) async fn nicks(
    source: &MongoSource,
    players: &[String],
) -> Result<BTreeMap<String, String>, EngineError> {
    let named = doc! { "_id": { "$in": players } };
    let accounts =
        members(source, ACCOUNTS, named, doc! { "nick": 1 }, "reading players' names").await?;
    let mut nicks = BTreeMap::new();
    for account in accounts {
        if let (Ok(id), Ok(nick)) = (account.get_str("_id"), account.get_str("nick")) {
            nicks.insert(id.to_owned(), nick.to_owned());
        }
    }
    Ok(nicks)
}

/// Some members, by `projection`, of the documents of a collection that `filter` selects.
pub(crate) async fn members(
    source: &MongoSource,
    logical: &str,
    filter: Document,
    projection: Document,
    doing: &'static str,
) -> Result<Vec<Document>, EngineError> {
    let name = collection(source, logical)?;
    let failed = |error| failed(doing, &name, error);
    let found = source
        .database()
        .collection::<Document>(&name)
        .find(filter)
        .projection(projection)
        .await
        .map_err(failed)?;
    found.try_collect().await.map_err(failed)
}

/// The `_id`s of documents, of those that are texts.
pub(crate) fn ids_of(documents: &[Document]) -> impl Iterator<Item = String> {
    documents.iter().filter_map(|one| Some(one.get_str("_id").ok()?.to_owned()))
}
