//! The audit record as it is shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Request;
use crate::error::ApiError;

/// How much of the audit record to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditListRequest {
    /// 1 to 1000 entries, newest first.
    pub limit: u32,
}

impl Request for AuditListRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if (1..=1000).contains(&self.limit) {
            Ok(())
        } else {
            Err(ApiError::invalid("limit", "must be 1 to 1000"))
        }
    }
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditView {
    /// Its number, without gaps.
    pub seq: u64,
    /// Unix time in milliseconds.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// Did what, for example `backup.create`.
    pub verb: String,
    /// To what.
    pub subject: String,
    /// With what outcome.
    pub outcome: String,
    /// SHA-256 over the entry and the hash before it, hex.
    pub hash: String,
}
