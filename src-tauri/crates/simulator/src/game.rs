//! One game at a table: what happens next, sealed into its log.

use avalon::chain::{Chain, Stamp};
use avalon::deal::{self, Deal};
use avalon::event::{
    Actor, ConnectionChanged, Draft, Envelope, Event, GameAborted, TimeoutHandled, Visibility, Vote,
};
use avalon::id::{GameId, PlayerId, RoomId, Seat};
use avalon::play::{self, Limits, Moves, Turn};
use avalon::profile::RuleProfile;
use avalon::reducer::fold;
use avalon::state::{GameState, Phase};
use rand::RngExt;
use ulid::Ulid;

use crate::policy::HumanPolicy;
use crate::{SimulatorError, random};

/// Share of games that are given up before their end.
const ABORTED: f64 = 0.025;
/// Chance before each event that somebody's connection is lost.
const DISCONNECT: f64 = 0.003;
/// Chance before each event that somebody lost comes back.
const RECONNECT: f64 = 0.2;
/// Chance that a player lets the time for a vote run out.
const TIMEOUT: f64 = 0.002;

/// The next event, not before a time where a deadline has to pass first.
pub(crate) struct Step {
    pub(crate) draft: Draft,
    pub(crate) not_before: Option<i64>,
}

/// A game and where it stands.
pub(crate) struct Game {
    seed: u64,
    pub(crate) state: GameState,
    chain: Chain,
    deal: Option<Deal>,
    opening: Opening,
    policy: HumanPolicy,
    limits: Limits,
    /// Seq from which the game is given up.
    abort_from: Option<u64>,
    /// The server's action for a player whose time ran out.
    pending: Option<Draft>,
    /// Whether players may let time run out: not where time is real.
    with_timeouts: bool,
    /// The log, kept only while an event that goes back is sealed.
    log: Option<Vec<Envelope>>,
}

/// What a game is created with.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) game: GameId,
    pub(crate) room: RoomId,
    pub(crate) profile: RuleProfile,
    pub(crate) seats: Vec<PlayerId>,
}

impl Game {
    /// A game that is to be created.
    pub(crate) fn open(seed: u64, opening: Opening, with_timeouts: bool) -> Game {
        let chain = Chain::new(opening.game.clone(), Some(opening.room.clone()));
        Game::at(seed, opening, GameState::default(), chain, with_timeouts)
    }

    /// A game that goes on after its log.
    pub(crate) fn resume(seed: u64, log: &[Envelope]) -> Result<Game, SimulatorError> {
        let broken = |detail: String| SimulatorError::Inconsistent {
            game: log.first().map(|first| first.game_id.to_string()).unwrap_or_default(),
            detail,
        };
        let last = log.last().ok_or_else(|| broken("its log is empty".into()))?;
        let state = fold(log).map_err(|refused| broken(refused.to_string()))?;
        let chain =
            Chain::after(last).ok_or_else(|| broken("its last event has no hash".into()))?;
        let opening = Opening {
            game: state.game_id.clone(),
            room: state.room_id.clone().unwrap_or_default(),
            profile: state
                .profile
                .as_deref()
                .cloned()
                .ok_or_else(|| broken("no profile".into()))?,
            seats: state.seats.clone(),
        };
        Ok(Game::at(seed, opening, state, chain, false))
    }

    fn at(
        seed: u64,
        opening: Opening,
        state: GameState,
        chain: Chain,
        with_timeouts: bool,
    ) -> Game {
        let rng = &mut random::generator(seed, &[timeless(opening.game.as_str()), b"character"]);
        let abort_from = rng.random_bool(ABORTED).then(|| rng.random_range(3..90));
        let limits = if rng.random_bool(0.6) {
            Limits { propose_ms: Some(300_000), vote_ms: Some(120_000), act_ms: Some(300_000) }
        } else {
            Limits::default()
        };
        let policy = HumanPolicy::new(seed);
        let deal = None;
        let pending = None;
        Game {
            seed,
            state,
            chain,
            deal,
            opening,
            policy,
            limits,
            abort_from,
            pending,
            with_timeouts,
            log: None,
        }
    }

    /// Keeps the log for the next event, which goes back in it.
    pub(crate) fn remembering(mut self, log: Vec<Envelope>) -> Game {
        self.log = Some(log);
        self
    }

    pub(crate) fn id(&self) -> &str {
        self.opening.game.as_str()
    }

    pub(crate) fn opening(&self) -> &Opening {
        &self.opening
    }

    /// True once the game has ended or was given up.
    pub(crate) fn is_over(&self) -> bool {
        self.state.phase.is_final()
    }

    /// What happens next at Unix time `now_ms`; none when the game is over or paused.
    pub(crate) fn next(&mut self, now_ms: i64) -> Option<Step> {
        if self.is_over() || self.state.overlay.paused {
            return None;
        }
        if let Some(draft) = self.pending.take() {
            return Some(Step { draft, not_before: self.state.deadline });
        }
        let draft = if self.state.profile.is_none() {
            let Opening { game, profile, seats, .. } = self.opening.clone();
            play::create_game(game, profile, seats, &self.deal_seed())
        } else if self.abort_from.is_some_and(|seq| self.state.seq >= seq) {
            give_up()
        } else if let Some(seat) = self.role_unseen() {
            Moves::new(&self.state).acknowledge(seat)
        } else if let Some(draft) = self.connection_change() {
            draft
        } else if let Some(step) = self.timeout(now_ms) {
            return Some(step);
        } else {
            let seed = self.deal_seed();
            let profile = &self.opening.profile;
            let deal = self.deal.get_or_insert_with(|| deal::deal(&seed, profile));
            play::next_draft(&self.state, deal, &mut self.policy, now_ms, self.limits)?
        };
        Some(Step { draft, not_before: None })
    }

    /// Seals a draft into the log at Unix time `now_ms` and applies it.
    pub(crate) fn seal(&mut self, draft: Draft, now_ms: i64) -> Result<Envelope, SimulatorError> {
        let seq = self.chain.seq() + 1;
        let event = draft.event.kind().to_owned();
        let game = self.opening.game.to_string();
        let refused = |detail: String| SimulatorError::Refused {
            game: game.clone(),
            event: event.clone(),
            seq,
            detail,
        };
        let stamp = self.stamp(seq, now_ms);
        let envelope = self.chain.seal(draft, stamp).map_err(|error| refused(error.to_string()))?;
        match self.log.take() {
            None => self.state.apply(&envelope),
            Some(log) => fold(log.iter().chain([&envelope])).map(|state| self.go_back(state)),
        }
        .map_err(|rejection| refused(rejection.to_string()))?;
        self.chain.advance(&envelope);
        Ok(envelope)
    }

    fn go_back(&mut self, state: GameState) {
        self.state = state;
        self.policy.forget();
        self.pending = None;
    }

    fn stamp(&self, seq: u64, now_ms: i64) -> Stamp {
        let game = timeless(self.opening.game.as_str());
        let mut rng = random::generator(self.seed, &[game, b"ids", &seq.to_le_bytes()]);
        Stamp {
            event_id: identifier(now_ms, rng.random()).into(),
            ts: now_ms,
            command_id: format!("c_{}", identifier(now_ms, rng.random())).into(),
        }
    }

    fn deal_seed(&self) -> deal::Seed {
        random::derived(self.seed, &[timeless(self.opening.game.as_str()), b"deal"])
    }

    /// The first seat that has not looked at its role.
    fn role_unseen(&self) -> Option<Seat> {
        let waiting = self.state.phase == Phase::Dealt;
        let unseen = self.state.acknowledged.iter().position(|seen| !seen);
        unseen.filter(|_| waiting).and_then(|seat| Seat::try_from(seat).ok())
    }

    fn chance(&self, label: &[u8], probability: f64) -> bool {
        let game = timeless(self.opening.game.as_str());
        let labels = [game, label, &self.state.seq.to_le_bytes()[..]];
        random::generator(self.seed, &labels).random_bool(probability)
    }

    /// Somebody's connection is lost, or is back.
    fn connection_change(&self) -> Option<Draft> {
        let lost = self.state.overlay.connected.iter().position(|connected| !connected);
        let (seat, back) = match lost {
            Some(seat) if self.chance(b"back", RECONNECT) => (seat, true),
            None if self.chance(b"lost", DISCONNECT) => {
                (usize::try_from(self.state.seq).unwrap_or(0) % self.state.seats.len(), false)
            }
            _ => return None,
        };
        let change = ConnectionChanged {
            player_id: self.state.seats.get(seat)?.clone(),
            session_id: Some(format!("s_{}_{seat}", self.opening.room)),
            last_seq: Some(self.state.seq),
        };
        let event =
            if back { Event::PlayerReconnected(change) } else { Event::PlayerDisconnected(change) };
        Some(Draft { actor: Actor::System, visibility: Visibility::Public, event })
    }

    /// A player lets the time for a vote run out: the server votes in the player's place.
    fn timeout(&mut self, _now_ms: i64) -> Option<Step> {
        let deadline = self.state.deadline.filter(|_| self.with_timeouts)?;
        let Turn::Vote { seats } = play::turn(&self.state) else { return None };
        if !self.chance(b"timeout", TIMEOUT) {
            return None;
        }
        let seat = *seats.first()?;
        let on_team = self.state.open_proposal()?.team.contains(&seat);
        let vote = if on_team { Vote::Approve } else { Vote::Reject };
        let mut action = Moves::new(&self.state).vote(seat, vote);
        if let Event::TeamVoteCast(cast) = &mut action.event {
            cast.auto = Some(true);
        }
        action.actor = Actor::System;
        self.pending = Some(action);
        let event = Event::ActionTimedOut(TimeoutHandled {
            player: self.state.player(seat)?.clone(),
            policy: Some("default".into()),
            action: None,
        });
        let draft = Draft { actor: Actor::System, visibility: Visibility::Public, event };
        Some(Step { draft, not_before: Some(deadline) })
    }
}

fn give_up() -> Draft {
    let event = Event::GameAborted(GameAborted {
        reason: Some("players_left".into()),
        by: Some("system".into()),
    });
    Draft { actor: Actor::System, visibility: Visibility::Public, event }
}

/// A ULID of a time and 80 bits of randomness.
pub(crate) fn identifier(ms: i64, random: u128) -> String {
    Ulid::from_parts(u64::try_from(ms).unwrap_or(0), random).to_string()
}

/// What an id tells beside its time: the label of decisions, so that the same seed gives the same
/// games at any hour.
pub(crate) fn timeless(id: &str) -> &[u8] {
    /// Characters of the 80 random bits at a ULID's end.
    const RANDOM: usize = 16;
    let bytes = id.as_bytes();
    &bytes[bytes.len().saturating_sub(RANDOM)..]
}
