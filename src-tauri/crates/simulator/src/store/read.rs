//! Reading games back.

use avalon::document::{RoomDoc, StatsDoc, UserDoc};
use avalon::event::Envelope;
use futures::{StreamExt, TryStreamExt};
use mongodb::bson::{Document, RawDocumentBuf, doc};
use serde::Deserialize;

use super::{Store, envelope_from, logical};
use crate::SimulatorError;

/// Accounts read at most: the simulator's players.
const POPULATION: i64 = 20_000;

/// What a live game's document says.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveGame {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) epoch: i64,
    state: LiveState,
}

#[derive(Debug, Clone, Deserialize)]
struct LiveState {
    seats: Vec<String>,
}

impl LiveGame {
    /// Ids of its players.
    pub(crate) fn seats(&self) -> impl Iterator<Item = &str> {
        self.state.seats.iter().map(String::as_str)
    }
}

impl Store {
    pub(crate) async fn live_games(&self) -> Result<Vec<LiveGame>, SimulatorError> {
        let failed = || SimulatorError::mongo("reading live games");
        let games = self.collection::<LiveGame>(logical::GAMES);
        let fields = doc! { "epoch": 1, "state.seats": 1 };
        let cursor = games
            .find(doc! {})
            .projection(fields)
            .sort(doc! { "_id": 1 })
            .await
            .map_err(failed())?;
        cursor.try_collect().await.map_err(failed())
    }

    pub(crate) async fn live_game(&self, game: &str) -> Result<Option<LiveGame>, SimulatorError> {
        let games = self.collection::<LiveGame>(logical::GAMES);
        games
            .find_one(doc! { "_id": game })
            .await
            .map_err(SimulatorError::mongo("reading a live game"))
    }

    /// A game's log in order.
    pub(crate) async fn log(&self, game: &str) -> Result<Vec<Envelope>, SimulatorError> {
        let failed = || SimulatorError::mongo("reading a game's events");
        let events = self.collection::<RawDocumentBuf>(logical::GAME_EVENTS);
        let mut cursor =
            events.find(doc! { "gameId": game }).sort(doc! { "seq": 1 }).await.map_err(failed())?;
        let mut log = Vec::new();
        while let Some(document) = cursor.next().await {
            log.push(envelope_from(&document.map_err(failed())?)?);
        }
        Ok(log)
    }

    pub(crate) async fn room(&self, room: &str) -> Result<Option<RoomDoc>, SimulatorError> {
        let rooms = self.collection::<RoomDoc>(logical::ROOMS);
        let found = rooms.find_one(doc! { "_id": room }).await;
        found.map_err(SimulatorError::mongo("reading a room"))
    }

    /// The accounts that play, oldest first.
    pub(crate) async fn users(&self) -> Result<Vec<UserDoc>, SimulatorError> {
        let failed = || SimulatorError::mongo("reading accounts");
        let users = self.collection::<UserDoc>(logical::USERS);
        let find = users.find(doc! {}).sort(doc! { "_id": 1 }).limit(POPULATION);
        find.await.map_err(failed())?.try_collect().await.map_err(failed())
    }

    pub(crate) async fn all_stats(&self) -> Result<Vec<StatsDoc>, SimulatorError> {
        let failed = || SimulatorError::mongo("reading statistics");
        let stats = self.collection::<StatsDoc>(logical::STATS);
        stats.find(doc! {}).await.map_err(failed())?.try_collect().await.map_err(failed())
    }

    /// When the last game ended, Unix milliseconds.
    pub(crate) async fn last_end(&self) -> Result<Option<i64>, SimulatorError> {
        let history = self.collection::<Document>(logical::GAME_HISTORY);
        let last = history
            .find_one(doc! {})
            .sort(doc! { "endedAt": -1 })
            .projection(doc! { "endedAt": 1 })
            .await
            .map_err(SimulatorError::mongo("reading the history"))?;
        Ok(last.and_then(|document| document.get_i64("endedAt").ok()))
    }
}
