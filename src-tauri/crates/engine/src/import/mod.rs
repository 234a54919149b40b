//! `import`: a dump of MongoDB's own tools into an empty database (docs/export.md).

mod load;
pub mod outcome;
mod reader;
mod redis_keys;
mod run;
mod target;

use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::jobs::{JobEnd, JobSpec};
use outcome::ImportRequest;

/// Starts an import as a job and returns the job's id. The outcome is an
/// [`outcome::ImportOutcome`].
///
/// # Errors
/// When MongoDB is not connected, the dump cannot be read, the database is not empty, or the job
/// cannot be recorded.
pub async fn start(engine: &Engine, request: ImportRequest) -> Result<String, EngineError> {
    engine.source()?;
    // What can be told at once is told before there is a job.
    let prepared = run::prepare(engine, &request).await?;
    let spec = JobSpec {
        verb: Verb::Import,
        subject: prepared.database().to_owned(),
        request: json!(request),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = run::run(&worker, &request, &job).await?;
            Ok(JobEnd { outcome: json!(outcome), with_problems: false })
        })
        .await
}
