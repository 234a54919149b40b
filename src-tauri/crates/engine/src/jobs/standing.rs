//! Jobs that go on until they are asked to stop, of which one of a kind is at work at a time.

use std::future::Future;

use serde_json::json;

use super::{JobEnd, JobHandle, JobSpec};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{JobView, Verb};

/// Starts the work for the connected database as a job and returns the job's id; the id of the one
/// at work when there is one.
///
/// # Errors
/// When MongoDB is not connected, or the job cannot be recorded.
pub(crate) async fn start_standing<W, F>(
    engine: &Engine,
    verb: Verb,
    work: W,
) -> Result<String, EngineError>
where
    W: FnOnce(JobHandle) -> F + Send + 'static,
    F: Future<Output = Result<JobEnd, EngineError>> + Send + 'static,
{
    let source = engine.source()?;
    if let Some(job) = standing(engine, verb).await? {
        return Ok(job.id);
    }
    let subject = source.database_name().to_owned();
    engine.jobs().start(JobSpec { verb, subject, request: json!({}) }, work).await
}

/// The job of this kind for the connected database, if one is at work.
///
/// # Errors
/// When the control store fails.
pub(crate) async fn standing(engine: &Engine, verb: Verb) -> Result<Option<JobView>, EngineError> {
    let Some(source) = engine.connections().source else { return Ok(None) };
    let open = engine.jobs().open_of(verb).await?;
    Ok(open.filter(|job| job.subject == source.database_name()))
}
