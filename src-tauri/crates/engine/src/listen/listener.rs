//! One cycle after another: read what was told, take what it calls for, acknowledge it.

use std::collections::BTreeMap;
use std::time::Duration;

use avalon::check::EnvelopeReader;
use futures::{StreamExt, TryStreamExt};
use serde_json::json;
use source::events::{EventFeed, FeedBody, FeedEvent, Receipt};
use tokio_util::task::AbortOnDropHandle;

use super::catch_up::catch_up;
use super::interval::Intervals;
use super::lag::Lags;
use super::outcome::ListenOutcome;
use super::table::Table;
use super::told::{Handled, Told, handle};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::{JobHandle, Wait};
use crate::snapshot::{self, EventSource, SnapshotPolicy};
use crate::wire;

/// The consumer group of the stream of events, and the queue on their exchange.
const GROUP: &str = "avault.snapshots";
/// Setting that holds the place in a change stream, by database.
const POSITION: &str = "listen.position";
/// Events read at once.
const MOST: usize = 256;
/// How long to wait for events before other things are looked at.
const WAIT: Duration = Duration::from_millis(200);
/// Games handled at once.
const AT_ONCE: usize = 8;
/// Games kept in memory; of others the log is read when they go on.
const TABLES: usize = 1024;

pub(super) struct Listener {
    engine: Engine,
    job: JobHandle,
    policy: SnapshotPolicy,
    feed: EventFeed,
    reader: EnvelopeReader,
    /// Games in hand, each with the cycle in which it was told of last.
    tables: BTreeMap<String, (Table, u64)>,
    cycle: u64,
    intervals: Intervals,
    lags: Lags,
    /// Runs beside the listening, so that no event waits for it. It may be ended anywhere: each
    /// snapshot is whole or not there.
    catching_up: Option<AbortOnDropHandle<Result<u64, EngineError>>>,
    outcome: ListenOutcome,
}

impl Listener {
    /// Opens the feed; none when the job is to stop before that succeeds.
    pub(super) async fn open(
        engine: &Engine,
        job: &JobHandle,
    ) -> Result<Option<Self>, EngineError> {
        let policy = engine.connections().snapshots;
        let from = match (policy.source, engine.connections().redis) {
            (Some(source), _) => source,
            (None, Some(_)) => EventSource::Redis,
            (None, None) => EventSource::ChangeStream,
        };
        let mut wait = away();
        let feed = loop {
            match ready(engine, from).await {
                Ok(feed) => break feed,
                Err(error) if error.is_transient() => {
                    if wait.away(job, &error).await? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error),
            }
        };
        wait.back(job).await?;
        job.line("listen.begun", &[("source", from.as_str().to_owned())]).await?;
        let outcome =
            ListenOutcome { source: from.as_str().to_owned(), ..ListenOutcome::default() };
        Ok(Some(Self {
            engine: engine.clone(),
            job: job.clone(),
            policy,
            feed,
            reader: EnvelopeReader::default(),
            tables: BTreeMap::new(),
            cycle: 0,
            intervals: Intervals::default(),
            lags: Lags::default(),
            catching_up: Some(begin_catching_up(engine)),
            outcome,
        }))
    }

    /// Takes what the next events call for. What fails in passing is tried again, the same events.
    pub(super) async fn cycle(&mut self) -> Result<(), EngineError> {
        let mut wait = away();
        let Some(events) = self.read(&mut wait).await? else { return Ok(()) };
        self.cycle += 1;
        while !events.is_empty() {
            match self.deal_with(&events).await {
                Ok(()) => break,
                Err(error) if error.is_transient() => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error),
            }
        }
        wait.back(&self.job).await?;
        self.look_after().await
    }

    /// The next events; none when the listener is to stop.
    async fn read(&mut self, wait: &mut Wait) -> Result<Option<Vec<FeedEvent>>, EngineError> {
        loop {
            match self.feed.next(MOST, WAIT).await {
                Ok(events) => return Ok(Some(events)),
                Err(error) if error.is_transient() => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn deal_with(&mut self, events: &[FeedEvent]) -> Result<(), EngineError> {
        let told = self.sorted(events)?;
        let games: Vec<_> = told
            .into_iter()
            .map(|(game, told)| (self.tables.remove(&game).map(|(table, _)| table), game, told))
            .collect();
        let (engine, policy) = (&self.engine, &self.policy);
        // Tables of games that fail are gone: their logs are read when the events are told again.
        let handled: Vec<Handled> = futures::stream::iter(games)
            .map(|(table, game, told)| handle(engine, policy, game, table, told))
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        self.engine.context().crash.pass("listen.taken")?;
        let now = self.engine.context().now_ms();
        for handled in handled {
            self.note(handled, now);
        }
        let receipts: Vec<Receipt> = events.iter().map(|event| event.receipt.clone()).collect();
        self.feed.acknowledge(&receipts).await?;
        self.keep_position().await?;
        self.outcome.events += events.len() as u64;
        Ok(())
    }

    /// The events by game, in the order told.
    fn sorted(&mut self, events: &[FeedEvent]) -> Result<BTreeMap<String, Vec<Told>>, EngineError> {
        let mut games: BTreeMap<String, Vec<Told>> = BTreeMap::new();
        for event in events {
            let read = match &event.event {
                None => None,
                Some(FeedBody::Json(text)) => self.reader.read(text).ok(),
                Some(FeedBody::Document(document)) => {
                    let text = wire::envelope(document.clone())?.to_string();
                    self.reader.read(text.as_bytes()).ok()
                }
            };
            let Some(read) = read else {
                tracing::warn!(receipt = ?event.receipt, "a message is no event and is passed over");
                self.outcome.unreadable += 1;
                continue;
            };
            let game = read.envelope.game_id.as_str().to_owned();
            let told = Told { envelope: read.envelope, sent_ms: event.sent_ms };
            games.entry(game).or_default().push(told);
        }
        Ok(games)
    }

    fn note(&mut self, handled: Handled, now: i64) {
        self.outcome.taken += handled.taken;
        self.outcome.known += handled.known;
        self.outcome.missed += handled.missed;
        self.outcome.not_in_log += handled.not_in_log;
        for sent in handled.sent_ms {
            self.lags.add(now - sent);
        }
        let Some(table) = handled.table else { return };
        self.intervals.note(&handled.game, &table.chain);
        if !table.is_over() {
            self.tables.insert(handled.game, (table, self.cycle));
        }
        if self.tables.len() > TABLES {
            self.forget_some();
        }
    }

    /// Forgets the quarter of the games that were not told of for the longest.
    fn forget_some(&mut self) {
        let mut cycles: Vec<u64> = self.tables.values().map(|(_, cycle)| *cycle).collect();
        cycles.sort_unstable();
        let oldest = cycles.get(TABLES / 4).copied().unwrap_or_default();
        self.tables.retain(|_, (_, cycle)| *cycle > oldest);
    }

    async fn keep_position(&mut self) -> Result<(), EngineError> {
        let Some(position) = self.feed.position().map(str::to_owned) else { return Ok(()) };
        let key = position_key(&self.engine)?;
        let now = self.engine.context().now_ms();
        self.engine.control(move |control| control.set_setting(&key, &json!(position), now)).await
    }

    /// What is not an event: catching up, and time that passed.
    async fn look_after(&mut self) -> Result<(), EngineError> {
        if self.feed.take_lost() && self.catching_up.is_none() {
            self.job.line("listen.lost", &[]).await?;
            self.catching_up = Some(begin_catching_up(&self.engine));
        }
        if let Some(ended) = self.catching_up.take_if(|running| running.is_finished()) {
            self.say_caught_up(ended.await?).await?;
        }
        match self.intervals.take(&self.engine, self.policy.interval_minutes).await {
            Ok(taken) => {
                self.outcome.taken += taken;
                self.outcome.interval += taken;
            }
            // It is looked again soon.
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "games could not be taken although time had passed");
            }
            Err(error) => return Err(error),
        }
        self.job.set_progress(self.outcome.taken, None);
        Ok(())
    }

    async fn say_caught_up(&mut self, result: Result<u64, EngineError>) -> Result<(), EngineError> {
        match result {
            Ok(taken) => {
                self.outcome.taken += taken;
                self.outcome.missed += taken;
                let taken = taken.to_string();
                self.job.line("listen.caught_up", &[("snapshots", taken)]).await
            }
            Err(error) if error.is_transient() => {
                self.catching_up = Some(begin_catching_up(&self.engine));
                tracing::warn!(%error, "catching up begins again");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn close(mut self) -> Result<ListenOutcome, EngineError> {
        self.lags.tell(&mut self.outcome);
        let context = [
            ("events", self.outcome.events.to_string()),
            ("snapshots", self.outcome.taken.to_string()),
        ];
        self.job.line("listen.ended", &context).await?;
        Ok(self.outcome)
    }
}

fn begin_catching_up(engine: &Engine) -> AbortOnDropHandle<Result<u64, EngineError>> {
    AbortOnDropHandle::new(tokio::spawn(catch_up(engine.clone())))
}

const fn away() -> Wait {
    Wait::new(["listen.away", "listen.back"])
}

/// Makes the indexes and opens the feed.
async fn ready(engine: &Engine, from: EventSource) -> Result<EventFeed, EngineError> {
    snapshot::prepare(engine).await?;
    let source = engine.source()?;
    match from {
        EventSource::Redis => {
            let redis = engine.connections().redis;
            let redis = redis.ok_or(EngineError::NotConnected { what: "redis" })?;
            Ok(EventFeed::group(&redis, &source.profile().redis.streams.events, GROUP).await?)
        }
        EventSource::Rabbitmq => {
            let rabbitmq = engine.connections().rabbitmq;
            let rabbitmq = rabbitmq.ok_or(EngineError::NotConnected { what: "rabbitmq" })?;
            Ok(EventFeed::queue(&rabbitmq, GROUP).await?)
        }
        EventSource::ChangeStream => {
            let key = position_key(engine)?;
            let position = engine.control(move |control| control.setting(&key)).await?;
            let position = position.as_ref().and_then(|value| value.as_str());
            Ok(EventFeed::change_stream(&source, position).await?)
        }
    }
}

fn position_key(engine: &Engine) -> Result<String, EngineError> {
    Ok(format!("{POSITION}/{}", engine.source()?.database_name()))
}
