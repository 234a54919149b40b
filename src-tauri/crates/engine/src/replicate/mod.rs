//! `replicate`: sets copied into another store, which is a vault of its own (docs/format.md).

use serde_json::json;
use vault::{Catalog, Copied, CopiedSet, VaultError};

use crate::backup;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::stores::outcome::{
    Cycle, ReplicateOutcome, ReplicateRequest, ReplicatedBackup, StoreName,
};
use crate::stores::{self, ensure_separated, store_of};
use crate::verify::object_problem;

/// Starts a replication as a job and returns the job's id. The outcome is a [`ReplicateOutcome`].
///
/// # Errors
/// [`EngineError::NoSuchStore`], [`EngineError::NotSeparated`]; when the vault is not connected or
/// the job cannot be recorded.
pub async fn start(engine: &Engine, request: ReplicateRequest) -> Result<String, EngineError> {
    if request.to == StoreName::Primary {
        let reason = "sets are copied from the primary, not into it".to_owned();
        return Err(EngineError::Invalid { field: "to", reason });
    }
    engine.primary()?;
    store_of(engine, request.to)?;
    ensure_separated(engine, request.to)?;
    let spec = JobSpec {
        verb: Verb::Replicate,
        subject: request.to.name().to_owned(),
        request: json!(request),
    };
    let worker = engine.clone();
    let work = move |job: JobHandle| async move {
        let outcome = Box::pin(run(&worker, &request, &job)).await?;
        Ok(JobEnd { with_problems: !outcome.ok, outcome: json!(outcome) })
    };
    engine.jobs().start(spec, work).await
}

/// Copies sets inside a job.
///
/// # Errors
/// When a store fails, or the replica is another vault; sets that were finished stay.
pub async fn run(
    engine: &Engine,
    request: &ReplicateRequest,
    job: &JobHandle,
) -> Result<ReplicateOutcome, EngineError> {
    let (primary, store) = (engine.primary()?, store_of(engine, request.to)?);
    let probe = match primary.replica(store.clone()).await {
        // Nothing was copied there yet.
        Err(VaultError::NotAVault { .. }) => {
            job.phase(Phase { code: "probe", unit: Unit::Steps, total: None });
            let probe = stores::usable(engine, request.to, &store).await?;
            for step in probe.steps.iter().filter(|step| !step.ok) {
                let detail = step.detail.clone().unwrap_or_default();
                job.line("replicate.odd", &[("step", step.name.clone()), ("detail", detail)])
                    .await?;
            }
            Some(probe)
        }
        // Its keyring may be an old one that opens no more; following it needs no key.
        Ok(replica) => {
            sound(request.to, replica.catalog().await)?;
            None
        }
        Err(VaultError::WrongKey) => None,
        Err(error) => return Err(damaged(request.to, error)),
    };
    let replica = primary.make_replica(store).await?;
    let sets = chosen(engine, request, &replica).await?;
    job.phase(Phase { code: "replicate", unit: Unit::Objects, total: None });
    let progress = |now: vault::ReplicateProgress| {
        job.set_progress(now.objects, Some(now.total_objects));
        job.detail(&now.set);
    };
    let copy = vault::ReplicateRequest { sets, fencing_token: 0 };
    let report = primary.replicate(&replica, &copy, &progress, job.cancel()).await?;
    let (copied, ok) = (report.copied(), report.ok());
    let counts = [
        ("store", request.to.name().to_owned()),
        ("backups", count(&report.sets, &Copied::Done).to_string()),
        ("objects", copied.objects.to_string()),
        ("bytes", copied.bytes.to_string()),
    ];
    job.line("replicate.done", &counts).await?;
    Ok(ReplicateOutcome {
        to: request.to,
        location: replica.store().location(),
        probe,
        backups: report.sets.into_iter().map(view).collect(),
        objects: copied.objects,
        bytes: copied.bytes,
        ok,
    })
}

/// Refuses to go on where the replica's ledgers are damaged.
fn sound(store: StoreName, catalog: Result<Catalog, VaultError>) -> Result<(), EngineError> {
    let sound = catalog.and_then(Catalog::sound);
    sound.map(drop).map_err(|error| damaged(store, error))
}

/// Damage of the replica, told apart from that of the primary.
fn damaged(store: StoreName, error: VaultError) -> EngineError {
    match error {
        VaultError::Damaged { object, detail, .. } => {
            EngineError::StoreDamaged { store: store.name(), object, detail }
        }
        error => error.into(),
    }
}

fn count(sets: &[CopiedSet], result: &Copied) -> usize {
    sets.iter().filter(|set| set.result == *result).count()
}

fn view(set: CopiedSet) -> ReplicatedBackup {
    let (result, problem) = match set.result {
        Copied::Done => ("copied", None),
        Copied::Present => ("present", None),
        Copied::Removed => ("removed", None),
        Copied::Failed(problem) => ("failed", Some(object_problem(problem))),
    };
    ReplicatedBackup {
        backup: set.set,
        result: result.to_owned(),
        objects: set.copied.objects,
        bytes: set.copied.bytes,
        present: set.present.objects,
        problem,
    }
}

/// Ids of the sets to copy, oldest first.
async fn chosen(
    engine: &Engine,
    request: &ReplicateRequest,
    replica: &vault::Vault,
) -> Result<Vec<String>, EngineError> {
    if !request.backups.is_empty() {
        let mut ids = Vec::with_capacity(request.backups.len());
        for id in &request.backups {
            ids.push(backup::resolve_summary(engine, id).await?.id);
        }
        return Ok(ids);
    }
    let sets = engine.primary()?.catalog().await?.sound()?.sets;
    if request.all {
        return Ok(sets.into_iter().map(|set| set.id).collect());
    }
    let cycle = engine.connections().others.get(&request.to).map_or(Cycle::Week, |to| to.every);
    let there = replica.catalog().await?;
    Ok(stores::due(cycle, &sets, Some(&there)).into_iter().map(|set| set.id.clone()).collect())
}
