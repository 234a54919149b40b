//! `follow`: the continuous event log (docs/event-log.md). What a majority has committed is in the
//! vault within a moment; a killed follower goes on where the log ends.

mod begin;
mod follower;
pub(crate) mod mark;
pub mod outcome;
mod settle;
mod wait;

use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{JobView, Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, Phase, standing, start_standing};
use follower::Follower;
use outcome::FollowOutcome;

pub(crate) use begin::{DATABASE, REASON, REPLICA_SET, is_of};

/// Starts following as a job and returns the job's id; the id of the one at work when there is one.
/// It goes on until it is asked to stop. The outcome is a [`FollowOutcome`].
///
/// # Errors
/// When MongoDB or the vault is not connected, or the job cannot be recorded.
pub async fn start(engine: &Engine) -> Result<String, EngineError> {
    engine.source()?;
    engine.primary()?;
    let worker = engine.clone();
    start_standing(engine, Verb::Follow, |job| async move {
        let outcome = run(&worker, &job).await?;
        Ok(JobEnd { outcome: json!(outcome), with_problems: false })
    })
    .await
}

/// The job that follows the connected database, if one is at work.
///
/// # Errors
/// When the control store fails.
pub async fn running(engine: &Engine) -> Result<Option<JobView>, EngineError> {
    standing(engine, Verb::Follow).await
}

/// Follows inside a job until it is asked to stop.
///
/// # Errors
/// When another process follows into the same log, or something fails that waiting does not mend.
pub async fn run(engine: &Engine, job: &JobHandle) -> Result<FollowOutcome, EngineError> {
    let mut follower = Box::pin(Follower::open(engine, job)).await?;
    job.phase(Phase { code: "follow", unit: Unit::Operations, total: None });
    while !job.cancel().is_cancelled() {
        Box::pin(follower.cycle()).await?;
    }
    follower.close().await
}
