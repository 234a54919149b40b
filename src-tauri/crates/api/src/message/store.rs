//! Requests about stores.

use engine::stores::outcome::{ReplicateRequest, StoreName, StoreRepairRequest};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::not_empty;
use crate::contract::Request;
use crate::error::ApiError;

/// A request about one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreProbeRequest {
    /// The store.
    pub store: StoreName,
}

impl Request for StoreProbeRequest {
    fn subject(&self) -> String {
        self.store.name().to_owned()
    }
}

/// A request to check all of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct StoreCheckRequest {
    /// The store; the one that is connected when left out.
    #[ts(optional)]
    pub store: Option<StoreName>,
}

impl Request for StoreCheckRequest {
    fn subject(&self) -> String {
        self.store.map_or("", StoreName::name).to_owned()
    }
}

impl Request for ReplicateRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if self.all && !self.backups.is_empty() {
            return Err(ApiError::invalid("all", "names no backups beside it"));
        }
        self.backups.iter().try_for_each(|id| not_empty("backups", id))
    }

    fn subject(&self) -> String {
        self.to.name().to_owned()
    }
}

impl Request for StoreRepairRequest {
    fn subject(&self) -> String {
        self.store.name().to_owned()
    }
}
