//! Live play.

use mongodb::bson::{Document, doc};
use redis::AsyncCommands;
use simulator::SimulatorOptions;

use crate::fixture::{Fixture, Playing};

fn quick(games: Option<u64>) -> SimulatorOptions {
    SimulatorOptions { rate: 2_000.0, live_tables: 3, games, ..SimulatorOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_played_series_checks_clean_and_leaves_no_live_game() {
    let fixture = Fixture::start().await;
    let report = Playing::start(fixture.simulator(quick(Some(6))).await).end().await;
    assert_eq!(report.games_started, 6);
    assert_eq!(report.games_finished + report.games_aborted, 6);
    assert_eq!(fixture.assert_consistent().await, 6);
    assert_eq!(fixture.count("games", doc! {}).await, 0);
    assert_eq!(fixture.count("game_events", doc! {}).await, report.events);
    let mut redis = fixture.redis().await;
    let keys: Vec<String> = redis.keys("game:*").await.unwrap();
    assert!(keys.is_empty(), "{keys:?}");
    let published: u64 = redis.xlen("avalon:events").await.unwrap();
    assert_eq!(published, report.events);
    fixture.sandbox.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn games_of_an_instance_that_is_gone_are_played_on() {
    let fixture = Fixture::start().await;
    let mut first = Playing::start(fixture.simulator(quick(None)).await);
    first.until(|report| report.playing == 3).await;
    first.events(60).await;
    first.stop().await;
    let left = fixture.count("games", doc! {}).await;
    assert!(left > 0, "some game is unfinished");

    // No new games: what was left is taken over with a higher epoch and ended.
    let second = Playing::start(fixture.simulator(quick(Some(0))).await).end().await;
    assert_eq!(second.games_recovered, left);
    assert_eq!(second.games_finished + second.games_aborted, left);
    assert_eq!(fixture.count("games", doc! {}).await, 0);
    fixture.assert_consistent().await;
    fixture.sandbox.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_with_an_old_epoch_can_write_nowhere() {
    let fixture = Fixture::start().await;
    let options = SimulatorOptions { live_tables: 2, rate: 60.0, ..quick(None) };
    let mut zombie = Playing::start(fixture.simulator(options).await);
    let games = fixture.database.collection::<Document>("games");
    let live: Vec<Document> = loop {
        zombie.events(5).await;
        let live = fixture.all("games").await;
        if live.len() == 2 {
            break live;
        }
    };
    let by_redis = live[0].get_str("_id").unwrap();
    let mut redis = fixture.redis().await;
    // A new owner of one game has taken a higher epoch in Redis …
    let owner = [("instance", "other"), ("epoch", "90")];
    let () = redis.hset_multiple(format!("game:{{{by_redis}}}:owner"), &owner).await.unwrap();
    zombie.until(|report| report.fenced >= 1).await;
    // … and of another one in MongoDB.
    let filter = doc! { "_id": { "$ne": by_redis } };
    let raised = doc! { "$set": { "epoch": 90_i64 } };
    let taken = loop {
        zombie.events(5).await;
        let after = mongodb::options::ReturnDocument::After;
        let raise = games.find_one_and_update(filter.clone(), raised.clone());
        if let Some(taken) = raise.return_document(after).await.unwrap() {
            break taken;
        }
    };
    let by_mongo = taken.get_str("_id").unwrap();
    zombie.until(|report| report.fenced >= 2).await;
    zombie.stop().await;
    for game in [by_redis, by_mongo] {
        let log = fixture.log(game).await;
        let document = games.find_one(doc! { "_id": game }).await.unwrap().unwrap();
        assert_eq!(log.len() as i64, document.get_i64("seq").unwrap(), "{game}");
    }
    let kept = games.find_one(doc! { "_id": by_mongo }).await.unwrap().unwrap();
    assert_eq!(kept.get_i64("seq").unwrap(), taken.get_i64("seq").unwrap());
    fixture.sandbox.stop().await.unwrap();
}
