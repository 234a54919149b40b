//! The facts that a difference is told in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::{Card, LoyaltyCard, QuestResult, Vote, VoteResult};
use crate::id::{PlayerId, Seat};
use crate::role::{Role, Side};
use crate::rules::{EndReason, Mark};
use crate::state::Phase;

/// A value on both sides; none where it does not exist yet, or may not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Change<T> {
    /// On the first side.
    pub before: Option<T>,
    /// On the second.
    pub after: Option<T>,
}

impl<T: PartialEq> Change<T> {
    /// The change from one value to another; none when they are equal.
    pub fn of(before: Option<T>, after: Option<T>) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }
}

/// What changed for a seat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SeatChange<T> {
    /// The seat.
    pub seat: Seat,
    /// The value on both sides.
    #[serde(flatten)]
    pub value: Change<T>,
}

/// The votes of a closed proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Tally {
    /// How many approved.
    pub approvals: u8,
    /// How many rejected.
    pub rejections: u8,
}

/// How much a fact matters.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Nothing follows from it.
    Cosmetic,
    /// How the game went.
    Course,
    /// What is counted of the game.
    Statistic,
    /// Who won.
    Outcome,
}

/// Something of the game that differs. Members that do not differ are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Fact {
    /// Other rules.
    Rules,
    /// Who sits in a seat.
    Player {
        /// The seat.
        seat: Seat,
        /// The player.
        player: Change<PlayerId>,
    },
    /// What a player is, and is taken for.
    Role {
        /// The seat.
        seat: Seat,
        /// The role.
        role: Option<Change<Role>>,
        /// The side, which loyalty cards can turn.
        side: Option<Change<Side>>,
        /// What the viewer was told about the player.
        mark: Option<Change<Mark>>,
    },
    /// An attempt to find a team.
    Proposal {
        /// The quest, 1 to 5.
        quest: u8,
        /// The attempt, 1 to 5.
        attempt: u8,
        /// Who proposed.
        leader: Option<Change<Seat>>,
        /// The team, in order of seats.
        team: Option<Change<Vec<Seat>>>,
        /// Who gets Excalibur.
        excalibur_to: Option<Change<Seat>>,
        /// The single votes.
        votes: Vec<SeatChange<Vote>>,
        /// Who has voted, in order of seats.
        voted: Option<Change<Vec<Seat>>>,
        /// The votes counted.
        tally: Option<Change<Tally>>,
        /// The result of the vote.
        result: Option<Change<VoteResult>>,
    },
    /// How a quest went.
    Quest {
        /// The quest, 1 to 5.
        quest: u8,
        /// Who went, in order of seats.
        team: Option<Change<Vec<Seat>>>,
        /// The single cards, as played.
        cards: Vec<SeatChange<Card>>,
        /// Who has played a card, in order of seats.
        played: Option<Change<Vec<Seat>>>,
        /// Who held Excalibur.
        excalibur: Option<Change<Seat>>,
        /// Whether the holder of Excalibur has decided.
        decided: Option<Change<bool>>,
        /// Whose card Excalibur switched.
        switched: Option<Change<Seat>>,
        /// Fail cards counted.
        fails: Option<Change<u8>>,
        /// The result.
        result: Option<Change<QuestResult>>,
    },
    /// A use of the Lady of the Lake.
    LadyUse {
        /// The quest after which it happens.
        quest: u8,
        /// Who examined.
        holder: Option<Change<Seat>>,
        /// Who was examined.
        target: Option<Change<Seat>>,
        /// The side shown.
        loyalty: Option<Change<Side>>,
        /// The side claimed.
        claim: Option<Change<Side>>,
    },
    /// Who holds the Lady of the Lake.
    LadyHolder {
        /// The seat.
        holder: Change<Seat>,
    },
    /// A loyalty card turned over.
    Loyalty {
        /// The quest it applies from.
        quest: u8,
        /// The card.
        card: Change<LoyaltyCard>,
    },
    /// The search for Merlin.
    Assassination {
        /// Who shoots.
        assassin: Option<Change<Seat>>,
        /// Who was shot.
        target: Option<Change<Seat>>,
    },
    /// Who won and how.
    Winner {
        /// The side.
        winner: Option<Change<Side>>,
        /// The reason.
        reason: Option<Change<EndReason>>,
    },
    /// Successful and failed quests so far.
    Score {
        /// Successes.
        successes: Option<Change<u8>>,
        /// Failures.
        failures: Option<Change<u8>>,
    },
    /// Where the game stands.
    Phase {
        /// The phase.
        phase: Option<Change<Phase>>,
        /// The quest at hand; 0 before the first.
        quest: Option<Change<u8>>,
        /// The attempt at hand; 0 before the first.
        attempt: Option<Change<u8>>,
    },
    /// Who leads.
    Leader {
        /// The seat.
        leader: Change<Seat>,
    },
    /// Rejections in the quest at hand.
    VoteTrack {
        /// How many.
        rejections: Change<u8>,
    },
    /// Whether the game is paused.
    Paused {
        /// Paused or not.
        paused: Change<bool>,
    },
    /// A player's connection.
    Connection {
        /// The seat.
        seat: Seat,
        /// Whether connected.
        connected: Option<Change<bool>>,
        /// Whether a bot plays.
        bot: Option<Change<bool>>,
        /// Whether the player has looked at the role.
        acknowledged: Option<Change<bool>>,
    },
}

/// A fact with how much it matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WeightedFact {
    /// How much it matters.
    pub weight: Weight,
    /// What it is.
    pub fact: Fact,
}

impl From<Fact> for WeightedFact {
    fn from(fact: Fact) -> Self {
        Self { weight: fact.weight(), fact }
    }
}

impl Fact {
    /// How much it matters.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        match self {
            Self::Winner { .. } => Weight::Outcome,
            Self::Rules | Self::Player { .. } | Self::Role { .. } => Weight::Statistic,
            Self::Paused { .. } | Self::Connection { .. } => Weight::Cosmetic,
            Self::Proposal { .. }
            | Self::Quest { .. }
            | Self::LadyUse { .. }
            | Self::LadyHolder { .. }
            | Self::Loyalty { .. }
            | Self::Assassination { .. }
            | Self::Score { .. }
            | Self::Phase { .. }
            | Self::Leader { .. }
            | Self::VoteTrack { .. } => Weight::Course,
        }
    }
}
