//! Games as they are listed and shown.

use avalon::diff::{Outcome, WeightedFact};
use avalon::role::Side;
use avalon::sentence::Sentence;
use avalon::what_if::{Edit, Origin};
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
    /// Leave out the events and the findings, which are the same at every moment: for going through a
    /// game of which they are known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub moment_only: bool,
    /// Where to read it.
    #[serde(flatten)]
    pub place: GamePlace,
}

/// Where a game is read: at most one place is named, and none means the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct GamePlace {
    /// The backup to read the game out of, or `latest`.
    pub backup: Option<String>,
    /// The snapshot of the game to read it out of: one moment alone.
    pub snapshot: Option<String>,
    /// The opened file to read the game out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<String>,
    /// Read the game out of the event log: each event as it was when it was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub event_log: bool,
    /// What is to be otherwise in it, in memory alone; for the viewer `god`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<Edit>>", optional)]
    pub what_if: Vec<Edit>,
}

impl GamePlace {
    /// In a backup.
    #[must_use]
    pub fn of_backup(backup: impl Into<String>) -> Self {
        Self { backup: Some(backup.into()), ..Self::default() }
    }

    /// In a snapshot.
    #[must_use]
    pub fn of_snapshot(snapshot: impl Into<String>) -> Self {
        Self { snapshot: Some(snapshot.into()), ..Self::default() }
    }
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
    /// Where it comes from in a what-if course; none in a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub origin: Option<EventOrigin>,
}

/// Where an event of a what-if course comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventOrigin {
    /// How.
    pub origin: Origin,
    /// The event of the log that it is or stands for.
    pub of: Option<u64>,
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
    /// The same, for other languages.
    pub sentence: Sentence,
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
    /// The opened file that the game was read out of.
    pub file: Option<String>,
    /// What of the event log the game was read out of.
    pub event_log: Option<LogPlace>,
    /// What is otherwise in it; none for the game as it was.
    pub what_if: Option<WhatIfView>,
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
    /// All events, as the viewer may see them; none of a snapshot, nor when the moment alone is asked for.
    pub events: Vec<EventView>,
    /// What the event at `seq` changed; out of a snapshot, what did since the one before.
    pub changes: Vec<WeightedFact>,
    /// What the rules say about the log; none when the moment alone is asked for.
    pub findings: Vec<FindingView>,
    /// Who won, at `seq`.
    pub winner: Option<Side>,
    /// How, at `seq`.
    pub reason: Option<String>,
    /// The whole state as the viewer may see it.
    pub state: serde_json::Value,
}

/// What of the event log a game was read out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogPlace {
    /// Events that the log told.
    pub events: u32,
    /// Events from before the log, out of the newest backup.
    pub kept: u32,
    /// How far the log reaches, Unix time in seconds.
    pub until: i64,
}

/// How a game would have gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WhatIfView {
    /// What is to be otherwise.
    pub edits: Vec<Edit>,
    /// The first event at which the course differs from the log.
    pub from: u64,
    /// Events of the log that are not in the course, in order.
    pub dropped: Vec<DroppedEvent>,
    /// What the course waits for at its end.
    pub waits: Waits,
    /// What is otherwise at the end, for the result and what is counted from it.
    pub outcome: Outcome,
    /// The facts of the game that differ at the end.
    pub facts: Vec<WeightedFact>,
}

/// An event of the log that is not in a what-if course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DroppedEvent {
    /// Its number in the log.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// The rule that it would break; none where an edit took it out.
    pub rule: Option<String>,
    /// Why, in English.
    pub detail: String,
    /// The same, for other languages.
    pub sentence: Sentence,
}

/// What a game waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Waits {
    /// `over` when for nothing; else the kind of the step, for example `vote` or `play_card`.
    pub turn: String,
    /// Whom for: seats from 0.
    pub seats: Vec<u32>,
}

/// Which event to find others for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlternativesRequest {
    /// The game.
    pub id: String,
    /// The event, by its number in the log.
    pub seq: u64,
    /// Where to read the game, and what is otherwise in it already.
    #[serde(flatten)]
    pub place: GamePlace,
}

/// What could have happened in the place of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlternativesView {
    /// The event's number in the log.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// Its own payload.
    pub payload: serde_json::Value,
    /// The payloads that the rules allow in its place; none for what the service derives.
    pub payloads: Vec<serde_json::Value>,
    /// Whether it is there all the same when it is left out: the service derives it of the others.
    pub follows_again: bool,
}
