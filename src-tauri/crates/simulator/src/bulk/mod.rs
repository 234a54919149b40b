//! Bulk generation: whole finished games, spread over the past, straight into the collections.

mod timeline;
mod write;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use avalon::document::{HistoryDoc, RoomDoc, StatsDoc, UserDoc};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::statistics::{Comparison, Statistics};
use crate::{Simulator, SimulatorError};
use timeline::{Past, Timeline};

/// Games written in one transaction.
const BATCH: usize = 50;
/// Batches generated ahead of the writer.
const AHEAD: usize = 2;

/// What bulk generation did.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkReport {
    /// Finished games, aborted ones among them.
    pub games: u64,
    /// Games that were given up.
    pub aborted: u64,
    /// Events of games.
    pub events: u64,
    /// Accounts made.
    pub accounts: u64,
    /// Wall time, seconds.
    pub seconds: f64,
    /// Figures beside those of real games.
    pub statistics: Comparison,
}

impl BulkReport {
    /// Games a minute.
    pub fn games_per_minute(&self) -> f64 {
        self.games as f64 * 60.0 / self.seconds.max(0.001)
    }
}

/// Whole games and what they changed, to be written in one transaction.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) games: u64,
    pub(crate) aborted: u64,
    pub(crate) events: Vec<mongodb::bson::RawDocumentBuf>,
    pub(crate) room_events: Vec<mongodb::bson::RawDocumentBuf>,
    pub(crate) rooms: Vec<RoomDoc>,
    pub(crate) history: Vec<HistoryDoc>,
    pub(crate) stats: Vec<StatsDoc>,
    /// Accounts that are new.
    pub(crate) accounts: Vec<UserDoc>,
    /// Fields of accounts that exist: id and update.
    pub(crate) standings: Vec<(String, mongodb::bson::Document)>,
}

impl Simulator {
    /// Plays `games` games in simulated time and writes them finished: events, histories, rooms,
    /// statistics and ratings, a transaction for each batch. They end after the last game that is
    /// in the database and before now.
    ///
    /// # Errors
    /// Games are being played by another instance, or a server fails.
    pub async fn bulk(&self, games: u64) -> Result<BulkReport, SimulatorError> {
        let begun = Instant::now();
        self.prepare().await?;
        self.refuse_beside_live_play().await?;
        let timeline = self.timeline(games).await?;
        let (sender, mut receiver) = mpsc::channel(AHEAD);
        let generating = tokio::task::spawn_blocking(move || generate(timeline, &sender));
        let mut report = Tally::default();
        while let Some(batch) = receiver.recv().await {
            self.store.write_batch(&batch).await?;
            report.add(&batch);
        }
        let statistics =
            generating.await.map_err(|error| SimulatorError::Unavailable(error.to_string()))??;
        Ok(report.finish(&statistics, begun.elapsed()))
    }

    async fn refuse_beside_live_play(&self) -> Result<(), SimulatorError> {
        for game in self.store.live_games().await? {
            if let Some(owner) = self.cache.living_owner(&game.id).await? {
                return Err(SimulatorError::Unavailable(format!(
                    "instance {owner} is playing games; stop it before bulk generation, because ratings follow the order in which games end"
                )));
            }
        }
        Ok(())
    }

    async fn timeline(&self, games: u64) -> Result<Timeline, SimulatorError> {
        let users = self.store.users().await?;
        let stats = self.store.all_stats().await?;
        let last_end = self.store.last_end().await?;
        let live = self.store.live_games().await?;
        let busy: BTreeSet<&str> = live.iter().flat_map(|game| game.seats()).collect();
        let past = Past { users, stats, last_end, busy };
        Ok(Timeline::new(&self.options, self.clock.now_ms(), games, past))
    }
}

fn generate(
    mut timeline: Timeline,
    sender: &mpsc::Sender<Batch>,
) -> Result<Statistics, SimulatorError> {
    loop {
        let batch = timeline.next_batch(BATCH)?;
        if batch.games == 0 {
            return Ok(timeline.into_statistics());
        }
        if sender.blocking_send(batch).is_err() {
            // The writer failed and reports why.
            return Ok(timeline.into_statistics());
        }
    }
}

#[derive(Default)]
struct Tally {
    games: u64,
    aborted: u64,
    events: u64,
    accounts: u64,
}

impl Tally {
    fn add(&mut self, batch: &Batch) {
        self.games += batch.games;
        self.aborted += batch.aborted;
        self.events += batch.events.len() as u64;
        self.accounts += batch.accounts.len() as u64;
    }

    fn finish(self, statistics: &Statistics, elapsed: Duration) -> BulkReport {
        BulkReport {
            games: self.games,
            aborted: self.aborted,
            events: self.events,
            accounts: self.accounts,
            seconds: elapsed.as_secs_f64(),
            statistics: statistics.comparison(),
        }
    }
}
