//! Games as they are listed and shown.

use avalon::diff::WeightedFact;
use avalon::role::Side;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::snapshot::outcome::SnapshotPlace;

/// Which games to list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameListRequest {
    /// Live or finished.
    pub status: GameStatus,
    /// Part of a game's, room's or player's id; empty for all.
    pub search: String,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

/// Where a game stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GameStatus {
    /// Being played.
    Live,
    /// Over.
    Finished,
}

/// A game in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameRow {
    /// The game.
    pub id: String,
    /// Its room.
    pub room_id: String,
    /// Live or finished.
    pub status: GameStatus,
    /// Players.
    pub players: u32,
    /// The phase's stable name, for example `TEAM_VOTING`.
    pub phase: String,
    /// Quest at hand, 1 to 5.
    pub quest: u32,
    /// Results of the resolved quests, in order.
    pub quests: Vec<QuestMark>,
    /// Rejections in this quest.
    pub vote_track: u32,
    /// Last event.
    pub seq: u64,
    /// Unix time in milliseconds.
    pub started_at: Option<i64>,
    /// Unix time in milliseconds of the last event.
    pub updated_at: i64,
    /// Who won.
    pub winner: Option<Side>,
    /// How, for example `three_fails`.
    pub reason: Option<String>,
}

/// The result of a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuestMark {
    /// It succeeded.
    Success,
    /// It failed.
    Fail,
}

/// A page of games.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GamePage {
    /// The rows.
    pub games: Vec<GameRow>,
    /// Where the next page begins.
    pub cursor: Option<String>,
    /// How many match in all.
    pub total: u64,
}

/// Which game to show, when, and through whose eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameShowRequest {
    /// The game.
    pub id: String,
    /// The event after which to look; absent means the last. A snapshot has one moment alone.
    pub seq: Option<u64>,
    /// `god`, `audience`, or a player's id.
    pub viewer: String,
    /// The backup to read the game out of; absent means the database.
    #[serde(default)]
    pub backup: Option<String>,
    /// The snapshot of the game to show it out of, in place of a backup.
    #[serde(default)]
    pub snapshot: Option<String>,
}

/// A seat at the table as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeatView {
    /// 0 to n − 1, clockwise.
    pub seat: u32,
    /// The player.
    pub player_id: String,
    /// The player's nickname, where the account has one.
    pub nick: Option<String>,
    /// The role's stable name, where the viewer may know it.
    pub role: Option<String>,
    /// The side, where the viewer may know it.
    pub side: Option<Side>,
    /// What the viewer's own role marks this seat with: `evil`, `merlin_or_morgana`.
    pub mark: Option<String>,
    /// Leads now.
    pub leader: bool,
    /// Is on the team at hand.
    pub on_team: bool,
    /// The vote, once the votes are closed or the viewer may see it: true approves.
    pub vote: Option<bool>,
    /// Has voted (value may be hidden).
    pub voted: bool,
    /// The quest card, where the viewer may see it: true succeeds.
    pub card: Option<bool>,
    /// Has played a card (value may be hidden).
    pub played: bool,
    /// Holds the Lady of the Lake.
    pub lady: bool,
    /// Holds Excalibur.
    pub excalibur: bool,
    /// Is connected.
    pub connected: bool,
}

/// One quest's place on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuestView {
    /// 1 to 5.
    pub quest: u32,
    /// Players it takes.
    pub team_size: u32,
    /// Fails that fail it.
    pub fails_needed: u32,
    /// Its result.
    pub result: Option<QuestMark>,
    /// Fail cards shown.
    pub fails: Option<u32>,
    /// Seats that went.
    pub team: Vec<u32>,
}

/// An event in a game's timeline, as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// Its number.
    pub seq: u64,
    /// Its type, for example `TeamVoteClosed`.
    pub kind: String,
    /// Unix time in milliseconds.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// The key moment it makes, `K1` to `K7`.
    pub moment: Option<String>,
    /// The payload the viewer may see.
    pub payload: serde_json::Value,
}

/// A rule that a game breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingView {
    /// The invariant, for example `V-MAJORITY`.
    pub id: String,
    /// `F`, `E`, `W` or `I`.
    pub severity: String,
    /// The event it shows at.
    pub seq: Option<u64>,
    /// The repair class: `AUTO`, `HUMAN`, `QUAR` or `NONE`.
    pub repair: String,
    /// What was found, in English.
    pub detail: String,
}

/// A game at one moment, as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameView {
    /// What the list shows.
    pub row: GameRow,
    /// `god`, `audience`, or a player's id.
    pub viewer: String,
    /// The backup that the game was read out of; none means the database, or a snapshot.
    pub backup: Option<String>,
    /// The snapshot that the game was read out of.
    pub snapshot: Option<SnapshotPlace>,
    /// The event after which this is the state.
    pub seq: u64,
    /// The last event there is.
    pub last_seq: u64,
    /// The phase at `seq`.
    pub phase: String,
    /// The quest at `seq`, 0 before the first.
    pub quest: u32,
    /// The attempt at `seq`.
    pub attempt: u32,
    /// Rejections in this quest at `seq`.
    pub vote_track: u32,
    /// The table.
    pub seats: Vec<SeatView>,
    /// The board.
    pub quests: Vec<QuestView>,
    /// All events, as the viewer may see them; a snapshot has none.
    pub events: Vec<EventView>,
    /// What the event at `seq` changed; out of a snapshot, what did since the one before.
    pub changes: Vec<WeightedFact>,
    /// What the rules say about the log.
    pub findings: Vec<FindingView>,
    /// Who won, at `seq`.
    pub winner: Option<Side>,
    /// How, at `seq`.
    pub reason: Option<String>,
    /// The whole state as the viewer may see it.
    pub state: serde_json::Value,
}
