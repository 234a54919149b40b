//! `prune`: deleting what no backup refers to, in two phases a day apart (docs/format.md).

pub mod outcome;

use serde_json::json;
use vault::{PruneProgress, PruneRequest};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use outcome::{Counted, PruneOutcome};

/// Starts a prune as a job and returns the job's id. The outcome is a [`PruneOutcome`].
///
/// # Errors
/// When the vault is not connected or the job cannot be recorded.
pub async fn start(engine: &Engine, dry_run: bool) -> Result<String, EngineError> {
    let spec = JobSpec {
        verb: Verb::Prune,
        subject: engine.vault()?.store().location(),
        request: json!({ "dryRun": dry_run }),
    };
    let worker = engine.clone();
    let work = move |job: JobHandle| async move {
        let outcome = run(&worker, dry_run, &job).await?;
        Ok(JobEnd { outcome: json!(outcome), with_problems: false })
    };
    engine.jobs().start(spec, work).await
}

/// Prunes inside a job.
///
/// # Errors
/// When something that tells what is in use is damaged, or another prune is at work.
pub async fn run(
    engine: &Engine,
    dry_run: bool,
    job: &JobHandle,
) -> Result<PruneOutcome, EngineError> {
    let vault = engine.vault()?;
    job.phase(Phase { code: "reach", unit: Unit::Steps, total: None });
    let looking = std::sync::atomic::AtomicBool::new(false);
    let progress = |now: PruneProgress| match now {
        PruneProgress::Sets(done, total) => {
            if looking.swap(false, std::sync::atomic::Ordering::Relaxed) {
                job.phase(Phase { code: "reach", unit: Unit::Steps, total: Some(total) });
            }
            job.set_progress(done, Some(total));
        }
        PruneProgress::Objects(done, total) => {
            if !looking.swap(true, std::sync::atomic::Ordering::Relaxed) {
                job.phase(Phase { code: "prune", unit: Unit::Objects, total: Some(total) });
            }
            job.set_progress(done, Some(total));
        }
    };
    let report = vault.prune(PruneRequest { dry_run }, &progress, job.cancel()).await?;
    let outcome = PruneOutcome {
        dry_run,
        deleted: Counted::of(report.deleted),
        spared: Counted::of(report.spared),
        locked: Counted::of(report.locked),
        marked: Counted::of(report.marked),
        young: Counted::of(report.young),
        due_at: report.due_at_ms,
    };
    if !dry_run {
        let counts = [
            ("deleted", outcome.deleted.objects.to_string()),
            ("bytes", outcome.deleted.bytes.to_string()),
            ("marked", outcome.marked.objects.to_string()),
        ];
        job.line("prune.done", &counts).await?;
    }
    Ok(outcome)
}
