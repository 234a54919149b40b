//! Obedience to the control stream.

use std::collections::HashMap;

use mongodb::bson::{Document, doc};
use redis::AsyncCommands;
use redis::streams::{StreamReadOptions, StreamReadReply};
use simulator::SimulatorOptions;

use crate::fixture::{Fixture, Playing};

/// Sends a command and waits for its acknowledgement.
async fn ask(
    redis: &mut redis::aio::MultiplexedConnection,
    command: &str,
    scope: &str,
    payload: &str,
) -> HashMap<String, String> {
    let fields = [("command", command), ("scope", scope), ("payload", payload)];
    let id: String = redis.xadd("avalon:control", "*", &fields).await.unwrap();
    let options = StreamReadOptions::default().block(250);
    let mut after = "0".to_owned();
    loop {
        let reply: Option<StreamReadReply> =
            redis.xread_options(&["avalon:control:acks"], &[&after], &options).await.unwrap();
        for entry in reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids) {
            after.clone_from(&entry.id);
            if entry.get::<String>("of").as_deref() == Some(id.as_str()) {
                let text = |(name, _): (&String, _)| (name.clone(), entry.get(name).unwrap());
                return entry.map.iter().map(text).collect();
            }
        }
    }
}

/// Waits until the heartbeat was renewed twice.
async fn two_heartbeats(redis: &mut redis::aio::MultiplexedConnection, instance: &str) {
    let key = format!("instance:{instance}");
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let value: Option<String> = redis.get(&key).await.unwrap();
        if let Some(value) = value
            && !seen.contains(&value)
        {
            seen.push(value);
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pause_resume_resync_and_append_are_obeyed() {
    let fixture = Fixture::start().await;
    let options = SimulatorOptions { rate: 300.0, live_tables: 3, ..SimulatorOptions::default() };
    let mut playing = Playing::start(fixture.simulator(options).await);
    playing.until(|report| report.playing == 3).await;
    playing.events(20).await;
    let instance = playing.report.borrow().instance.clone();
    let mut redis = fixture.redis().await;

    let ack = ask(&mut redis, "pause", "*", "").await;
    assert_eq!((ack["status"].as_str(), ack["instance"].as_str()), ("done", instance.as_str()));
    let held = fixture.count("game_events", doc! {}).await;
    assert_eq!(playing.report.borrow().events, held, "everything accepted is in MongoDB");
    two_heartbeats(&mut redis, &instance).await;
    assert_eq!(fixture.count("game_events", doc! {}).await, held);

    assert_eq!(ask(&mut redis, "resync", "*", "").await["status"], "done");
    assert_eq!(ask(&mut redis, "reload", "*", "").await["status"], "done");
    assert_eq!(ask(&mut redis, "resume", "*", "").await["status"], "done");
    playing.until(|report| report.games_recovered >= 3).await;
    playing.events(20).await;

    let refused = ask(&mut redis, "explode", "*", "").await;
    assert_eq!(refused["status"], "refused");
    append_a_snapshot_mark(&fixture, &mut redis).await;
    playing.stop().await;
    fixture.assert_consistent().await;
    fixture.sandbox.stop().await.unwrap();
}

async fn append_a_snapshot_mark(fixture: &Fixture, redis: &mut redis::aio::MultiplexedConnection) {
    let payload =
        r#"{"type":"SnapshotTaken","payload":{"moment":"K3","snapshotId":"s1","atSeq":4}}"#;
    loop {
        let live: Vec<Document> = fixture.all("games").await;
        let Some(game) = live.first() else { continue };
        let game = game.get_str("_id").unwrap();
        let ack = ask(redis, "append", game, payload).await;
        // The game may have ended between the two steps.
        if ack["status"] == "done" && ack["detail"].contains("seq") {
            let marked = doc! { "gameId": game, "type": "SnapshotTaken" };
            assert_eq!(fixture.count("game_events", marked).await, 1);
            return;
        }
    }
}
