//! Answers of operations that start a job.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A job was started; its progress comes as events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobStarted {
    /// The job.
    pub job_id: String,
}
