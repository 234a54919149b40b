//! Types of snapshots, and the words that the specification writes values in.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use crate::event::{Card, QuestResult, Vote};
use crate::moment::Moment;

/// What a snapshot was taken for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SnapshotType {
    /// K1: the game was created.
    GameCreated,
    /// K2: the roles were assigned.
    RolesAssigned,
    /// K3: a quest begins, before its team is assigned.
    BeforeTeamAssignment,
    /// K4: a team is decided.
    TeamAssigned,
    /// K5: a quest was executed.
    MissionExecuted,
    /// K6: the search for Merlin begins.
    MerlinGuessStarted,
    /// K7: the game is over.
    GameOver,
    /// Time passed.
    Interval,
    /// An administrator asked for it.
    Manual,
    /// A player has opted in.
    Player,
    /// Before a change made by this product.
    PreImage,
}

impl SnapshotType {
    /// All of them, the key moments first.
    pub const ALL: [Self; 11] = [
        Self::GameCreated,
        Self::RolesAssigned,
        Self::BeforeTeamAssignment,
        Self::TeamAssigned,
        Self::MissionExecuted,
        Self::MerlinGuessStarted,
        Self::GameOver,
        Self::Interval,
        Self::Manual,
        Self::Player,
        Self::PreImage,
    ];

    /// The wire spelling, for example `mission_executed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GameCreated => "game_created",
            Self::RolesAssigned => "roles_assigned",
            Self::BeforeTeamAssignment => "before_team_assignment",
            Self::TeamAssigned => "team_assigned",
            Self::MissionExecuted => "mission_executed",
            Self::MerlinGuessStarted => "merlin_guess_started",
            Self::GameOver => "game_over",
            Self::Interval => "interval",
            Self::Manual => "manual",
            Self::Player => "player",
            Self::PreImage => "pre_image",
        }
    }

    /// The key moment that it is of; none where no moment of the game was its reason.
    #[must_use]
    pub const fn moment(self) -> Option<Moment> {
        Some(match self {
            Self::GameCreated => Moment::K1,
            Self::RolesAssigned => Moment::K2,
            Self::BeforeTeamAssignment => Moment::K3,
            Self::TeamAssigned => Moment::K4,
            Self::MissionExecuted => Moment::K5,
            Self::MerlinGuessStarted => Moment::K6,
            Self::GameOver => Moment::K7,
            Self::Interval | Self::Manual | Self::Player | Self::PreImage => return None,
        })
    }
}

impl From<Moment> for SnapshotType {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::K1 => Self::GameCreated,
            Moment::K2 => Self::RolesAssigned,
            Moment::K3 => Self::BeforeTeamAssignment,
            Moment::K4 => Self::TeamAssigned,
            Moment::K5 => Self::MissionExecuted,
            Moment::K6 => Self::MerlinGuessStarted,
            Moment::K7 => Self::GameOver,
        }
    }
}

impl fmt::Display for SnapshotType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A vote, also in the words of the specification.
#[derive(Deserialize)]
enum VoteWord {
    #[serde(rename = "approve", alias = "赞成")]
    Approve,
    #[serde(rename = "reject", alias = "反对")]
    Reject,
}

/// A card or a result, also in the words of the specification.
#[derive(Deserialize)]
enum OutcomeWord {
    #[serde(rename = "success", alias = "成功")]
    Success,
    #[serde(rename = "fail", alias = "失败")]
    Fail,
}

pub(super) fn vote<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vote, D::Error> {
    Ok(match VoteWord::deserialize(deserializer)? {
        VoteWord::Approve => Vote::Approve,
        VoteWord::Reject => Vote::Reject,
    })
}

pub(super) fn results<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<QuestResult>, D::Error> {
    let words = Vec::<OutcomeWord>::deserialize(deserializer)?;
    let result = |word| match word {
        OutcomeWord::Success => QuestResult::Success,
        OutcomeWord::Fail => QuestResult::Fail,
    };
    Ok(words.into_iter().map(result).collect())
}

pub(super) fn cards<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Card>, D::Error> {
    let words = Vec::<OutcomeWord>::deserialize(deserializer)?;
    let card = |word| match word {
        OutcomeWord::Success => Card::Success,
        OutcomeWord::Fail => Card::Fail,
    };
    Ok(words.into_iter().map(card).collect())
}
