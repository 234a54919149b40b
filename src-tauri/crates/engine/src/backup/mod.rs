//! `backup`: one set, a manifest per class, consistent at one cluster time (docs/consistency.md).

mod base;
mod capture;
mod checkpoint;
mod commit;
mod complete;
mod derived;
mod list;
mod members;
mod opening;
pub mod outcome;
mod pin;
mod redis_keys;
mod scan;
mod skew;
mod slowed;
mod space;
pub(crate) mod stream;
mod synthetic;

use serde_json::json;

pub(crate) use capture::{Capture, CaptureHook, Origin, capture};
pub(crate) use commit::committed;
pub(crate) use derived::derived_info;
pub(crate) use list::{
    LATEST, attribute, class_of, cluster_time, is_complete, is_of, is_point_in_time, is_pre_image,
    is_requested, is_whole_of, method_of, resolve, resolve_summary, summary_view,
};
pub use list::{list, show};
pub use pin::{pin, unpin};
pub(crate) use scan::membership;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::impact;
use crate::job::Verb;
use crate::jobs::{JobEnd, JobHandle, JobSpec};
use crate::stores::ensure_separated;
use crate::stores::outcome::StoreName;
use outcome::{BackupDetail, BackupRequest, Method};
use slowed::Slowed;
use source::profile::DataClass;
use vault::SetSummary;

/// Starts a backup as a job and returns the job's id. The outcome is a [`BackupDetail`].
///
/// # Errors
/// When MongoDB or the vault is not connected, or the job cannot be recorded.
pub async fn start(engine: &Engine, request: BackupRequest) -> Result<String, EngineError> {
    let source = engine.source()?;
    engine.primary()?;
    ensure_separated(engine, StoreName::Primary)?;
    let spec = JobSpec {
        verb: Verb::Backup,
        subject: source.database_name().to_owned(),
        request: json!(request),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let detail = run(&worker, &request, &job).await?;
            Ok(JobEnd { outcome: json!(detail), with_problems: false })
        })
        .await
}

/// Takes a backup inside a job.
///
/// # Errors
/// Failures of the database, of Redis or of the store; then nothing is listed.
pub async fn run(
    engine: &Engine,
    request: &BackupRequest,
    job: &JobHandle,
) -> Result<BackupDetail, EngineError> {
    let classes = if request.classes.is_empty() {
        DataClass::ALL.to_vec()
    } else {
        DataClass::ALL.into_iter().filter(|class| request.classes.contains(class)).collect()
    };
    match taken(engine, classes, request, job).await {
        Ok(summary) => show(engine, &summary.id).await,
        // Whatever broke off then broke off on request.
        Err(error) => Err(job.check().err().unwrap_or(error)),
    }
}

async fn taken(
    engine: &Engine,
    classes: Vec<DataClass>,
    request: &BackupRequest,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    if request.method == Method::Synthetic {
        return synthetic::synthesize(engine, &classes, job).await;
    }
    let source = engine.source()?;
    skew::warn_of_server(engine, &source, job).await?;
    let policy = engine.connections().impact.for_job(request.impact);
    let throttle = impact::begin(engine, &source, policy, job).await?;
    let gentle = throttle.is_some();
    let secondary = gentle && policy.secondary;
    let (own, request, job) = (engine.clone(), request.clone(), job.clone());
    let work = async move {
        let slowed = Slowed { throttle, secondary };
        Box::pin(from_database(&own, classes, &request, slowed, &job)).await
    };
    if gentle { engine.quietly(work).await } else { work.await }
}

async fn from_database(
    engine: &Engine,
    classes: Vec<DataClass>,
    request: &BackupRequest,
    slowed: Slowed,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let (source, redis) = (engine.source()?, engine.connections().redis);
    let method = request.method;
    let mut wanted = Capture::full(source.clone(), redis, classes, Origin::Requested);
    wanted.slowed = slowed;
    wanted.request = Some(checkpoint::asked(json!(request)));
    if method != Method::Full {
        match base::choose(engine, &source, &wanted.classes, method).await? {
            Ok(base) => wanted.base = Some(base),
            Err(reason) => wanted.take_full(method, reason, job).await?,
        }
    }
    capture(engine, wanted, job).await
}
