//! What the service tells without being asked.

use engine::job::JobView;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Tag;

/// An event pushed to every face.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ApiEvent {
    /// A job changed.
    Job {
        /// The job as it is now.
        job: Box<JobView>,
    },
    /// Cached parts became stale.
    Invalidate {
        /// Which.
        tags: Vec<Tag>,
    },
}
