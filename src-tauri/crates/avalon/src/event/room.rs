//! Payloads of the events of a room (rows 1 to 7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{PlayerId, RoomId, Seat};

/// A room was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomCreated {
    /// The room.
    pub room_id: RoomId,
    /// Its host.
    pub host_id: PlayerId,
    /// The code by which players find it.
    pub code: String,
    /// Its settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Value>,
}

/// The host changed the rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomConfigured {
    /// The changed parts of the rule profile.
    pub profile: Value,
}

/// A player came in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayerJoined {
    /// The player.
    pub player_id: PlayerId,
    /// Hash of the platform identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openid_hash: Option<String>,
    /// Nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nick: Option<String>,
    /// Avatar address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
}

/// A player left, or was removed by the host (`PlayerKicked`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlayerLeft {
    /// The player.
    pub player_id: PlayerId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A player took a seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatTaken {
    /// The player.
    pub player_id: PlayerId,
    /// The seat.
    pub seat: Seat,
}

/// A player left a seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatFreed {
    /// The player.
    pub player_id: PlayerId,
    /// The seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<Seat>,
}

/// A player became ready, or no longer is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadyChanged {
    /// The player.
    pub player_id: PlayerId,
    /// Whether ready.
    pub ready: bool,
}

/// The room has another host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HostTransferred {
    /// The host so far.
    pub from: PlayerId,
    /// The new host.
    pub to: PlayerId,
}
