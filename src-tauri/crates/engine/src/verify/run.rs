use serde_json::json;
use vault::{CheckLevel, CheckReport, CheckRequest};

use super::outcome::{ObjectProblem, VerifyOutcome, VerifyRequest};
use crate::backup::outcome::Level;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};

/// What a check of a whole store is called in its outcome.
const STORE: &str = "store";

/// Starts a verification as a job and returns the job's id. The outcome is a [`VerifyOutcome`].
///
/// # Errors
/// When the vault is not connected, the request is invalid, or the job cannot be recorded.
pub async fn start(engine: &Engine, request: VerifyRequest) -> Result<String, EngineError> {
    check_level(request.level)?;
    check_sample(request.sample_percent)?;
    let backup = crate::backup::resolve(engine, &request.backup).await?.summary.id;
    let request = VerifyRequest { backup, ..request };
    let spec =
        JobSpec { verb: Verb::Verify, subject: request.backup.clone(), request: json!(request) };
    let worker = engine.clone();
    engine.jobs().start(spec, |job| async move { end(run(&worker, &request, &job).await?) }).await
}

/// Starts a check of the whole store as a job and returns the job's id. The outcome is a
/// [`VerifyOutcome`] whose `backup` is `store`.
///
/// # Errors
/// When the vault is not connected or the job cannot be recorded.
pub async fn start_store(engine: &Engine, sample_percent: f64) -> Result<String, EngineError> {
    check_sample(sample_percent)?;
    let location = engine.vault()?.store().location();
    let spec = JobSpec {
        verb: Verb::Check,
        subject: location,
        request: json!({"samplePercent": sample_percent}),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, move |job| async move { end(run_store(&worker, sample_percent, &job).await?) })
        .await
}

fn end(outcome: VerifyOutcome) -> Result<JobEnd, EngineError> {
    Ok(JobEnd { with_problems: !outcome.ok, outcome: json!(outcome) })
}

/// Verifies one backup inside a job and remembers the result.
///
/// # Errors
/// When the check itself cannot be carried out; what it finds is its outcome.
pub async fn run(
    engine: &Engine,
    request: &VerifyRequest,
    job: &JobHandle,
) -> Result<VerifyOutcome, EngineError> {
    let level = check_level(request.level)?;
    let set = crate::backup::resolve(engine, &request.backup).await?.summary.id;
    let check =
        CheckRequest { set: Some(set.clone()), level, sample_percent: request.sample_percent };
    let report = check_with_progress(engine, &check, job).await?;
    let outcome = outcome(set, request.level, report);
    let problems = u64::try_from(outcome.problems.len()).unwrap_or(u64::MAX);
    super::record(engine, &outcome.backup, outcome.level, problems).await?;
    Ok(outcome)
}

/// Checks everything in the store inside a job.
///
/// # Errors
/// When the check itself cannot be carried out; what it finds is its outcome.
pub async fn run_store(
    engine: &Engine,
    sample_percent: f64,
    job: &JobHandle,
) -> Result<VerifyOutcome, EngineError> {
    let check = CheckRequest { set: None, level: CheckLevel::L3, sample_percent };
    let report = check_with_progress(engine, &check, job).await?;
    Ok(outcome(STORE.to_owned(), Level::L3, report))
}

async fn check_with_progress(
    engine: &Engine,
    request: &CheckRequest,
    job: &JobHandle,
) -> Result<CheckReport, EngineError> {
    let vault = engine.vault()?;
    job.phase(Phase { code: "check", unit: Unit::Objects, total: None });
    let progress = |now: vault::CheckProgress| job.set_progress(now.objects, Some(now.total));
    let report = vault.check(request, &progress, job.cancel()).await?;
    job.check()?;
    Ok(report)
}

fn outcome(backup: String, asked: Level, report: CheckReport) -> VerifyOutcome {
    VerifyOutcome {
        backup,
        level: reached(asked, &report),
        ok: report.ok(),
        objects: report.objects,
        bytes: report.bytes,
        problems: report
            .problems
            .into_iter()
            .map(|problem| ObjectProblem {
                object: problem.object,
                kind: problem.kind.as_str().to_owned(),
                detail: problem.detail,
            })
            .collect(),
    }
}

/// The highest level below every problem found: each kind of problem belongs to one level.
fn reached(asked: Level, report: &CheckReport) -> Option<Level> {
    use vault::ProblemKind::{Decode, Decrypt, Hash, Ledger, Manifest, Missing, Size};
    let below = report.problems.iter().map(|problem| match problem.kind {
        Missing | Size => None,
        Ledger | Manifest => Some(Level::L0),
        Hash => Some(Level::L1),
        Decrypt | Decode => Some(Level::L2),
    });
    below.fold(Some(asked), std::cmp::min)
}

fn check_level(level: Level) -> Result<CheckLevel, EngineError> {
    match level {
        Level::L0 => Ok(CheckLevel::L0),
        Level::L1 => Ok(CheckLevel::L1),
        Level::L2 => Ok(CheckLevel::L2),
        Level::L3 => Ok(CheckLevel::L3),
        Level::L4 => Err(EngineError::Invalid {
            field: "level",
            reason: "L4 is reached by a trial restore; ask for L0 to L3 here".to_owned(),
        }),
    }
}

fn check_sample(percent: f64) -> Result<(), EngineError> {
    if percent > 0.0 && percent <= 100.0 {
        return Ok(());
    }
    Err(EngineError::Invalid {
        field: "samplePercent",
        reason: format!("{percent} is not above 0 and up to 100"),
    })
}
