//! The plan: what a restore would do, counted against the live data, and what makes it stale.

use serde::{Deserialize, Serialize};
use serde_json::json;
use source::mongo::CollectionInfo;
use source::profile::DataClass;

use super::apply::RATE_SETTING;
use super::changes::{Changes, bytes_written, changes};
use super::destination::Destination;
use super::journal::to_hex;
use super::outcome::{RestoreOutcome, RestorePlan, RestoreRequest};
use super::pause::GameService;
use super::scope::Scope;
use super::warnings::{Facts, warnings};
use crate::backup;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::verify;

/// A plan older than this is made anew, whatever else holds.
const LIFETIME_MS: i64 = 30 * 60 * 1000;
/// Bytes a second that a restore is expected to write before one was measured.
const USUAL_RATE: f64 = 20e6;
/// Keys that each live game has in Redis.
const KEYS_PER_GAME: u64 = 3;

/// A plan as it is kept.
#[derive(Debug, Clone)]
pub(super) struct StoredPlan {
    pub(super) request: RestoreRequest,
    pub(super) plan: RestorePlan,
    pub(super) created_at: i64,
    pub(super) used_by: Option<String>,
    fingerprint: Fingerprint,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    request: RestoreRequest,
    plan: RestorePlan,
}

/// What the live data looked like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fingerprint {
    /// Whether game servers were at work: then documents come and go all the time.
    busy: bool,
    collections: Vec<CollectionPrint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CollectionPrint {
    name: String,
    /// Hex; another one means that the collection was replaced.
    uuid: String,
    documents: u64,
}

/// Makes a plan and keeps it. Writes nothing to the target.
///
/// # Errors
/// When something is not connected, or the backup cannot serve the request.
pub async fn plan(engine: &Engine, request: RestoreRequest) -> Result<RestorePlan, EngineError> {
    let manifest = backup::resolve(engine, &request.backup).await?;
    let request = RestoreRequest { backup: manifest.summary.id.clone(), ..request };
    let origin = backup::attribute(&manifest.summary, "database").to_owned();
    let destination = Destination::resolve(engine, &request, &origin).await?;
    let reader = &destination.reader;
    let scope = Scope::resolve(manifest, reader.profile(), &request.classes)?;
    let live = reader.inspect().await?;
    let redis = engine.connections().redis.filter(|_| destination.in_place);
    let service = GameService::new(redis.as_ref(), reader.profile());
    let busy = service.instances().await? > 0;

    let fingerprint = fingerprint(&scope, &live, busy);
    let Changes { collections: changes, findings } =
        changes(engine, reader, &scope, &live, request.whole).await?;
    let live_games = live_games(&destination, &live);
    let bytes = bytes_written(&scope, &changes);
    let facts = Facts {
        scope: &scope,
        destination: &destination,
        changes: &changes,
        verification: verify::best(&verify::known(engine, None).await?, scope.backup()),
        live_games,
        busy,
    };
    let plan = RestorePlan {
        id: engine.context().new_id(),
        backup: scope.backup().to_owned(),
        consistent_at: scope.manifest.summary.consistent_at_ms,
        database: destination.database().to_owned(),
        server: destination.server(),
        in_place: destination.in_place,
        confirm_name: destination.database().to_owned(),
        warnings: warnings(&facts),
        changes,
        redis_keys: if redis.is_some() { games_of(&scope) * KEYS_PER_GAME } else { 0 },
        live_games,
        bytes,
        estimate_seconds: crate::number::as_f64(bytes)
            / measured_rate(engine).await?.unwrap_or(USUAL_RATE),
    };
    keep(engine, &plan, &request, &fingerprint).await?;
    engine.findings().keep(&plan.id, findings);
    Ok(plan)
}

/// Plans the restore that undoes the restore job `job`, from its pre-image.
///
/// # Errors
/// As [`plan`]; when the job is no restore or has no pre-image.
pub async fn undo(engine: &Engine, job: &str) -> Result<RestorePlan, EngineError> {
    let view = engine.jobs().get(job).await?;
    let invalid = |reason: &str| EngineError::Invalid { field: "job", reason: reason.to_owned() };
    let id = job.to_owned();
    let record = engine.control(move |control| control.job(&id)).await?;
    let outcome: Option<RestoreOutcome> = view
        .outcome
        .filter(|_| view.verb == Verb::Restore)
        .and_then(|outcome| serde_json::from_value(outcome).ok());
    let outcome = outcome.ok_or_else(|| invalid("it is no restore that ended well"))?;
    let pre_image =
        outcome.pre_image.ok_or_else(|| invalid("it replaced nothing, so nothing was kept"))?;
    let request: RestoreRequest = record
        .and_then(|mut record| serde_json::from_value(record.request["request"].take()).ok())
        .ok_or_else(|| invalid("its request is not kept"))?;
    let undo = RestoreRequest {
        backup: pre_image,
        classes: Vec::new(),
        database: Some(outcome.database),
        target: request.target,
        whole: false,
    };
    plan(engine, undo).await
}

/// The plan called `id` as it was kept.
pub(super) async fn load(engine: &Engine, id: &str) -> Result<StoredPlan, EngineError> {
    let name = id.to_owned();
    let record = engine.control(move |control| control.plan(&name)).await?;
    let record = record
        .filter(|record| record.verb == Verb::Restore.name())
        .ok_or_else(|| EngineError::NoSuchPlan { plan: id.to_owned() })?;
    let stale = |error: serde_json::Error| EngineError::StalePlan {
        plan: id.to_owned(),
        detail: format!("it was made by another version ({error})"),
    };
    let kept: Kept = serde_json::from_value(record.plan).map_err(stale)?;
    Ok(StoredPlan {
        request: kept.request,
        plan: kept.plan,
        created_at: record.created_at,
        used_by: record.used_by,
        fingerprint: serde_json::from_str(&record.fingerprint).map_err(stale)?,
    })
}

/// Refuses a plan whose ground has moved.
pub(super) async fn ensure_fresh(engine: &Engine, stored: &StoredPlan) -> Result<(), EngineError> {
    let stale = |detail: String| EngineError::StalePlan { plan: stored.plan.id.clone(), detail };
    if engine.context().now_ms() - stored.created_at > LIFETIME_MS {
        return Err(stale("it is older than 30 minutes".to_owned()));
    }
    let manifest = backup::resolve(engine, &stored.plan.backup).await?;
    let origin = backup::attribute(&manifest.summary, "database").to_owned();
    let destination = Destination::resolve(engine, &stored.request, &origin).await?;
    let reader = &destination.reader;
    let scope = Scope::resolve(manifest, reader.profile(), &stored.request.classes)?;
    let live = reader.inspect().await?;
    let now = fingerprint(&scope, &live, stored.fingerprint.busy);
    moved(&stored.fingerprint, &now).map_or(Ok(()), |detail| Err(stale(detail)))
}

/// What moved between two looks, if anything did that matters.
///
/// While game servers are at work, documents come and go all the time: then only a change beyond
/// what play explains counts.
fn moved(then: &Fingerprint, now: &Fingerprint) -> Option<String> {
    for old in &then.collections {
        let Some(new) = now.collections.iter().find(|new| new.name == old.name) else {
            return Some(format!("{} does not exist any more", old.name));
        };
        if new.uuid != old.uuid {
            return Some(format!("{} was replaced", old.name));
        }
        let allowed = if then.busy { 1_000 + old.documents / 10 } else { 0 };
        if new.documents.abs_diff(old.documents) > allowed {
            return Some(format!(
                "{} has {} documents instead of {}",
                old.name, new.documents, old.documents
            ));
        }
    }
    let appeared = |new: &&CollectionPrint| then.collections.iter().all(|o| o.name != new.name);
    now.collections.iter().find(appeared).map(|new| format!("{} was created", new.name))
}

fn fingerprint(scope: &Scope, live: &[CollectionInfo], busy: bool) -> Fingerprint {
    let collections = live
        .iter()
        .filter(|info| {
            scope.items.iter().any(|item| item.collection() == info.name)
                || scope.absent.iter().any(|(_, name)| *name == info.name)
        })
        .map(|info| CollectionPrint {
            name: info.name.clone(),
            uuid: info.uuid.map(|uuid| to_hex(&uuid)).unwrap_or_default(),
            documents: info.documents,
        })
        .collect();
    Fingerprint { busy, collections }
}

/// Games being played on the destination.
fn live_games(destination: &Destination, live: &[CollectionInfo]) -> u64 {
    let games = destination.reader.profile().membership_names().map(|(games, _, _)| games);
    live.iter()
        .find(|info| destination.in_place && Some(info.name.as_str()) == games)
        .map_or(0, |info| info.documents)
}

/// Games that were being played at the backup's time, when they are restored.
fn games_of(scope: &Scope) -> u64 {
    if !scope.classes.contains(&DataClass::Active) {
        return 0;
    }
    scope.logical("games").map_or(0, |item| item.stream.stats.documents)
}

/// Bytes a second that the last restore worth measuring wrote.
pub(crate) async fn measured_rate(engine: &Engine) -> Result<Option<f64>, EngineError> {
    let measured = engine.control(|control| control.setting(RATE_SETTING)).await?;
    Ok(measured.and_then(|value| value.as_f64()).filter(|rate| *rate > 0.0))
}

async fn keep(
    engine: &Engine,
    plan: &RestorePlan,
    request: &RestoreRequest,
    fingerprint: &Fingerprint,
) -> Result<(), EngineError> {
    let id = plan.id.clone();
    let kept = json!(Kept { request: request.clone(), plan: plan.clone() });
    let fingerprint = json!(fingerprint).to_string();
    let now = engine.context().now_ms();
    engine
        .control(move |control| {
            control.insert_plan(&id, Verb::Restore.name(), &kept, &fingerprint, now)
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(busy: bool, documents: u64, uuid: &str) -> Fingerprint {
        let collection = CollectionPrint { name: "users".into(), uuid: uuid.into(), documents };
        Fingerprint { busy, collections: vec![collection] }
    }

    #[test]
    fn a_quiet_database_must_not_move_and_a_busy_one_only_as_play_does() {
        assert_eq!(moved(&print(false, 10, "a"), &print(false, 10, "a")), None);
        assert!(moved(&print(false, 10, "a"), &print(false, 11, "a")).is_some());
        assert_eq!(moved(&print(true, 10, "a"), &print(true, 500, "a")), None);
        assert!(moved(&print(true, 10, "a"), &print(true, 5_000, "a")).is_some());
        assert!(moved(&print(true, 10, "a"), &print(true, 10, "b")).is_some());
        let none = Fingerprint { busy: true, collections: vec![] };
        assert!(moved(&none, &print(true, 10, "a")).is_some());
        assert!(moved(&print(true, 10, "a"), &none).is_some());
    }
}
