//! Which log to follow into, and from where.

use std::collections::BTreeMap;

use source::SourceError;
use source::mongo::{ClusterTime, FeedReader, MongoSource};
use vault::{LogView, LogWriter, VaultError};

use crate::backup::{cluster_time, is_whole_of};
use crate::engine::Engine;
use crate::error::EngineError;

/// Attributes of a log.
pub(crate) const DATABASE: &str = "database";
pub(crate) const REPLICA_SET: &str = "replica_set";
/// Why it was begun: one of [`Begun`].
pub(crate) const REASON: &str = "reason";
const BEFORE: &str = "before";

/// Why a log is begun, although another may lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    First,
    OplogOverrun,
    Damaged,
}

impl Begun {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::OplogOverrun => "oplog_overrun",
            Self::Damaged => "damaged",
        }
    }
}

/// A log that is ready to be written.
pub(super) struct Opened {
    pub(super) log: LogWriter,
    pub(super) feed: FeedReader,
    /// Why it is a new one.
    pub(super) begun: Option<Begun>,
    /// Chunks that wait to be compacted.
    pub(super) loose: u64,
    /// The log before, whose last chunks nobody else would put together.
    pub(super) before: Option<LogWriter>,
}

/// Goes on with the newest log of the database, or begins a new one where that cannot be.
pub(super) async fn open(engine: &Engine, source: &MongoSource) -> Result<Opened, EngineError> {
    let vault = engine.primary()?;
    let logs = vault.logs().await?;
    let own = logs.iter().filter(|log| is_of(log, source)).max_by_key(|log| log.to);
    let Some(newest) = own else { return begin(engine, source, Begun::First, None).await };
    if newest.problem.is_some() {
        return begin(engine, source, Begun::Damaged, Some(newest)).await;
    }
    let at = ClusterTime::from_number(newest.to);
    if !reaches(source, at).await? {
        return begin(engine, source, Begun::OplogOverrun, Some(newest)).await;
    }
    let log = match vault.resume_log(&newest.id).await {
        Ok(log) => log,
        Err(VaultError::Damaged { .. }) => {
            return begin(engine, source, Begun::Damaged, Some(newest)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let feed = FeedReader::open(source, ClusterTime::from_number(log.to())).await?;
    Ok(Opened { log, feed, begun: None, loose: newest.loose, before: None })
}

/// Begins a log: at the newest backup, so that it leads somewhere from its first moment on, or
/// where the oplog does not reach back to it at the present.
pub(super) async fn begin(
    engine: &Engine,
    source: &MongoSource,
    reason: Begun,
    before: Option<&LogView>,
) -> Result<Opened, EngineError> {
    let vault = engine.primary()?;
    let at = match newest_base(engine, source).await? {
        Some(base) if reaches(source, base).await? => base,
        _ => source.cluster_time().await?,
    };
    let mut attributes = BTreeMap::from([
        (DATABASE.to_owned(), source.database_name().to_owned()),
        (REPLICA_SET.to_owned(), source.server_info().replica_set.clone()),
        (REASON.to_owned(), reason.code().to_owned()),
    ]);
    attributes.extend(before.map(|log| (BEFORE.to_owned(), log.id.clone())));
    let log = vault.begin_log(at.to_number(), attributes).await?;
    let feed = FeedReader::open(source, at).await?;
    let before = match before.filter(|log| log.problem.is_none() && log.loose > 0) {
        Some(before) => Some(vault.resume_log(&before.id).await?),
        None => None,
    };
    Ok(Opened { log, feed, begun: Some(reason), loose: 0, before })
}

/// Whether a log is of this database of this replica set.
pub(crate) fn is_of(log: &LogView, source: &MongoSource) -> bool {
    let is = |name: &str, value: &str| log.attributes.get(name).is_some_and(|v| v == value);
    is(DATABASE, source.database_name()) && is(REPLICA_SET, &source.server_info().replica_set)
}

/// Whether the oplog still holds what happened since.
async fn reaches(source: &MongoSource, at: ClusterTime) -> Result<bool, EngineError> {
    let mut feed = FeedReader::open(source, at).await?;
    match feed.next(1).await {
        Ok(_) => Ok(true),
        Err(SourceError::OplogOverrun { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The time of the newest complete backup of the database.
async fn newest_base(
    engine: &Engine,
    source: &MongoSource,
) -> Result<Option<ClusterTime>, EngineError> {
    let sets = engine.vault()?.sets().await?;
    let usable = sets.iter().filter(|set| is_whole_of(set, source));
    usable.max_by_key(|set| set.consistent_at_ms).map(cluster_time).transpose()
}
