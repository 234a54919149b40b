//! The document of a snapshot: a game at one moment, in the structure of the specification's
//! §3.2.2, field for field.
//!
//! What that structure has no place for stands in `metadata.additional_info`: the event it was cut
//! after and the whole state. A document of somebody else's, without those, is read too; it shows
//! the game and cannot bring it back.
//!
//! [`Snapshot::of_document`] reads JSON of any version of the form, [`protobuf`] messages; plain
//! deserialising reads JSON of the present version only.

pub mod delta;
mod kind;
pub mod protobuf;
mod time;
mod told;
pub mod upcast;

pub use kind::SnapshotType;
pub use upcast::NewerForm;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::event::{Card, QuestResult, Version, Vote};
use crate::id::{GameId, PlayerId, RoomId, Seat};
use crate::role::Role;
use crate::state::{GameState, Phase, Quest};

/// Version of the document's form.
pub const SNAPSHOT_VERSION: u64 = 1;

/// A game at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// UUID of the snapshot: the same for the same game, type and event.
    pub snapshot_id: String,
    /// The game.
    pub game_id: GameId,
    /// Its room.
    pub room_id: Option<RoomId>,
    /// What it was taken for.
    pub snapshot_type: SnapshotType,
    /// When it was taken, Unix milliseconds. RFC 3339 is read too.
    #[serde(deserialize_with = "time::read")]
    pub timestamp: i64,
    /// Where the game stands.
    pub game_state: SnapshotState,
    /// The players in seat order.
    pub players: Vec<SnapshotPlayer>,
    /// Every vote cast so far, in order of proposals and seats.
    pub votes: Vec<SnapshotVote>,
    /// The quests whose team is known, in order.
    pub missions: Vec<SnapshotMission>,
    /// What the document is.
    pub metadata: SnapshotMetadata,
}

/// Where a game stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotState {
    /// Quest at hand, 1 to 5; 0 before the first.
    pub current_round: u8,
    /// Results of the resolved quests, in order.
    #[serde(deserialize_with = "kind::results")]
    #[schemars(with = "Vec<QuestResult>")]
    pub mission_results: Vec<QuestResult>,
    /// Seat of the current leader.
    pub leader_index: Option<Seat>,
    /// Rejections in the quest at hand.
    pub vote_track: u8,
    /// Quests resolved so far.
    pub quest_track: u8,
}

/// A player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotPlayer {
    /// The player.
    pub player_id: PlayerId,
    /// The role; none before the roles are dealt.
    pub role: Option<Role>,
    /// Whether on the team at hand.
    pub is_on_mission: bool,
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotVote {
    /// The proposal, counted over the whole game from 1.
    pub round: u32,
    /// Who voted.
    pub player_id: PlayerId,
    /// How.
    #[serde(deserialize_with = "kind::vote")]
    #[schemars(with = "Vote")]
    pub vote: Vote,
}

/// A quest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotMission {
    /// The game's id and the quest's number with a colon between.
    pub mission_id: String,
    /// The quest, 1 to 5.
    pub round: u8,
    /// Who goes.
    pub players: Vec<PlayerId>,
    /// The cards played so far, in the order played, as played.
    #[serde(deserialize_with = "kind::cards")]
    #[schemars(with = "Vec<Card>")]
    pub results: Vec<Card>,
}

/// What a document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotMetadata {
    /// Version of the game's rules, as its log says.
    pub version: Option<Version>,
    /// Version of the document's form.
    pub snapshot_version: Version,
    /// Whatever else: [`AdditionalInfo`] in the documents made here.
    #[serde(default)]
    pub additional_info: Value,
}

/// What brings a game back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct AdditionalInfo {
    /// The event that it was cut after.
    pub at_seq: u64,
    /// Hash of that event; none where the log has no hashes.
    pub event_hash: Option<Digest>,
    /// SHA-256 of the canonical state.
    pub state_hash: Digest,
    /// The whole state.
    pub state: GameState,
}

/// Why a snapshot cannot bring its game back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Its `additional_info` is not what this product writes.
    #[error("the snapshot does not hold the whole state: {detail}")]
    NotWhole {
        /// What is missing or wrong.
        detail: String,
    },
    /// The state is not the one that was hashed.
    #[error("the state in the snapshot has hash {found}, not {expected}")]
    Damaged {
        /// The hash that the document gives.
        expected: Digest,
        /// That of the state in it.
        found: Digest,
    },
    /// A state has no canonical form.
    #[error("the state cannot be written down: {detail}")]
    Unwritable {
        /// What the writer said.
        detail: String,
    },
    /// The form of the document came after this program.
    #[error(transparent)]
    Newer(#[from] NewerForm),
    /// It is no document of a snapshot.
    #[error("this is no snapshot: {detail}")]
    Unreadable {
        /// What is missing or wrong.
        detail: String,
    },
}

/// What a snapshot is made of beside the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// What it is taken for.
    pub kind: SnapshotType,
    /// Unix milliseconds.
    pub taken_at: i64,
    /// Hash of the event that it is cut after, where there is one.
    pub event_hash: Option<Digest>,
    /// Version of the game's rules.
    pub rules_version: Option<Version>,
}

impl Snapshot {
    /// The snapshot of a state.
    ///
    /// # Errors
    /// When the state has no canonical form, which no reducer makes.
    pub fn of(state: &GameState, cut: Cut) -> Result<Self, SnapshotError> {
        let unwritable = |detail: String| SnapshotError::Unwritable { detail };
        let info = AdditionalInfo {
            at_seq: state.seq,
            event_hash: cut.event_hash,
            state_hash: state.state_hash().map_err(|error| unwritable(error.to_string()))?,
            state: state.clone(),
        };
        let additional_info =
            serde_json::to_value(info).map_err(|error| unwritable(error.to_string()))?;
        Ok(Self {
            snapshot_id: id_of(&state.game_id, cut.kind, state.seq),
            game_id: state.game_id.clone(),
            room_id: state.room_id.clone(),
            snapshot_type: cut.kind,
            timestamp: cut.taken_at,
            game_state: standing(state),
            players: players(state),
            votes: votes(state),
            missions: missions(state),
            metadata: SnapshotMetadata {
                version: cut.rules_version,
                snapshot_version: Version::Number(SNAPSHOT_VERSION),
                additional_info,
            },
        })
    }

    /// A document of any version up to the present one, also somebody else's.
    ///
    /// # Errors
    /// As [`upcast::document`]; [`SnapshotError::Unreadable`] when it is none.
    pub fn of_document(document: Value) -> Result<Self, SnapshotError> {
        serde_json::from_value(upcast::document(document)?)
            .map_err(|error| SnapshotError::Unreadable { detail: error.to_string() })
    }

    /// What brings the game back, held against its hash.
    ///
    /// # Errors
    /// [`SnapshotError::NotWhole`] for a document of somebody else's, [`SnapshotError::Damaged`]
    /// when the state is not the one that was hashed.
    pub fn whole(&self) -> Result<AdditionalInfo, SnapshotError> {
        let info: AdditionalInfo = serde_json::from_value(self.metadata.additional_info.clone())
            .map_err(|error| SnapshotError::NotWhole { detail: error.to_string() })?;
        info.verified()
    }
}

impl AdditionalInfo {
    /// Itself, when the state is the one that was hashed.
    fn verified(self) -> Result<Self, SnapshotError> {
        let found = self
            .state
            .state_hash()
            .map_err(|error| SnapshotError::Unwritable { detail: error.to_string() })?;
        if found != self.state_hash {
            return Err(SnapshotError::Damaged { expected: self.state_hash, found });
        }
        Ok(self)
    }
}

/// What a snapshot made here follows from: a third of its size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Essence {
    /// Version of the form, which [`upcast`] has looked at when this is read.
    #[serde(skip_deserializing)]
    snapshot_version: u64,
    kind: SnapshotType,
    taken_at: i64,
    rules_version: Option<Version>,
    info: AdditionalInfo,
}

impl Snapshot {
    /// What the document follows from; none where it does not, as in somebody else's.
    #[must_use]
    pub fn essence(&self) -> Option<Value> {
        let essence = Essence {
            snapshot_version: SNAPSHOT_VERSION,
            kind: self.snapshot_type,
            taken_at: self.timestamp,
            rules_version: self.metadata.version.clone(),
            info: self.whole().ok()?,
        };
        let value = serde_json::to_value(&essence).ok()?;
        (Self::of_essence(value.clone()).ok()? == *self).then_some(value)
    }

    /// The document that follows from an essence of any version up to the present one.
    ///
    /// # Errors
    /// As [`upcast::essence`]; [`SnapshotError::NotWhole`] when the value is none, [`SnapshotError::Damaged`] when its state
    /// is not the one that was hashed.
    pub fn of_essence(essence: Value) -> Result<Self, SnapshotError> {
        let Essence { kind, taken_at, rules_version, info, .. } =
            serde_json::from_value(upcast::essence(essence)?)
                .map_err(|error| SnapshotError::NotWhole { detail: error.to_string() })?;
        let info = info.verified()?;
        let cut = Cut { kind, taken_at, event_hash: info.event_hash, rules_version };
        Self::of(&info.state, cut)
    }
}

/// The id of the snapshot of a game, for a type, after an event: a UUID of version 8 made of their
/// digest, so that taking it again makes the same one.
#[must_use]
pub fn id_of(game: &GameId, kind: SnapshotType, at_seq: u64) -> String {
    let named = format!("{}\n{}\n{at_seq}", game.as_str(), kind.as_str());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Digest::of(named.as_bytes()).as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn standing(state: &GameState) -> SnapshotState {
    SnapshotState {
        current_round: state.quest,
        mission_results: state.quests.iter().filter_map(|quest| quest.result).collect(),
        leader_index: state.leader,
        vote_track: state.vote_track,
        quest_track: state.successes.saturating_add(state.failures),
    }
}

fn players(state: &GameState) -> Vec<SnapshotPlayer> {
    let team = team_at_hand(state);
    (0u8..)
        .zip(&state.seats)
        .map(|(seat, player)| SnapshotPlayer {
            player_id: player.clone(),
            role: state.role(seat),
            is_on_mission: team.contains(&seat),
        })
        .collect()
}

/// The team that goes, or is voted on; nobody between quests and when the game is over.
fn team_at_hand(state: &GameState) -> &[Seat] {
    match state.phase {
        Phase::TeamVoting => state.open_proposal().map_or(&[], |proposal| &proposal.team),
        Phase::Quest | Phase::Excalibur => state
            .current_quest()
            .filter(|quest| quest.result.is_none())
            .map_or(&[], |quest| &quest.team),
        _ => &[],
    }
}

fn votes(state: &GameState) -> Vec<SnapshotVote> {
    let proposals = state.quests.iter().flat_map(|quest| &quest.proposals);
    (1u32..)
        .zip(proposals)
        .flat_map(|(round, proposal)| {
            let cast = state.seats.iter().zip(&proposal.votes);
            cast.filter_map(move |(player, vote)| {
                Some(SnapshotVote { round, player_id: player.clone(), vote: (*vote)? })
            })
        })
        .collect()
}

fn missions(state: &GameState) -> Vec<SnapshotMission> {
    let mission = |(round, quest): (u8, &Quest)| SnapshotMission {
        mission_id: format!("{}:{round}", state.game_id.as_str()),
        round,
        players: quest.team.iter().filter_map(|seat| state.player(*seat).cloned()).collect(),
        results: quest.cards.iter().map(|card| card.card).collect(),
    };
    (1u8..).zip(&state.quests).filter(|(_, quest)| !quest.team.is_empty()).map(mission).collect()
}
