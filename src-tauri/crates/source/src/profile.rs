//! Which collections and Redis keys belong to which data class.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The six classes of data, each with a policy of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// Players' accounts.
    Accounts,
    /// Rooms and their events.
    Rooms,
    /// Games being played: states, events of unfinished games, Redis keys of games.
    Active,
    /// Finished games and their events.
    History,
    /// Counters and ratings.
    Statistics,
    /// The service's configuration.
    Configuration,
}

impl DataClass {
    /// All six, in the order they are shown.
    pub const ALL: [Self; 6] = [
        Self::Accounts,
        Self::Rooms,
        Self::Active,
        Self::History,
        Self::Statistics,
        Self::Configuration,
    ];
}
