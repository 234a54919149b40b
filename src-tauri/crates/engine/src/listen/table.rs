//! A game in the listener's hands: its state after the last event told, and what the next snapshot
//! stands on.

use std::collections::BTreeSet;

use avalon::digest::Digest;
use avalon::event::{Envelope, Event, Version, VoteResult};
use avalon::moment::Moment;
use avalon::snapshot::{Cut, Snapshot, SnapshotType};
use avalon::state::GameState;
use mongodb::bson::doc;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{ACCOUNTS, GameRecord, ids_of, members};
use crate::snapshot::{self, Chain, SnapshotPolicy};

/// Member of an account that says whether the player opted in.
const OPTED_IN: &str = "settings.autoSnapshot";

/// A game as far as it was told.
#[derive(Debug)]
pub(super) struct Table {
    state: GameState,
    /// Hash of the last event.
    hash: Option<Digest>,
    rules_version: Option<Version>,
    pub(super) chain: Chain,
    /// Players who opted in; looked up once they are known.
    players: Option<BTreeSet<String>>,
}

impl Table {
    /// A game of which nothing is known yet: its first event is the next.
    pub(super) async fn new(engine: &Engine, game: &str) -> Result<Self, EngineError> {
        Ok(Self {
            state: GameState::default(),
            hash: None,
            rules_version: None,
            chain: Chain::read(engine, game).await?,
            players: None,
        })
    }

    /// A game as its log says, up to an event.
    pub(super) async fn of_log(
        engine: &Engine,
        game: &str,
        record: &GameRecord,
        seq: u64,
    ) -> Result<Self, EngineError> {
        let event = record.envelopes().find(|envelope| envelope.seq == seq);
        Ok(Self {
            state: record.state_at(seq),
            hash: event.and_then(|envelope| envelope.hash),
            rules_version: snapshot::rules_version(record.envelopes()),
            ..Self::new(engine, game).await?
        })
    }

    /// The last event told.
    pub(super) const fn seq(&self) -> u64 {
        self.state.seq
    }

    /// Whether the game is over: no event is expected.
    pub(super) fn is_over(&self) -> bool {
        self.state.phase.is_final()
    }

    /// Applies the event that follows; false when it does not follow, or leads where only the log
    /// can tell: the log is to be read then.
    pub(super) fn push(&mut self, envelope: &Envelope) -> bool {
        let follows = envelope.seq == self.state.seq + 1
            && (self.hash.is_none() || envelope.prev_hash == self.hash);
        let goes_back = matches!(envelope.event, Event::GameRolledBack(_) | Event::GameRestored(_));
        if !follows || goes_back || self.state.apply_leniently(envelope, &mut Vec::new()).is_err() {
            return false;
        }
        self.hash = envelope.hash;
        if let Event::GameCreated(created) = &envelope.event {
            self.rules_version.clone_from(&created.rules_version);
        }
        true
    }

    /// What a snapshot is to be taken for after an event, if any.
    pub(super) async fn wanted(
        &mut self,
        engine: &Engine,
        policy: &SnapshotPolicy,
        event: &Event,
    ) -> Result<Option<SnapshotType>, EngineError> {
        if let Some(moment) = Moment::of(event).filter(|moment| policy.moments.contains(moment)) {
            return Ok(Some(SnapshotType::from(moment)));
        }
        if !policy.players {
            return Ok(None);
        }
        let wanted = match event {
            Event::TeamVoteClosed(closed) if closed.result != VoteResult::Approved => {
                !self.opted_in(engine).await?.is_empty()
            }
            Event::PlayerDisconnected(gone) => {
                self.opted_in(engine).await?.contains(gone.player_id.as_str())
            }
            _ => false,
        };
        Ok(wanted.then_some(SnapshotType::Player))
    }

    /// The game as it stands, as a snapshot.
    pub(super) fn cut(&self, kind: SnapshotType, taken_at: i64) -> Result<Snapshot, EngineError> {
        let (event_hash, rules_version) = (self.hash, self.rules_version.clone());
        snapshot::cut(&self.state, Cut { kind, taken_at, event_hash, rules_version })
    }

    async fn opted_in(&mut self, engine: &Engine) -> Result<&BTreeSet<String>, EngineError> {
        let players = match self.players.take() {
            Some(players) => players,
            None => opted_in(engine, &self.state).await?,
        };
        Ok(self.players.insert(players))
    }
}

/// The players of a game who opted in.
async fn opted_in(engine: &Engine, state: &GameState) -> Result<BTreeSet<String>, EngineError> {
    let source = engine.source()?;
    let players: Vec<&str> = state.seats.iter().map(|player| player.as_str()).collect();
    let which = doc! { "_id": { "$in": players }, OPTED_IN: true };
    let doing = "asking who opted in to snapshots";
    let found = members(&source, ACCOUNTS, which, doc! { "_id": 1 }, doing).await?;
    Ok(ids_of(&found).collect())
}
