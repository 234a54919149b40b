//! One cycle after another: read what happened, write it as one chunk, wait for the next moment.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use source::SourceError;
use source::mongo::{ClusterTime, FeedReader, Moment, MongoSource};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use vault::{Compacted, LogRecord, LogWriter, VaultError};

use super::begin::{self, Begun, Opened};
use super::outcome::FollowOutcome;
use super::wait;
use crate::backup;
use crate::backup::outcome::{BackupRequest, Method};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::games_of;
use crate::job::Verb;
use crate::jobs::JobHandle;
use crate::points;

/// From one chunk to the next at least; a chunk that is full is followed by the next at once.
const CYCLE: Duration = Duration::from_millis(260);
/// Bytes of operations in a chunk, about.
pub(super) const CHUNK: usize = 1 << 20;
/// How long nothing may happen before an empty chunk tells that nothing did.
const SILENCE_MS: i64 = 10_000;
/// After so long without a chunk the log is opened again: shorter than the time to a compaction.
const ASLEEP_MS: i64 = 20 * 60 * 1000;
/// From one compaction to the next.
const COMPACT_MS: i64 = 3_600_000;
/// From one base that is asked for to the next.
const ASK_AGAIN_MS: i64 = 10 * 60 * 1000;
/// How often it is looked whether a base leads to the end of the log.
const BASE_MS: i64 = 5_000;

pub(super) struct Follower {
    pub(super) engine: Engine,
    pub(super) job: JobHandle,
    pub(super) source: MongoSource,
    pub(super) log: LogWriter,
    pub(super) feed: FeedReader,
    /// Collections created in the log since its last mark.
    pub(super) created: Vec<[u8; 16]>,
    /// Whether it is to be looked if a backup leads to the end of the log.
    pub(super) look_for_base: bool,
    looked_for_base_ms: i64,
    /// When a base was asked for last; 0 after definitions changed.
    pub(super) asked_for_base_ms: i64,
    told_ms: i64,
    compacted_ms: i64,
    /// Runs beside the following, so that no chunk waits for it.
    compaction: Option<JoinHandle<Result<Compacted, VaultError>>>,
    outcome: FollowOutcome,
}

impl Follower {
    pub(super) async fn open(engine: &Engine, job: &JobHandle) -> Result<Self, EngineError> {
        let source = engine.source()?;
        let now = engine.context().now_ms();
        let opened = begin::open(engine, &source).await?;
        let Opened { log, feed, begun, loose, before } = opened;
        let outcome = FollowOutcome {
            log: log.id().to_owned(),
            to: String::new(),
            operations: 0,
            chunks: 0,
            stored_bytes: 0,
        };
        let compacted_ms = if loose == 0 { now } else { 0 };
        let follower = Self {
            engine: engine.clone(),
            job: job.clone(),
            source,
            log,
            feed,
            created: Vec::new(),
            look_for_base: true,
            looked_for_base_ms: 0,
            asked_for_base_ms: 0,
            told_ms: now,
            compacted_ms,
            compaction: before.map(|before| tokio::spawn(before.compaction())),
            outcome,
        };
        follower.say_begun(begun).await?;
        Ok(follower)
    }

    async fn say_begun(&self, begun: Option<Begun>) -> Result<(), EngineError> {
        let at = ClusterTime::from_number(self.log.to()).to_string();
        let context = [("log", self.log.id().to_owned()), ("clusterTime", at)];
        let code = match begun {
            None => "follow.resumed",
            Some(Begun::First) => "follow.begun",
            Some(Begun::OplogOverrun) => "follow.begun_oplog_overrun",
            Some(Begun::Damaged) => "follow.begun_damaged",
        };
        self.job.line(code, &context).await
    }

    /// Reads what happened and writes it; then waits for the next moment, unless more is there.
    pub(super) async fn cycle(&mut self) -> Result<(), EngineError> {
        let began = Instant::now();
        if self.engine.context().now_ms() - self.told_ms > ASLEEP_MS {
            return self.open_again().await;
        }
        let Some(moment) = self.read().await? else { return Ok(()) };
        let more = moment.more;
        if moment.definitions.is_empty() {
            self.created.extend(&moment.created);
            self.write(&moment).await?;
        } else {
            self.settle(moment).await?;
        }
        self.take_base().await?;
        self.compact().await?;
        if !more {
            self.job.pause(CYCLE.saturating_sub(began.elapsed())).await;
        }
        Ok(())
    }

    /// The next moment; none when the follower is to stop, or began anew. While the database is away
    /// it waits.
    pub(super) async fn read(&mut self) -> Result<Option<Moment>, EngineError> {
        let mut wait = wait::for_database();
        loop {
            match self.feed.next(CHUNK).await {
                Ok(moment) => {
                    wait.back(&self.job).await?;
                    return Ok(Some(moment));
                }
                Err(SourceError::OplogOverrun { .. }) => {
                    self.begin_again().await?;
                    return Ok(None);
                }
                Err(error) if error.is_transient() => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The machine slept, or the store was away for long: another process may have gone on with the log
    /// and put its chunks away.
    async fn open_again(&mut self) -> Result<(), EngineError> {
        let source = self.source.clone();
        let mut wait = wait::for_store();
        let opened = loop {
            match begin::open(&self.engine, &source).await {
                Ok(opened) => break opened,
                // The oplog keeps what comes meanwhile; that it was overrun is told once it is read.
                Err(error) if error.is_transient() => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
        };
        wait.back(&self.job).await?;
        self.told_ms = self.engine.context().now_ms();
        self.take_over(opened).await
    }

    /// What lies between is lost to the log: a new one begins, and a base for it.
    async fn begin_again(&mut self) -> Result<(), EngineError> {
        let logs = self.engine.vault()?.logs().await?;
        let before = logs.iter().find(|log| log.id == self.log.id());
        let source = self.source.clone();
        let opened = begin::begin(&self.engine, &source, Begun::OplogOverrun, before).await?;
        self.take_over(opened).await
    }

    /// Goes on in another log, or in the same one from where it ends now.
    async fn take_over(&mut self, opened: Opened) -> Result<(), EngineError> {
        let Opened { log, feed, begun, before, .. } = opened;
        if let Some(before) = before {
            self.compaction = Some(tokio::spawn(before.compaction()));
        }
        (self.log, self.feed) = (log, feed);
        self.look_for_base = true;
        self.created.clear();
        self.say_begun(begun).await
    }

    /// Writes a moment as one chunk. While the store is away it waits and tries again: what was read
    /// stays in memory and the oplog keeps what comes after it.
    /// False where it was to stop before it had written: then nothing later may be written either.
    pub(super) async fn write(&mut self, moment: &Moment) -> Result<bool, EngineError> {
        let now = self.engine.context().now_ms();
        if moment.changes.is_empty() && now - self.told_ms < SILENCE_MS {
            return Ok(true);
        }
        let to = moment.to.to_number();
        let records: Vec<_> = moment
            .changes
            .iter()
            .map(|(at, body)| LogRecord { position: at.to_number(), body: body.clone() })
            .collect();
        let games = games_of(&records);
        let mut wait = wait::for_store();
        let stored = loop {
            match self.log.append_about(to, &records, games.as_ref()).await {
                Ok(stored) => break stored,
                Err(error @ VaultError::Store(_)) => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(false);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        };
        wait.back(&self.job).await?;
        self.told_ms = now;
        self.outcome.chunks += 1;
        self.outcome.operations += records.len() as u64;
        self.outcome.stored_bytes += stored;
        self.job.advance(records.len() as u64);
        self.job.detail(&moment.to.to_string());
        Ok(true)
    }

    /// Has a backup taken where the log leads to no point in time without one. Not beside a restore:
    /// it would hold a state that is being replaced.
    async fn take_base(&mut self) -> Result<(), EngineError> {
        let now = self.engine.context().now_ms();
        if !self.look_for_base || now - self.looked_for_base_ms < BASE_MS {
            return Ok(());
        }
        self.looked_for_base_ms = now;
        match points::leads(&self.engine, &self.source, self.log.id()).await {
            Ok(true) => {
                self.look_for_base = false;
                return Ok(());
            }
            Ok(false) => {}
            // The store is away, or damaged: it is looked again.
            Err(error) => {
                tracing::warn!(%error, "whether the event log leads somewhere is not known");
                return Ok(());
            }
        }
        // One that did not help is not asked for over and over.
        if now - self.asked_for_base_ms < ASK_AGAIN_MS {
            return Ok(());
        }
        for verb in [Verb::Restore, Verb::Backup] {
            if self.engine.jobs().open_of(verb).await?.is_some() {
                return Ok(());
            }
        }
        self.asked_for_base_ms = now;
        match start_backup(self.engine.clone()).await {
            Ok(id) => self.job.line("follow.base", &[("job", id)]).await,
            Err(error) => {
                let reason = [("reason", error.to_string())];
                self.job.line("follow.no_base", &reason).await
            }
        }
    }

    /// Compacts once an hour. What fails is told and tried again an hour later: nothing is lost.
    async fn compact(&mut self) -> Result<(), EngineError> {
        let ended = self.compaction.take_if(|running| running.is_finished());
        if let Some(ended) = ended {
            return self.say_compacted(ended.await?).await;
        }
        let now = self.engine.context().now_ms();
        if self.compaction.is_some() || now - self.compacted_ms < COMPACT_MS {
            return Ok(());
        }
        self.compacted_ms = now;
        self.compaction = Some(tokio::spawn(self.log.compaction()));
        Ok(())
    }

    async fn say_compacted(
        &self,
        result: Result<Compacted, VaultError>,
    ) -> Result<(), EngineError> {
        match result {
            Ok(done) => {
                let context =
                    [("chunks", done.chunks.to_string()), ("packs", done.packs.to_string())];
                self.job.line("follow.compacted", &context).await
            }
            Err(error) => {
                self.job.line("follow.not_compacted", &[("reason", error.to_string())]).await
            }
        }
    }

    pub(super) async fn close(mut self) -> Result<FollowOutcome, EngineError> {
        if let Some(running) = self.compaction.take() {
            // It may be ended anywhere: chunks stay until packs are told of.
            running.abort();
        }
        if let Err(error) = self.log.tell().await {
            tracing::warn!(%error, "where the log ends could not be written; it is found all the same");
        }
        self.outcome.log = self.log.id().to_owned();
        self.outcome.to = ClusterTime::from_number(self.log.to()).to_string();
        let context = [
            ("clusterTime", self.outcome.to.clone()),
            ("operations", self.outcome.operations.to_string()),
        ];
        self.job.line("follow.ended", &context).await?;
        Ok(self.outcome)
    }
}

/// Starts the backup of its own job, as anybody would.
fn start_backup(engine: Engine) -> BoxFuture<'static, Result<String, EngineError>> {
    let request = BackupRequest { classes: Vec::new(), method: Method::Incremental, impact: None };
    async move { backup::start(&engine, request).await }.boxed()
}
