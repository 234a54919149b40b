//! Sides and roles.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A side of the game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Loyal to Arthur.
    Good,
    /// Minions of Mordred.
    Evil,
}
