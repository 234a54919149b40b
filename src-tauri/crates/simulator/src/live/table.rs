//! One table: rooms one after the other, their games event by event.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use avalon::document::RoomDoc;
use avalon::state::Phase;
use rand::RngExt;

use super::Instance;
use super::retry::until_done;
use super::writer::Held;
use crate::game::{Game, timeless};
use crate::room::{Plan, Room};
use crate::store::{RoomCommit, envelope_document};
use crate::{SimulatorError, random};

/// Wait before a table looks again for idle players, or whether a paused game was resumed.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How a game left the table.
enum Left {
    /// It is over.
    Over,
    /// The table stops, or the game now belongs to somebody else or is gone.
    Gone,
}

impl Instance {
    /// Plays until stopped or until no game is left to begin.
    pub(super) async fn keep_playing(self: Arc<Self>, number: usize) -> Result<(), SimulatorError> {
        while !self.stop.is_cancelled() {
            let played = if let Some(orphan) = self.next_orphan() {
                let played = self.play_orphan(&orphan.game, number).await;
                self.directory.release(orphan.players);
                played
            } else if self.may_begin() {
                self.play_room(number).await
            } else {
                return Ok(());
            };
            match played {
                // Stopping while a server is away: what was not acknowledged stays undone.
                Err(error) if error.is_transient() && self.stop.is_cancelled() => return Ok(()),
                Err(SimulatorError::Inconsistent { game, detail }) => {
                    tracing::error!(game, detail, "a game cannot be played on");
                }
                other => other?,
            }
        }
        Ok(())
    }

    async fn play_orphan(&self, game: &str, number: usize) -> Result<(), SimulatorError> {
        let Some(held) = self.take_over(game).await? else { return Ok(()) };
        let room_id = held.game.opening().room.to_string();
        let read = || self.simulator.store.room(&room_id);
        let doc = until_done(&self.reporter, &self.stop, read).await?;
        let doc = doc.ok_or_else(|| SimulatorError::Inconsistent {
            game: game.to_owned(),
            detail: format!("its room {room_id} does not exist"),
        })?;
        let opening = held.game.opening().clone();
        let mut room = Room::resume(self.simulator.options.seed, doc, &opening);
        self.play(held, &mut room, number).await?;
        self.update_sessions(&room, false).await
    }

    async fn play_room(&self, number: usize) -> Result<(), SimulatorError> {
        let Some(mut room) = self.open_room().await? else { return Ok(()) };
        let mut first = true;
        while (first || (!room.is_done() && self.may_begin())) && !self.stop.is_cancelled() {
            first = false;
            let Some(opening) = room.next_game(self.now_ms()) else { break };
            let id = opening.game.to_string();
            let claim = || async {
                self.simulator.cache.claim(&id, 1).await?;
                self.simulator.cache.list_game(&id, true).await
            };
            until_done(&self.reporter, &self.stop, claim).await?;
            let game = Game::open(self.simulator.options.seed, opening, false);
            self.reporter.update(|report| report.games_started += 1);
            if let Left::Gone = self.play(Held { game, epoch: 1 }, &mut room, number).await? {
                break;
            }
        }
        self.close_room(room).await
    }

    /// Seats idle players in a new room; none when stopped meanwhile.
    async fn open_room(&self) -> Result<Option<Room>, SimulatorError> {
        let options = &self.simulator.options;
        let index = self.rooms.fetch_add(1, Ordering::Relaxed);
        let run = [self.simulator.cache.instance().as_bytes(), &self.began.to_le_bytes()].concat();
        let at = self.now_ms();
        let plan = Plan::new(options.seed, &run, index, options.players, &options.modules, at);
        let labels = [b"seats".as_slice(), &run, &index.to_le_bytes()];
        let mut rng = random::generator(options.seed, &labels);
        let members = loop {
            if let Some(members) = self.directory.seat(&mut rng, plan.players()) {
                break members;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.stop.cancelled() => return Ok(None),
            }
        };
        let (room, log) = Room::open(plan, members, at)?;
        let events = log.iter().map(envelope_document).collect::<Result<_, _>>()?;
        self.write_room(&room.doc, events).await?;
        self.update_sessions(&room, true).await?;
        Ok(Some(room))
    }

    async fn close_room(&self, mut room: Room) -> Result<(), SimulatorError> {
        if room.doc.current_game_id.is_none() {
            room.close(self.now_ms());
            self.write_room(&room.doc, Vec::new()).await?;
        }
        self.update_sessions(&room, false).await?;
        self.directory.release(room.into_members());
        Ok(())
    }

    /// Opens the sessions of a room's players, or leaves them to expire.
    async fn update_sessions(&self, room: &Room, connected: bool) -> Result<(), SimulatorError> {
        let id = room.doc.id.as_str();
        for player in room.player_ids() {
            let session = || self.simulator.cache.session(player, id, connected);
            until_done(&self.reporter, &self.stop, session).await?;
        }
        Ok(())
    }

    async fn write_room(
        &self,
        room: &RoomDoc,
        events: Vec<mongodb::bson::RawDocumentBuf>,
    ) -> Result<(), SimulatorError> {
        let commit = RoomCommit { room, events };
        let store = &self.simulator.store;
        until_done(&self.reporter, &self.stop, || store.commit_room(&commit)).await
    }

    /// Plays a game until it is over or lost.
    async fn play(
        &self,
        held: Held,
        room: &mut Room,
        number: usize,
    ) -> Result<Left, SimulatorError> {
        let id = held.game.id().to_owned();
        self.mailbox.open(&id);
        self.reporter.update(|report| report.playing += 1);
        let left = self.play_events(held, room, number).await;
        self.reporter.update(|report| report.playing = report.playing.saturating_sub(1));
        self.mailbox.close(&id);
        match left {
            Err(SimulatorError::Fenced { game, epoch }) => {
                tracing::warn!(game, epoch, "the game belongs to another instance now");
                self.reporter.update(|report| report.fenced += 1);
                self.simulator.cache.list_game(&id, false).await?;
                Ok(Left::Gone)
            }
            other => other,
        }
    }

    async fn play_events(
        &self,
        mut held: Held,
        room: &mut Room,
        number: usize,
    ) -> Result<Left, SimulatorError> {
        let mut generation = self.generation.load(Ordering::Acquire);
        let id = held.game.id().to_owned();
        loop {
            self.rest(&held, number).await;
            let _guard = tokio::select! {
                guard = self.gate.pass(&id) => guard,
                () = self.stop.cancelled() => return Ok(Left::Gone),
            };
            if self.stop.is_cancelled() {
                return Ok(Left::Gone);
            }
            let current = self.generation.load(Ordering::Acquire);
            if current != generation {
                generation = current;
                match self.take_over(&id).await? {
                    Some(again) => held = again,
                    None => return Ok(Left::Gone),
                }
            }
            if let Some(request) = self.mailbox.take(&id) {
                held = self.append_for_tool(held, room, request).await?;
            } else if let Some(step) = held.game.next(self.now_ms()) {
                self.step(&mut held, room, step.draft).await?;
            }
            if held.game.is_over() {
                return self.finish(&held).await;
            }
        }
    }

    /// Writes an event together with what it changes in the room.
    pub(super) async fn step(
        &self,
        held: &mut Held,
        room: &mut Room,
        draft: avalon::event::Draft,
    ) -> Result<u64, SimulatorError> {
        let mut change = |held: &Held, at: i64| {
            let begins = held.game.state.seq == 1;
            let over = held.game.is_over();
            if over {
                room.game_over(at);
            }
            (begins || over).then(|| room.doc.clone())
        };
        self.write(held, &mut change, draft).await
    }

    async fn finish(&self, held: &Held) -> Result<Left, SimulatorError> {
        let id = held.game.id();
        let release = || self.simulator.cache.release(id, held.epoch);
        until_done(&self.reporter, &self.stop, release).await?;
        let finished = held.game.state.phase == Phase::Ended;
        self.reporter.update(|report| {
            report.games_finished += u64::from(finished);
            report.games_aborted += u64::from(!finished);
        });
        Ok(Left::Over)
    }

    /// The pause between two events, so that all tables together keep the rate.
    async fn rest(&self, held: &Held, number: usize) {
        let options = &self.simulator.options;
        let mean = options.live_tables as f64 / options.rate;
        let labels = [timeless(held.game.id()), b"rest", &held.game.state.seq.to_le_bytes()[..]];
        let mut rng = random::generator(options.seed ^ number as u64, &labels);
        let pause = Duration::from_secs_f64(mean * rng.random_range(0.5..1.5));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.stop.cancelled() => {}
        }
    }
}
