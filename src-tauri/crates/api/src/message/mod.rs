//! Requests and responses that belong to the contract itself; those of a use case lie in `engine`.

pub mod audit;
mod engine_requests;
pub mod job;
pub mod key;
pub mod restore;
pub mod retention;
pub mod sandbox;
pub mod secret;
pub mod settings;
pub mod setup;
pub mod store;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Request;
use crate::error::ApiError;

/// A request that asks for nothing in particular.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(type = "Record<string, never>")]
pub struct Empty {}

impl Request for Empty {}

/// A request about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ById {
    /// Its id; where the thing is a backup set, `latest` too.
    pub id: String,
}

impl Request for ById {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("id", &self.id)
    }

    fn subject(&self) -> String {
        self.id.clone()
    }
}

/// Refuses text that is empty or only blanks.
pub(crate) fn not_empty(field: &str, value: &str) -> Result<(), ApiError> {
    if value.trim().is_empty() {
        Err(ApiError::invalid(field, "must not be empty"))
    } else {
        Ok(())
    }
}
