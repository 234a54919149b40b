//! Holds snapshots against the games' logs, and makes again what the logs can make again.

use futures::{StreamExt, TryStreamExt};
use mongodb::bson::{Document, doc};
use serde_json::json;

use super::judge::{Judged, judge};
use super::outcome::{SnapshotFinding, SnapshotVerifyOutcome, SnapshotVerifyRequest};
use super::store::{Chain, store};
use super::{body, collection, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, failed, ids_of};
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};

/// Games judged at once.
const AT_ONCE: usize = 4;
/// Bodies of a snapshot that were replaced which stay, the newest ones.
const MOST_REPLACED: i32 = 4;
/// Findings that are written out.
const SHOWN: usize = 100;

/// Starts verifying snapshots as a job and returns the job's id. The outcome is a
/// [`SnapshotVerifyOutcome`].
///
/// # Errors
/// When MongoDB or the vault is not connected, or the job cannot be recorded.
pub async fn start_verify(
    engine: &Engine,
    request: SnapshotVerifyRequest,
) -> Result<String, EngineError> {
    let source = engine.source()?;
    engine.vault()?;
    let subject = request.game.clone().unwrap_or_else(|| source.database_name().to_owned());
    let spec = JobSpec { verb: Verb::SnapshotVerify, subject, request: json!(request) };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = verify(&worker, &job, &request).await?;
            let with_problems = outcome.problems > outcome.repaired;
            Ok(JobEnd { outcome: json!(outcome), with_problems })
        })
        .await
}

async fn verify(
    engine: &Engine,
    job: &JobHandle,
    request: &SnapshotVerifyRequest,
) -> Result<SnapshotVerifyOutcome, EngineError> {
    let games = match &request.game {
        Some(game) => vec![game.clone()],
        None => games(engine).await?,
    };
    let total = Some(games.len() as u64);
    job.phase(Phase { code: "snapshots", unit: Unit::Games, total });
    let repair = request.repair;
    let mut judged = futures::stream::iter(games)
        .map(|game| {
            // On threads of their own: folding logs is work for the processor.
            let engine = engine.clone();
            tokio::spawn(async move { one(&engine, &game, repair).await })
        })
        .buffer_unordered(AT_ONCE);
    let mut outcome = SnapshotVerifyOutcome::default();
    while let Some(game) = judged.next().await {
        job.check()?;
        let (snapshots, findings) = game??;
        outcome.games += 1;
        outcome.snapshots += snapshots;
        outcome.problems += findings.len() as u64;
        outcome.repaired += findings.iter().filter(|finding| finding.repaired).count() as u64;
        outcome.findings.extend(findings);
        outcome.findings.truncate(SHOWN);
        job.advance(1);
    }
    Ok(outcome)
}

/// Judges a game, and puts right what can be when that is wanted.
async fn one(
    engine: &Engine,
    game: &str,
    repair: bool,
) -> Result<(u64, Vec<SnapshotFinding>), EngineError> {
    let mut judged = judge_now(engine, game).await?;
    if repair && !judged.findings.is_empty() {
        put_right(engine, game, &judged).await?;
        for finding in &mut judged.findings {
            finding.repaired = finding.repairable;
        }
        let left = judge_now(engine, game).await?.findings;
        for finding in &mut judged.findings {
            finding.repaired &= !left.iter().any(|left| left.snapshot == finding.snapshot);
        }
    }
    Ok((judged.snapshots, judged.findings))
}

async fn judge_now(engine: &Engine, game: &str) -> Result<Judged, EngineError> {
    let record = GameRecord::find(engine, game).await?;
    judge(engine, game, record.as_ref(), engine.context().now_ms()).await
}

/// Replaces what does not open or differs by what the log makes, each a keyframe under the same id,
/// and takes what is missing.
async fn put_right(engine: &Engine, game: &str, judged: &Judged) -> Result<(), EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let vault = engine.vault()?;
    for snapshot in &judged.rebuilt {
        let (body, _) = body::seal(&vault, snapshot, None)?;
        let id = &snapshot.snapshot_id;
        let mut rebuilt = stored::document(&vault, snapshot, body, 0);
        // How long it is kept stays as it is for all of the game.
        rebuilt.remove("expireAt");
        rebuilt.remove("_id");
        let replaced = snapshots.update_one(doc! { "_id": id }, keeping(rebuilt)).await;
        replaced.map_err(|error| failed("making a snapshot again", &name, error))?;
    }
    let mut chain = Chain::read(engine, game).await?;
    store(engine, game, &mut chain, &judged.missing).await.map(drop)
}

/// The update that puts members in the place of those that are there, and keeps what they replace in
/// `replaced`, in the same write: what was taken for broken may be looked at, and brought back.
fn keeping(members: Document) -> Vec<Document> {
    let now = doc! { "body": "$body", "timestamp": "$timestamp", "at": "$$NOW" };
    let before = doc! { "$ifNull": ["$replaced", []] };
    let kept = doc! { "$concatArrays": [before, [now]] };
    vec![
        doc! { "$set": { "replaced": { "$slice": [kept, -MOST_REPLACED] } } },
        doc! { "$replaceWith": { "$mergeObjects": ["$$ROOT", { "$literal": members }] } },
    ]
}

/// Every game that has a snapshot.
async fn games(engine: &Engine) -> Result<Vec<String>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let failed = |error| failed("listing the games of snapshots", &name, error);
    let grouped = [doc! { "$group": { "_id": "$game_id" } }];
    let found = snapshots.aggregate(grouped).allow_disk_use(true).await.map_err(failed)?;
    let found: Vec<Document> = found.try_collect().await.map_err(failed)?;
    Ok(ids_of(&found).collect())
}
