//! Rooms: who sits down together, and the log of it.

use avalon::chain::{Chain, Stamp};
use avalon::event::{
    Actor, Draft, Envelope, Event, PlayerJoined, ReadyChanged, RoomCreated, SeatTaken, Visibility,
};
use avalon::id::{GameId, PlayerId, RoomId};
use avalon::profile::RuleProfile;
use rand::RngExt;
use serde_json::json;

use crate::game::{Opening, identifier};
use crate::options::Modules;
use crate::record::{RoomDoc, RoomStatus};
use crate::{SimulatorError, board, names, random};

/// A room, its members and its log so far.
pub(crate) struct Room {
    seed: u64,
    pub(crate) doc: RoomDoc,
    /// Games that are played in it before it closes.
    pub(crate) games: u64,
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
    /// The `index`-th room of a run that began at `at` (Unix milliseconds).
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
    /// Opens the room with its members seated and ready, and the events of it.
    pub(crate) fn open(
        plan: Plan,
        members: Vec<String>,
        at: i64,
    ) -> Result<(Room, Vec<Envelope>), SimulatorError> {
        let Plan { seed, id, profile } = plan;
        let mut rng = random::generator(seed, &[b"room life", id.as_bytes()]);
        let doc = RoomDoc {
            code: names::room_code(&mut rng),
            host_id: members.first().cloned().unwrap_or_default(),
            members,
            profile,
            status: RoomStatus::Lobby,
            current_game_id: None,
            created_at: at,
            updated_at: at,
            id,
        };
        let room = Room { seed, games: rng.random_range(1..=3), begun: 0, doc };
        let log = room.opening_log(at)?;
        Ok((room, log))
    }

    /// A room that plays already: after its game at hand it closes.
    pub(crate) fn resume(seed: u64, doc: RoomDoc) -> Room {
        Room { seed, doc, games: 1, begun: 1 }
    }

    fn opening_log(&self, at: i64) -> Result<Vec<Envelope>, SimulatorError> {
        let id: RoomId = self.doc.id.as_str().into();
        let config = serde_json::to_value(&self.doc.profile)
            .map_err(|error| SimulatorError::form("a rule profile")(error.into()))?;
        let created = Event::RoomCreated(RoomCreated {
            room_id: id.clone(),
            host_id: self.doc.host_id.as_str().into(),
            code: self.doc.code.clone(),
            config: Some(json!({ "profile": config })),
        });
        let mut events = vec![(self.doc.host_id.clone(), created)];
        for member in &self.doc.members {
            events.push((member.clone(), joined(member)));
        }
        for (seat, member) in (0_u8..).zip(&self.doc.members) {
            let player_id: PlayerId = member.as_str().into();
            let seated = SeatTaken { player_id: player_id.clone(), seat };
            events.push((member.clone(), Event::SeatTaken(seated)));
            let ready = ReadyChanged { player_id, ready: true };
            events.push((member.clone(), Event::ReadyChanged(ready)));
        }
        self.seal_all(id, events, at)
    }

    fn seal_all(
        &self,
        id: RoomId,
        events: Vec<(String, Event)>,
        at: i64,
    ) -> Result<Vec<Envelope>, SimulatorError> {
        let mut chain = Chain::new(GameId::default(), Some(id));
        let mut log = Vec::with_capacity(events.len());
        for (actor, event) in events {
            let seq = chain.seq() + 1;
            let labels = [self.doc.id.as_bytes(), b"ids".as_slice(), &seq.to_le_bytes()];
            let mut rng = random::generator(self.seed, &labels);
            let ts = at + i64::try_from(seq).unwrap_or(0) * 400;
            let stamp = Stamp {
                event_id: identifier(ts, rng.random()).as_str().into(),
                ts,
                command_id: format!("c_{}", identifier(ts, rng.random())).into(),
            };
            let visibility = Visibility::Public;
            let draft = Draft { actor: Actor::Player(actor.into()), visibility, event };
            let envelope = chain
                .seal(draft, stamp)
                .map_err(|error| SimulatorError::form("a room event")(error.into()))?;
            chain.advance(&envelope);
            log.push(envelope);
        }
        Ok(log)
    }

    /// The next game of this room; none when it has played all of them.
    pub(crate) fn next_game(&mut self, at: i64) -> Option<Opening> {
        if self.begun >= self.games {
            return None;
        }
        let labels = [self.doc.id.as_bytes(), b"game".as_slice(), &self.begun.to_le_bytes()];
        let mut rng = random::generator(self.seed, &labels);
        self.begun += 1;
        let game = format!("g_{}", identifier(at, rng.random()));
        self.doc.status = RoomStatus::Playing;
        self.doc.current_game_id = Some(game.clone());
        self.doc.updated_at = at;
        Some(Opening {
            game: game.into(),
            room: self.doc.id.as_str().into(),
            profile: self.doc.profile.clone(),
            seats: self.doc.members.iter().map(|member| member.as_str().into()).collect(),
        })
    }

    /// The game at hand is over: back to the lobby, or closed after the last one.
    pub(crate) fn game_over(&mut self, at: i64) {
        let last = self.begun >= self.games;
        self.doc.status = if last { RoomStatus::Closed } else { RoomStatus::Lobby };
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

fn joined(member: &str) -> Event {
    Event::PlayerJoined(PlayerJoined {
        player_id: member.into(),
        openid_hash: None,
        nick: None,
        avatar: None,
    })
}
