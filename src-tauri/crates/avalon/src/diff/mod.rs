//! What differs between two moments of a game, or between two games, told as facts of the game.
//!
//! The two sides are views, so a difference never tells more than its viewer may see. What is
//! hidden on both sides is equal; what is hidden on one side is absent there.

mod course;
mod fact;
mod outcome;
mod table;

pub use fact::{Change, Fact, SeatChange, Tally, Weight, WeightedFact};
pub use outcome::Outcome;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::StateView;

/// What differs between two views.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Whether both sides are the same game.
    pub same_game: bool,
    /// What the difference means for the result and what is counted from it.
    pub outcome: Outcome,
    /// The facts: who plays, the quests in order, the modules, the end, the moment at hand.
    pub facts: Vec<WeightedFact>,
}

/// Compares two views, seen by the same viewer.
#[must_use]
pub fn diff(before: &StateView, after: &StateView) -> Difference {
    let mut facts = Vec::new();
    table::players(before, after, &mut facts);
    course::quests(before, after, &mut facts);
    table::modules(before, after, &mut facts);
    table::ending(before, after, &mut facts);
    table::at_hand(before, after, &mut facts);
    Difference {
        same_game: before.game_id == after.game_id,
        outcome: Outcome::between(before, after),
        facts: facts.into_iter().map(WeightedFact::from).collect(),
    }
}
