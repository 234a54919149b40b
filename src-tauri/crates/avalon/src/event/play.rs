//! Payloads of the events that the rules know (rows 8 to 25).
//!
//! An optional field is one that follows from others and may be absent from a log, or belongs to a
//! module that is not in play.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::value::{Card, LoyaltyCard, QuestResult, SeatRef, Version, Vote, VoteResult};
use crate::id::{GameId, PlayerId};
use crate::profile::{RuleProfile, StoredProfile};
use crate::role::{Role, Side};
use crate::rules::{EndReason, Mark};

/// A game exists (K1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameCreated {
    /// The game.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub game_id: Option<GameId>,
    /// Players.
    pub n: u8,
    /// The players in seat order.
    pub seats: Vec<PlayerId>,
    /// The rules.
    #[schemars(with = "RuleProfile")]
    pub profile: StoredProfile,
    /// SHA-256 of the deal's seed, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rng_commit: Option<String>,
    /// Version of the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_version: Option<Version>,
}

/// The roles were dealt (K2). Secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RolesAssigned {
    /// Role of each player.
    pub roles: BTreeMap<PlayerId, Role>,
    /// What each player is told about others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub knowledge: Option<BTreeMap<PlayerId, BTreeMap<PlayerId, Mark>>>,
    /// Seat of the first leader.
    pub first_leader: SeatRef,
    /// First holder of the Lady of the Lake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lady_holder: Option<SeatRef>,
    /// The loyalty cards in the order they are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loyalty_deck: Option<Vec<LoyaltyCard>>,
}

/// A player has looked at the own role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleAcknowledged {
    /// The player.
    pub player_id: PlayerId,
}

/// A quest begins (K3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QuestStarted {
    /// Quest, 1 to 5.
    pub q: u8,
    /// Seat of the leader.
    pub leader_seat: SeatRef,
    /// Always 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u8>,
    /// Players it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_size: Option<u8>,
    /// Fail cards that fail it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails_needed: Option<u8>,
    /// Loyalty card that applies from this quest on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loyalty_card: Option<LoyaltyCard>,
    /// Until when the leader may propose, Unix milliseconds, where a limit is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
}

/// The leader proposed a team, or another one (`TeamProposalRevised`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamProposed {
    /// Quest, 1 to 5.
    pub q: u8,
    /// Attempt, 1 to 5.
    pub a: u8,
    /// The leader.
    pub leader: SeatRef,
    /// The team.
    pub team: Vec<PlayerId>,
    /// Who gets Excalibur.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excalibur_to: Option<PlayerId>,
    /// Set when the server acted for the player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<bool>,
    /// Until when players may vote, Unix milliseconds, where a limit is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
}

/// A player voted. Secret until the votes are closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamVoteCast {
    /// Quest, 1 to 5.
    pub q: u8,
    /// Attempt, 1 to 5.
    pub a: u8,
    /// The player.
    pub player_id: PlayerId,
    /// The vote.
    pub vote: Vote,
    /// Set when the server acted for the player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<bool>,
}

/// All votes are in and shown; approved: K4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamVoteClosed {
    /// Quest, 1 to 5.
    pub q: u8,
    /// Attempt, 1 to 5.
    pub a: u8,
    /// The votes.
    pub votes: BTreeMap<PlayerId, Vote>,
    /// How many approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals: Option<u8>,
    /// What it comes to.
    pub result: VoteResult,
    /// Rejections in this quest so far; 0 when approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vote_track_after: Option<u8>,
    /// Who leads next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_leader: Option<SeatRef>,
    /// Who gets Excalibur, where it is given after approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excalibur_to: Option<PlayerId>,
    /// Until when the next action may be taken, Unix milliseconds, where a limit is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
}

/// The fifth proposal goes without a vote (K4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamForced {
    /// Quest, 1 to 5.
    pub q: u8,
    /// Attempt, 1 to 5.
    pub a: u8,
    /// The team.
    pub team: Vec<PlayerId>,
    /// Who gets Excalibur.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excalibur_to: Option<PlayerId>,
}

/// A team member played a card. Secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissionCardPlayed {
    /// Quest, 1 to 5.
    pub q: u8,
    /// The player.
    pub player_id: PlayerId,
    /// The card.
    pub card: Card,
    /// Set when the server acted for the player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<bool>,
}

/// The holder of Excalibur switched a card, or declined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExcaliburUsed {
    /// Quest, 1 to 5.
    pub q: u8,
    /// The holder.
    pub holder: PlayerId,
    /// Whose card was switched; null when declined.
    #[serde(default)]
    pub target: Option<PlayerId>,
    /// The card the target had played; for the holder's eyes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Set when the server acted for the player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<bool>,
}

/// The cards are counted (K5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MissionResolved {
    /// Quest, 1 to 5.
    pub q: u8,
    /// The team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<Vec<PlayerId>>,
    /// Fail cards.
    pub fails: u8,
    /// Fail cards that fail the quest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails_needed: Option<u8>,
    /// How it went.
    pub result: QuestResult,
    /// Successful quests so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "S")]
    pub successes: Option<u8>,
    /// Failed quests so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "F")]
    pub failures: Option<u8>,
}

/// The holder of the Lady of the Lake examined a player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyUsed {
    /// The quest after which it happens.
    pub q: u8,
    /// The holder.
    pub holder: PlayerId,
    /// Who was examined.
    pub target: PlayerId,
    /// The side shown; for the holder's eyes.
    pub loyalty: Side,
    /// Set when the server acted for the player.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto: Option<bool>,
}

/// What the examiner says about it, true or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LadyDeclared {
    /// The quest after which it happens.
    pub q: u8,
    /// The examiner.
    pub holder: PlayerId,
    /// Who was examined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<PlayerId>,
    /// The side claimed.
    pub claim: Side,
}

/// A loyalty card was turned over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoyaltyCardDrawn {
    /// The quest at whose start it applies.
    pub q: u8,
    /// The card.
    pub card: LoyaltyCard,
    /// Sides of the Lancelots from now on. Secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sides: Option<BTreeMap<PlayerId, Side>>,
}

/// The assassination begins (K6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssassinationStarted {
    /// Who shoots.
    pub assassin_id: PlayerId,
    /// Who may be shot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<PlayerId>>,
    /// Until when to shoot, Unix milliseconds, where a limit is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<i64>,
}

/// The assassin named a player.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssassinTargetNamed {
    /// Who shoots.
    pub assassin_id: PlayerId,
    /// Who is shot.
    pub target_id: PlayerId,
}

/// The game is over (K7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameEnded {
    /// Who won.
    pub winner: Side,
    /// How.
    pub reason: EndReason,
    /// Successful quests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "S")]
    pub successes: Option<u8>,
    /// Failed quests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "F")]
    pub failures: Option<u8>,
    /// The roles, now public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<BTreeMap<PlayerId, Role>>,
}

/// The game was given up: no winner, no statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameAborted {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
