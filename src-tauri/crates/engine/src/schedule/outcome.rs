//! What carrying a policy out comes to.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What was started since the policy began to be carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleOutcome {
    /// Jobs that were started.
    pub started: u64,
    /// Times at which it could not be told what is due, or a job could not be started.
    pub failures: u64,
}
