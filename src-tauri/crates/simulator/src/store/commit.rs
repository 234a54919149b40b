//! Step 2 of the order of writes: one transaction, majority and journaled.

use avalon::document::{RoomDoc, StatsDoc};
use avalon::rating::GLOBAL;
use avalon::state::GameState;
use futures::TryStreamExt;
use mongodb::ClientSession;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::error::{Error, ErrorKind, WriteFailure};

use super::{Store, logical, raw};
use crate::SimulatorError;
use crate::standings::{self, Standings};

/// E11000.
const DUPLICATE_KEY: i32 = 11_000;
/// How often a commit whose outcome is unknown is asked for again.
const COMMIT_TRIES: usize = 3;

/// One event of a game and what it changes.
pub(crate) struct GameCommit<'a> {
    pub(crate) game: &'a str,
    pub(crate) epoch: i64,
    pub(crate) event_id: &'a str,
    pub(crate) hash: &'a str,
    pub(crate) event: RawDocumentBuf,
    pub(crate) change: Change,
    /// The room, when the event changes it.
    pub(crate) room: Option<RoomDoc>,
}

/// What an event does to the game's document.
pub(crate) enum Change {
    /// The game goes on: its document with the new state, without `_id` and `epoch`.
    Progress(Document),
    /// The game is over in this state: it moves to the history, and the standings follow.
    End(Box<GameState>),
}

/// Events of a room and the room after them.
pub(crate) struct RoomCommit<'a> {
    pub(crate) room: &'a RoomDoc,
    pub(crate) events: Vec<RawDocumentBuf>,
}

impl Store {
    /// Commits one event. An event that is in already counts as committed, so that a commit whose
    /// answer was lost can be repeated.
    pub(crate) async fn commit(&self, commit: &GameCommit<'_>) -> Result<(), SimulatorError> {
        let failed = SimulatorError::mongo("committing an event");
        match self.try_commit(commit).await {
            Ok(()) => Ok(()),
            Err(Failure::Mongo(error)) if is_duplicate(&error) => {
                if self.holds(commit).await? {
                    return Ok(());
                }
                Err(SimulatorError::Fenced { game: commit.game.into(), epoch: commit.epoch })
            }
            Err(Failure::Mongo(error)) => Err(failed(error)),
            Err(Failure::Own(error)) => Err(error),
        }
    }

    async fn try_commit(&self, commit: &GameCommit<'_>) -> Result<(), Failure> {
        let mut session = self.transaction().await?;
        if let Err(failure) = self.write(&mut session, commit).await {
            // The server forgets the transaction by itself when this does not reach it.
            if let Err(error) = session.abort_transaction().await {
                tracing::debug!(%error, "a transaction was not aborted in order");
            }
            return Err(failure);
        }
        finish(&mut session).await.map_err(Failure::Mongo)
    }

    async fn write(
        &self,
        session: &mut ClientSession,
        commit: &GameCommit<'_>,
    ) -> Result<(), Failure> {
        let events = self.raw(logical::GAME_EVENTS);
        events.insert_one(&commit.event).session(&mut *session).await?;
        let games = self.documents(logical::GAMES);
        let own = doc! { "_id": commit.game, "epoch": commit.epoch };
        match &commit.change {
            Change::Progress(fields) => {
                // Another epoch does not match, and the upsert then fails on the `_id`.
                let update = doc! { "$set": fields.clone() };
                games.update_one(own, update).upsert(true).session(&mut *session).await?;
            }
            Change::End(state) => {
                let removed = games.delete_one(own).session(&mut *session).await?;
                if removed.deleted_count == 0 {
                    let (game, epoch) = (commit.game.into(), commit.epoch);
                    return Err(Failure::Own(SimulatorError::Fenced { game, epoch }));
                }
                self.write_end(session, state).await?;
            }
        }
        if let Some(room) = &commit.room {
            self.write_room(session, room).await?;
        }
        Ok(())
    }

    /// History, statistics and accounts of an ended game.
    async fn write_end(
        &self,
        session: &mut ClientSession,
        game: &GameState,
    ) -> Result<(), Failure> {
        let mut standings = self.standings(session, game).await?;
        let history = standings::settle(game, &mut standings)?;
        if !history.deltas.is_empty() {
            self.write_standings(session, &standings, history.ended_at).await?;
        }
        let document = raw("a game's history", &history)?;
        self.raw(logical::GAME_HISTORY).insert_one(document).session(&mut *session).await?;
        Ok(())
    }

    async fn standings(
        &self,
        session: &mut ClientSession,
        game: &GameState,
    ) -> Result<Standings, Failure> {
        let mut ids: Vec<&str> = game.seats.iter().map(|player| player.as_str()).collect();
        ids.push(GLOBAL);
        let stats = self.collection::<StatsDoc>(logical::STATS);
        let mut cursor = stats.find(doc! { "_id": { "$in": &ids } }).session(&mut *session).await?;
        let found: Vec<StatsDoc> = cursor.stream(session).try_collect().await?;
        Ok(found.into_iter().map(|stats| (stats.id.clone(), stats)).collect())
    }

    async fn write_standings(
        &self,
        session: &mut ClientSession,
        standings: &Standings,
        at: i64,
    ) -> Result<(), Failure> {
        let stats = self.raw(logical::STATS);
        let users = self.documents(logical::USERS);
        for (id, standing) in standings {
            let document = raw("a player's statistics", standing)?;
            stats
                .replace_one(doc! { "_id": id.as_str() }, document)
                .upsert(true)
                .session(&mut *session)
                .await?;
            if id.as_str() == GLOBAL {
                continue;
            }
            let update = doc! { "$set": standings::account_fields(standing, at) };
            users.update_one(doc! { "_id": id.as_str() }, update).session(&mut *session).await?;
        }
        Ok(())
    }

    /// True when exactly this event is in the log already.
    async fn holds(&self, commit: &GameCommit<'_>) -> Result<bool, SimulatorError> {
        let found = self
            .documents(logical::GAME_EVENTS)
            .find_one(doc! { "_id": commit.event_id })
            .projection(doc! { "hash": 1 })
            .await
            .map_err(SimulatorError::mongo("looking for a committed event"))?;
        Ok(found.is_some_and(|event| event.get_str("hash").is_ok_and(|hash| hash == commit.hash)))
    }

    /// Writes a room and the events that made it what it is.
    pub(crate) async fn commit_room(&self, commit: &RoomCommit<'_>) -> Result<(), SimulatorError> {
        let failed = SimulatorError::mongo("committing a room");
        match self.try_commit_room(commit).await {
            Ok(()) => Ok(()),
            // The events are in already: an answer was lost.
            Err(Failure::Mongo(error)) if is_duplicate(&error) => Ok(()),
            Err(Failure::Mongo(error)) => Err(failed(error)),
            Err(Failure::Own(error)) => Err(error),
        }
    }

    async fn try_commit_room(&self, commit: &RoomCommit<'_>) -> Result<(), Failure> {
        let mut session = self.transaction().await?;
        if !commit.events.is_empty() {
            let events = self.raw(logical::ROOM_EVENTS);
            events.insert_many(&commit.events).session(&mut session).await?;
        }
        self.write_room(&mut session, commit.room).await?;
        finish(&mut session).await.map_err(Failure::Mongo)
    }

    async fn write_room(&self, session: &mut ClientSession, room: &RoomDoc) -> Result<(), Failure> {
        let document = raw("a room", room)?;
        self.raw(logical::ROOMS)
            .replace_one(doc! { "_id": room.id.as_str() }, document)
            .upsert(true)
            .session(session)
            .await?;
        Ok(())
    }

    /// Takes a live game over in MongoDB: false when a higher epoch holds it, or it is gone.
    pub(crate) async fn claim(&self, game: &str, epoch: i64) -> Result<bool, SimulatorError> {
        let older = doc! { "_id": game, "epoch": { "$lt": epoch } };
        let claimed = self
            .documents(logical::GAMES)
            .update_one(older, doc! { "$set": { "epoch": epoch } })
            .await
            .map_err(SimulatorError::mongo("claiming a game"))?;
        Ok(claimed.matched_count == 1)
    }
}

/// Commits; asks again when the answer was lost.
pub(crate) async fn finish(session: &mut ClientSession) -> Result<(), Error> {
    for _ in 1..COMMIT_TRIES {
        match session.commit_transaction().await {
            Err(error) if error.contains_label("UnknownTransactionCommitResult") => {}
            result => return result,
        }
    }
    session.commit_transaction().await
}

fn is_duplicate(error: &Error) -> bool {
    match error.kind.as_ref() {
        ErrorKind::Write(WriteFailure::WriteError(error)) => error.code == DUPLICATE_KEY,
        ErrorKind::Command(error) => error.code == DUPLICATE_KEY,
        ErrorKind::InsertMany(error) => error
            .write_errors
            .as_ref()
            .is_some_and(|errors| errors.iter().any(|error| error.code == DUPLICATE_KEY)),
        _ => false,
    }
}

/// A failure inside a transaction: the driver's or this crate's.
enum Failure {
    Mongo(Error),
    Own(SimulatorError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Mongo(error)
    }
}

impl From<SimulatorError> for Failure {
    fn from(error: SimulatorError) -> Failure {
        Failure::Own(error)
    }
}
