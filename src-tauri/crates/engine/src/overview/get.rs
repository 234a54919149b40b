use std::collections::BTreeMap;

use source::mongo::CollectionInfo;
use source::profile::{DataClass, Profile};
use source::redis_source::ControlChannel;
use vault::{Catalog, SetSummary, Vault};

use super::outcome::{ClassStatus, Overview, Restorability, RestorePoint, RestoreRange};
use super::timeline::timeline;
use super::{oplog, rpo};
use crate::backup::outcome::VerificationView;
use crate::backup::{is_complete, is_requested, summary_view};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::number::as_f64;
use crate::points;
use crate::points::outcome::PointRange;
use crate::retention::{ClassPolicy, Policy};
use crate::verify;

const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// Sets shown as the newest.
const RECENT: usize = 8;
/// Sets looked at for what a class refers to.
const LOOKED_BACK: usize = 8;
/// Jobs looked at for backups that failed.
const JOBS: u32 = 50;
/// Bytes a second that a restore is expected to write before one was measured.
const USUAL_RATE: f64 = 20e6;

/// What verification is known of each set.
type Known = [(String, VerificationView)];

/// The overview, each class held against `policy`.
///
/// # Errors
/// When the control store fails; servers that are down are shown as such.
pub async fn get(engine: &Engine, policy: &Policy) -> Result<Overview, EngineError> {
    let connections = engine.connections();
    let known = verify::known(engine, None).await?;
    let rate = crate::restore::measured_rate(engine).await?.unwrap_or(USUAL_RATE);
    let catalog = catalog(connections.vault.as_ref()).await;
    let sets = catalog.as_ref().map(|catalog| catalog.sets.as_slice());
    let live = match &connections.source {
        // A server that does not answer has nothing to count; its state is the service status'.
        Some(source) => source.inspect().await.unwrap_or_default(),
        None => Vec::new(),
    };
    let reach = match &connections.source {
        Some(source) => source.probe().await.ok().and_then(|info| info.oplog),
        None => None,
    };
    let profile = connections.source.as_ref().map(|source| source.profile());
    let instances = match (&connections.redis, profile) {
        (Some(redis), Some(profile)) => {
            let channel = ControlChannel::new(redis, profile);
            channel.live_instances().await.map_or(0, |alive| alive.len() as u64)
        }
        _ => 0,
    };
    let now = engine.context().now_ms();
    let stored = stored_bytes(connections.vault.as_ref(), sets).await;
    let list = sets.unwrap_or_default();
    let none = BTreeMap::new();
    let pins = catalog.as_ref().map_or(&none, |catalog| &catalog.pins);
    let counted = |logical: &str| counted(profile, &live, logical);
    // The gaps of the day depend on what was taken shortly before it, too.
    let before = restore_points(list, &known, now, 2 * DAY_MS);
    let points = restore_points(list, &known, now, DAY_MS);
    let throughout = followed(engine).await;
    let logged_to = throughout.last().map(|range| range.to);
    let facts =
        Facts { sets: list, known: &known, profile, live: &live, stored: &stored, logged_to, now };
    let jobs = engine.jobs().list(JOBS).await?;
    Ok(Overview {
        restorability: restorability(sets, &known, rate, now),
        classes: DataClass::ALL
            .into_iter()
            .map(|class| class_status(class, policy.of(class), &facts))
            .collect(),
        timeline: timeline((now - DAY_MS, now), &before, throughout, policy, &jobs),
        points,
        recent: list.iter().rev().take(RECENT).map(|set| summary_view(set, &known, pins)).collect(),
        store_bytes: list.iter().map(|set| set.stored_bytes).sum(),
        store_objects: stored.objects,
        live_games: counted("games"),
        finished_games: counted("game_history"),
        instances,
        players: counted("users"),
        oplog: oplog::forecast(reach, list),
    })
}

/// The stretches that the event log leads through; none where there is none, or it cannot be read.
async fn followed(engine: &Engine) -> Vec<RestoreRange> {
    let connections = engine.connections();
    if connections.source.is_none() || connections.vault.is_none() {
        return Vec::new();
    }
    match points::list(engine).await {
        Ok(points) => {
            let range = |range: PointRange| RestoreRange {
                from: range.from_ms,
                to: range.to_ms,
                backup: None,
                verified: None,
            };
            points.ranges.into_iter().map(range).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "the event log could not be read for the overview");
            Vec::new()
        }
    }
}

/// What the store tells of its sets; none when it does not answer.
async fn catalog(vault: Option<&Vault>) -> Option<Catalog> {
    match vault?.catalog().await {
        Ok(catalog) => Some(catalog),
        Err(error) => {
            tracing::warn!(%error, "the store could not be read for the overview");
            None
        }
    }
}

fn counted(profile: Option<&Profile>, live: &[CollectionInfo], logical: &str) -> u64 {
    let name = profile.and_then(|profile| profile.collection(logical));
    live.iter().find(|info| Some(info.name.as_str()) == name).map_or(0, |info| info.documents)
}

/// What the newest sets of the classes refer to in the store.
#[derive(Debug, Default)]
struct Stored {
    by_class: BTreeMap<DataClass, u64>,
    objects: u64,
}

/// Adds up what sets added, from the newest back to one that reused nothing.
async fn stored_bytes(vault: Option<&Vault>, sets: Option<&[SetSummary]>) -> Stored {
    let mut stored = Stored::default();
    let (Some(vault), Some(sets)) = (vault, sets) else { return stored };
    let mut open: Vec<DataClass> = DataClass::ALL.to_vec();
    for set in sets.iter().rev().filter(|set| is_requested(set)).take(LOOKED_BACK) {
        let held = |class: &DataClass| set.classes.iter().any(|name| name == class.name());
        if !open.iter().any(held) {
            continue;
        }
        let Ok(manifest) = vault.set(&set.id).await else { continue };
        for part in &manifest.classes {
            let Some(at) = open.iter().position(|class| class.name() == part.class) else {
                continue;
            };
            let streams = part.streams.iter().map(|stream| stream.stats);
            if !stored.by_class.contains_key(&open[at]) {
                stored.objects += streams.clone().map(|stats| stats.segments).sum::<u64>();
            }
            *stored.by_class.entry(open[at]).or_default() +=
                streams.clone().map(|stats| stats.stored_bytes).sum::<u64>();
            if streams.map(|stats| stats.reused_segments).sum::<u64>() == 0 {
                open.retain(|class| class.name() != part.class);
            }
        }
    }
    stored
}

fn newest(sets: &[SetSummary], class: DataClass, now: i64) -> Option<&SetSummary> {
    sets.iter()
        .filter(|set| is_requested(set) && set.classes.iter().any(|name| name == class.name()))
        .filter(|set| set.consistent_at_ms <= now.saturating_add(DAY_MS))
        .max_by_key(|set| set.consistent_at_ms)
}

fn restorability(sets: Option<&[SetSummary]>, known: &Known, rate: f64, now: i64) -> Restorability {
    let impossible = |reason: &str| Restorability {
        possible: false,
        to: None,
        backup: None,
        estimate_seconds: None,
        reason: Some(reason.to_owned()),
    };
    let Some(sets) = sets else { return impossible("store_down") };
    let requested: Vec<&SetSummary> = sets.iter().filter(|set| is_requested(set)).collect();
    if requested.is_empty() {
        return impossible("no_backup");
    }
    let newest =
        requested.into_iter().filter(|set| is_complete(set)).max_by_key(|set| set.consistent_at_ms);
    let Some(set) = newest else { return impossible("incomplete") };
    let verification = verify::best(known, &set.id);
    let failed = verification.as_ref().is_some_and(|view| !view.ok);
    let deep = verification.as_ref().and_then(|view| view.proven)
        >= Some(crate::backup::outcome::Level::L2);
    let stale = now - set.consistent_at_ms > DAY_MS;
    let reason = match (failed || !deep, stale) {
        (true, _) => Some("unverified"),
        (false, true) => Some("stale"),
        (false, false) => None,
    };
    Restorability {
        possible: true,
        to: Some(set.consistent_at_ms),
        backup: Some(set.id.clone()),
        estimate_seconds: Some(as_f64(set.bytes) / rate),
        reason: reason.map(str::to_owned),
    }
}

/// What the status of a class is made of.
struct Facts<'f> {
    sets: &'f [SetSummary],
    known: &'f Known,
    profile: Option<&'f Profile>,
    live: &'f [CollectionInfo],
    stored: &'f Stored,
    /// Up to when the event log leads; it holds every class.
    logged_to: Option<i64>,
    now: i64,
}

fn class_status(class: DataClass, rule: &ClassPolicy, facts: &Facts<'_>) -> ClassStatus {
    let Facts { sets, known, profile, live, stored, logged_to, now } = *facts;
    let set = newest(sets, class, now);
    let view = set.map(|set| summary_view(set, known, &BTreeMap::new()));
    let documents = profile.map_or(0, |profile| {
        profile
            .members(class)
            .iter()
            .map(|member| counted(Some(profile), live, member.logical()))
            .sum()
    });
    let newest_at = set.map(|set| set.consistent_at_ms).max(logged_to);
    let rpo_seconds = newest_at.map(|at| (now - at).max(0) / 1_000);
    let rpo_target_seconds = rpo::target_seconds(rule);
    ClassStatus {
        class,
        last_backup: set.map(|set| set.id.clone()),
        last_at: set.map(|set| set.consistent_at_ms),
        method: view.as_ref().map(|view| view.method),
        verification: view.and_then(|view| view.verification),
        rpo_seconds,
        rpo_target_seconds,
        rpo: rpo::state(rpo_seconds, rpo_target_seconds),
        policy_method: rule.method,
        policy_every: rule.every,
        documents,
        stored_bytes: stored.by_class.get(&class).copied().unwrap_or(0),
    }
}

/// The complete sets of the last `span` milliseconds, oldest first.
fn restore_points(sets: &[SetSummary], known: &Known, now: i64, span: i64) -> Vec<RestorePoint> {
    let mut points: Vec<RestorePoint> = sets
        .iter()
        .filter(|set| is_complete(set) && now - set.consistent_at_ms <= span)
        .map(|set| RestorePoint {
            backup: set.id.clone(),
            at: set.consistent_at_ms,
            verified: verify::best(known, &set.id).map(|view| view.ok),
        })
        .collect();
    points.sort_by_key(|point| point.at);
    points
}
