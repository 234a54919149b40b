//! What is shared of a game, and the file that comes of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::games::outcome::GamePlace;
use crate::wording::Language;

/// Which game to share, and what of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShareRequest {
    /// The game.
    pub id: String,
    /// `god`, `audience`, or a player's id: the file holds what they see and nothing else.
    pub viewer: String,
    /// Where to read it.
    #[serde(flatten)]
    pub place: GamePlace,
    /// The language of the file.
    pub language: Language,
    /// How players are told.
    #[serde(default)]
    pub names: Names,
}

/// How players are told in a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Names {
    /// By nickname, or shortened id where the account has none.
    #[default]
    Keep,
    /// By seat alone: neither nickname nor id is in the file.
    Seats,
}

/// A game as one HTML file that replays it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShareView {
    /// The name that suits the file.
    pub file_name: String,
    /// The whole file.
    pub html: String,
}
