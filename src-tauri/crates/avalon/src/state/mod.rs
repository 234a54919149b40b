//! The state of a game: what the reducer makes of a log. It serialises to the canonical state that
//! `games.state` holds; its hash is SHA-256 of its canonical JSON.

mod parts;
mod query;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::id::{GameId, PlayerId, RoomId, Seat};
use crate::profile::RuleProfile;
use crate::role::{Role, Side};
use crate::rules::EndReason;

pub use parts::{
    Assassination, Excalibur, Lady, LadyUse, Lancelot, LoyaltyDraw, Overlay, PlayedCard, Proposal,
    Quest, Sighting,
};

/// Where a game stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Before the roles are dealt.
    #[default]
    Lobby,
    /// Roles are dealt, the first quest has not begun.
    Dealt,
    /// The leader chooses a team.
    TeamBuilding,
    /// The team is voted on.
    TeamVoting,
    /// Cards are played; or the quest is resolved and the next has not begun.
    Quest,
    /// All cards are in and the holder of Excalibur may switch one.
    Excalibur,
    /// The holder of the Lady of the Lake examines a player.
    Lady,
    /// The assassin looks for Merlin.
    Assassination,
    /// Over.
    Ended,
    /// Given up.
    Aborted,
}

impl Phase {
    /// The wire spelling, for example `TEAM_VOTING`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lobby => "LOBBY",
            Self::Dealt => "DEALT",
            Self::TeamBuilding => "TEAM_BUILDING",
            Self::TeamVoting => "TEAM_VOTING",
            Self::Quest => "QUEST",
            Self::Excalibur => "EXCALIBUR",
            Self::Lady => "LADY",
            Self::Assassination => "ASSASSINATION",
            Self::Ended => "ENDED",
            Self::Aborted => "ABORTED",
        }
    }

    /// Whether the game is over, with a result or without.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Ended | Self::Aborted)
    }
}

/// A game after some event of its log. Players are named by seat; `seats` maps seats to players.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GameState {
    /// The game.
    pub game_id: GameId,
    /// Its room.
    pub room_id: Option<RoomId>,
    /// The last event.
    pub seq: u64,
    /// Where the game stands.
    pub phase: Phase,
    /// Quest at hand, 1 to 5; 0 before the first.
    pub quest: u8,
    /// Attempt at hand, 1 to 5; 0 before the first quest.
    pub attempt: u8,
    /// The rules; none before GameCreated.
    #[serde(serialize_with = "write_shared", deserialize_with = "read_shared")]
    #[schemars(with = "Option<RuleProfile>")]
    pub profile: Option<Arc<RuleProfile>>,
    /// Player of each seat.
    pub seats: Vec<PlayerId>,
    /// Role of each seat; empty before RolesAssigned.
    pub roles: Vec<Role>,
    /// Current side of each seat; empty before RolesAssigned.
    pub sides: Vec<Side>,
    /// What each seat was told about others.
    pub knowledge: Vec<Vec<Sighting>>,
    /// Which seats have looked at their role.
    pub acknowledged: Vec<bool>,
    /// Seat of the first leader.
    pub first_leader: Option<Seat>,
    /// Seat of the current leader.
    pub leader: Option<Seat>,
    /// Who leads the fifth attempt of this quest.
    pub hammer_seat: Option<Seat>,
    /// Proposals closed so far.
    pub proposals_closed: u32,
    /// Rejections in this quest.
    pub vote_track: u8,
    /// Successful quests.
    pub successes: u8,
    /// Failed quests.
    pub failures: u8,
    /// The five quests; empty before GameCreated.
    pub quests: Vec<Quest>,
    /// The Lady of the Lake, where it is played.
    pub lady: Option<Lady>,
    /// The loyalty cards, where Lancelots draw them.
    pub lancelot: Option<Lancelot>,
    /// The assassination, once begun.
    pub assassination: Option<Assassination>,
    /// Who won.
    pub winner: Option<Side>,
    /// How.
    pub reason: Option<EndReason>,
    /// Until when the action at hand may be taken, Unix milliseconds.
    pub deadline: Option<i64>,
    /// Time of GameCreated, Unix milliseconds.
    pub started_at: Option<i64>,
    /// Time of GameEnded or GameAborted, Unix milliseconds.
    pub ended_at: Option<i64>,
    /// Connections and pauses, which no rule depends on.
    pub overlay: Overlay,
}

impl GameState {
    /// SHA-256 of the canonical JSON of the state.
    ///
    /// # Errors
    /// Fails only when the state has no canonical form, which no reducer makes.
    pub fn state_hash(&self) -> Result<Digest, CanonicalError> {
        canonical::digest(self)
    }
}

fn write_shared<S: Serializer>(
    profile: &Option<Arc<RuleProfile>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    profile.as_deref().serialize(serializer)
}

fn read_shared<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Arc<RuleProfile>>, D::Error> {
    Ok(Option::<RuleProfile>::deserialize(deserializer)?.map(Arc::new))
}
