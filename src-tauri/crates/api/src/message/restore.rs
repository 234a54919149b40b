//! Carrying out a restore plan.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::not_empty;
use crate::contract::Request;
use crate::error::ApiError;

/// A request to carry out a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RestoreApplyRequest {
    /// The plan.
    pub plan_id: String,
    /// The plan's `confirmName`, typed by the person who answers for it.
    pub confirm_name: String,
}

impl Request for RestoreApplyRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("planId", &self.plan_id)
    }

    fn subject(&self) -> String {
        self.plan_id.clone()
    }
}
