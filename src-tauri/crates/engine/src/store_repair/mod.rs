//! `store_repair`: a damaged store made sound from another one of the same vault (docs/format.md).

use serde_json::json;
use vault::{CheckLevel, CheckProgress, RepairReport, RepairRequest};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::stores::outcome::{RepairedObject, StoreRepairOutcome, StoreRepairRequest};
use crate::stores::{store_of, vault_of};
use crate::verify::{self, object_problem};

/// Starts a repair as a job and returns the job's id. The outcome is a [`StoreRepairOutcome`].
///
/// # Errors
/// [`EngineError::NoSuchStore`]; when nothing is connected or the job cannot be recorded.
pub async fn start(engine: &Engine, request: StoreRepairRequest) -> Result<String, EngineError> {
    if request.store == request.from {
        let reason = "a store is repaired from another one".to_owned();
        return Err(EngineError::Invalid { field: "from", reason });
    }
    store_of(engine, request.store)?;
    store_of(engine, request.from)?;
    if !request.dry_run
        && let Some(writer) = engine.jobs().open().await?.into_iter().find(|job| writes(job.verb))
    {
        let reason = format!("job {} writes into a store; stop it first", writer.id);
        return Err(EngineError::Invalid { field: "store", reason });
    }
    let spec = JobSpec {
        verb: Verb::StoreRepair,
        subject: request.store.name().to_owned(),
        request: json!(request),
    };
    let worker = engine.clone();
    let work = move |job: JobHandle| async move {
        let outcome = Box::pin(run(&worker, &request, &job)).await?;
        Ok(JobEnd { with_problems: !outcome.ok, outcome: json!(outcome) })
    };
    engine.jobs().start(spec, work).await
}

/// Whether jobs of this kind append to ledgers: beside a repair they would fork them.
fn writes(verb: Verb) -> bool {
    use Verb::{Backup, Follow, Prepare, Prune, Replicate, Restore, Retention, StoreRepair};
    matches!(
        verb,
        Backup | Follow | Prepare | Prune | Replicate | Restore | Retention | StoreRepair
    )
}

/// Repairs a store inside a job, or tells what would be done.
///
/// # Errors
/// When a store fails, or the damaged one is another vault's.
pub async fn run(
    engine: &Engine,
    request: &StoreRepairRequest,
    job: &JobHandle,
) -> Result<StoreRepairOutcome, EngineError> {
    let sound = vault_of(engine, request.from).await?;
    let damaged = store_of(engine, request.store)?;
    job.phase(Phase { code: "repair", unit: Unit::Objects, total: None });
    let progress = |now: CheckProgress| job.set_progress(now.objects, Some(now.total));
    let asked = RepairRequest { level: CheckLevel::L3, dry_run: request.dry_run };
    let report = sound.repair(damaged, &asked, &progress, job.cancel()).await?;
    if !request.dry_run {
        verify::record_store(engine, request.store, report.left.len() as u64).await?;
        let counts = [
            ("store", request.store.name().to_owned()),
            ("repaired", report.repaired.len().to_string()),
            ("left", report.left.len().to_string()),
        ];
        job.line("store_repair.done", &counts).await?;
    }
    Ok(outcome(request, report))
}

fn outcome(request: &StoreRepairRequest, report: RepairReport) -> StoreRepairOutcome {
    let StoreRepairRequest { store, from, dry_run } = *request;
    let ok = report.ok();
    let repaired = report.repaired.into_iter().map(|one| RepairedObject {
        object: one.object,
        kind: one.kind.as_str().to_owned(),
        cure: one.cure.as_str().to_owned(),
    });
    StoreRepairOutcome {
        store,
        from,
        dry_run,
        objects: report.objects,
        bytes: report.bytes,
        repaired: repaired.collect(),
        left: report.left.into_iter().map(object_problem).collect(),
        ok,
    }
}
