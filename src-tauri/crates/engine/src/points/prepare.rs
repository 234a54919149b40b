//! The backup of a point in time as a job.

use mongodb::bson::{Bson, Document};
use serde_json::json;
use source::change::Operation;
use source::mongo::{ClusterTime, MongoSource};

use super::at::At;
use super::fold::fold;
use super::outcome::PrepareRequest;
use super::timeline::{Timeline, Way};
use crate::backup;
use crate::backup::outcome::BackupDetail;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};

/// Starts the making of a backup of a point in time as a job and returns the job's id. The outcome
/// is a [`BackupDetail`]; restoring it restores the point.
///
/// # Errors
/// When MongoDB or the vault is not connected, the point is not named rightly, or the job cannot be
/// recorded.
pub async fn start(engine: &Engine, request: PrepareRequest) -> Result<String, EngineError> {
    let _: At = request.at.parse()?;
    engine.primary()?;
    let source = engine.source()?;
    let spec = JobSpec {
        verb: Verb::Prepare,
        subject: source.database_name().to_owned(),
        request: json!(request),
    };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let detail = Box::pin(run(&worker, &request, &job)).await?;
            Ok(JobEnd { outcome: json!(detail), with_problems: false })
        })
        .await
}

/// Makes the backup inside a job.
///
/// # Errors
/// [`EngineError::PointUnreachable`]; damage of the log or of the backup that it leads from.
pub async fn run(
    engine: &Engine,
    request: &PrepareRequest,
    job: &JobHandle,
) -> Result<BackupDetail, EngineError> {
    let source = engine.source()?;
    let at: At = request.at.parse()?;
    let timeline = Timeline::read(engine, &source).await?;
    job.phase(Phase { code: "find", unit: Unit::Operations, total: None });
    let way = match &at {
        At::Exactly(time) => timeline.way(*time).await?,
        At::Second(second) => second_way(&source, &timeline, *second).await?,
        At::Event { game, seq } => match find_event(engine, &timeline, game, *seq, job).await? {
            Some(time) => timeline.way(time).await?,
            None => {
                let (game, seq) = (game.clone(), *seq);
                return Err(EngineError::NoSuchEvent { game, seq });
            }
        },
    };
    let Some(way) = way else { return Err(unreachable(engine, &request.at).await?) };
    let context = [
        ("backup", way.base.summary.id.clone()),
        ("clusterTime", way.point.to_string()),
        ("log", way.log.id.clone()),
    ];
    job.line("prepare.way", &context).await?;
    let summary = fold(engine, &source, way, &request.at, job).await?;
    backup::show(engine, &summary.id).await
}

/// The way to the end of a second. Where nothing of a later second is in the log yet, the second may
/// not be over, and then it is no point.
async fn second_way(
    source: &MongoSource,
    timeline: &Timeline,
    second: u32,
) -> Result<Option<Way>, EngineError> {
    let end = ClusterTime { time: second, increment: u32::MAX };
    if let Some(way) = timeline.way(end).await? {
        return Ok(Some(way));
    }
    // A quiet database: the log may end inside the second that is the last, when it has all there is.
    let last = timeline.logs.iter().map(|log| log.to).filter(|to| *to <= end.to_number()).max();
    let last = last.map(ClusterTime::from_number).filter(|last| last.time == second);
    match last {
        Some(last) if source.cluster_time().await? <= last => timeline.way(last).await,
        _ => Ok(None),
    }
}

/// When an event was written: logs are searched from the newest back.
async fn find_event(
    engine: &Engine,
    timeline: &Timeline,
    game: &str,
    seq: i64,
    job: &JobHandle,
) -> Result<Option<ClusterTime>, EngineError> {
    let (vault, source) = (engine.vault()?, engine.source()?);
    for log in timeline.logs.iter().rev() {
        // After a restore the game may have been played on from before: the last time counts.
        let mut found = None;
        let mut reader = vault.read_log(&log.id, log.from, log.to).await?;
        while let Some(batch) = reader.next_batch().await? {
            job.check()?;
            job.advance(batch.len() as u64);
            for record in &batch {
                if writes_event(&source, &record.body, game, seq) {
                    found = Some(ClusterTime::from_number(record.position));
                }
            }
        }
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Whether an operation inserts that event of that game.
fn writes_event(source: &MongoSource, body: &[u8], game: &str, seq: i64) -> bool {
    let Some((_, events, game_field)) = source.profile().membership_names() else { return false };
    let Ok(operation) = Operation::parse(body) else { return false };
    if operation.op != "i" || operation.collection(source.database_name()) != Some(events) {
        return false;
    }
    let Ok(event) = Document::from_reader(operation.object) else { return false };
    let number = match event.get("seq") {
        Some(Bson::Int32(seq)) => i64::from(*seq),
        Some(Bson::Int64(seq)) => *seq,
        _ => return false,
    };
    number == seq && event.get_str(game_field).is_ok_and(|id| id == game)
}

/// The error that tells which points near by can be restored.
async fn unreachable(engine: &Engine, at: &str) -> Result<EngineError, EngineError> {
    let points = super::list(engine).await?;
    let ranges = points.ranges.iter().map(|range| {
        let time = |ms: i64| {
            jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |t| t.to_string())
        };
        format!("{} – {}", time(range.from_ms), time(range.to_ms))
    });
    let ranges = ranges.collect::<Vec<_>>().join(", ");
    Ok(EngineError::PointUnreachable { at: at.to_owned(), ranges })
}
