//! Which collections and Redis keys belong to which data class.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod model;
mod validate;

pub use model::{
    ClassMember, CollectionSelection, DEFAULT_PROFILE, Membership, Part, PartialMember, Profile,
    RabbitProfile, RedisProfile, RedisStreams,
};
pub use validate::{ProfileError, STAGING_PREFIX};

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

    /// The name used in files and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Rooms => "rooms",
            Self::Active => "active",
            Self::History => "history",
            Self::Statistics => "statistics",
            Self::Configuration => "configuration",
        }
    }
}

/// Not the name of a data class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no data class; there are accounts, rooms, active, history, statistics and configuration"
)]
pub struct UnknownClass(String);

impl std::str::FromStr for DataClass {
    type Err = UnknownClass;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|class| class.name() == text)
            .ok_or_else(|| UnknownClass(text.to_owned()))
    }
}
