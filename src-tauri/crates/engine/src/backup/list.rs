//! Sets as they are listed and shown.

use std::collections::BTreeMap;

use source::mongo::{ClusterTime, MongoSource};
use source::profile::DataClass;
use vault::{ClassManifest, Pin, SetManifest, SetSummary, StreamKind};

use super::capture::Origin;
use super::outcome::{
    BackupDetail, BackupView, ClassPart, CollectionPart, InsteadView, Method, VerificationView,
};
use super::pin::pin_view;
use super::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::{DATABASE, REPLICA_SET};
use crate::verify;

/// Attributes of a set's summary.
pub(crate) const METHOD: &str = "method";
pub(crate) const BASE: &str = "base";
pub(super) const INSTEAD_OF: &str = "instead_of";
pub(super) const INSTEAD_REASON: &str = "instead_reason";
pub(super) const READ_FROM: &str = "read_from";

/// The name by which the newest complete set is asked for.
pub(crate) const LATEST: &str = "latest";

/// All sets, newest first.
///
/// # Errors
/// When the vault is not connected or its ledgers cannot be read.
pub async fn list(engine: &Engine) -> Result<Vec<BackupView>, EngineError> {
    let catalog = engine.vault()?.catalog().await?.sound()?;
    let known = verify::known(engine, None).await?;
    let view = |set| summary_view(set, &known, &catalog.pins);
    let mut views: Vec<_> = catalog.sets.iter().rev().map(view).collect();
    // By the server's time: the clock of whoever took them may have been off.
    views.sort_by_key(|view| std::cmp::Reverse(view.consistent_at));
    Ok(views)
}

/// One set as a list shows it.
pub(super) async fn view(engine: &Engine, id: &str) -> Result<BackupView, EngineError> {
    let views = list(engine).await?;
    let no_such = || EngineError::NoSuchBackup { id: id.to_owned() };
    views.into_iter().find(|view| view.id == id).ok_or_else(no_such)
}

/// One set in detail; `id` may be `latest`.
///
/// # Errors
/// When there is no such set or its manifests cannot be read.
pub async fn show(engine: &Engine, id: &str) -> Result<BackupDetail, EngineError> {
    let vault = engine.vault()?;
    let catalog = vault.catalog().await?.sound()?;
    let manifest = vault.set(&find(&catalog.sets, id)?.id).await?;
    let known = verify::known(engine, Some(&manifest.summary.id)).await?;
    let parts = manifest
        .classes
        .iter()
        .map(|class| class_part(&manifest.summary.id, class))
        .collect::<Result<_, _>>()?;
    Ok(BackupDetail {
        summary: summary_view(&manifest.summary, &known, &catalog.pins),
        parts,
        verifications: known.into_iter().map(|(_, view)| view).collect(),
        invariants: verify::invariants(engine, &manifest.summary.id).await?,
        mechanism: attribute(&manifest.summary, "mechanism").to_owned(),
        server_version: attribute(&manifest.summary, "server_version").to_owned(),
        tool_version: manifest.summary.tool_version.clone(),
        key_epoch: manifest.summary.key_epoch,
        read_from: read_from(&manifest.summary),
    })
}

/// Who served the scan.
fn read_from(summary: &SetSummary) -> Vec<String> {
    let names = attribute(summary, READ_FROM).split(',');
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The manifest of a set; `latest` names the newest complete set that was asked for (pre-images
/// of restores are not meant by it).
pub(crate) async fn resolve(engine: &Engine, id: &str) -> Result<SetManifest, EngineError> {
    let choose = |sets: &[SetSummary]| find(sets, id).map(|set| set.id.clone());
    engine.vault()?.chosen_set(choose).await
}

/// What the list tells of a set, by its id or as `latest`.
pub(crate) async fn resolve_summary(engine: &Engine, id: &str) -> Result<SetSummary, EngineError> {
    find(&engine.vault()?.sets().await?, id).cloned()
}

fn find<'s>(sets: &'s [SetSummary], id: &str) -> Result<&'s SetSummary, EngineError> {
    if id == LATEST {
        return latest(sets);
    }
    let no_such = || EngineError::NoSuchBackup { id: id.to_owned() };
    sets.iter().find(|set| set.id == id).ok_or_else(no_such)
}

fn latest(sets: &[SetSummary]) -> Result<&SetSummary, EngineError> {
    let requested = || sets.iter().filter(|set| is_requested(set));
    let complete = requested().filter(|set| is_complete(set));
    complete.max_by_key(|set| set.consistent_at_ms).ok_or_else(|| {
        let newest = requested().max_by_key(|set| set.consistent_at_ms);
        newest.map_or(EngineError::NoBackup, |set| EngineError::NoCompleteBackup {
            newest: set.id.clone(),
        })
    })
}

pub(crate) fn attribute<'a>(summary: &'a SetSummary, name: &str) -> &'a str {
    summary.attributes.get(name).map_or("", String::as_str)
}

fn optional<'a>(summary: &'a SetSummary, name: &str) -> Option<&'a str> {
    summary.attributes.get(name).map(String::as_str)
}

/// The time at which a set is consistent.
pub(crate) fn cluster_time(summary: &SetSummary) -> Result<ClusterTime, EngineError> {
    summary.cluster_time.parse().map_err(|error| EngineError::BackupUnusable {
        backup: summary.id.clone(),
        detail: format!("{error}"),
    })
}

/// How a set was taken.
pub(crate) fn method_of(summary: &SetSummary) -> Method {
    Method::of(attribute(summary, METHOD))
}

/// Whether somebody or a schedule asked for the set; pre-images of restores are not meant.
pub(crate) fn is_requested(summary: &SetSummary) -> bool {
    attribute(summary, "origin") == Origin::Requested.name()
}

/// Whether a restore took the set of what it was about to replace.
pub(crate) fn is_pre_image(summary: &SetSummary) -> bool {
    attribute(summary, "origin") == Origin::PreImage.name()
}

/// Whether the set was made of an earlier one and the event log.
pub(crate) fn is_point_in_time(summary: &SetSummary) -> bool {
    attribute(summary, "origin") == Origin::PointInTime.name()
}

/// Whether somebody asked for the set and it holds all of this database of this replica set; sets of
/// the first releases do not say of which one.
pub(crate) fn is_whole_of(summary: &SetSummary, source: &MongoSource) -> bool {
    is_requested(summary) && is_complete(summary) && is_of(summary, source)
}

/// Whether the set is one of this database of this replica set.
pub(crate) fn is_of(summary: &SetSummary, source: &MongoSource) -> bool {
    attribute(summary, DATABASE) == source.database_name()
        && ["", source.server_info().replica_set.as_str()]
            .contains(&attribute(summary, REPLICA_SET))
}

pub(crate) fn is_complete(summary: &SetSummary) -> bool {
    DataClass::ALL.iter().all(|class| summary.classes.iter().any(|name| name == class.name()))
}

/// The class called `name`; sets of other profiles may hold others.
pub(crate) fn class_of(backup: &str, name: &str) -> Result<DataClass, EngineError> {
    name.parse().map_err(|_| EngineError::BackupUnusable {
        backup: backup.to_owned(),
        detail: format!("it holds an unknown class {name}"),
    })
}

/// A set as a list shows it, with the best of the verifications known.
pub(crate) fn summary_view(
    summary: &SetSummary,
    known: &[(String, VerificationView)],
    pins: &BTreeMap<String, Vec<Pin>>,
) -> BackupView {
    BackupView {
        id: summary.id.clone(),
        method: method_of(summary),
        base: optional(summary, BASE).map(str::to_owned),
        instead: optional(summary, INSTEAD_REASON).map(|reason| InsteadView {
            asked: Method::of(attribute(summary, INSTEAD_OF)),
            reason: reason.to_owned(),
        }),
        pre_image: is_pre_image(summary),
        point_in_time: is_point_in_time(summary).then(|| attribute(summary, "at").to_owned()),
        database: attribute(summary, "database").to_owned(),
        started_at: summary.started_at_ms,
        committed_at: summary.committed_at_ms,
        cluster_time: summary.cluster_time.clone(),
        consistent_at: summary.consistent_at_ms,
        classes: DataClass::ALL
            .into_iter()
            .filter(|class| summary.classes.iter().any(|name| name == class.name()))
            .collect(),
        complete: is_complete(summary),
        documents: summary.documents,
        bytes: summary.bytes,
        stored_bytes: summary.stored_bytes,
        verification: verify::best(known, &summary.id),
        pinned: pin_view(pins.get(&summary.id)),
    }
}

fn class_part(backup: &str, class: &ClassManifest) -> Result<ClassPart, EngineError> {
    let mut part = ClassPart {
        class: class_of(backup, &class.class)?,
        collections: Vec::new(),
        redis_keys: 0,
        bytes: 0,
        stored_bytes: 0,
    };
    for stream in &class.streams {
        part.bytes += stream.stats.bytes;
        part.stored_bytes += stream.stats.stored_bytes;
        if stream.kind == StreamKind::Redis {
            part.redis_keys += stream.stats.documents;
            continue;
        }
        part.collections.push(CollectionPart {
            name: stream.name.clone(),
            documents: stream.stats.documents,
            bytes: stream.stats.bytes,
            indexes: StreamSource::of(backup, stream)?.secondary_indexes(),
            segments: stream.stats.segments,
            reused_segments: stream.stats.reused_segments,
        });
    }
    Ok(part)
}
