use std::collections::BTreeMap;

use control::{JobFilter, JobRecord, JobState};
use serde_json::{Value, json};
use source::profile::DataClass;

use super::history::history;
use crate::backup::outcome::{BackupRequest, Method};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::retention::{Due, Policy, TierMethod, due};
use crate::stores::outcome::{ReplicateRequest, StoreName};
use crate::{backup, follow, listen, replicate, stores};

/// How long after a run failed it is tried again.
const AGAIN_AFTER_MS: i64 = 15 * 60 * 1000;
/// How far back jobs are looked at: more than can end in [`AGAIN_AFTER_MS`].
const JOBS: u32 = 200;

/// Something to start.
#[derive(Debug, Clone, PartialEq)]
enum Run {
    Backup(BackupRequest),
    Follow,
    Listen,
    Replicate(StoreName),
}

impl Run {
    fn verb(&self) -> Verb {
        match self {
            Self::Backup(_) => Verb::Backup,
            Self::Follow => Verb::Follow,
            Self::Listen => Verb::Listen,
            Self::Replicate(_) => Verb::Replicate,
        }
    }

    /// The request as a job of it records it.
    fn request(&self) -> Value {
        match self {
            Self::Backup(request) => json!(request),
            Self::Follow | Self::Listen => json!({}),
            Self::Replicate(to) => json!(replication(*to)),
        }
    }

    async fn start(self, engine: &Engine) -> Result<String, EngineError> {
        match self {
            Self::Backup(request) => backup::start(engine, request).await,
            Self::Follow => follow::start(engine).await,
            Self::Listen => listen::start(engine).await,
            Self::Replicate(to) => replicate::start(engine, replication(to)).await,
        }
    }

    /// Whether a job of the same is at work, or failed a moment ago.
    fn is_held_back(&self, jobs: &[JobRecord], now_ms: i64) -> bool {
        let (verb, request) = (self.verb(), self.request());
        let same = |job: &&JobRecord| job.verb == verb.name() && job.request == request;
        jobs.iter().find(same).is_some_and(|newest| {
            let recent = newest.finished_at.is_none_or(|at| now_ms - at < AGAIN_AFTER_MS);
            newest.state.is_open() || (newest.state != JobState::Done && recent)
        })
    }
}

fn replication(to: StoreName) -> ReplicateRequest {
    ReplicateRequest { to, ..ReplicateRequest::default() }
}

/// Starts what the policy says is due, and the listener where snapshots are taken by themselves;
/// returns the ids of the jobs. What is at work already, or failed within the last quarter of an
/// hour, is not started again.
///
/// # Errors
/// When the store, the database or the control store does not answer.
pub async fn tick(engine: &Engine, policy: &Policy) -> Result<Vec<String>, EngineError> {
    let source = engine.source()?;
    let now = engine.context().now_ms();
    // Before the store is read: a backup that ends in between is at work here, or listed there.
    let filter = JobFilter { open_only: false, limit: JOBS };
    let jobs = engine.control(move |control| control.jobs(filter)).await?;
    let history = history(engine, &source, policy).await?;
    let mut runs = backups(&due(policy, &history, now));
    if engine.connections().snapshots.is_automatic() && listen::running(engine).await?.is_none() {
        runs.push(Run::Listen);
    }
    for store in stores::list(engine).await?.into_iter().filter(|store| store.due) {
        runs.push(Run::Replicate(store.name));
    }
    let mut started = Vec::new();
    for run in runs.into_iter().filter(|run| !run.is_held_back(&jobs, now)) {
        let (verb, request) = (run.verb(), run.request());
        let job = run.start(engine).await?;
        let detail = json!({"job": job, "verb": verb.name(), "request": request});
        engine.audit(Verb::Schedule.name(), source.database_name(), "started", detail).await?;
        started.push(job);
    }
    Ok(started)
}

/// The runs that are due together: classes that are taken in the same way are of one moment.
fn backups(due: &[Due]) -> Vec<Run> {
    let mut together: BTreeMap<(TierMethod, bool), Vec<DataClass>> = BTreeMap::new();
    for run in due {
        together.entry((run.method, run.synthetic)).or_default().push(run.class);
    }
    let run = |((method, synthetic), classes): (_, Vec<DataClass>)| {
        let method = match method {
            TierMethod::EventLog => return Run::Follow,
            TierMethod::Full if synthetic => Method::Synthetic,
            TierMethod::Full => Method::Full,
            TierMethod::Incremental => Method::Incremental,
            TierMethod::Differential => Method::Differential,
        };
        Run::Backup(BackupRequest { classes, method, impact: None })
    };
    together.into_iter().map(run).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_alike_is_taken_at_one_moment() {
        let of = |class, method, synthetic| Due { class, method, synthetic };
        let runs = backups(&[
            of(DataClass::Accounts, TierMethod::Full, false),
            of(DataClass::Rooms, TierMethod::Full, true),
            of(DataClass::Active, TierMethod::EventLog, false),
            of(DataClass::History, TierMethod::Full, false),
        ]);
        let backup = |classes, method| Run::Backup(BackupRequest { classes, method, impact: None });
        assert_eq!(
            runs,
            [
                backup(vec![DataClass::Accounts, DataClass::History], Method::Full),
                backup(vec![DataClass::Rooms], Method::Synthetic),
                Run::Follow,
            ]
        );
    }

    fn job(state: JobState, finished_at: Option<i64>) -> JobRecord {
        JobRecord {
            id: "job".to_owned(),
            verb: "follow".to_owned(),
            state,
            subject: "avalon".to_owned(),
            actor: "kay".to_owned(),
            request: json!({}),
            started_at: 0,
            finished_at,
            cancel_requested: false,
            progress: None,
            error: None,
            outcome: None,
        }
    }

    #[test]
    fn what_is_at_work_or_failed_a_moment_ago_is_not_started_again() {
        let held = |jobs: &[JobRecord], now| Run::Follow.is_held_back(jobs, now);
        assert!(!held(&[], 0));
        assert!(held(&[job(JobState::Running, None)], 5));
        let failed = job(JobState::Failed, Some(1_000));
        assert!(held(std::slice::from_ref(&failed), 1_000 + AGAIN_AFTER_MS - 1));
        assert!(!held(std::slice::from_ref(&failed), 1_000 + AGAIN_AFTER_MS));
        // The newest decides, and what ended well may be due again at once.
        assert!(!held(&[job(JobState::Done, Some(2_000)), failed.clone()], 2_001));
        assert!(!Run::Replicate(StoreName::Replica).is_held_back(&[failed], 1_001));
    }
}
