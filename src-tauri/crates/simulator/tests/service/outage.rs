//! Servers that are killed while games are played.

use std::collections::BTreeMap;

use mongodb::bson::{Document, doc};
use simulator::{Acknowledged, SimulatorOptions};
use tokio::sync::mpsc;

use crate::fixture::{Fixture, Playing};

fn steady() -> SimulatorOptions {
    SimulatorOptions { rate: 400.0, live_tables: 4, ..SimulatorOptions::default() }
}

async fn drain(mut receiver: mpsc::Receiver<Acknowledged>) -> Vec<Acknowledged> {
    let mut all = Vec::new();
    while let Some(acknowledged) = receiver.recv().await {
        all.push(acknowledged);
    }
    all
}

/// Every acknowledged event is in MongoDB with its hash.
async fn assert_kept(fixture: &Fixture, acknowledged: &[Acknowledged]) {
    let events: Vec<Document> = fixture.all("game_events").await;
    let stored: BTreeMap<(String, i64), String> = events
        .iter()
        .map(|event| {
            let text = |name: &str| event.get_str(name).unwrap().to_owned();
            ((text("gameId"), event.get_i64("seq").unwrap()), text("hash"))
        })
        .collect();
    for event in acknowledged {
        let key = (event.game_id.clone(), event.seq as i64);
        assert_eq!(stored.get(&key), Some(&event.hash), "{event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_event_is_lost_when_mongod_is_killed() {
    let mut fixture = Fixture::start().await;
    let (sender, receiver) = mpsc::channel(64);
    let received = tokio::spawn(drain(receiver));
    let simulator = fixture.simulator(steady()).await;
    let mut playing = Playing::acknowledging(simulator, Some(sender));
    playing.events(100).await;
    for _ in 0..2 {
        fixture.sandbox.kill_mongod(0).await.unwrap();
        playing.until(|report| report.outage.is_some()).await;
        fixture.sandbox.restart_mongod(0).await.unwrap();
        playing.until(|report| report.outage.is_none()).await;
        playing.events(50).await;
    }
    let report = playing.stop().await;
    assert!(report.retries > 0);
    let acknowledged = received.await.unwrap();
    assert_eq!(acknowledged.len() as u64, report.events);
    assert_kept(&fixture, &acknowledged).await;
    fixture.assert_consistent().await;
    fixture.sandbox.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn play_goes_on_after_redis_was_killed_or_emptied() {
    let mut fixture = Fixture::start().await;
    let mut playing = Playing::start(fixture.simulator(steady()).await);
    playing.events(100).await;
    fixture.sandbox.kill_redis().await.unwrap();
    playing.until(|report| report.outage.is_some()).await;
    fixture.sandbox.restart_redis().await.unwrap();
    playing.until(|report| report.outage.is_none()).await;
    playing.events(50).await;

    // Without its data, Redis is given the games again from MongoDB.
    let mut redis = fixture.redis().await;
    let () = redis::cmd("FLUSHALL").query_async(&mut redis).await.unwrap();
    playing.events(100).await;
    playing.stop().await;
    for game in fixture.all::<Document>("games").await {
        let id = game.get_str("_id").unwrap();
        let log = fixture.log(id).await;
        assert_eq!(log.len() as i64, game.get_i64("seq").unwrap());
    }
    assert_eq!(fixture.count("games", doc! { "epoch": { "$lt": 1_i64 } }).await, 0);
    fixture.assert_consistent().await;
    fixture.sandbox.stop().await.unwrap();
}
