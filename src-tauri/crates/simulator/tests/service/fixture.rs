//! A sandbox, a simulator on it, and the proof that data hold together.

use std::collections::BTreeMap;

use avalon::check::{ParsedEnvelope, check_log};
use avalon::document::{HistoryDoc, StatsDoc, UserDoc};
use avalon::rating::StatsFold;
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use mongodb::{Client, Database};
use sandbox::{Sandbox, SandboxOptions};
use serde::de::DeserializeOwned;
use simulator::{LiveReport, Simulator, SimulatorError, SimulatorOptions};
use source::profile::Profile;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) struct Fixture {
    pub(crate) sandbox: Sandbox,
    pub(crate) database: Database,
}

impl Fixture {
    pub(crate) async fn start() -> Fixture {
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        let client = Client::with_uri_str(sandbox.mongodb_uri()).await.unwrap();
        Fixture { sandbox, database: client.database("avalon") }
    }

    pub(crate) async fn simulator(&self, options: SimulatorOptions) -> Simulator {
        let (mongodb, redis) = (self.sandbox.mongodb_uri(), self.sandbox.redis_url());
        Simulator::new(&mongodb, &redis, Profile::default(), options).await.unwrap()
    }

    pub(crate) async fn redis(&self) -> redis::aio::MultiplexedConnection {
        let client = redis::Client::open(self.sandbox.redis_url()).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    pub(crate) async fn all<T: DeserializeOwned + Send + Sync + Unpin>(
        &self,
        collection: &str,
    ) -> Vec<T> {
        let found = self.database.collection::<T>(collection).find(doc! {}).await.unwrap();
        found.try_collect().await.unwrap()
    }

    pub(crate) async fn count(&self, collection: &str, filter: Document) -> u64 {
        let documents = self.database.collection::<Document>(collection);
        documents.count_documents(filter).await.unwrap()
    }

    /// The log of a game or room as a verifier reads it.
    pub(crate) async fn log(&self, game: &str) -> Vec<ParsedEnvelope> {
        let events = self.database.collection::<Document>("game_events");
        let find = events.find(doc! { "gameId": game }).sort(doc! { "seq": 1 });
        let found: Vec<Document> = find.await.unwrap().try_collect().await.unwrap();
        let parse = |mut event: Document| {
            event.remove("_id");
            let json = serde_json::to_vec(&event).unwrap();
            ParsedEnvelope::from_json(&json).unwrap()
        };
        found.into_iter().map(parse).collect()
    }

    /// Every ended game checks clean and everything derived follows from the histories.
    pub(crate) async fn assert_consistent(&self) -> usize {
        let history: Vec<HistoryDoc> = self.all("game_history").await;
        let mut fold = StatsFold::default();
        for game in &history {
            fold.add(game);
            let report = check_log(&self.log(game.id.as_str()).await);
            assert!(report.is_sound(), "{}: {:?}", game.id, report.findings);
            assert_eq!(report.winner, game.winner, "{}", game.id);
        }
        let stats: Vec<StatsDoc> = self.all("stats").await;
        let stored: BTreeMap<_, _> =
            stats.into_iter().map(|stats| (stats.id.clone(), stats)).collect();
        let users: Vec<UserDoc> = self.all("users").await;
        for user in users {
            let stats = fold.get(&user.id);
            assert_eq!(user.games, stats.map_or(0, |stats| stats.games), "{}", user.id);
            assert_eq!(user.wins, stats.map_or(0, |stats| stats.wins), "{}", user.id);
            assert_eq!(user.rating, fold.rating(&user.id), "{}", user.id);
        }
        assert_eq!(stored, fold.into_stats());
        history.len()
    }
}

/// Live play in the background.
pub(crate) struct Playing {
    pub(crate) report: watch::Receiver<LiveReport>,
    pub(crate) cancel: CancellationToken,
    task: JoinHandle<Result<LiveReport, SimulatorError>>,
}

impl Playing {
    pub(crate) fn start(simulator: Simulator) -> Playing {
        Playing::acknowledging(simulator, None)
    }

    pub(crate) fn acknowledging(
        simulator: Simulator,
        acknowledgements: Option<tokio::sync::mpsc::Sender<simulator::Acknowledged>>,
    ) -> Playing {
        let (sender, report) = watch::channel(LiveReport::default());
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        let task = tokio::spawn(async move {
            simulator.play_live_acknowledging(stop, sender, acknowledgements).await
        });
        Playing { report, cancel, task }
    }

    /// Waits until the counters are as wanted; ends early when play ends.
    pub(crate) async fn until(&mut self, wanted: impl FnMut(&LiveReport) -> bool) {
        self.report.wait_for(wanted).await.expect("play ended before");
    }

    /// Waits for `more` further events.
    pub(crate) async fn events(&mut self, more: u64) {
        let target = self.report.borrow().events + more;
        self.until(|report| report.events >= target).await;
    }

    pub(crate) async fn stop(self) -> LiveReport {
        self.cancel.cancel();
        self.end().await
    }

    pub(crate) async fn end(self) -> LiveReport {
        self.task.await.unwrap().unwrap()
    }
}
