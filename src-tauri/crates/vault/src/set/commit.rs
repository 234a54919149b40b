//! The commit: everything is in the store, then the manifests, then the ledger entry.

use std::sync::Arc;

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};

use super::writer::SetShared;
use super::{ClassManifest, SetCommit, SetSummary, StreamManifest};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::object::ObjectType;
use crate::ledger::{self, ListedSet};
use crate::manifest::{self, PageReader, PageRef, SegmentRef};
use crate::objects::{ObjectRef, key_of};
use crate::prune::PRUNE_GRACE_MS;
use crate::segment::on_worker;
use crate::vault::VaultInner;

pub(super) async fn run(
    shared: &Arc<SetShared>,
    commit: SetCommit,
) -> Result<SetSummary, VaultError> {
    let vault = &shared.vault;
    let classes = classes(shared)?;
    let streams: Vec<_> = classes.iter().flat_map(|class| &class.streams).collect();
    refuse_when_too_old(shared, &streams)?;
    shared.sealing.marked().ensure_settled(vault, &shared.id).await?;
    all_present(vault, &streams).await?;
    let write = |class| manifest_of(shared, class);
    let requests = vault.context.resources.store_requests.max(1);
    let manifests = stream::iter(&classes).map(write).buffered(requests).boxed();
    let manifests: Vec<_> = manifests.try_collect().await?;
    let summary = summary(shared, commit, &streams, &manifests);
    let _appending = vault.appending.lock().await;
    // Looking at every segment takes a while, and a machine may have slept meanwhile.
    refuse_when_too_old(shared, &streams)?;
    ledger::add_set(vault, ListedSet { summary, manifests }).await
}

/// Writes the manifest of a class.
async fn manifest_of(
    shared: &SetShared,
    class: &ClassManifest,
) -> Result<(String, ObjectRef), VaultError> {
    let object = manifest::write_class(&shared.vault, &shared.id, class).await?;
    Ok((class.class.clone(), object))
}

fn classes(shared: &SetShared) -> Result<Vec<ClassManifest>, VaultError> {
    let mut classes: Vec<ClassManifest> = shared
        .info
        .classes
        .iter()
        .map(|class| ClassManifest { class: class.clone(), streams: Vec::new() })
        .collect();
    for ((class, name), stream) in &*shared.streams() {
        let Some(stream) = stream else {
            let detail = format!("stream `{name}` of class `{class}` was not finished");
            return Err(VaultError::Misuse(detail));
        };
        if let Some(found) = classes.iter_mut().find(|found| found.class == *class) {
            found.streams.push(stream.clone());
        }
    }
    Ok(classes)
}

fn refuse_when_too_old(shared: &SetShared, streams: &[&StreamManifest]) -> Result<(), VaultError> {
    let reuses = shared.info.resumes.is_some()
        || shared.sealing.marked().adopted_page()
        || streams.iter().any(|stream| stream.stats.reused_segments > 0);
    in_time(&shared.vault, &shared.id, shared.started_at_ms, reuses)
}

/// Refuses a set that took too long. What it reuses may be marked right after it was begun, and
/// deleted a grace period later; what it stores itself is not even marked before it is older than
/// that.
pub(crate) fn in_time(
    vault: &VaultInner,
    set: &str,
    started_at_ms: i64,
    reuses: bool,
) -> Result<(), VaultError> {
    let age_ms = vault.context.clock.now_ms() - started_at_ms;
    let half_ms = PRUNE_GRACE_MS / 2;
    let limit_ms = if reuses { half_ms } else { PRUNE_GRACE_MS + half_ms };
    if age_ms > limit_ms {
        return Err(VaultError::TooOld { set: set.to_owned(), age_ms, limit_ms });
    }
    Ok(())
}

/// Looks at each segment of these streams by key. What a job stored has been read back already; what
/// it reuses may have gone since.
pub(crate) async fn all_present(
    vault: &Arc<VaultInner>,
    streams: &[&StreamManifest],
) -> Result<(), VaultError> {
    let segments = stream::iter(streams).flat_map(|stream| {
        let (base, layers) = (stream.base_pages().cloned(), stream.layer_pages().cloned());
        let base = segments(vault, ObjectType::Segment, base);
        base.chain(segments(vault, ObjectType::Delta, layers))
    });
    segments
        .map_ok(|(object_type, segment)| present(vault, object_type, segment.object))
        .try_buffer_unordered(vault.context.resources.store_requests.max(1))
        .boxed()
        .try_collect::<()>()
        .await
}

/// The segments that pages name.
fn segments(
    vault: &Arc<VaultInner>,
    object_type: ObjectType,
    pages: impl IntoIterator<Item = PageRef>,
) -> BoxStream<'static, Result<(ObjectType, SegmentRef), VaultError>> {
    let reader = PageReader::new(vault.clone(), pages);
    stream::try_unfold(reader, move |mut reader| async move {
        let segment = reader.next().await?;
        Ok(segment.map(|segment| ((object_type, segment), reader)))
    })
    .boxed()
}

async fn present(
    vault: &Arc<VaultInner>,
    object_type: ObjectType,
    object: ObjectRef,
) -> Result<(), VaultError> {
    let key = key_of(object_type, &object.name);
    match vault.store.stat(&key).await? {
        Some(found) if found.size == object.size => Ok(()),
        // Another writer may have stored the same content at once, and it need not be as long; else
        // it was cut off.
        Some(_) => {
            let bytes = vault.fetch(&key).await?;
            let vault = vault.clone();
            on_worker(move || vault.recognise(object_type, &object, &bytes)).await
        }
        None => Err(VaultError::damaged(&key, ProblemKind::Missing, "gone before the commit")),
    }
}

fn summary(
    shared: &SetShared,
    commit: SetCommit,
    streams: &[&StreamManifest],
    manifests: &[(String, ObjectRef)],
) -> SetSummary {
    let context = &shared.vault.context;
    let sum = |of: fn(&StreamManifest) -> u64| streams.iter().map(|stream| of(stream)).sum::<u64>();
    let mut attributes = shared.info.attributes.clone();
    attributes.extend(commit.attributes);
    let manifest_bytes: u64 = manifests.iter().map(|(_, object)| object.size).sum();
    SetSummary {
        id: shared.id.clone(),
        started_at_ms: shared.started_at_ms,
        committed_at_ms: 0,
        cluster_time: commit.cluster_time,
        consistent_at_ms: commit.consistent_at_ms,
        classes: shared.info.classes.clone(),
        documents: sum(|stream| stream.stats.documents),
        bytes: sum(|stream| stream.stats.bytes),
        stored_bytes: manifest_bytes + sum(|stream| stream.stats.stored_bytes),
        key_epoch: shared.vault.keyring().newest_epoch(),
        tool_version: context.tool_version.clone(),
        writer_id: context.writer_id.clone(),
        fencing_token: shared.info.fencing_token,
        attributes,
    }
}
