//! `listen`: takes snapshots of games as they are played (docs/snapshots.md). Events come at least
//! once, each snapshot is there exactly once, and what a killed listener missed is taken by the next.

mod catch_up;
mod interval;
mod lag;
mod listener;
pub mod outcome;
mod table;
mod told;

use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{JobView, Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, Phase, standing, start_standing};
use listener::Listener;
use outcome::ListenOutcome;

/// Starts listening as a job and returns the job's id; the id of the one at work when there is one.
/// It goes on until it is asked to stop. The outcome is a [`ListenOutcome`].
///
/// # Errors
/// When MongoDB or the vault is not connected, or the job cannot be recorded.
pub async fn start(engine: &Engine) -> Result<String, EngineError> {
    engine.source()?;
    engine.vault()?;
    let worker = engine.clone();
    start_standing(engine, Verb::Listen, |job| async move {
        let outcome = run(&worker, &job).await?;
        Ok(JobEnd { outcome: json!(outcome), with_problems: false })
    })
    .await
}

/// The job that listens to the connected service, if one is at work.
///
/// # Errors
/// When the control store fails.
pub async fn running(engine: &Engine) -> Result<Option<JobView>, EngineError> {
    standing(engine, Verb::Listen).await
}

/// Listens inside a job until it is asked to stop.
///
/// # Errors
/// When something fails that waiting does not mend.
pub async fn run(engine: &Engine, job: &JobHandle) -> Result<ListenOutcome, EngineError> {
    let Some(mut listener) = Listener::open(engine, job).await? else {
        return Err(EngineError::Cancelled);
    };
    job.phase(Phase { code: "listen", unit: Unit::Snapshots, total: None });
    while !job.cancel().is_cancelled() {
        Box::pin(listener.cycle()).await?;
    }
    listener.close().await
}
