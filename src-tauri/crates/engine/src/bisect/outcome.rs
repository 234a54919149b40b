//! What is looked for in the course of a game, and where it is.

use avalon::sentence::Sentence;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::games::outcome::GamePlace;

/// Which game to look through, through whose eyes, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BisectRequest {
    /// The game.
    pub game: String,
    /// Where to read it.
    #[serde(flatten)]
    pub place: GamePlace,
    /// `god`, `audience`, or a player's id.
    pub viewer: String,
    /// What to look for.
    pub wanted: Wanted,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wanted {
    /// Events that change a member of the state.
    Field {
        /// Its names from the outside in, with dots between; places in lists from 0, for example
        /// `quests.2.result`.
        path: String,
    },
    /// Events at which a rule is broken. For the viewer `god` alone: what breaks a rule is secret.
    Rule {
        /// The invariant, for example `V-COUNT`.
        id: String,
    },
}

/// An event at which it is so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BisectStep {
    /// Its number; none where the whole log breaks the rule.
    pub seq: Option<u64>,
    /// Its type; none where the viewer may not see the event.
    pub event: Option<String>,
    /// Unix time in milliseconds; none where the viewer may not see the event.
    pub at: Option<i64>,
    /// The member before, as JSON; none where there was none, or a rule is looked for.
    pub before: Option<String>,
    /// The member after.
    pub after: Option<String>,
    /// How the rule is broken, in English; none where a member is looked for.
    pub detail: Option<String>,
    /// The same, for other languages.
    pub sentence: Option<Sentence>,
}

/// Where it is so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BisectView {
    /// What was looked for.
    pub wanted: Wanted,
    /// The last event there is.
    pub last_seq: u64,
    /// In order; the first is the first event at which it is so.
    pub steps: Vec<BisectStep>,
}
