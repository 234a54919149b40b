//! Documents of the game service in MongoDB, except the envelope.

use std::collections::BTreeMap;

use avalon::event::QuestResult;
use avalon::profile::RuleProfile;
use avalon::role::{Role, Side};
use avalon::rules::EndReason;
use avalon::state::GameState;
use serde::{Deserialize, Serialize};

use crate::SimulatorError;

/// `_id` of the statistics over all players.
pub(crate) const GLOBAL: &str = "global";

/// `users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserDoc {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) nick: String,
    pub(crate) openid_hash: String,
    pub(crate) avatar: String,
    pub(crate) rating: i64,
    pub(crate) games: i64,
    pub(crate) wins: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// Status of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RoomStatus {
    Lobby,
    Playing,
    Closed,
}

/// `rooms`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomDoc {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) host_id: String,
    pub(crate) members: Vec<String>,
    pub(crate) profile: RuleProfile,
    pub(crate) status: RoomStatus,
    pub(crate) current_game_id: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A seat in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SeatRecord {
    pub(crate) player_id: String,
    pub(crate) seat: i32,
    pub(crate) role: Option<Role>,
    pub(crate) side: Option<Side>,
}

/// A quest in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MissionRecord {
    pub(crate) q: i32,
    pub(crate) team: Vec<String>,
    pub(crate) fails: i32,
    pub(crate) fails_needed: i32,
    pub(crate) result: QuestResult,
    pub(crate) proposals: i32,
}

/// What a game changed for a player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delta {
    pub(crate) player_id: String,
    pub(crate) games: i64,
    pub(crate) wins: i64,
    pub(crate) rating_before: i64,
    pub(crate) rating_after: i64,
}

/// `game_history`. An aborted game has no winner, no reason and no deltas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryDoc {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) room_id: String,
    pub(crate) profile: RuleProfile,
    pub(crate) seats: Vec<SeatRecord>,
    pub(crate) missions: Vec<MissionRecord>,
    pub(crate) winner: Option<Side>,
    pub(crate) reason: Option<EndReason>,
    pub(crate) started_at: i64,
    pub(crate) ended_at: i64,
    pub(crate) last_seq: i64,
    pub(crate) state_hash: String,
    pub(crate) deltas: Vec<Delta>,
}

/// Games and wins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) games: i64,
    pub(crate) wins: i64,
}

impl Count {
    pub(crate) fn add(&mut self, won: bool) {
        self.games += 1;
        self.wins += i64::from(won);
    }
}

/// `stats` of a player, or `global`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatsDoc {
    #[serde(rename = "_id")]
    pub(crate) id: String,
    pub(crate) games: i64,
    pub(crate) wins: i64,
    pub(crate) by_role: BTreeMap<String, Count>,
    pub(crate) by_size: BTreeMap<String, Count>,
    pub(crate) rating: i64,
}

impl HistoryDoc {
    /// The history of a game that is over, before the deltas.
    pub(crate) fn of(game: &GameState) -> Result<HistoryDoc, SimulatorError> {
        let id = game.game_id.to_string();
        let lacking = |what: &str| SimulatorError::Inconsistent {
            game: game.game_id.to_string(),
            detail: format!("an ended game lacks its {what}"),
        };
        let hash = game.state_hash().map_err(|error| lacking(&error.to_string()))?;
        Ok(HistoryDoc {
            room_id: game.room_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            profile: game.profile.as_deref().cloned().ok_or_else(|| lacking("profile"))?,
            seats: seats(game),
            missions: missions(game),
            winner: game.winner,
            reason: game.reason,
            started_at: game.started_at.ok_or_else(|| lacking("start"))?,
            ended_at: game.ended_at.ok_or_else(|| lacking("end"))?,
            last_seq: i64::try_from(game.seq).unwrap_or(i64::MAX),
            state_hash: hash.to_string(),
            deltas: Vec::new(),
            id,
        })
    }
}

fn seats(game: &GameState) -> Vec<SeatRecord> {
    (0_u8..)
        .zip(&game.seats)
        .map(|(seat, player)| SeatRecord {
            player_id: player.to_string(),
            seat: i32::from(seat),
            role: game.role(seat),
            side: game.side(seat),
        })
        .collect()
}

fn missions(game: &GameState) -> Vec<MissionRecord> {
    let resolved = (1..).zip(&game.quests).filter_map(|(q, quest)| {
        let team = quest.team.iter().filter_map(|seat| game.player(*seat));
        Some(MissionRecord {
            q,
            team: team.map(ToString::to_string).collect(),
            fails: i32::from(quest.fails?),
            fails_needed: i32::from(quest.fails_needed),
            result: quest.result?,
            proposals: i32::try_from(quest.proposals.len()).unwrap_or(i32::MAX),
        })
    });
    resolved.collect()
}
