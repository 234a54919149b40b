//! All that is kept of one game: in the database, in a backup with no database at hand, or in a
//! snapshot with neither log nor document.

use std::collections::{BTreeMap, BTreeSet};

use avalon::check::ParsedEnvelope;
use avalon::event::Envelope;
use avalon::invariant::Finding;
use avalon::reducer::Replay;
use avalon::state::GameState;
use avalon::view::StateView;
use mongodb::bson::Document;

use super::kept::KeptGames;
use super::live;
use super::log::GameLog;
use super::outcome::{GameRow, LogPlace, SeatView};
use super::snapshot::SnapshotGame;
use super::what_if::WhatIf;
use super::{row, table};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::snapshot::outcome::SnapshotPlace;

/// Logical name of the finished games' collection.
pub(crate) const HISTORY: &str = "game_history";
/// Logical name of the live games' collection.
pub(crate) const LIVE: &str = "games";
/// Logical name of the events' collection.
pub(crate) const EVENTS: &str = "game_events";
/// Logical name of the accounts' collection.
pub(crate) const ACCOUNTS: &str = "users";

/// Makes a row of a document of one of the two collections of games.
pub(super) type MakeRow = fn(&Document) -> GameRow;
/// The two collections of games.
pub(super) const GAMES: [(&str, MakeRow); 2] = [(LIVE, row::of_live), (HISTORY, row::of_history)];

/// A game with its course.
#[derive(Debug, Clone)]
pub(crate) struct GameRecord {
    row: GameRow,
    course: Course,
    pub(super) nicks: BTreeMap<String, String>,
    /// What of the event log it was read out of.
    pub(super) log_place: Option<LogPlace>,
    what_if: Option<WhatIf>,
}

/// What tells a game's states.
#[derive(Debug, Clone)]
enum Course {
    /// Its events.
    Log(GameLog),
    /// A snapshot: one state.
    Snapshot(Box<SnapshotGame>),
}

impl GameRecord {
    const fn with(row: GameRow, course: Course) -> Self {
        Self { row, course, nicks: BTreeMap::new(), log_place: None, what_if: None }
    }

    /// The game with another course in the place of its own, and the state at its end.
    pub(super) fn with_course(self, log: GameLog) -> (Self, GameState) {
        let (row, state) = row_of(&self.row.id, &log);
        (Self { row, course: Course::Log(log), ..self }, state)
    }

    /// The same, told to be otherwise than it was.
    pub(super) fn marked(self, what_if: WhatIf) -> Self {
        Self { what_if: Some(what_if), ..self }
    }

    pub(super) async fn read_snapshot(
        engine: &Engine,
        id: &str,
        snapshot: &str,
    ) -> Result<Self, EngineError> {
        let game = SnapshotGame::read(engine, id, snapshot).await?;
        let row = row::of_log(id, &game.state, game.seq, game.place.at);
        let course = Course::Snapshot(Box::new(game));
        let mut record = Self::with(row, course);
        record.nicks = live::nicks(&engine.source()?, &record.players()).await?;
        Ok(record)
    }

    /// Reads a game out of the database, or out of a backup. Also one of which only the log is left.
    ///
    /// # Errors
    /// When what is to be read is not connected, or holds no such game.
    pub(crate) async fn read(
        engine: &Engine,
        id: &str,
        backup: Option<&str>,
    ) -> Result<Self, EngineError> {
        match backup {
            None => {
                let found = Self::find(engine, id).await?;
                let mut record =
                    found.ok_or_else(|| EngineError::NoSuchGame { id: id.to_owned() })?;
                record.nicks = live::nicks(&engine.source()?, &record.players()).await?;
                Ok(record)
            }
            Some(backup) => Self::read_kept(engine, id, backup).await,
        }
    }

    /// Reads a game out of a backup, unless it was read lately.
    async fn read_kept(engine: &Engine, id: &str, backup: &str) -> Result<Self, EngineError> {
        let vault = engine.vault()?.id();
        let place = |backup: &str| [vault.clone(), backup.to_owned(), id.to_owned()];
        let lately = &engine.read_lately().backups;
        if let Some(record) = lately.get(&place(backup)) {
            return Ok(Self::clone(&record));
        }
        let games = KeptGames::open(engine, backup).await?;
        let row = games.row(id).await?;
        let log = games.log(id, row.as_ref()).await?;
        let mut record = Self::of(id, row, log)?;
        record.nicks = games.nicks(&record.players()).await?;
        // By its own id, whatever it was asked for as: the newest is another one tomorrow.
        lately.put(place(games.id()), record.clone());
        Ok(record)
    }

    /// A game in the database without the players' nicknames; none when nothing of it is there.
    ///
    /// # Errors
    /// When MongoDB is not connected or does not answer.
    pub(crate) async fn find(engine: &Engine, id: &str) -> Result<Option<Self>, EngineError> {
        let source = engine.source()?;
        let (row, log) = (live::row(&source, id).await?, live::log(&source, id).await?);
        match Self::of(id, row, log) {
            Err(EngineError::NoSuchGame { .. }) => Ok(None),
            record => record.map(Some),
        }
    }

    /// A game of which both are at hand, or the log alone.
    ///
    /// # Errors
    /// [`EngineError::NoSuchGame`] when neither is.
    pub(crate) fn of(id: &str, row: Option<GameRow>, log: GameLog) -> Result<Self, EngineError> {
        if row.is_none() && log.events.is_empty() {
            return Err(EngineError::NoSuchGame { id: id.to_owned() });
        }
        let row = row.unwrap_or_else(|| row_of(id, &log).0);
        Ok(Self::with(row, Course::Log(log)))
    }

    /// The number of the last event; 0 when there is none. The event that a snapshot was cut after.
    pub(crate) fn last_seq(&self) -> u64 {
        match &self.course {
            Course::Log(log) => log.events.last().map_or(0, |event| event.seq()),
            Course::Snapshot(game) => game.seq,
        }
    }

    /// The event at hand when `seq` is asked for; a snapshot has one alone.
    pub(crate) fn seq_at(&self, seq: Option<u64>) -> u64 {
        match &self.course {
            Course::Log(_) => seq.unwrap_or(u64::MAX).min(self.last_seq()),
            Course::Snapshot(game) => game.seq,
        }
    }

    /// The events that could be read, in order; none in a snapshot.
    pub(crate) fn envelopes(&self) -> impl Iterator<Item = &Envelope> + Clone {
        self.parsed().iter().map(|event| &event.envelope)
    }

    /// What the rules say about the log.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        match &self.course {
            Course::Log(log) => log.findings(),
            Course::Snapshot(_) => Vec::new(),
        }
    }

    /// The events that could be read, as they were read; none in a snapshot.
    pub(super) fn parsed(&self) -> &[ParsedEnvelope] {
        match &self.course {
            Course::Log(log) => &log.events,
            Course::Snapshot(_) => &[],
        }
    }

    /// A finding for each event that could not be read.
    pub(super) fn unreadable(&self) -> &[Finding] {
        match &self.course {
            Course::Log(log) => &log.unreadable,
            Course::Snapshot(_) => &[],
        }
    }

    /// The state after an event; events that break rules are applied as far as they can be.
    pub(crate) fn state_at(&self, seq: u64) -> GameState {
        match &self.course {
            Course::Log(log) => state_of(log, seq),
            Course::Snapshot(game) => game.state.clone(),
        }
    }

    /// The state to tell by what an event changed: the one before it, or in the snapshot before.
    /// Without one, nothing has.
    pub(crate) fn state_before(&self, seq: u64) -> GameState {
        match &self.course {
            Course::Log(log) => state_of(log, seq.saturating_sub(1)),
            Course::Snapshot(game) => game.before.clone().unwrap_or_else(|| game.state.clone()),
        }
    }

    /// The snapshot that it was read out of.
    pub(crate) fn snapshot(&self) -> Option<&SnapshotPlace> {
        match &self.course {
            Course::Log(_) => None,
            Course::Snapshot(game) => Some(&game.place),
        }
    }

    /// What of the event log it was read out of.
    pub(super) const fn log_place(&self) -> Option<&LogPlace> {
        self.log_place.as_ref()
    }

    /// What is otherwise in it.
    pub(super) const fn what_if(&self) -> Option<&WhatIf> {
        self.what_if.as_ref()
    }

    /// The states after these events, folded once.
    pub(crate) fn states_at(&self, seqs: &BTreeSet<u64>) -> BTreeMap<u64, GameState> {
        let mut replay = Replay::lenient();
        let mut events = self.envelopes().peekable();
        let mut states = BTreeMap::new();
        for seq in seqs {
            while let Some(envelope) = events.next_if(|envelope| envelope.seq <= *seq) {
                // What cannot be applied at all is among the findings.
                let _ = replay.push(envelope);
            }
            states.insert(*seq, replay.state().clone());
        }
        states
    }

    /// What the list shows.
    pub(crate) const fn row(&self) -> &GameRow {
        &self.row
    }

    /// The table of a view of the game, with the players' nicknames. A player without an account,
    /// or an account without a nickname, has none: that is damage for the verifier to tell, and the
    /// game is shown all the same.
    pub(crate) fn seats(&self, seen: &StateView) -> Result<Vec<SeatView>, EngineError> {
        let mut seats = table::seats(seen)?;
        for seat in &mut seats {
            seat.nick = self.nicks.get(&seat.player_id).cloned();
        }
        Ok(seats)
    }

    /// The players' nicknames, by player.
    pub(crate) const fn nicks(&self) -> &BTreeMap<String, String> {
        &self.nicks
    }

    pub(super) fn players(&self) -> Vec<String> {
        let state = self.state_at(self.last_seq());
        state.seats.iter().map(|player| player.as_str().to_owned()).collect()
    }
}

/// The row of a game by its log alone, and the state at the log's end.
fn row_of(id: &str, log: &GameLog) -> (GameRow, GameState) {
    let last = log.events.last();
    let (seq, at) = last.map_or((0, 0), |event| (event.seq(), event.envelope.ts));
    let state = state_of(log, seq);
    (row::of_log(id, &state, seq, at), state)
}

fn state_of(log: &GameLog, seq: u64) -> GameState {
    let mut replay = Replay::lenient();
    for event in log.events.iter().take_while(|event| event.seq() <= seq) {
        // What cannot be applied at all is among the findings.
        let _ = replay.push(&event.envelope);
    }
    replay.into_state()
}
