//! Values that payloads are made of.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use ts_rs::TS;

use crate::id::{PlayerId, Seat};

/// A vote on a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
    /// For the team.
    Approve,
    /// Against it.
    Reject,
}

impl Vote {
    /// The wire spelling, for example `approve`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }
}

/// What the votes on a team came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum VoteResult {
    /// More than half approved.
    Approved,
    /// Half or fewer approved.
    Rejected,
}

impl VoteResult {
    /// The wire spelling, for example `approved`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// A quest card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Card {
    /// Helps the quest.
    Success,
    /// Harms it.
    Fail,
}

impl Card {
    /// The wire spelling, for example `success`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Fail => "fail",
        }
    }

    /// The card that Excalibur turns this one into.
    #[must_use]
    pub const fn switched(self) -> Self {
        match self {
            Self::Success => Self::Fail,
            Self::Fail => Self::Success,
        }
    }
}

/// How a quest went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum QuestResult {
    /// Fewer fails than needed to fail it.
    Success,
    /// Enough fails.
    Fail,
}

impl QuestResult {
    /// The wire spelling, for example `success`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Fail => "fail",
        }
    }
}

/// A card of the loyalty deck.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LoyaltyCard {
    /// Nothing happens.
    Blank,
    /// The two Lancelots change sides.
    Switch,
}

impl LoyaltyCard {
    /// The wire spelling, for example `blank`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Switch => "switch",
        }
    }
}

/// A version, spelt as a number or as text; each spelling is kept as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Version {
    /// A number.
    Number(u64),
    /// Text such as `1` or `1.0`.
    Text(String),
}

impl Version {
    /// The number it starts with; none when it starts with none.
    #[must_use]
    pub fn major(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => {
                let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
                text.get(..end)?.parse().ok()
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// A person named by seat number or by player id; both spellings are accepted where a log may
/// hold either, and each is kept as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(untagged)]
pub enum SeatRef {
    /// A seat number.
    Seat(Seat),
    /// A player.
    Player(PlayerId),
}

impl From<Seat> for SeatRef {
    fn from(seat: Seat) -> Self {
        Self::Seat(seat)
    }
}

impl From<PlayerId> for SeatRef {
    fn from(player: PlayerId) -> Self {
        Self::Player(player)
    }
}

impl Serialize for SeatRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Seat(seat) => serializer.serialize_u8(*seat),
            Self::Player(player) => player.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SeatRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RefVisitor;
        impl de::Visitor<'_> for RefVisitor {
            type Value = SeatRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a seat number or a player id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SeatRef, E> {
                Ok(SeatRef::Player(text.into()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<SeatRef, E> {
                u8::try_from(number)
                    .map(SeatRef::Seat)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<SeatRef, E> {
                u8::try_from(number)
                    .map(SeatRef::Seat)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }
        }
        deserializer.deserialize_any(RefVisitor)
    }
}
