//! The order of writes for one event: Redis, MongoDB, the stream of all events, the player.

use avalon::document::RoomDoc;
use avalon::event::{Draft, Envelope, Event};
use mongodb::bson::{Document, doc};

use super::Instance;
use super::report::Acknowledged;
use super::retry::until_done;
use crate::SimulatorError;
use crate::cache::{Append, CacheEvent};
use crate::game::Game;
use crate::store::{Change, GameCommit, envelope_document};

/// A game in this instance's hands.
pub(super) struct Held {
    pub(super) game: Game,
    pub(super) epoch: i64,
}

/// An event as text, beside the state after it.
pub(super) struct Written {
    hash: String,
    state: String,
    event: String,
}

impl Written {
    pub(super) fn of(game: &Game, envelope: &Envelope) -> Result<Written, SimulatorError> {
        let text = |what: &'static str, result: Result<String, serde_json::Error>| {
            result.map_err(|error| SimulatorError::form(what)(error.into()))
        };
        Ok(Written {
            hash: envelope.hash.map(|hash| hash.to_string()).unwrap_or_default(),
            state: text("a game's state", serde_json::to_string(&game.state))?,
            event: text("an event", serde_json::to_string(envelope))?,
        })
    }

    pub(super) fn cached<'a>(&'a self, game: &'a str, epoch: i64, seq: u64) -> CacheEvent<'a> {
        let Written { hash, state, event } = self;
        CacheEvent { game, epoch, seq, hash, state, event }
    }
}

impl Instance {
    /// Seals an event into the game and writes it everywhere. Returns its seq once players would
    /// have the acknowledgement. Retries as long as a server is away.
    pub(super) async fn write(
        &self,
        held: &mut Held,
        room: &mut RoomChange<'_>,
        draft: Draft,
    ) -> Result<u64, SimulatorError> {
        let envelope = held.game.seal(draft, self.now_ms())?;
        let written = Written::of(&held.game, &envelope)?;
        let id = held.game.id().to_owned();
        let cached = written.cached(&id, held.epoch, envelope.seq);
        until_done(&self.reporter, &self.stop, || self.append(&cached, held)).await?;
        let room = room(held, envelope.ts);
        self.commit(held, &envelope, &written.hash, room).await?;
        let publish = || self.simulator.cache.publish(&written.event);
        until_done(&self.reporter, &self.stop, publish).await?;
        self.acknowledge(&id, envelope.seq, &written.hash).await;
        self.follow_connections(held, &envelope).await;
        Ok(envelope.seq)
    }

    /// Step 1. Redis that lost its data is given the game again from MongoDB.
    async fn append(&self, event: &CacheEvent<'_>, held: &Held) -> Result<(), SimulatorError> {
        match self.simulator.cache.append(event).await? {
            Append::Done => Ok(()),
            Append::Fenced if self.simulator.cache.epoch(event.game).await? > held.epoch => {
                Err(SimulatorError::Fenced { game: event.game.into(), epoch: held.epoch })
            }
            Append::Fenced | Append::OutOfOrder => {
                self.rebuild_before(event).await?;
                match self.simulator.cache.append(event).await? {
                    Append::Done => Ok(()),
                    Append::Fenced => {
                        Err(SimulatorError::Fenced { game: event.game.into(), epoch: held.epoch })
                    }
                    Append::OutOfOrder => Err(SimulatorError::Inconsistent {
                        game: event.game.into(),
                        detail: "Redis holds other events than MongoDB".into(),
                    }),
                }
            }
        }
    }

    /// Step 2.
    pub(super) async fn commit(
        &self,
        held: &Held,
        envelope: &Envelope,
        hash: &str,
        room: Option<RoomDoc>,
    ) -> Result<(), SimulatorError> {
        let id = held.game.id();
        let change = if held.game.is_over() {
            Change::End(Box::new(held.game.state.clone()))
        } else {
            Change::Progress(game_fields(&held.game, envelope.ts)?)
        };
        let event_id = envelope.event_id.clone().unwrap_or_default();
        let commit = GameCommit {
            game: id,
            epoch: held.epoch,
            event_id: event_id.as_str(),
            hash,
            event: envelope_document(envelope)?,
            change,
            room,
        };
        let store = &self.simulator.store;
        until_done(&self.reporter, &self.stop, || store.commit(&commit)).await
    }

    /// Step 4.
    async fn acknowledge(&self, game: &str, seq: u64, hash: &str) {
        self.reporter.update(|report| report.events += 1);
        if let Some(sender) = &self.acknowledgements {
            let acknowledged = Acknowledged { game_id: game.into(), seq, hash: hash.into() };
            if sender.send(acknowledged).await.is_err() {
                tracing::debug!("nobody listens to acknowledgements any more");
            }
        }
    }

    /// A lost connection keeps its session for a while; one that is back keeps it.
    async fn follow_connections(&self, held: &Held, envelope: &Envelope) {
        let (change, connected) = match &envelope.event {
            Event::PlayerDisconnected(change) => (change, false),
            Event::PlayerReconnected(change) => (change, true),
            _ => return,
        };
        let room = held.game.opening().room.as_str();
        let session = self.simulator.cache.session(change.player_id.as_str(), room, connected);
        if let Err(error) = session.await {
            tracing::warn!(%error, player = %change.player_id, "a session was not updated");
        }
    }
}

/// The room after an event, when the event changes it.
pub(super) type RoomChange<'a> = dyn FnMut(&Held, i64) -> Option<RoomDoc> + Send + 'a;

/// The fields of a live game's document besides `_id` and `epoch`.
fn game_fields(game: &Game, at: i64) -> Result<Document, SimulatorError> {
    let state = mongodb::bson::serialize_to_document(&game.state)
        .map_err(|error| SimulatorError::form("a game's state")(error.into()))?;
    Ok(doc! {
        "roomId": game.opening().room.as_str(),
        "seq": i64::try_from(game.state.seq).unwrap_or(i64::MAX),
        "phase": game.state.phase.as_str(),
        "state": state,
        "updatedAt": at,
    })
}
