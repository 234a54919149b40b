use serde_json::json;
use vault::{CheckLevel, CheckReport, CheckRequest, SetManifest, Vault, VaultError};

use super::outcome::{ObjectProblem, VerifyOutcome, VerifyRequest};
use super::rules::{Judgeable, Rules};
use super::{Detail, invariants, rules};
use crate::backup;
use crate::backup::outcome::{CoverageView, Level};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::restore::Trial;
use crate::stores::outcome::StoreName;
use crate::stores::{store_of, vault_of};

/// What a check of a whole store is called in its outcome.
const STORE: &str = "store";

/// Starts a verification as a job and returns the job's id. The outcome is a [`VerifyOutcome`].
///
/// # Errors
/// When the vault is not connected, the request is invalid, or the job cannot be recorded.
pub async fn start(engine: &Engine, request: VerifyRequest) -> Result<String, EngineError> {
    check_sample(request.sample_percent)?;
    let backup = backup::resolve_summary(engine, &request.backup).await?.id;
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
pub async fn start_store(
    engine: &Engine,
    store: Option<StoreName>,
    sample_percent: f64,
) -> Result<String, EngineError> {
    check_sample(sample_percent)?;
    let store = store.unwrap_or(engine.connections().store);
    let location = store_of(engine, store)?.location();
    let spec = JobSpec {
        verb: Verb::Check,
        subject: location,
        request: json!({"store": store, "samplePercent": sample_percent}),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, move |job| async move {
            end(run_store(&worker, store, sample_percent, &job).await?)
        })
        .await
}

fn end(outcome: VerifyOutcome) -> Result<JobEnd, EngineError> {
    let with_problems = !outcome.ok || outcome.has_findings();
    Ok(JobEnd { with_problems, outcome: json!(outcome) })
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
    let summary = backup::resolve_summary(engine, &request.backup).await?;
    let set = summary.id.clone();
    let level = check_level(request.level);
    let check =
        CheckRequest { set: Some(set.clone()), level, sample_percent: request.sample_percent };
    let report = check_with_progress(&engine.vault()?, &check, job).await?;
    let mut outcome = outcome(set, request.level, report);
    // Of a damaged manifest the check has told.
    let manifest = match engine.vault()?.set(&summary.id).await {
        Ok(manifest) => Some(manifest),
        Err(VaultError::Damaged { .. }) if !outcome.ok => None,
        Err(error) => return Err(error.into()),
    };
    let logs = match &manifest {
        Some(manifest) => invariants::logs(engine, manifest, &outcome, job).await?,
        None => Err("damaged"),
    };
    let epochs = engine.vault()?.keys().epochs;
    let key_known = epochs.iter().any(|epoch| epoch.epoch == summary.key_epoch);
    let mut rules = Err("needs_l5");
    if let (Some(manifest), true) = (manifest, request.level >= Level::L4 && outcome.ok) {
        rules = try_out(engine, manifest, &mut outcome, job).await?;
    }
    outcome.invariants = invariants::judge(&outcome, &logs, &rules, key_known);
    let problems = u64::try_from(outcome.problems.len()).unwrap_or(u64::MAX);
    let detail =
        Detail { coverage: outcome.coverage.clone(), invariants: outcome.invariants.clone() };
    super::record_with(engine, &outcome.backup, outcome.level, problems, &detail).await?;
    Ok(outcome)
}

/// The fourth rung and the fifth: a trial restore, and the games in it. Gives what the games break,
/// or why they were not judged.
async fn try_out(
    engine: &Engine,
    manifest: SetManifest,
    outcome: &mut VerifyOutcome,
    job: &JobHandle,
) -> Result<Result<Rules, &'static str>, EngineError> {
    let trial = Trial::start(job).await?;
    let tried = tried(engine, &trial, manifest, outcome, job).await;
    let stopped = trial.stop().await;
    let tried = tried?;
    stopped.map(|()| tried)
}

/// What does not come back as it should is a finding, and so is a game that its events do not lead to.
async fn tried(
    engine: &Engine,
    trial: &Trial,
    manifest: SetManifest,
    outcome: &mut VerifyOutcome,
    job: &JobHandle,
) -> Result<Result<Rules, &'static str>, EngineError> {
    let judgeable = Judgeable::of(&manifest)?;
    let restored = match trial.restore(engine, manifest, job).await {
        Ok(restored) => restored,
        Err(error) => {
            let Some(object) = found_in(&error) else { return Err(error) };
            outcome.level = Some(Level::L3);
            outcome.ok = false;
            let (kind, detail) = ("restore".to_owned(), error.to_string());
            outcome.problems.push(ObjectProblem { object, kind, detail });
            return Ok(Err("damaged"));
        }
    };
    if outcome.level < Some(Level::L5) {
        return Ok(Err("needs_l5"));
    }
    let Some(judgeable) = judgeable else {
        outcome.level = Some(Level::L4);
        return Ok(Err("class_absent"));
    };
    let rules = rules::read(&engine.looking_at(restored), judgeable, job).await?;
    if !rules.found.is_empty() {
        outcome.level = Some(Level::L4);
    }
    Ok(Ok(rules))
}

/// What of the set is at fault, when a trial failed by the set and not by the servers.
fn found_in(error: &EngineError) -> Option<String> {
    match error {
        EngineError::NotVerified { collection, .. } => Some(collection.clone()),
        EngineError::Vault(error) => match &**error {
            VaultError::Damaged { object, .. } => Some(object.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Checks everything in the store inside a job.
///
/// # Errors
/// When the check itself cannot be carried out; what it finds is its outcome.
pub async fn run_store(
    engine: &Engine,
    store: StoreName,
    sample_percent: f64,
    job: &JobHandle,
) -> Result<VerifyOutcome, EngineError> {
    let check = CheckRequest { set: None, level: CheckLevel::L3, sample_percent };
    let vault = vault_of(engine, store).await?;
    let report = check_with_progress(&vault, &check, job).await?;
    let problems = report.problems.len() as u64;
    // A sample takes nothing back that a whole check found.
    if sample_percent >= WHOLE || problems > 0 {
        super::record_store(engine, store, problems).await?;
    }
    Ok(outcome(STORE.to_owned(), Level::L3, report))
}

/// Percent of the segments that a whole check reads.
const WHOLE: f64 = 100.0;

async fn check_with_progress(
    vault: &Vault,
    request: &CheckRequest,
    job: &JobHandle,
) -> Result<CheckReport, EngineError> {
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
        coverage: (asked >= Level::L2).then(|| CoverageView::of(report.coverage)),
        invariants: Vec::new(),
        problems: report.problems.into_iter().map(object_problem).collect(),
    }
}

/// A problem as it is shown.
pub(crate) fn object_problem(problem: vault::Problem) -> ObjectProblem {
    let kind = problem.kind.as_str().to_owned();
    ObjectProblem { object: problem.object, kind, detail: problem.detail }
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

/// How deep the store is checked for a level: a trial restore follows a check of everything.
const fn check_level(level: Level) -> CheckLevel {
    match level {
        Level::L0 => CheckLevel::L0,
        Level::L1 => CheckLevel::L1,
        Level::L2 => CheckLevel::L2,
        Level::L3 | Level::L4 | Level::L5 => CheckLevel::L3,
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
