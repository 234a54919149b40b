//! Bulk generation.

use mongodb::bson::doc;
use simulator::{Modules, SimulatorOptions};

use crate::fixture::Fixture;

#[tokio::test(flavor = "multi_thread")]
async fn finished_games_are_consistent_also_after_a_second_run() {
    let fixture = Fixture::start().await;
    let options = SimulatorOptions { modules: Modules::All, ..SimulatorOptions::default() };
    let simulator = fixture.simulator(options).await;
    let first = simulator.bulk(70).await.unwrap();
    assert_eq!(first.games, 70);
    let second = simulator.bulk(25).await.unwrap();
    assert_eq!(second.games, 25);
    assert_eq!(fixture.assert_consistent().await, 95);
    assert_eq!(fixture.count("games", doc! {}).await, 0);
    assert_eq!(fixture.count("game_events", doc! {}).await, first.events + second.events);
    assert_eq!(fixture.count("rooms", doc! { "status": { "$ne": "closed" } }).await, 0);
    assert_eq!(fixture.count("config", doc! {}).await, 5);
    let chinese = doc! { "nick": { "$regex": "^[\u{4e00}-\u{9fff}]+[0-9]*$" } };
    let users = fixture.count("users", doc! {}).await;
    assert_eq!(fixture.count("users", chinese).await, users);
    fixture.sandbox.stop().await.unwrap();
}
