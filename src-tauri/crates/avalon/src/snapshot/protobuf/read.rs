//! From a message to its document.

use serde_json::Value;

use super::word::Word;
use super::{ProtobufError, generated as proto};
use crate::event::Version;
use crate::snapshot::{
    Snapshot, SnapshotMetadata, SnapshotMission, SnapshotPlayer, SnapshotState, SnapshotVote,
    upcast,
};

/// The version is looked at first: what else does not fit may be because of it.
pub(super) fn snapshot(message: proto::Snapshot) -> Result<Snapshot, ProtobufError> {
    let metadata = metadata(required(message.metadata, "metadata")?)?;
    let listed = |(at, vote)| vote_of(at, vote);
    Ok(Snapshot {
        snapshot_id: message.snapshot_id,
        game_id: message.game_id.into(),
        room_id: message.room_id.map(Into::into),
        snapshot_type: Word::read(message.snapshot_type, || "snapshot_type".to_owned())?,
        timestamp: message.timestamp,
        game_state: game_state(required(message.game_state, "game_state")?)?,
        players: message.players.into_iter().enumerate().map(player).collect::<Result<_, _>>()?,
        votes: message.votes.into_iter().enumerate().map(listed).collect::<Result<_, _>>()?,
        missions: message
            .missions
            .into_iter()
            .enumerate()
            .map(mission)
            .collect::<Result<_, _>>()?,
        metadata,
    })
}

fn game_state(message: proto::GameState) -> Result<SnapshotState, ProtobufError> {
    let named = |field: &'static str| move || format!("game_state.{field}");
    Ok(SnapshotState {
        current_round: small(message.current_round, named("current_round"))?,
        mission_results: words(message.mission_results, named("mission_results"))?,
        leader_index: message
            .leader_index
            .map(|seat| small(seat, named("leader_index")))
            .transpose()?,
        vote_track: small(message.vote_track, named("vote_track"))?,
        quest_track: small(message.quest_track, named("quest_track"))?,
    })
}

fn player((at, message): (usize, proto::Player)) -> Result<SnapshotPlayer, ProtobufError> {
    let role = message.role.map(|role| Word::read(role, || format!("players[{at}].role")));
    Ok(SnapshotPlayer {
        player_id: message.player_id.into(),
        role: role.transpose()?,
        is_on_mission: message.is_on_mission,
    })
}

fn vote_of(at: usize, message: proto::PlayerVote) -> Result<SnapshotVote, ProtobufError> {
    Ok(SnapshotVote {
        round: message.round,
        player_id: message.player_id.into(),
        vote: Word::read(message.vote, || format!("votes[{at}].vote"))?,
    })
}

fn mission((at, message): (usize, proto::Mission)) -> Result<SnapshotMission, ProtobufError> {
    Ok(SnapshotMission {
        mission_id: message.mission_id,
        round: small(message.round, || format!("missions[{at}].round"))?,
        players: message.players.into_iter().map(Into::into).collect(),
        results: words(message.results, || format!("missions[{at}].results"))?,
    })
}

fn metadata(message: proto::Metadata) -> Result<SnapshotMetadata, ProtobufError> {
    let field = "metadata.snapshot_version";
    let snapshot_version = version(required(message.snapshot_version, field)?, field)?;
    upcast::known(&snapshot_version)?;
    let rules = message.version.map(|rules| version(rules, "metadata.version"));
    let info = message.additional_info.as_deref().map(serde_json::from_str);
    Ok(SnapshotMetadata {
        version: rules.transpose()?,
        snapshot_version,
        additional_info: info
            .transpose()
            .map_err(|error| ProtobufError::NotJson { detail: error.to_string() })?
            .unwrap_or(Value::Null),
    })
}

fn version(message: proto::Version, field: &str) -> Result<Version, ProtobufError> {
    Ok(match required(message.spelling, field)? {
        proto::version::Spelling::Number(number) => Version::Number(number),
        proto::version::Spelling::Text(text) => Version::Text(text),
    })
}

fn required<T>(value: Option<T>, field: &str) -> Result<T, ProtobufError> {
    value.ok_or_else(|| ProtobufError::Missing { field: field.to_owned() })
}

/// A number that the document has a byte for.
fn small(value: u32, field: impl FnOnce() -> String) -> Result<u8, ProtobufError> {
    u8::try_from(value).map_err(|_| ProtobufError::TooGreat { field: field(), value })
}

fn words<W: Word>(numbers: Vec<i32>, field: impl Fn() -> String) -> Result<Vec<W>, ProtobufError> {
    let word = |(at, number)| W::read(number, || format!("{}[{at}]", field()));
    numbers.into_iter().enumerate().map(word).collect()
}
