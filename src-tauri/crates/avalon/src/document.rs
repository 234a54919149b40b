//! The documents of the game service's database. Times are Unix milliseconds.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::event::{Envelope, QuestResult};
use crate::id::{GameId, PlayerId, RoomId, Seat};
use crate::profile::RuleProfile;
use crate::rating::{self, Standing};
use crate::role::{Role, Side};
use crate::state::{GameState, Phase};

/// `users`: an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDoc {
    /// The player.
    #[serde(rename = "_id")]
    pub id: PlayerId,
    /// Nickname.
    pub nick: String,
    /// Hash of the platform identity.
    pub openid_hash: String,
    /// Avatar address.
    pub avatar: String,
    /// Rating.
    pub rating: i64,
    /// Games played to the end.
    pub games: i64,
    /// Games won.
    pub wins: i64,
    /// When the account was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}

/// Where a room stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// Players gather.
    Lobby,
    /// A game is being played.
    Playing,
    /// Nobody is there any more.
    Closed,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The player.
    pub player_id: PlayerId,
    /// Nickname.
    pub nick: String,
    /// The seat taken.
    pub seat: Option<Seat>,
    /// Whether ready.
    pub ready: bool,
}

/// `rooms`: a room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomDoc {
    /// The room.
    #[serde(rename = "_id")]
    pub id: RoomId,
    /// The code by which players find it.
    pub code: String,
    /// Its host.
    pub host_id: PlayerId,
    /// Who is there.
    pub members: Vec<Member>,
    /// The rules chosen.
    pub profile: Option<RuleProfile>,
    /// Where it stands.
    pub status: RoomStatus,
    /// The game being played.
    pub current_game_id: Option<GameId>,
    /// When it was opened.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}

/// `games`: a live game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameDoc {
    /// The game.
    #[serde(rename = "_id")]
    pub id: GameId,
    /// Its room.
    pub room_id: Option<RoomId>,
    /// Fencing token of the instance that owns the game.
    pub epoch: i64,
    /// The last event.
    pub seq: u64,
    /// Where the game stands.
    pub phase: Phase,
    /// The reducer's state.
    pub state: GameState,
    /// Time of the last event.
    pub updated_at: i64,
}

impl GameDoc {
    /// The document of a live game.
    #[must_use]
    pub fn of(state: GameState, epoch: i64, updated_at: i64) -> Self {
        Self {
            id: state.game_id.clone(),
            room_id: state.room_id.clone(),
            epoch,
            seq: state.seq,
            phase: state.phase,
            state,
            updated_at,
        }
    }
}

/// `game_events` and `room_events`: the envelope verbatim, under `_id` = `eventId`. To read one,
/// deserialise an [`Envelope`].
#[derive(Debug, Clone, Copy)]
pub struct EventDoc<'a>(pub &'a Envelope);

impl Serialize for EventDoc<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(id) = &self.0.event_id {
            map.serialize_entry("_id", id)?;
        }
        self.0.write_members(&mut map, true)?;
        map.end()
    }
}

/// A player of an ended game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatRecord {
    /// The player.
    pub player_id: PlayerId,
    /// The seat.
    pub seat: Seat,
    /// The role dealt.
    pub role: Role,
    /// The side at the end.
    pub side: Side,
}

/// A resolved quest of an ended game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissionRecord {
    /// 1 to 5.
    pub quest: u8,
    /// Who went.
    pub team: Vec<PlayerId>,
    /// Fail cards.
    pub fails: u8,
    /// Fail cards that fail it.
    pub fails_needed: u8,
    /// How it went.
    pub result: QuestResult,
}

/// What an ended game adds to a player's statistics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatsDelta {
    /// The player.
    pub player_id: PlayerId,
    /// Always 1.
    pub games: i64,
    /// 1 when won, else 0.
    pub wins: i64,
    /// Rating before the game.
    pub rating_before: i64,
    /// Rating after it.
    pub rating_after: i64,
}

/// `game_history`: an ended game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryDoc {
    /// The game.
    #[serde(rename = "_id")]
    pub id: GameId,
    /// Its room.
    pub room_id: Option<RoomId>,
    /// The rules it was played by.
    pub profile: Option<RuleProfile>,
    /// The players in seat order; empty when the game was given up before the deal.
    pub seats: Vec<SeatRecord>,
    /// The resolved quests.
    pub missions: Vec<MissionRecord>,
    /// Who won; none when given up.
    pub winner: Option<Side>,
    /// How it ended: an end reason, or `aborted`.
    pub reason: String,
    /// Time of GameCreated.
    pub started_at: i64,
    /// Time of the end.
    pub ended_at: i64,
    /// Number of the last event.
    pub last_seq: u64,
    /// Hash of the last state, 64 hexadecimal digits.
    pub state_hash: String,
    /// What it adds to statistics; empty when given up.
    pub deltas: Vec<StatsDelta>,
}

impl HistoryDoc {
    /// The document of an ended or aborted game; none while it goes on. `rating` tells each
    /// player's rating before the game.
    #[must_use]
    pub fn of(state: &GameState, rating: impl Fn(&PlayerId) -> i64) -> Option<Self> {
        if !state.phase.is_final() {
            return None;
        }
        let seats: Vec<SeatRecord> = (0u8..)
            .zip(&state.seats)
            .filter_map(|(seat, player)| {
                let (role, side) = (state.role(seat)?, state.side(seat)?);
                Some(SeatRecord { player_id: player.clone(), seat, role, side })
            })
            .collect();
        let standings: Vec<Standing> = seats
            .iter()
            .map(|seat| Standing { side: seat.side, rating: rating(&seat.player_id) })
            .collect();
        let deltas = state.winner.map_or_else(Vec::new, |winner| {
            let after = rating::rate(&standings, winner);
            let delta = |((seat, before), after): ((&SeatRecord, &Standing), i64)| StatsDelta {
                player_id: seat.player_id.clone(),
                games: 1,
                wins: i64::from(seat.side == winner),
                rating_before: before.rating,
                rating_after: after,
            };
            seats.iter().zip(&standings).zip(after).map(delta).collect()
        });
        Some(Self {
            id: state.game_id.clone(),
            room_id: state.room_id.clone(),
            profile: state.profile.as_deref().cloned(),
            missions: missions(state),
            seats,
            winner: state.winner,
            reason: state.reason.map_or("aborted", |reason| reason.as_str()).to_owned(),
            started_at: state.started_at.unwrap_or_default(),
            ended_at: state.ended_at.unwrap_or_default(),
            last_seq: state.seq,
            state_hash: state.state_hash().map(|hash| hash.to_string()).unwrap_or_default(),
            deltas,
        })
    }
}

fn missions(state: &GameState) -> Vec<MissionRecord> {
    (1u8..)
        .zip(&state.quests)
        .filter_map(|(number, quest)| {
            Some(MissionRecord {
                quest: number,
                team: quest.team.iter().filter_map(|seat| state.player(*seat).cloned()).collect(),
                fails: quest.fails?,
                fails_needed: quest.fails_needed,
                result: quest.result?,
            })
        })
        .collect()
}

/// Games and wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// Games played to the end.
    pub games: i64,
    /// Games won.
    pub wins: i64,
}

/// `stats`: the sum of `game_history.deltas` for a player, or over all players (`global`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatsDoc {
    /// The player, or `global`.
    #[serde(rename = "_id")]
    pub id: PlayerId,
    /// Games played to the end.
    pub games: i64,
    /// Games won.
    pub wins: i64,
    /// By role dealt.
    pub by_role: BTreeMap<String, Tally>,
    /// By number of players.
    pub by_size: BTreeMap<String, Tally>,
    /// Rating; none for `global`.
    pub rating: Option<i64>,
}

/// `config`: a setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigDoc {
    /// The key.
    #[serde(rename = "_id")]
    pub id: String,
    /// The value.
    pub value: Value,
    /// Counts the changes, from 1.
    pub version: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: i64,
}
