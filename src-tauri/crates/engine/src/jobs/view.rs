//! From what is recorded to what is shown.

use std::collections::BTreeMap;

use control::{Control, ControlError, JobRecord};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::job::{JobState, JobView, LogLine, Verb};

/// Lines of the log that a view carries.
const LINES: u32 = 100;

impl Verb {
    /// The stable name in the control store and the audit chain.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Verify => "verify",
            Self::Restore => "restore",
            Self::Compare => "compare",
            Self::Check => "check",
            Self::Export => "export",
            Self::Import => "import",
            Self::Retention => "retention",
            Self::Prune => "prune",
            Self::Follow => "follow",
            Self::Listen => "listen",
            Self::SnapshotVerify => "snapshot_verify",
            Self::Prepare => "prepare",
            Self::Replicate => "replicate",
            Self::StoreRepair => "store_repair",
            Self::Schedule => "schedule",
            Self::Sandbox => "sandbox",
        }
    }
}

impl From<control::JobState> for JobState {
    fn from(state: control::JobState) -> Self {
        match state {
            control::JobState::Queued => Self::Queued,
            control::JobState::Running => Self::Running,
            control::JobState::Cancelling => Self::Cancelling,
            control::JobState::Done => Self::Done,
            control::JobState::DoneWithProblems => Self::DoneWithProblems,
            control::JobState::Failed => Self::Failed,
            control::JobState::Cancelled => Self::Cancelled,
            control::JobState::Interrupted => Self::Interrupted,
        }
    }
}

/// A recorded job with the end of its log.
pub(super) fn view(control: &Control, record: JobRecord) -> Result<JobView, ControlError> {
    let lines = control.job_lines(&record.id, LINES)?;
    let log = lines
        .into_iter()
        .map(|line| {
            let context: BTreeMap<String, String> = value("job line", &record.id, line.context)?;
            Ok(LogLine { at: line.at, code: line.code, context })
        })
        .collect::<Result<_, ControlError>>()?;
    Ok(JobView {
        verb: value("verb", &record.id, Value::String(record.verb))?,
        state: record.state.into(),
        subject: record.subject,
        actor: record.actor,
        started_at: record.started_at,
        finished_at: record.finished_at,
        progress: optional("progress", &record.id, record.progress)?,
        error: optional("error", &record.id, record.error)?,
        outcome: record.outcome,
        id: record.id,
        log,
    })
}

fn optional<T: DeserializeOwned>(
    what: &'static str,
    key: &str,
    stored: Option<Value>,
) -> Result<Option<T>, ControlError> {
    stored.map(|stored| value(what, key, stored)).transpose()
}

fn value<T: DeserializeOwned>(
    what: &'static str,
    key: &str,
    stored: Value,
) -> Result<T, ControlError> {
    serde_json::from_value(stored).map_err(|error| ControlError::Unreadable {
        what,
        key: key.to_owned(),
        detail: error.to_string(),
    })
}
