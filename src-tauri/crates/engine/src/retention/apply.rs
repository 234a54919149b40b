//! Removing what a plan named, as far as it still may go.

use std::collections::BTreeSet;

use control::PlanUse;
use serde_json::json;
use source::mongo::ClusterTime;
use source::profile::DataClass;

use super::outcome::{RetentionOutcome, RetentionPlan};
use super::plan::judged;
use super::policy::{Keep, Policy};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::points;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A plan older than this is made anew.
const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// Starts the removal of what a plan named as a job and returns the job's id. `confirmed` is the
/// number of sets that the caller was shown to go. The outcome is a [`RetentionOutcome`].
///
/// # Errors
/// When the plan is unknown, used or old, or the number is another; when the vault is not connected.
pub async fn start(
    engine: &Engine,
    policy: &Policy,
    plan: &str,
    confirmed: u64,
) -> Result<String, EngineError> {
    engine.vault()?;
    let plan = load(engine, plan).await?;
    let expected = plan.goes.len() as u64;
    if confirmed != expected {
        return Err(EngineError::NotConfirmed { expected: expected.to_string() });
    }
    let spec = JobSpec {
        verb: Verb::Retention,
        subject: engine.vault()?.store().location(),
        request: json!({ "plan": plan.id, "policy": policy }),
    };
    let (worker, policy) = (engine.clone(), *policy);
    let work = move |job: JobHandle| async move {
        let outcome = run(&worker, &policy, &plan, &job).await?;
        Ok(JobEnd { outcome: json!(outcome), with_problems: false })
    };
    engine.jobs().start(spec, work).await
}

/// Lets go of what the event logs hold beyond the policy's days for unfinished games, whose log it is.
async fn trim_logs(engine: &Engine, policy: &Policy, job: &JobHandle) -> Result<(), EngineError> {
    let Keep::Days(days) = policy.of(DataClass::Active).keep else { return Ok(()) };
    let oldest_ms = engine.context().now_ms() - i64::from(days) * DAY_MS;
    let Ok(time) = u32::try_from(oldest_ms / 1000) else { return Ok(()) };
    let position = ClusterTime { time, increment: 0 }.to_number();
    let Some(source) = engine.connections().source else { return Ok(()) };
    let mut trimmed = 0_u64;
    for (log, base) in points::dispensable(engine, &source).await? {
        // Only whole packs go: an entry that frees nothing is not written.
        let position = position.min(base);
        if log.first_pack_to.is_some_and(|to| to <= position) {
            engine.vault()?.trim_log(&log.id, position).await?;
            trimmed += 1;
        }
    }
    match trimmed {
        0 => Ok(()),
        _ => job.line("retention.trimmed", &[("logs", trimmed.to_string())]).await,
    }
}

async fn load(engine: &Engine, id: &str) -> Result<RetentionPlan, EngineError> {
    let name = id.to_owned();
    let no_such = || EngineError::NoSuchPlan { plan: id.to_owned() };
    let record = engine.control(move |control| control.plan(&name)).await?.ok_or_else(no_such)?;
    if record.verb != Verb::Retention.name() {
        return Err(no_such());
    }
    if let Some(job) = record.used_by {
        return Err(EngineError::PlanUsed { plan: id.to_owned(), job });
    }
    let stale = |detail: String| EngineError::StalePlan { plan: id.to_owned(), detail };
    if engine.context().now_ms() - record.created_at > LIFETIME_MS {
        return Err(stale("it is older than 30 minutes".to_owned()));
    }
    serde_json::from_value(record.plan).map_err(|error| stale(error.to_string()))
}

async fn run(
    engine: &Engine,
    policy: &Policy,
    plan: &RetentionPlan,
    job: &JobHandle,
) -> Result<RetentionOutcome, EngineError> {
    let (id, user) = (plan.id.clone(), job.id().to_owned());
    if let PlanUse::UsedBy(job) =
        engine.control(move |control| control.take_plan(&id, &user)).await?
    {
        return Err(EngineError::PlanUsed { plan: plan.id.clone(), job });
    }
    job.phase(Phase { code: "expire", unit: Unit::Steps, total: Some(plan.goes.len() as u64) });
    let vault = engine.vault()?;
    // Somebody may have pinned one since, or removed what it was kept beside.
    let goes: BTreeSet<String> = judged(engine, &vault, policy)
        .await?
        .into_iter()
        .filter(|(_, judgement)| judgement.goes())
        .map(|(set, _)| set.id)
        .collect();
    let named = plan.goes.iter().map(|set| set.backup.clone());
    let (removed, spared): (Vec<_>, Vec<_>) = named.partition(|id| goes.contains(id));
    let freed = vault.exclusive(&removed).await?;
    job.check()?;
    vault.drop_sets(&removed, 0).await?;
    job.advance(removed.len() as u64);
    let counts = [
        ("backups", removed.len().to_string()),
        ("bytes", freed.bytes.to_string()),
        ("spared", spared.len().to_string()),
    ];
    job.line("retention.removed", &counts).await?;
    trim_logs(engine, policy, job).await?;
    Ok(RetentionOutcome { removed, spared, freed_bytes: freed.bytes })
}
