//! Reading live data into a set: fuzzy parallel scan from T0, then what the oplog names up to T1.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::json;
use source::SourceError;
use source::mongo::window::{CaptureWindow, ChangeFeed, WindowEnd};
use source::mongo::{CollectionInfo, CollectionKind, Image, MongoSource};
use source::profile::{CollectionSelection, DataClass, Part};
use source::redis_source::RedisSource;
use vault::{SetCommit, SetInfo, SetSummary, SetWriter, StreamInfo, StreamKind, StreamWriter};

use super::outcome::Level;
use super::redis_keys;
use super::scan::{self, Target};
use super::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::verify;

/// How often a capture begins again because definitions changed or snapshots aged away.
const ATTEMPTS: u32 = 4;

/// Something to do before the end of the window is chosen, for example pausing the game service,
/// so that the set is the last state before the pause.
pub(crate) type CaptureHook = BoxFuture<'static, Result<(), EngineError>>;

/// Why a set is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Somebody or a schedule asked for it.
    Requested,
    /// A restore is about to replace what it holds.
    PreImage,
}

impl Origin {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::PreImage => "pre_image",
        }
    }
}

/// What to capture.
pub(crate) struct Capture {
    pub(crate) source: MongoSource,
    pub(crate) redis: Option<RedisSource>,
    pub(crate) classes: Vec<DataClass>,
    pub(crate) origin: Origin,
    pub(crate) before_close: Option<CaptureHook>,
}

/// A collection that a set holds, with its open stream.
struct Member {
    selection: CollectionSelection,
    info: CollectionInfo,
    stream: StreamWriter,
}

/// Takes a set and returns what was committed.
pub(crate) async fn capture(
    engine: &Engine,
    mut request: Capture,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let mut attempt = 1;
    loop {
        match attempt_capture(engine, &mut request, job).await {
            Err(error) if attempt < ATTEMPTS && begins_again(&error) => {
                job.line("backup.again", &[("reason", error.to_string())]).await?;
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// What was read is in the store already and is found there again, so that beginning again costs
/// reading, not storing.
fn begins_again(error: &EngineError) -> bool {
    matches!(error, EngineError::Source(source) if matches!(
        **source,
        SourceError::SchemaChanged { .. } | SourceError::SnapshotTooOld { .. }
    ))
}

async fn attempt_capture(
    engine: &Engine,
    request: &mut Capture,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let source = request.source.clone();
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await?;
    let opened_at = window.opened_at();
    job.line("backup.window_opened", &[("clusterTime", opened_at.to_string())]).await?;

    let set = engine.vault()?.begin_set(set_info(engine, request, job)).await?;
    let mut members = open_streams(&source, &request.classes, &set).await?;
    let total: u64 = members.iter().map(|member| member.info.bytes).sum();
    job.phase(Phase { code: "scan", unit: Unit::Bytes, total: Some(total) });
    let targets = targets(&members, &mut window).await?;
    scan::run(&source, targets, opened_at, job).await?;

    job.check()?;
    if let Some(hook) = request.before_close.take() {
        hook.await?;
    }
    let end = window.close(&watched(&source, &request.classes)).await?;
    ensure_unchanged(&members, &end)?;
    job.phase(Phase { code: "delta", unit: Unit::Documents, total: None });
    for member in &mut members {
        job.check()?;
        job.detail(&member.selection.collection);
        complete(&mut window, member, &end, job).await?;
    }
    let redis_keys = match &request.redis {
        Some(redis) => redis_keys::capture(redis, &source, &request.classes, &set, job).await?,
        None => 0,
    };
    commit(engine, set, members, &end, redis_keys, job).await
}

/// Names of all collections of the classes, whether they exist or not: one may appear.
fn watched(source: &MongoSource, classes: &[DataClass]) -> Vec<String> {
    let selection = source.profile().selection(classes);
    selection.into_iter().map(|selected| selected.collection).collect()
}

async fn commit(
    engine: &Engine,
    set: SetWriter,
    members: Vec<Member>,
    end: &WindowEnd,
    redis_keys: u64,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    job.check()?;
    job.phase(Phase { code: "commit", unit: Unit::Steps, total: None });
    for member in members {
        let name = member.selection.collection;
        let stats = member.stream.finish().await?;
        let counts = [
            ("collection", name),
            ("documents", stats.documents.to_string()),
            ("bytes", stats.bytes.to_string()),
        ];
        job.line("backup.collection", &counts).await?;
    }
    job.check()?;
    let summary = set
        .commit(SetCommit {
            cluster_time: end.time.to_string(),
            consistent_at_ms: end.time.unix_ms(),
            attributes: BTreeMap::from([("redis_keys".to_owned(), redis_keys.to_string())]),
        })
        .await?;
    // The commit has read back and checked everything that L1 asks for.
    verify::record(engine, &summary.id, Some(Level::L1), 0).await?;
    let committed = [("backup", summary.id.clone()), ("clusterTime", end.time.to_string())];
    job.line("backup.committed", &committed).await?;
    Ok(summary)
}

fn set_info(engine: &Engine, request: &Capture, job: &JobHandle) -> SetInfo {
    let attributes = [
        ("method", "full"),
        ("origin", request.origin.name()),
        ("database", request.source.database_name()),
        ("server_version", &request.source.server_info().version),
        ("mechanism", "oplog"),
        ("profile", &request.source.profile().name),
        ("actor", &engine.context().actor),
        ("job", job.id()),
    ];
    SetInfo {
        classes: request.classes.iter().map(|class| class.name().to_owned()).collect(),
        fencing_token: 0,
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
}

/// Opens a stream for each collection of the classes that exists.
async fn open_streams(
    source: &MongoSource,
    classes: &[DataClass],
    set: &SetWriter,
) -> Result<Vec<Member>, EngineError> {
    let existing = source.inspect().await?;
    let mut members = Vec::new();
    for selection in source.profile().selection(classes) {
        let Some(info) = existing.iter().find(|info| info.name == selection.collection) else {
            continue;
        };
        info.ensure_supported()?;
        let stream = set
            .stream(StreamInfo {
                class: selection.class.name().to_owned(),
                name: selection.collection.clone(),
                kind: StreamKind::Collection,
                metadata: StreamSource::new(&selection, info).encode()?,
            })
            .await?;
        members.push(Member { selection, info: info.clone(), stream });
    }
    Ok(members)
}

/// What to scan. A part of the events collection is scanned by the games unfinished at T0; the
/// images at T1 then correct it for games that ended in between.
async fn targets<'a>(
    members: &'a [Member],
    window: &mut CaptureWindow,
) -> Result<Vec<Target<'a>>, EngineError> {
    let mut targets = Vec::new();
    for member in members {
        let membership = match member.selection.part {
            Part::Whole => None,
            part => Some(window.split_events(part).await?),
        };
        targets.push(Target { info: &member.info, stream: &member.stream, membership });
    }
    Ok(targets)
}

/// Definitions are written with the stream, so they must not have changed while it was read.
fn ensure_unchanged(members: &[Member], end: &WindowEnd) -> Result<(), EngineError> {
    let changed = |collection: &str, change: String| {
        EngineError::from(SourceError::SchemaChanged {
            collection: collection.to_owned(),
            change,
            at: end.time,
        })
    };
    if let Some(event) = end.rescan.first() {
        return Err(changed(&event.namespace, format!("{:?}", event.change)));
    }
    for member in members {
        let name = &member.selection.collection;
        let now = end.collections.iter().find(|info| info.name == *name);
        let same = now.is_some_and(|now| {
            now.uuid == member.info.uuid
                && now.options_bson == member.info.options_bson
                && now.indexes_bson == member.info.indexes_bson
        });
        if !same {
            return Err(changed(name, "a change of its options or indexes".to_owned()));
        }
    }
    let appeared = end
        .collections
        .iter()
        .find(|info| members.iter().all(|member| member.selection.collection != info.name));
    match appeared {
        Some(info) => Err(changed(&info.name, "its creation".to_owned())),
        None => Ok(()),
    }
}

/// Turns what was scanned of a collection into its state at T1.
async fn complete(
    window: &mut CaptureWindow,
    member: &mut Member,
    end: &WindowEnd,
    job: &JobHandle,
) -> Result<(), EngineError> {
    if member.info.kind == CollectionKind::View {
        return Ok(());
    }
    let membership = match (member.selection.part, &end.live) {
        (Part::Whole, _) | (_, None) => None,
        (part, Some(live)) => Some(window.filter_at_end(part, live)?),
    };
    let (mut puts, mut deletes) = (0_u64, 0_u64);
    let mut images = window.images(&member.info, end.time, membership.as_ref())?;
    while let Some(batch) = images.next_batch().await? {
        job.check()?;
        for image in batch {
            match image {
                Image::Put { key, document } => {
                    member.stream.delta_put(&key, &document).await?;
                    puts += 1;
                }
                Image::Delete { key } => {
                    member.stream.delta_delete(&key).await?;
                    deletes += 1;
                }
            }
            job.advance(1);
        }
    }
    if puts + deletes > 0 {
        tracing::debug!(
            collection = %member.selection.collection,
            detail = %json!({"puts": puts, "deletes": deletes}),
            "delta at T1"
        );
    }
    Ok(())
}
