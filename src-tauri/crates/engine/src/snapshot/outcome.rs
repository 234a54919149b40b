//! Snapshots as they are taken, listed and shown.

use avalon::sentence::Sentence;
use avalon::snapshot::SnapshotType;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which game to take a snapshot of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotCreateRequest {
    /// The game.
    pub game: String,
    /// The event to cut after; absent means the last.
    pub seq: Option<u64>,
}

/// Which snapshots to list; what is absent leaves all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotListRequest {
    /// A game's id.
    pub game: Option<String>,
    /// A room's id.
    pub room: Option<String>,
    /// A player's id.
    pub player: Option<String>,
    /// Types; none means all.
    pub kinds: Vec<SnapshotType>,
    /// Not before this Unix time in milliseconds.
    pub from: Option<i64>,
    /// Before this Unix time in milliseconds.
    pub to: Option<i64>,
    /// The beginning of a snapshot's, game's or room's id; one that few begin with.
    pub text: Option<String>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// 1 to 200.
    pub limit: u32,
}

/// A snapshot in a list: what is in plain of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotRow {
    /// UUID.
    pub id: String,
    /// The game.
    pub game: String,
    /// Its room.
    pub room: Option<String>,
    /// What it was taken for.
    pub kind: SnapshotType,
    /// Unix time in milliseconds.
    pub at: i64,
    /// Version of the game's rules.
    pub version: Option<String>,
    /// The event that it was cut after; none when the body does not open.
    pub at_seq: Option<u64>,
    /// Bytes of the sealed body.
    pub bytes: u64,
    /// When it goes, Unix time in milliseconds; all snapshots of a game go together.
    pub expires_at: Option<i64>,
}

/// A snapshot that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotCreated {
    /// The snapshot.
    pub row: SnapshotRow,
    /// Whether it is new; false when the same had been taken before.
    pub created: bool,
}

/// A page of snapshots, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPage {
    /// The rows.
    pub snapshots: Vec<SnapshotRow>,
    /// Where the next page begins.
    pub cursor: Option<String>,
    /// How many match in all; told with the first page.
    pub total: Option<SnapshotTotal>,
    /// The job that takes snapshots as games are played, if one is at work.
    pub followed_by: Option<String>,
}

/// How many snapshots match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotTotal {
    /// Counted up to 10,000.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
}

/// Which snapshot to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotShowRequest {
    /// UUID.
    pub id: String,
}

/// A snapshot in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotView {
    /// What is in plain of it.
    pub row: SnapshotRow,
    /// The event that it was cut after.
    pub at_seq: u64,
    /// The snapshot that its body is a delta to; none for a keyframe.
    pub base: Option<String>,
    /// Whether it holds the whole state, which has the hash that it gives; a document of somebody
    /// else's tells no more than its fields.
    pub whole: bool,
    /// The document, in the structure of the specification.
    pub document: serde_json::Value,
}

/// A snapshot of a game as a moment of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotMoment {
    /// UUID.
    pub id: String,
    /// The event that it was cut after.
    pub seq: u64,
    /// What it was taken for.
    pub kind: SnapshotType,
    /// When it was taken, Unix time in milliseconds.
    pub at: i64,
}

/// The snapshot that a game is shown out of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotPlace {
    /// UUID.
    pub id: String,
    /// What it was taken for.
    pub kind: SnapshotType,
    /// When it was taken, Unix time in milliseconds.
    pub at: i64,
    /// Whether it holds the whole state; a document of somebody else's tells no more than its
    /// fields.
    pub whole: bool,
    /// All snapshots of the game that open, in the order of the events that they were cut after.
    pub moments: Vec<SnapshotMoment>,
    /// How many snapshots of the game do not open.
    pub unreadable: u32,
}

/// Which snapshots to hold against the games' logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotVerifyRequest {
    /// Of this game alone; absent: of all that have one.
    pub game: Option<String>,
    /// Whether to make again what the logs can make again.
    pub repair: bool,
}

/// What is wrong with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotFault {
    /// A key moment has none.
    Missing,
    /// It does not open.
    Broken,
    /// Its state or event is not that of the log.
    Differs,
    /// It is not of the event that it says.
    Misplaced,
    /// Its game is not there.
    Orphan,
}

/// Something wrong with a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotFinding {
    /// The game.
    pub game: String,
    /// The snapshot; of a missing one, the id that it would have.
    pub snapshot: String,
    /// What it was taken for, or is to be.
    pub kind: SnapshotType,
    /// What is wrong.
    pub fault: SnapshotFault,
    /// Id of the rule that is broken.
    pub rule: String,
    /// What exactly, in English.
    pub detail: String,
    /// The same, for other languages.
    #[serde(default)]
    pub sentence: Sentence,
    /// Whether the game's log can make it again.
    pub repairable: bool,
    /// Whether it was made again, and is sound now.
    pub repaired: bool,
}

/// What came of holding snapshots against the games' logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotVerifyOutcome {
    /// Games with snapshots.
    pub games: u64,
    /// Snapshots that were opened and held against the log.
    pub snapshots: u64,
    /// Findings in all.
    pub problems: u64,
    /// Of these, how many were put right.
    pub repaired: u64,
    /// The first findings.
    pub findings: Vec<SnapshotFinding>,
}
