//! Pins, the policy, and the removal of what is no longer kept.

use engine::retention::Policy;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::not_empty;
use crate::contract::Request;
use crate::error::ApiError;

/// Longest reason of a pin.
const REASON: usize = 500;
/// Days that a simulation looks ahead at most.
const DAYS: u32 = 3660;

/// A request to pin a backup set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PinRequest {
    /// The set, or `latest`.
    pub id: String,
    /// Why it is to be kept.
    pub reason: String,
}

impl Request for PinRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)?;
        not_empty("reason", &self.reason)?;
        if self.reason.chars().count() > REASON {
            return Err(ApiError::invalid("reason", "must have 500 characters at most"));
        }
        Ok(())
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}

/// A request to remove what a retention plan named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetentionApplyRequest {
    /// The plan.
    pub plan_id: String,
    /// How many sets were shown to go, confirmed by the person who answers for it.
    pub confirm_backups: u64,
}

impl Request for RetentionApplyRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("planId", &self.plan_id)
    }

    fn subject(&self) -> String {
        self.plan_id.clone()
    }
}

/// A request to delete what nothing refers to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PruneRequest {
    /// Tell what would be done and write nothing.
    pub dry_run: bool,
}

impl Request for PruneRequest {}

/// Where the policy in force comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PolicyOrigin {
    /// Nobody changed it.
    Default,
    /// It was changed here.
    Console,
    /// The configuration file states it.
    File,
}

/// The policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyView {
    /// The policy.
    pub policy: Policy,
    /// Where it comes from; one of the file cannot be changed here.
    pub origin: PolicyOrigin,
    /// The job that carries it out, where one does.
    pub carried_out_by: Option<String>,
}

/// A change of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicySetRequest {
    /// The new policy; `null` goes back to the default.
    pub policy: Option<Policy>,
}

impl Request for PolicySetRequest {
    fn validate(&self) -> Result<(), ApiError> {
        self.policy.map_or(Ok(()), |policy| Ok(policy.validate()?))
    }

    /// The policy itself, so that the audit entry tells to what it was changed.
    fn subject(&self) -> String {
        self.policy
            .and_then(|policy| serde_json::to_string(&policy).ok())
            .unwrap_or_else(|| "default".to_owned())
    }
}

/// A question what a policy comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicySimulateRequest {
    /// The policy; `null` means the one in force.
    pub policy: Option<Policy>,
    /// 1 to 3660 days.
    pub days: u32,
}

impl Request for PolicySimulateRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if !(1..=DAYS).contains(&self.days) {
            return Err(ApiError::invalid("days", "must be 1 to 3660"));
        }
        self.policy.map_or(Ok(()), |policy| Ok(policy.validate()?))
    }
}
