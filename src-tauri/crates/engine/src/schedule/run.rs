use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::json;

use super::outcome::ScheduleOutcome;
use super::tick::tick;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{JobView, Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::retention::Policy;

/// How often it is asked what is due.
const EVERY: Duration = Duration::from_secs(60);

/// Gives the policy in force, which may change while it is carried out.
pub type PolicySource =
    Arc<dyn Fn() -> BoxFuture<'static, Result<Policy, EngineError>> + Send + Sync>;

/// Starts carrying out the policy as a job and returns the job's id; the job at work already, where
/// there is one. It ends when it is asked to stop. The outcome is a [`ScheduleOutcome`].
///
/// # Errors
/// When MongoDB or the vault is not connected, or the job cannot be recorded.
pub async fn start(engine: &Engine, policy: PolicySource) -> Result<String, EngineError> {
    let source = engine.source()?;
    engine.primary()?;
    if let Some(job) = running(engine).await? {
        return Ok(job.id);
    }
    let spec = JobSpec {
        verb: Verb::Schedule,
        subject: source.database_name().to_owned(),
        request: json!({}),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = run(&worker, &policy, &job).await?;
            Ok(JobEnd { outcome: json!(outcome), with_problems: outcome.failures > 0 })
        })
        .await
}

/// The job that carries the policy out, if one is at work.
///
/// # Errors
/// When the control store fails.
pub async fn running(engine: &Engine) -> Result<Option<JobView>, EngineError> {
    engine.jobs().open_of(Verb::Schedule).await
}

/// Carries the policy out until the job is to stop.
async fn run(
    engine: &Engine,
    policy: &PolicySource,
    job: &JobHandle,
) -> Result<ScheduleOutcome, EngineError> {
    job.phase(Phase { code: "schedule", unit: Unit::Steps, total: None });
    let mut outcome = ScheduleOutcome::default();
    let mut failing = None;
    while !job.cancel().is_cancelled() {
        let started = async { tick(engine, &policy().await?).await }.await;
        match started {
            Ok(started) => {
                outcome.started += started.len() as u64;
                job.advance(started.len() as u64);
                failing = None;
            }
            Err(error) => {
                outcome.failures += 1;
                // The same reason is told once, not each minute.
                let reason = error.to_string();
                if failing.as_ref() != Some(&reason) {
                    job.line("schedule.failed", &[("reason", reason.clone())]).await?;
                }
                failing = Some(reason);
            }
        }
        tokio::select! {
            () = job.cancel().cancelled() => break,
            () = engine.context().timer.sleep(EVERY) => {}
        }
    }
    Ok(outcome)
}
