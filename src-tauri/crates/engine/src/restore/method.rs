//! How a collection comes back: replaced whole, or only the documents that differ.

use source::SourceError;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource};
use source::profile::Profile;

use super::destination::Destination;
use super::outcome::{CollectionChange, RestoreMethod, RestorePlan};
use super::scope::{Item, Scope};
use super::verification::expires;
use crate::backup;
use crate::error::EngineError;
use crate::follow::REPLICA_SET;

/// Documents are written alone where at most one of so many differs.
const ONE_OF: u64 = 10;
/// Most bytes written alone: the game service is paused meanwhile.
const MOST_BYTES: u64 = 64 << 20;

/// Divides the items of a scope as the plan said: those of which only documents are written, with
/// their live collections, and those that are replaced. One that allows no more what was planned is
/// replaced.
pub(super) async fn split(
    destination: &Destination,
    scope: &Scope,
    plan: &RestorePlan,
) -> Result<(Vec<(Item, CollectionInfo)>, Vec<Item>), EngineError> {
    let planned = |item: &Item| {
        let mut changes = plan.changes.iter();
        let change = changes.find(|change| change.collection == item.collection());
        change.map_or(RestoreMethod::Whole, |change| change.method)
    };
    let live = destination.reader.inspect().await?;
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    for item in scope.items.iter().cloned() {
        let info = live.iter().find(|info| info.name == item.collection());
        let allowed = |info: &&CollectionInfo| {
            planned(&item) == RestoreMethod::Documents
                && allows_documents(&item, info, destination.reader.profile())
        };
        match info.filter(allowed) {
            Some(info) => alone.push((item, info.clone())),
            None => whole.push(item),
        }
    }
    Ok((alone, whole))
}

/// The method for a collection, once it is known how much of it differs.
pub(super) fn choose(
    item: &Item,
    info: &CollectionInfo,
    change: &CollectionChange,
) -> RestoreMethod {
    let written = change.added + change.changed;
    let differing = written + change.removed;
    let stats = &item.stream.stats;
    let average = (stats.bytes / stats.documents.max(1)).max(info.bytes / info.documents.max(1));
    let few = differing.saturating_mul(ONE_OF) <= stats.documents.max(info.documents)
        && differing.saturating_mul(average) <= MOST_BYTES;
    if few { RestoreMethod::Documents } else { RestoreMethod::Whole }
}

/// Whether documents of a collection can be written alone: it is defined as it was, nothing but the
/// game service writes to it, and all of it is restored. The games being played are not among them:
/// each of those gets a new epoch.
pub(super) fn allows_documents(item: &Item, info: &CollectionInfo, profile: &Profile) -> bool {
    let definition = &item.definition;
    let games = profile.membership_names().map(|(games, _, _)| games);
    is_whole_and_plain(item, info)
        && !info.collated
        && games != Some(item.collection())
        && is_defined_alike(item, info)
        && !definition.indexes.iter().any(expires)
}

/// Whether options and indexes are as they were.
pub(super) fn is_defined_alike(item: &Item, info: &CollectionInfo) -> bool {
    let (stored, live) = (&item.definition.indexes, &info.indexes_bson);
    item.definition.options == info.options_bson
        && stored.len() == live.len()
        && stored.iter().all(|index| live.contains(index))
}

/// All that the oplog tells since the backup, where the server still has it and a live collection
/// is one that the backup holds.
pub(super) async fn since_backup(
    reader: &MongoSource,
    scope: &Scope,
    live: &[CollectionInfo],
) -> Result<Option<CaptureWindow>, EngineError> {
    let summary = &scope.manifest.summary;
    let known = |item: &Item| {
        let info = live.iter().find(|info| info.name == item.collection());
        info.is_some_and(|info| is_the_same(item, info))
    };
    if backup::attribute(summary, REPLICA_SET) != reader.server_info().replica_set
        || !scope.items.iter().any(known)
    {
        return Ok(None);
    }
    let Ok(time) = summary.cluster_time.parse::<ClusterTime>() else { return Ok(None) };
    since(reader, time).await
}

/// All that the oplog tells since a time, where the server still has it.
pub(super) async fn since(
    reader: &MongoSource,
    time: ClusterTime,
) -> Result<Option<CaptureWindow>, EngineError> {
    if reader.cluster_time().await? < time {
        // The server was set back to before it; what happened then is not in its oplog.
        return Ok(None);
    }
    match CaptureWindow::reopen(reader, ChangeFeed::Oplog, time).await {
        Ok(window) => Ok(Some(window)),
        Err(error @ (SourceError::OplogOverrun { .. } | SourceError::Mongo { .. })) => {
            // A server that is gone fails whatever is read next.
            tracing::info!(%error, "the oplog does not tell what changed since the backup");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the window names every document of a collection that differs from the set.
pub(super) fn is_told(window: &CaptureWindow, item: &Item, info: &CollectionInfo) -> bool {
    is_the_same(item, info) && !window.is_void(&info.name, info.kind)
}

fn is_the_same(item: &Item, info: &CollectionInfo) -> bool {
    info.uuid.is_some() && item.definition.uuid == info.uuid && is_whole_and_plain(item, info)
}

/// Whether the set holds all documents of a plain collection, and all are restored.
fn is_whole_and_plain(item: &Item, info: &CollectionInfo) -> bool {
    let plain = CollectionKind::Plain;
    // What is taken over from the live collection is the part that is not restored.
    item.carry.is_none() && item.definition.kind == plain && info.kind == plain
}
