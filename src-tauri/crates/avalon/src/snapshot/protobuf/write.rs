//! From the document to its message.

use serde_json::Value;

use super::generated as proto;
use super::word::Word;
use crate::event::Version;
use crate::snapshot::{
    Snapshot, SnapshotMetadata, SnapshotMission, SnapshotPlayer, SnapshotState, SnapshotVote,
};

impl From<&Snapshot> for proto::Snapshot {
    fn from(snapshot: &Snapshot) -> Self {
        Self {
            snapshot_id: snapshot.snapshot_id.clone(),
            game_id: snapshot.game_id.to_string(),
            room_id: snapshot.room_id.as_ref().map(ToString::to_string),
            snapshot_type: snapshot.snapshot_type.number(),
            timestamp: snapshot.timestamp,
            game_state: Some((&snapshot.game_state).into()),
            players: snapshot.players.iter().map(Into::into).collect(),
            votes: snapshot.votes.iter().map(Into::into).collect(),
            missions: snapshot.missions.iter().map(Into::into).collect(),
            metadata: Some((&snapshot.metadata).into()),
        }
    }
}

impl From<&SnapshotState> for proto::GameState {
    fn from(state: &SnapshotState) -> Self {
        Self {
            current_round: state.current_round.into(),
            mission_results: state.mission_results.iter().map(|result| result.number()).collect(),
            leader_index: state.leader_index.map(Into::into),
            vote_track: state.vote_track.into(),
            quest_track: state.quest_track.into(),
        }
    }
}

impl From<&SnapshotPlayer> for proto::Player {
    fn from(player: &SnapshotPlayer) -> Self {
        Self {
            player_id: player.player_id.to_string(),
            role: player.role.map(Word::number),
            is_on_mission: player.is_on_mission,
        }
    }
}

impl From<&SnapshotVote> for proto::PlayerVote {
    fn from(vote: &SnapshotVote) -> Self {
        Self { round: vote.round, player_id: vote.player_id.to_string(), vote: vote.vote.number() }
    }
}

impl From<&SnapshotMission> for proto::Mission {
    fn from(mission: &SnapshotMission) -> Self {
        Self {
            mission_id: mission.mission_id.clone(),
            round: mission.round.into(),
            players: mission.players.iter().map(ToString::to_string).collect(),
            results: mission.results.iter().map(|card| card.number()).collect(),
        }
    }
}

impl From<&SnapshotMetadata> for proto::Metadata {
    fn from(metadata: &SnapshotMetadata) -> Self {
        Self {
            version: metadata.version.as_ref().map(Into::into),
            snapshot_version: Some((&metadata.snapshot_version).into()),
            additional_info: text(&metadata.additional_info),
        }
    }
}

impl From<&Version> for proto::Version {
    fn from(version: &Version) -> Self {
        let spelling = match version {
            Version::Number(number) => proto::version::Spelling::Number(*number),
            Version::Text(text) => proto::version::Spelling::Text(text.clone()),
        };
        Self { spelling: Some(spelling) }
    }
}

/// A value as text, the same however the JSON library keeps the order of members; none for null.
fn text(value: &Value) -> Option<String> {
    if value.is_null() {
        return None;
    }
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    Some(sorted.to_string())
}
