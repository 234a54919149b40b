//! Payloads of the events about connections, pauses, snapshots and corrections (rows 26 to 32).
//! None of them changes the state of the rules, except by going back to an earlier one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::PlayerId;

/// A player's connection was lost, or is back (`PlayerReconnected`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionChanged {
    /// The player.
    pub player_id: PlayerId,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The last event the client has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seq: Option<u64>,
}

/// The game is paused, or goes on (`GameResumed`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PauseChanged {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A player's time ran out, or the server acted in the player's place (`AutoActionApplied`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeoutHandled {
    /// The player.
    pub player: PlayerId,
    /// The policy applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Value>,
}

/// A bot plays for a player, or the player is back (`SeatReclaimed`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ControlChanged {
    /// The player.
    pub player_id: PlayerId,
}

/// A snapshot of a key moment was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotTaken {
    /// `K1` to `K7`.
    pub moment: String,
    /// The snapshot.
    pub snapshot_id: String,
    /// The event right after which it is.
    pub at_seq: u64,
    /// Hash of the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_hash: Option<String>,
}

/// The game goes on from an earlier event (`GameRestored`, `GameRolledBack`); what came after it is kept and superseded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryReset {
    /// The last event that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_seq: Option<u64>,
    /// The snapshot gone back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_id: Option<String>,
    /// First superseded event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discarded_from: Option<u64>,
    /// Last superseded event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discarded_to: Option<u64>,
    /// Name of the new branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<String>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A derived value was corrected; the state itself follows from the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CorrectionApplied {
    /// The invariant.
    pub invariant_id: String,
    /// The field.
    pub field: String,
    /// What it held.
    pub old: Value,
    /// What it holds now.
    pub new: Value,
    /// The events that prove it.
    pub evidence_seqs: Vec<u64>,
}
