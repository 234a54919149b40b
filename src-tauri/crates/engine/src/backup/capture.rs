//! Reading live data into a set. A full: fuzzy parallel scan from T0, then what the oplog names up
//! to T1. An increment: its base in place of the scan, whose time is T0.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::Value;
use source::SourceError;
use source::mongo::window::WindowEnd;
use source::mongo::{ClusterTime, CollectionInfo, MembershipFilter, MongoSource};
use source::profile::{CollectionSelection, DataClass};
use source::redis_source::RedisSource;
use vault::{SetInfo, SetSummary, StreamWriter};

use super::base::{self, Base, Instead};
use super::commit::commit;
use super::complete::complete;
use super::list::{BASE, INSTEAD_OF, INSTEAD_REASON, METHOD, READ_FROM};
use super::opening::{course, open_window};
use super::outcome::Method;
use super::scan::{self, Kept, Target};
use super::slowed::Slowed;
use super::space::patient_vault;
use super::stream::StreamSource;
use super::{members, redis_keys};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::REPLICA_SET;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

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
    /// Made of an earlier set and the event log.
    PointInTime,
}

impl Origin {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::PreImage => "pre_image",
            Self::PointInTime => "point_in_time",
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
    /// What the set stands on; a full of the database stands on nothing.
    pub(crate) base: Option<Base>,
    /// The request as it was recorded: the checkpoints of a full are kept for the next job of it.
    pub(crate) request: Option<Value>,
    /// How it spares the service.
    pub(crate) slowed: Slowed,
    /// What was asked for and why it is not what is taken.
    pub(crate) instead: Option<(Method, Instead)>,
}

impl Capture {
    /// A full of the database.
    pub(crate) fn full(
        source: MongoSource,
        redis: Option<RedisSource>,
        classes: Vec<DataClass>,
        origin: Origin,
    ) -> Self {
        Self {
            source,
            redis,
            classes,
            origin,
            before_close: None,
            base: None,
            request: None,
            slowed: Slowed::default(),
            instead: None,
        }
    }

    fn method(&self) -> Method {
        self.base.as_ref().map_or(Method::Full, |base| base.method)
    }

    /// Stands on the newest backup that holds the classes, where there is one.
    pub(crate) async fn stand_on_newest(&mut self, engine: &Engine) -> Result<(), EngineError> {
        let method = Method::Incremental;
        self.base = base::choose(engine, &self.source, &self.classes, method).await?.ok();
        Ok(())
    }

    /// Gives up the base; says so in the job's log.
    pub(super) async fn take_full(
        &mut self,
        asked: Method,
        reason: Instead,
        job: &JobHandle,
    ) -> Result<(), EngineError> {
        self.base = None;
        self.instead = Some((asked, reason));
        job.line(reason.line(), &[("asked", asked.name().to_owned())]).await
    }
}

/// A collection that a set holds, with its open stream.
pub(super) struct Member {
    pub(super) selection: CollectionSelection,
    pub(super) info: CollectionInfo,
    pub(super) stream: StreamWriter,
    /// From which time on it is scanned; not at all where the stream stands on a base.
    pub(super) scan_after: Option<ClusterTime>,
    /// For a part of the events collection: what the scan keeps.
    pub(super) membership: Option<MembershipFilter>,
    /// What the set keeps of where its documents came from.
    pub(super) source: StreamSource,
}

/// Takes a set and returns what was committed.
pub(crate) async fn capture(
    engine: &Engine,
    mut request: Capture,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let mut attempt = 1;
    loop {
        // Large: whoever waits for a capture should not carry all of it.
        match Box::pin(attempt_capture(engine, &mut request, job)).await {
            Ok(summary) => return Ok(summary),
            Err(error) => match Instead::of(&error) {
                Some(reason) if request.base.is_some() => {
                    request.take_full(request.method(), reason, job).await?;
                }
                _ if attempt < ATTEMPTS && begins_again(&error) => {
                    job.line("backup.again", &[("reason", error.to_string())]).await?;
                    attempt += 1;
                }
                _ => return Err(error),
            },
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
    let (mut window, interrupted) = open_window(engine, request, job).await?;
    let started_at = interrupted.as_ref().map(|from| from.course.started_at);
    let mut info = set_info(engine, request, job);
    info.resumes = started_at;
    info.distrust = base::store_is_suspect(engine).await?;
    let vault = match request.origin {
        Origin::Requested => patient_vault(engine, job)?,
        // The game service may be held for it: it must not be for as long as a store is full.
        Origin::PreImage | Origin::PointInTime => engine.vault()?,
    };
    let set = vault.begin_set(info).await?;
    let opened = match &request.base {
        None => {
            let from = interrupted.as_ref();
            let classes = &request.classes;
            let earlier = base::choose(engine, &source, classes, Method::Incremental).await?.ok();
            let before = members::Before { interrupted: from, earlier: earlier.as_ref() };
            Ok(members::fresh(&source, classes, before, &mut window, &set).await?)
        }
        Some(base) => members::over(base, &source, &request.classes, &mut window, &set).await?,
    };
    let mut members = match opened {
        Ok(members) => members,
        Err(reason) => {
            request.take_full(request.method(), reason, job).await?;
            return Box::pin(attempt_capture(engine, request, job)).await;
        }
    };
    let kept = (request.request.is_some() && request.base.is_none()).then(|| Kept {
        engine,
        from: interrupted.as_ref(),
        course: course(engine, &source, &window, &members),
    });
    let scans = members.iter().any(|member| member.scan_after.is_some());
    let scanned = match scans {
        true => request.slowed.scanned(&source, window.opened_at(), job).await?,
        false => source.clone(),
    };
    scan_members(&scanned, &mut members, kept, &request.slowed, job).await?;

    job.check()?;
    if let Some(hook) = request.before_close.take() {
        hook.await?;
    }
    let end = window.close(&members::names(&source, &request.classes)).await?;
    ensure_unchanged(&members, &end)?;
    job.phase(Phase { code: "delta", unit: Unit::Documents, total: None });
    complete(&mut window, &mut members, &end, &request.slowed, job).await?;
    let redis_keys = match &request.redis {
        Some(redis) => redis_keys::capture(redis, &source, &request.classes, &set, job).await?,
        None => 0,
    };
    let attributes = BTreeMap::from([
        ("redis_keys".to_owned(), redis_keys.to_string()),
        (READ_FROM.to_owned(), scanned.served_by().join(",")),
    ]);
    commit(engine, set, members, &end, attributes, job).await
}

/// Scans the members that stand on no base.
async fn scan_members(
    source: &MongoSource,
    members: &mut [Member],
    kept: Option<Kept<'_>>,
    slowed: &Slowed,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let targets: Vec<_> = members
        .iter()
        .filter_map(|member| {
            let after = member.scan_after?;
            let (info, stream, cuts) = (&member.info, &member.stream, &member.source.cuts);
            Some(Target { info, stream, membership: member.membership.clone(), after, cuts })
        })
        .collect();
    if targets.is_empty() {
        return Ok(());
    }
    let total = targets.iter().map(|target| target.info.bytes).sum();
    job.phase(Phase { code: "scan", unit: Unit::Bytes, total: Some(total) });
    let mut cuts = scan::run(source, targets, kept, slowed, job).await?;
    for member in members {
        if let Some(cuts) = cuts.remove(&member.info.name) {
            member.source.cuts = cuts;
        }
    }
    Ok(())
}

fn set_info(engine: &Engine, request: &Capture, job: &JobHandle) -> SetInfo {
    let mut attributes = vec![
        (METHOD, request.method().name()),
        ("origin", request.origin.name()),
        ("database", request.source.database_name()),
        ("server_version", &request.source.server_info().version),
        (REPLICA_SET, &request.source.server_info().replica_set),
        ("mechanism", "oplog"),
        ("profile", &request.source.profile().name),
        ("actor", &engine.context().actor),
        ("job", job.id()),
    ];
    if let Some(base) = &request.base {
        attributes.push((BASE, base.id()));
    }
    if let Some((asked, reason)) = request.instead {
        attributes.extend([(INSTEAD_OF, asked.name()), (INSTEAD_REASON, reason.code())]);
    }
    SetInfo {
        classes: request.classes.iter().map(|class| class.name().to_owned()).collect(),
        fencing_token: 0,
        resumes: None,
        distrust: false,
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    }
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
