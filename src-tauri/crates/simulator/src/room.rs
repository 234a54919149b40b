//! Rooms: who sits down together, and the log of it.

use avalon::chain::{Chain, Stamp};
use avalon::document::{RoomDoc, RoomStatus};
use avalon::event::{
    Actor, Draft, Envelope, Event, PlayerJoined, ReadyChanged, RoomCreated, SeatTaken, Visibility,
};
use avalon::id::{GameId, PlayerId};
use avalon::profile::RuleProfile;
use avalon::room::RoomState;
use rand::RngExt;

use crate::game::{Opening, identifier, timeless};
use crate::options::Modules;
use crate::population::Player;
use crate::{SimulatorError, board, names, random};

/// Most games a room plays before it closes.
const MOST_GAMES: u64 = 3;

/// A room with its members seated.
pub(crate) struct Room {
    seed: u64,
    pub(crate) doc: RoomDoc,
    profile: RuleProfile,
    seats: Vec<PlayerId>,
    members: Vec<Player>,
    /// Games that are played in it before it closes.
    games: u64,
    /// Games begun.
    begun: u64,
}

/// What a room will play, known before anybody sits down.
pub(crate) struct Plan {
    seed: u64,
    id: String,
    profile: RuleProfile,
}

impl Plan {
    /// The `index`-th room of a run, opened at `at` (Unix milliseconds).
    pub(crate) fn new(
        seed: u64,
        run: &[u8],
        index: u64,
        players: (u8, u8),
        modules: &Modules,
        at: i64,
    ) -> Plan {
        let mut rng = random::generator(seed, &[b"room", run, &index.to_le_bytes()]);
        let id = format!("r_{}", identifier(at, rng.random()));
        Plan { seed, id, profile: board::choose(&mut rng, players, modules) }
    }

    pub(crate) fn players(&self) -> usize {
        usize::from(self.profile.n)
    }
}

impl Room {
    /// Opens the room with its members seated and ready, and gives the log of it.
    pub(crate) fn open(
        plan: Plan,
        members: Vec<Player>,
        at: i64,
    ) -> Result<(Room, Vec<Envelope>), SimulatorError> {
        let Plan { seed, id, profile } = plan;
        let mut rng = random::generator(seed, &[b"room life", timeless(&id)]);
        let code = names::room_code(&mut rng);
        let log = seal_all(seed, &id, opening(&id, code, &profile, &members)?, at)?;
        let refused = |detail: String| SimulatorError::Inconsistent { game: id.clone(), detail };
        let mut events = log.iter();
        let first = events.next().ok_or_else(|| refused("a room without events".into()))?;
        let mut state = RoomState::open(first).map_err(|error| refused(error.to_string()))?;
        for event in events {
            state.apply(event).map_err(|error| refused(error.to_string()))?;
        }
        let seats = state.table().ok_or_else(|| refused("its table is not complete".into()))?;
        let games = rng.random_range(1..=MOST_GAMES);
        let room = Room { seed, doc: state.document, profile, seats, members, games, begun: 0 };
        Ok((room, log))
    }

    /// A room whose game at hand is played on; it closes after it.
    pub(crate) fn resume(seed: u64, doc: RoomDoc, game: &Opening) -> Room {
        Room {
            seed,
            profile: game.profile.clone(),
            seats: game.seats.clone(),
            members: Vec::new(),
            games: 1,
            begun: 1,
            doc,
        }
    }

    /// Ids of who sits here.
    pub(crate) fn player_ids(&self) -> impl Iterator<Item = &str> {
        self.seats.iter().map(PlayerId::as_str)
    }

    /// Who sits here, when this run seated them.
    pub(crate) fn into_members(self) -> Vec<Player> {
        self.members
    }

    pub(crate) fn members(&self) -> &[Player] {
        &self.members
    }

    /// The next game of this room; none when it has played all of them.
    pub(crate) fn next_game(&mut self, at: i64) -> Option<Opening> {
        if self.begun >= self.games {
            return None;
        }
        let id = timeless(self.doc.id.as_str());
        let labels = [id, b"game".as_slice(), &self.begun.to_le_bytes()];
        let mut rng = random::generator(self.seed, &labels);
        self.begun += 1;
        let game = GameId::from(format!("g_{}", identifier(at, rng.random())));
        self.doc.status = RoomStatus::Playing;
        self.doc.current_game_id = Some(game.clone());
        self.doc.updated_at = at;
        Some(Opening {
            game,
            room: self.doc.id.clone(),
            profile: self.profile.clone(),
            seats: self.seats.clone(),
        })
    }

    /// True when no further game is played here.
    pub(crate) fn is_done(&self) -> bool {
        self.begun >= self.games
    }

    /// The game at hand is over: back to the lobby, or closed after the last one.
    pub(crate) fn game_over(&mut self, at: i64) {
        self.doc.status = if self.is_done() { RoomStatus::Closed } else { RoomStatus::Lobby };
        self.doc.current_game_id = None;
        self.doc.updated_at = at;
    }

    /// Everybody leaves.
    pub(crate) fn close(&mut self, at: i64) {
        self.doc.status = RoomStatus::Closed;
        self.doc.current_game_id = None;
        self.doc.updated_at = at;
    }
}

/// The events by which a room opens and fills: (actor, event).
fn opening(
    id: &str,
    code: String,
    profile: &RuleProfile,
    members: &[Player],
) -> Result<Vec<(PlayerId, Event)>, SimulatorError> {
    let config = serde_json::to_value(profile)
        .map_err(|error| SimulatorError::form("a rule profile")(error.into()))?;
    let host: PlayerId = members.first().map(|host| host.id.as_str().into()).unwrap_or_default();
    let created = Event::RoomCreated(RoomCreated {
        room_id: id.into(),
        host_id: host.clone(),
        code,
        config: Some(config),
    });
    let mut events = vec![(host, created)];
    for (seat, member) in (0_u8..).zip(members) {
        let player_id = PlayerId::from(member.id.as_str());
        let joined = Event::PlayerJoined(PlayerJoined {
            player_id: player_id.clone(),
            openid_hash: Some(member.openid_hash.clone()),
            nick: Some(member.nick.clone()),
            avatar: Some(member.avatar.clone()),
        });
        let seated = Event::SeatTaken(SeatTaken { player_id: player_id.clone(), seat });
        let ready = Event::ReadyChanged(ReadyChanged { player_id: player_id.clone(), ready: true });
        events.extend([joined, seated, ready].map(|event| (player_id.clone(), event)));
    }
    Ok(events)
}

fn seal_all(
    seed: u64,
    id: &str,
    events: Vec<(PlayerId, Event)>,
    at: i64,
) -> Result<Vec<Envelope>, SimulatorError> {
    let mut chain = Chain::new(GameId::default(), Some(id.into()));
    let mut log = Vec::with_capacity(events.len());
    for (actor, event) in events {
        let labels = [timeless(id), b"ids".as_slice(), &chain.seq().to_le_bytes()];
        let mut rng = random::generator(seed, &labels);
        let stamp = Stamp {
            event_id: identifier(at, rng.random()).into(),
            ts: at,
            command_id: format!("c_{}", identifier(at, rng.random())).into(),
        };
        let draft = Draft { actor: Actor::Player(actor), visibility: Visibility::Public, event };
        let envelope = chain
            .seal(draft, stamp)
            .map_err(|error| SimulatorError::form("a room event")(error.into()))?;
        chain.advance(&envelope);
        log.push(envelope);
    }
    Ok(log)
}
