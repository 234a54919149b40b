//! `export`: a backup as a dump of MongoDB's own tools (docs/export.md).
//!
//! A dump is written beside the place asked for and renamed at the end, so that whatever bears the
//! name is whole.

pub mod outcome;
mod place;
mod run;
mod writer;

use serde_json::json;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::jobs::{JobEnd, JobSpec};
use outcome::ExportRequest;
use place::Place;

/// Starts an export as a job and returns the job's id. The outcome is an
/// [`outcome::ExportOutcome`].
///
/// # Errors
/// When the vault is not connected, the place is taken, or the job cannot be recorded.
pub async fn start(engine: &Engine, request: ExportRequest) -> Result<String, EngineError> {
    engine.vault()?;
    let place = Place::new(&request)?;
    tokio::task::spawn_blocking(move || place.ensure_free()).await??;
    let spec =
        JobSpec { verb: Verb::Export, subject: request.backup.clone(), request: json!(request) };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = run::run(&worker, &request, &job).await?;
            Ok(JobEnd { outcome: json!(outcome), with_problems: false })
        })
        .await
}
