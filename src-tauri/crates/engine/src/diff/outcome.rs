//! What two moments are compared by, and what differs.

use avalon::diff::{Outcome, WeightedFact};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::games::outcome::{EventView, GamePlace, GameRow, SeatView};
use crate::snapshot::outcome::SnapshotPlace;
use crate::wording::Language;

/// A moment of a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GameAt {
    /// The game.
    pub game: String,
    /// The event after which to look; absent means the last. A snapshot has one moment alone.
    pub seq: Option<u64>,
    /// Where to read it.
    #[serde(flatten)]
    pub place: GamePlace,
}

/// Which two moments to compare, and through whose eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffRequest {
    /// The first.
    pub before: GameAt,
    /// The second.
    pub after: GameAt,
    /// `god`, `audience`, or a player's id.
    pub viewer: String,
}

/// Which two moments to compare, and in which form to write down what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffExportRequest {
    /// The moments, and through whose eyes.
    pub diff: DiffRequest,
    /// The form.
    pub format: DiffFormat,
    /// The language; JSON has none.
    pub language: Language,
}

/// The form of a file that tells a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DiffFormat {
    /// All that the contract tells, for programs.
    Json,
    /// Facts and structure as tables.
    Markdown,
    /// The same as a page of its own.
    Html,
}

/// A difference as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffExport {
    /// The name that suits the file.
    pub file_name: String,
    /// The whole file.
    pub text: String,
}

/// A key moment of a game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MomentAt {
    /// The event that makes it.
    pub seq: u64,
    /// `K1` to `K7`.
    pub moment: String,
}

/// One of the two moments, as the viewer may see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffSide {
    /// What the list shows of the game.
    pub row: GameRow,
    /// The backup that the game was read out of; none means the database, or a snapshot.
    pub backup: Option<String>,
    /// The snapshot that the game was read out of.
    pub snapshot: Option<SnapshotPlace>,
    /// Where it was read, and what is otherwise in it.
    pub place: GamePlace,
    /// The event after which this is the state.
    pub seq: u64,
    /// The last event there is.
    pub last_seq: u64,
    /// The event itself; none where the viewer may not see it, and in a snapshot.
    pub event: Option<EventView>,
    /// The key moments of the whole game, in order; a snapshot's are among its snapshots.
    pub moments: Vec<MomentAt>,
    /// The table.
    pub seats: Vec<SeatView>,
    /// The whole state.
    pub state: serde_json::Value,
}

/// What differs between two moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffView {
    /// `god`, `audience`, or a player's id.
    pub viewer: String,
    /// Whether both are moments of the same game.
    pub same_game: bool,
    /// What the difference means for the result and what is counted from it.
    pub outcome: Outcome,
    /// The facts of the game that differ.
    pub facts: Vec<WeightedFact>,
    /// Every member of the two states.
    pub structure: Vec<DiffNode>,
    /// The first moment.
    pub before: DiffSide,
    /// The second.
    pub after: DiffSide,
}

/// How a member differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DiffKind {
    /// Not at all.
    Same,
    /// Its value, or something within it.
    Changed,
    /// Only the second side has it.
    Added,
    /// Only the first side has it.
    Removed,
}

/// A member of two documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DiffNode {
    /// Its name, or its place in a list from 0.
    pub name: String,
    /// How it differs.
    pub kind: DiffKind,
    /// The type on the first side: `object`, `array`, `string`, `number`, `boolean`, `null`; none
    /// where it is missing.
    pub before_type: Option<String>,
    /// The type on the second side.
    pub after_type: Option<String>,
    /// The value on the first side as JSON; none where it has members of its own that are below.
    pub before: Option<String>,
    /// The value on the second side.
    pub after: Option<String>,
    /// Members of a value that is an object or a list on both sides, or exists on one only.
    pub members: Vec<DiffNode>,
}
