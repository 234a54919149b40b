use rusqlite::{OptionalExtension, Row, named_params, params};
use serde_json::Value;

use crate::error::ControlError;
use crate::store::{Control, json_column, optional_json_column};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Accepted, waiting for a place.
    Queued,
    /// At work.
    Running,
    /// Asked to stop, putting things in order.
    Cancelling,
    /// Finished well.
    Done,
    /// Finished and found problems.
    DoneWithProblems,
    /// Could not finish.
    Failed,
    /// Stopped on request.
    Cancelled,
    /// Its process died.
    Interrupted,
}

impl JobState {
    /// The stable name kept in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::DoneWithProblems => "done_with_problems",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state called `name`, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Running,
            Self::Cancelling,
            Self::Done,
            Self::DoneWithProblems,
            Self::Failed,
            Self::Cancelled,
            Self::Interrupted,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }

    /// Whether the job still needs a process.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Cancelling)
    }
}

/// A job to record before it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob<'a> {
    /// ULID.
    pub id: &'a str,
    /// The use case's stable name.
    pub verb: &'a str,
    /// What it works on.
    pub subject: &'a str,
    /// Who started it.
    pub actor: &'a str,
    /// The request as JSON, enough to start it again.
    pub request: &'a Value,
    /// Unix time in milliseconds.
    pub started_at: i64,
}

/// A job as recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRecord {
    /// ULID.
    pub id: String,
    /// The use case's stable name.
    pub verb: String,
    /// Where it stands.
    pub state: JobState,
    /// What it works on.
    pub subject: String,
    /// Who started it.
    pub actor: String,
    /// The request as JSON.
    pub request: Value,
    /// Unix time in milliseconds.
    pub started_at: i64,
    /// Unix time in milliseconds, once ended.
    pub finished_at: Option<i64>,
    /// Whether somebody asked it to stop, perhaps from another process.
    pub cancel_requested: bool,
    /// The last progress.
    pub progress: Option<Value>,
    /// Why it failed.
    pub error: Option<Value>,
    /// Its outcome.
    pub outcome: Option<Value>,
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq)]
pub struct JobLine {
    /// Unix time in milliseconds.
    pub at: i64,
    /// Stable code.
    pub code: String,
    /// Values for the text, as a JSON object.
    pub context: Value,
}

/// Which jobs to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Only jobs that are queued, running or cancelling.
    pub open_only: bool,
    /// At most this many, newest first; 0 means no limit.
    pub limit: u32,
}

const COLUMNS: &str = "id, verb, state, subject, actor, request, started_at, finished_at, \
                       cancel_requested, progress, error, outcome";

impl Control {
    /// Records a job as queued and owned by this handle.
    ///
    /// # Errors
    /// When the id is taken or the store fails.
    pub fn insert_job(&self, job: &NewJob<'_>) -> Result<(), ControlError> {
        self.write("record a job", |tx| {
            tx.execute(
                "INSERT INTO jobs (id, verb, state, subject, actor, owner, request, started_at)
                 VALUES (:id, :verb, :state, :subject, :actor, :owner, :request, :started_at)",
                named_params! {
                    ":id": job.id,
                    ":verb": job.verb,
                    ":state": JobState::Queued.name(),
                    ":subject": job.subject,
                    ":actor": job.actor,
                    ":owner": self.owner(),
                    ":request": job.request.to_string(),
                    ":started_at": job.started_at,
                },
            )
            .map(drop)
        })
    }

    /// Sets the state of an open job.
    ///
    /// # Errors
    /// When the job is unknown or has ended, or the store fails.
    pub fn set_job_state(&self, id: &str, state: JobState) -> Result<(), ControlError> {
        let changed = self.write("set a job's state", |tx| {
            tx.execute(
                "UPDATE jobs SET state = ?2 WHERE id = ?1 AND finished_at IS NULL",
                params![id, state.name()],
            )
        })?;
        found(changed, "open job", id)
    }

    /// Keeps the last progress of a job.
    ///
    /// # Errors
    /// When the job is unknown or has ended, or the store fails.
    pub fn update_job_progress(&self, id: &str, progress: &Value) -> Result<(), ControlError> {
        let changed = self.write("keep a job's progress", |tx| {
            tx.execute(
                "UPDATE jobs SET progress = ?2 WHERE id = ?1 AND finished_at IS NULL",
                params![id, progress.to_string()],
            )
        })?;
        found(changed, "open job", id)
    }

    /// Ends a job: its state, its outcome or error, its time. Its checkpoints are dropped unless
    /// it may be resumed.
    ///
    /// # Errors
    /// When the job is unknown or has ended, or the store fails.
    pub fn finish_job(
        &self,
        id: &str,
        state: JobState,
        finished_at: i64,
        error: Option<&Value>,
        outcome: Option<&Value>,
    ) -> Result<(), ControlError> {
        let changed = self.write("end a job", |tx| {
            if matches!(state, JobState::Done | JobState::DoneWithProblems | JobState::Cancelled) {
                tx.execute("DELETE FROM checkpoints WHERE job = ?1", params![id])?;
            }
            tx.execute(
                "UPDATE jobs SET state = ?2, finished_at = ?3, error = ?4, outcome = ?5
                 WHERE id = ?1 AND finished_at IS NULL",
                params![
                    id,
                    state.name(),
                    finished_at,
                    error.map(Value::to_string),
                    outcome.map(Value::to_string)
                ],
            )
        })?;
        found(changed, "open job", id)
    }

    /// Notes that a job is to stop; its process, this or another, finds the note.
    ///
    /// # Errors
    /// When the job is unknown or has ended, or the store fails.
    pub fn request_job_cancel(&self, id: &str) -> Result<(), ControlError> {
        let changed = self.write("ask a job to stop", |tx| {
            tx.execute(
                "UPDATE jobs SET cancel_requested = 1, state = ?2
                 WHERE id = ?1 AND finished_at IS NULL",
                params![id, JobState::Cancelling.name()],
            )
        })?;
        found(changed, "open job", id)
    }

    /// The job called `id`, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn job(&self, id: &str) -> Result<Option<JobRecord>, ControlError> {
        self.read("read a job", |connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1"))?
                .query_row(params![id], record)
                .optional()
        })
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub fn jobs(&self, filter: JobFilter) -> Result<Vec<JobRecord>, ControlError> {
        let limit = if filter.limit == 0 { -1 } else { i64::from(filter.limit) };
        self.read("list jobs", |connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM jobs WHERE ?1 = 0 OR finished_at IS NULL
                     ORDER BY started_at DESC, id DESC LIMIT ?2"
                ))?
                .query_map(params![filter.open_only, limit], record)?
                .collect()
        })
    }

    /// Appends a line to a job's log.
    ///
    /// # Errors
    /// When the job is unknown or the store fails.
    pub fn append_job_line(&self, id: &str, line: &JobLine) -> Result<(), ControlError> {
        self.write("write a job's log", |tx| {
            tx.execute(
                "INSERT INTO job_lines (job, at, code, context) VALUES (?1, ?2, ?3, ?4)",
                params![id, line.at, line.code, line.context.to_string()],
            )
            .map(drop)
        })
    }

    /// The last `limit` lines of a job's log, newest last.
    ///
    /// # Errors
    /// When the store fails.
    pub fn job_lines(&self, id: &str, limit: u32) -> Result<Vec<JobLine>, ControlError> {
        self.read("read a job's log", |connection| {
            connection
                .prepare_cached(
                    "SELECT at, code, context FROM
                       (SELECT * FROM job_lines WHERE job = ?1 ORDER BY number DESC LIMIT ?2)
                     ORDER BY number",
                )?
                .query_map(params![id, limit], |row| {
                    Ok(JobLine {
                        at: row.get(0)?,
                        code: row.get(1)?,
                        context: json_column(row, 2)?,
                    })
                })?
                .collect()
        })
    }

    /// Marks open jobs of owners without a process as interrupted; returns their ids.
    ///
    /// # Errors
    /// When the store or an owner's file cannot be read.
    pub fn interrupt_orphans(&self, now_ms: i64) -> Result<Vec<String>, ControlError> {
        let owners: Vec<String> = self.read("list owners of open jobs", |connection| {
            connection
                .prepare("SELECT DISTINCT owner FROM jobs WHERE finished_at IS NULL")?
                .query_map([], |row| row.get(0))?
                .collect()
        })?;
        let mut interrupted = Vec::new();
        for owner in owners {
            if owner == self.owner() || self.owner_is_alive(&owner)? {
                continue;
            }
            let ids: Vec<String> = self.write("mark interrupted jobs", |tx| {
                tx.prepare(
                    "UPDATE jobs SET state = ?2, finished_at = ?3
                     WHERE owner = ?1 AND finished_at IS NULL RETURNING id",
                )?
                .query_map(params![owner, JobState::Interrupted.name(), now_ms], |row| row.get(0))?
                .collect()
            })?;
            interrupted.extend(ids);
        }
        Ok(interrupted)
    }
}

fn found(changed: usize, what: &'static str, key: &str) -> Result<(), ControlError> {
    if changed == 0 {
        return Err(ControlError::Absent { what, key: key.to_owned() });
    }
    Ok(())
}

fn record(row: &Row<'_>) -> Result<JobRecord, rusqlite::Error> {
    let state: String = row.get(2)?;
    Ok(JobRecord {
        id: row.get(0)?,
        verb: row.get(1)?,
        state: JobState::from_name(&state).ok_or_else(|| {
            rusqlite::Error::FromSqlConversionFailure(
                2,
                rusqlite::types::Type::Text,
                format!("unknown job state {state}").into(),
            )
        })?,
        subject: row.get(3)?,
        actor: row.get(4)?,
        request: json_column(row, 5)?,
        started_at: row.get(6)?,
        finished_at: row.get(7)?,
        cancel_requested: row.get(8)?,
        progress: optional_json_column(row, 9)?,
        error: optional_json_column(row, 10)?,
        outcome: optional_json_column(row, 11)?,
    })
}
