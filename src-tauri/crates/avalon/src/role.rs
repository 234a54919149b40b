//! Sides and roles.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A side of the game.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Loyal to Arthur.
    Good,
    /// Minions of Mordred.
    Evil,
}

impl Side {
    /// The opposite side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Good => Self::Evil,
            Self::Evil => Self::Good,
        }
    }

    /// The wire spelling: `good` or `evil`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Evil => "evil",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A character card. Spelt in upper case on the wire.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// Knows evil, except Mordred; dies by the assassin.
    Merlin,
    /// Sees Merlin and Morgana without telling them apart.
    Percival,
    /// A loyal servant of Arthur; knows nothing.
    Servant,
    /// Names Merlin at the end.
    Assassin,
    /// Looks like Merlin to Percival.
    Morgana,
    /// Hidden from Merlin.
    Mordred,
    /// Evil, unknown to evil and knowing nobody.
    Oberon,
    /// A minion of Mordred without a power.
    Minion,
    /// The Lancelot that starts good.
    LancelotGood,
    /// The Lancelot that starts evil.
    LancelotEvil,
}

impl Role {
    /// Every role, in the order of the rules.
    pub const ALL: [Self; 10] = [
        Self::Merlin,
        Self::Percival,
        Self::Servant,
        Self::Assassin,
        Self::Morgana,
        Self::Mordred,
        Self::Oberon,
        Self::Minion,
        Self::LancelotGood,
        Self::LancelotEvil,
    ];

    /// The side the role starts on. Only a loyalty card moves a Lancelot to the other one.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Merlin | Self::Percival | Self::Servant | Self::LancelotGood => Side::Good,
            Self::Assassin
            | Self::Morgana
            | Self::Mordred
            | Self::Oberon
            | Self::Minion
            | Self::LancelotEvil => Side::Evil,
        }
    }

    /// Whether the role is one of the two Lancelots.
    #[must_use]
    pub const fn is_lancelot(self) -> bool {
        matches!(self, Self::LancelotGood | Self::LancelotEvil)
    }

    /// The wire spelling, for example `LANCELOT_GOOD`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merlin => "MERLIN",
            Self::Percival => "PERCIVAL",
            Self::Servant => "SERVANT",
            Self::Assassin => "ASSASSIN",
            Self::Morgana => "MORGANA",
            Self::Mordred => "MORDRED",
            Self::Oberon => "OBERON",
            Self::Minion => "MINION",
            Self::LancelotGood => "LANCELOT_GOOD",
            Self::LancelotEvil => "LANCELOT_EVIL",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
