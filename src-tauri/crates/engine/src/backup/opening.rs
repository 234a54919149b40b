//! Opening the window of a capture, and what an interrupted scan hands on to it.

use std::collections::BTreeMap;

use source::SourceError;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{CollectionKind, MongoSource};
use source::profile::DataClass;

use super::capture::{Capture, Member};
use super::checkpoint::{self, Course, Interrupted};
use super::members;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// How old an interrupted scan may be: what it stored must not be near the age at which a commit is
/// refused.
const RESUMABLE_MS: i64 = 6 * 60 * 60 * 1000;

/// At the present for a full, or at the time of an interrupted one that it goes on from; for an
/// increment at its base's time, with all that the oplog tells since then.
pub(super) async fn open_window(
    engine: &Engine,
    request: &mut Capture,
    job: &JobHandle,
) -> Result<(CaptureWindow, Option<Interrupted>), EngineError> {
    let source = request.source.clone();
    if let Some(base) = &request.base {
        let (id, time) = (base.id().to_owned(), base.time);
        job.phase(Phase { code: "oplog", unit: Unit::Steps, total: None });
        job.line("backup.base", &[("backup", id)]).await?;
        let window = CaptureWindow::reopen(&source, ChangeFeed::Oplog, time).await?;
        return Ok((window, None));
    }
    let asked = request.request.clone();
    if let Some(asked) = asked
        && let Some(from) = checkpoint::take_over(engine, &asked, job).await?
        && let Some(window) = reopen(engine, &source, &request.classes, &from).await?
    {
        let time = [("clusterTime", from.course.opened_at.to_string())];
        job.line("backup.resumed", &time).await?;
        return Ok((window, Some(from)));
    }
    let window = CaptureWindow::open(&source, ChangeFeed::Oplog).await?;
    job.line("backup.window_opened", &[("clusterTime", window.opened_at().to_string())]).await?;
    Ok((window, None))
}

/// The window of an interrupted scan, when all it did still holds: the same vault and database, an
/// oplog that reaches back to its beginning, and collections that are the same ones still.
async fn reopen(
    engine: &Engine,
    source: &MongoSource,
    classes: &[DataClass],
    from: &Interrupted,
) -> Result<Option<CaptureWindow>, EngineError> {
    let course = &from.course;
    if engine.context().now_ms() - course.started_at > RESUMABLE_MS {
        return Ok(None);
    }
    if course.vault != engine.vault()?.id() || course.database != source.database_name() {
        return Ok(None);
    }
    let reopened = CaptureWindow::reopen(source, ChangeFeed::Oplog, course.opened_at).await;
    let window = match reopened {
        Ok(window) => window,
        Err(SourceError::OplogOverrun { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let existing = members::existing(source, classes).await?;
    let holds = existing.iter().all(|(_, info)| {
        let known = info.kind == CollectionKind::View || from.ranges(info).is_some();
        known && !window.is_void(&info.name, info.kind)
    });
    Ok(holds.then_some(window))
}

/// What is kept of a scan that begins now.
pub(super) fn course(
    engine: &Engine,
    source: &MongoSource,
    window: &CaptureWindow,
    members: &[Member],
) -> Course {
    let live = members.iter().find_map(|member| member.membership.as_ref());
    Course {
        vault: engine.connections().vault.map_or_else(String::new, |vault| vault.id()),
        database: source.database_name().to_owned(),
        started_at: engine.context().now_ms(),
        opened_at: window.opened_at(),
        unfinished: live.map(|filter| filter.live.documents().cloned().collect()),
        collections: BTreeMap::new(),
    }
}
