//! What a job shows of itself: state, progress, result.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a job stands. `Interrupted` is what a job of a killed process becomes at the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Accepted, not begun.
    Queued,
    /// At work.
    Running,
    /// Asked to stop, still putting things in order.
    Cancelling,
    /// Finished, nothing found wrong.
    Done,
    /// Ran to its end and found problems; the outcome lists them.
    DoneWithProblems,
    /// Could not finish.
    Failed,
    /// Stopped on request.
    Cancelled,
    /// Its process died; it may be started again and resumes from its checkpoint.
    Interrupted,
}

/// The use case that a job runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Take a backup.
    Backup,
    /// Check a backup to a level of the ladder.
    Verify,
    /// Bring data back.
    Restore,
    /// Compare a backup with live data.
    Compare,
    /// Check a whole store.
    Check,
    /// Write a backup out as a dump.
    Export,
    /// Read a dump into a database.
    Import,
    /// Remove backups whose time is over.
    Retention,
    /// Delete what no backup refers to.
    Prune,
    /// Follow the database into the event log.
    Follow,
    /// Take snapshots of games as they are played.
    Listen,
    /// Hold snapshots of games against their logs.
    SnapshotVerify,
    /// Make a backup of a moment from an earlier one and the event log.
    Prepare,
    /// Copy backups into another store.
    Replicate,
    /// Make a damaged store sound from another one.
    StoreRepair,
    /// Start what the policy says is due.
    Schedule,
    /// Start the private servers and fill them with games.
    Sandbox,
}

/// What a number of [`Progress`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes of BSON.
    Bytes,
    /// Documents.
    Documents,
    /// Objects of a store.
    Objects,
    /// Operations of the database.
    Operations,
    /// Snapshots of games.
    Snapshots,
    /// Games.
    Games,
    /// Steps of a plan.
    Steps,
}

/// How far a running job is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Stable code of the phase, for example `scan`, `delta`, `commit`; the window translates it.
    pub phase: String,
    /// What is done, in `unit`.
    pub done: u64,
    /// What there is to do, where known.
    pub total: Option<u64>,
    /// What `done` and `total` count.
    pub unit: Unit,
    /// Units per second over the last seconds.
    pub rate_per_second: f64,
    /// Seconds left at that rate.
    pub eta_seconds: Option<f64>,
    /// The thing at hand, for example a collection's name.
    pub detail: Option<String>,
    /// Set while the job is held back for the service's sake.
    #[serde(default)]
    pub throttling: Option<Throttling>,
}

/// How a job is held back for the sake of the service that it reads from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Throttling {
    /// Bytes of BSON a second that it may read at the moment.
    pub bytes_per_second: u64,
    /// Latency of the service's server over the last seconds, in milliseconds; none at a fixed rate.
    pub latency_ms: Option<f64>,
    /// The latency that it keeps to, in milliseconds; none at a fixed rate.
    pub goal_ms: Option<f64>,
}

/// Something that went wrong or was found wrong, in terms a reader can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Stable code; the window translates it.
    pub code: String,
    /// What failed, on what, in English.
    pub message: String,
    /// What the reader can do.
    pub hint: Option<String>,
    /// Values for the translated text.
    pub context: BTreeMap<String, String>,
}

/// A job as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobView {
    /// ULID.
    pub id: String,
    /// The use case.
    pub verb: Verb,
    /// Where it stands.
    pub state: JobState,
    /// What it works on: a backup's id, a database's name.
    pub subject: String,
    /// Who started it.
    pub actor: String,
    /// Unix time in milliseconds.
    pub started_at: i64,
    /// Unix time in milliseconds, once ended.
    pub finished_at: Option<i64>,
    /// The last progress told.
    pub progress: Option<Progress>,
    /// Why it failed.
    pub error: Option<Problem>,
    /// The verb's own outcome as JSON, once ended.
    pub outcome: Option<serde_json::Value>,
    /// The last lines of its log, newest last.
    pub log: Vec<LogLine>,
}

/// One line of a job's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Unix time in milliseconds.
    pub at: i64,
    /// Stable code of the line; the window translates it with `context`.
    pub code: String,
    /// Values for the translated text.
    pub context: BTreeMap<String, String>,
}
