//! What a game's state is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Card, LoyaltyCard, QuestResult, Vote, VoteResult};
use crate::id::Seat;
use crate::role::Side;
use crate::rules::Mark;

/// What a player was told about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sighting {
    /// The other player's seat.
    pub seat: Seat,
    /// What was told.
    pub mark: Mark,
}

/// A team and the vote on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Attempt, 1 to 5.
    pub attempt: u8,
    /// Who proposed.
    pub leader: Seat,
    /// The team, in the order named.
    pub team: Vec<Seat>,
    /// Who gets Excalibur.
    pub excalibur_to: Option<Seat>,
    /// Vote of each seat; none while missing. Secret until the vote is closed.
    pub votes: Vec<Option<Vote>>,
    /// How many approved, once closed.
    pub approvals: Option<u8>,
    /// The result, once closed.
    pub result: Option<VoteResult>,
    /// Whether it goes without a vote.
    pub forced: bool,
}

/// A quest card on the table. Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayedCard {
    /// Who played it.
    pub seat: Seat,
    /// The card as played, before Excalibur.
    pub card: Card,
}

/// Excalibur on a quest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Excalibur {
    /// Who holds it.
    pub holder: Seat,
    /// Whether the holder has decided.
    pub decided: bool,
    /// Whose card was switched.
    pub target: Option<Seat>,
}

/// One of the five quests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Quest {
    /// Players it takes.
    pub team_size: u8,
    /// Fail cards that fail it.
    pub fails_needed: u8,
    /// The proposals, in order; the last may be open.
    pub proposals: Vec<Proposal>,
    /// The team that goes; empty until one is approved.
    pub team: Vec<Seat>,
    /// The cards, in the order played. Secret.
    pub cards: Vec<PlayedCard>,
    /// Excalibur, where it was given.
    pub excalibur: Option<Excalibur>,
    /// Fail cards counted, once resolved.
    pub fails: Option<u8>,
    /// How it went, once resolved.
    pub result: Option<QuestResult>,
}

/// A use of the Lady of the Lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyUse {
    /// The quest after which it happened.
    pub quest: u8,
    /// Who examined.
    pub holder: Seat,
    /// Who was examined.
    pub target: Seat,
    /// The side shown. Secret to the examiner.
    pub loyalty: Side,
    /// The side claimed, where something was said.
    pub claim: Option<Side>,
}

/// The Lady of the Lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lady {
    /// Who holds the token.
    pub holder: Seat,
    /// Everybody who has held it, in order.
    pub holders: Vec<Seat>,
    /// Its uses, in order.
    pub uses: Vec<LadyUse>,
}

/// A loyalty card that was turned over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoyaltyDraw {
    /// The quest it applies from.
    pub quest: u8,
    /// The card.
    pub card: LoyaltyCard,
    /// Whether LoyaltyCardDrawn has told it.
    pub announced: bool,
}

/// The loyalty deck.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lancelot {
    /// The deck in the order it is drawn, where the log holds it. Secret in variant 1.
    pub deck: Option<Vec<LoyaltyCard>>,
    /// The cards turned over.
    pub draws: Vec<LoyaltyDraw>,
}

/// The search for Merlin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Assassination {
    /// Who shoots.
    pub assassin: Seat,
    /// Who may be shot.
    pub candidates: Vec<Seat>,
    /// Who was shot.
    pub target: Option<Seat>,
}

/// Connections and pauses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overlay {
    /// Whether the game is paused.
    pub paused: bool,
    /// Which seats are connected.
    pub connected: Vec<bool>,
    /// Which seats a bot plays for.
    pub bots: Vec<bool>,
}
