//! SN-1, SN-5: games as played yield exactly the key moments, whatever is killed: `avault snapshot
//! follow` on a real Redis, MongoDB and RabbitMQ; by hand; nothing of it is in the games' logs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::time::Duration;

use acceptance::rabbit::{Publisher, RabbitServer};
use acceptance::service::Service;
use avalon::event::Envelope;
use avalon::moment::Moment;
use avalon::snapshot::SnapshotType;
use futures::TryStreamExt;
use mongodb::bson::{Document, deserialize_from_document, doc};
use serde_json::Value;
use simulator::{LiveReport, Modules, Simulator, SimulatorOptions};
use source::profile::Profile;
use tokio::process::Child;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The listener's own.
const QUEUE: &str = "avault.snapshots";

/// Snapshots as game, type and event.
type Taken = BTreeSet<(String, String, u64)>;

async fn simulator(service: &Service, games: Option<u64>) -> Simulator {
    let options = SimulatorOptions {
        rate: 250.0,
        games,
        modules: Modules::All,
        ..SimulatorOptions::default()
    };
    let (mongodb, redis) = (service.sandbox.mongodb_uri(), service.sandbox.redis_url());
    Simulator::new(&mongodb, &redis, Profile::default(), options).await.unwrap()
}

/// Every event of every game, game by game.
async fn log(service: &Service) -> Vec<Envelope> {
    let events = service.database().collection::<Document>("game_events");
    let events = events.find(doc! {}).sort(doc! { "gameId": 1, "seq": 1 }).await.unwrap();
    let events: Vec<Document> = events.try_collect().await.unwrap();
    events.into_iter().map(|event| deserialize_from_document(event).unwrap()).collect()
}

/// What the rules ask to be taken of a log.
fn due(log: &[Envelope]) -> Taken {
    let of = |event: &Envelope| {
        let kind = SnapshotType::from(Moment::of(&event.event)?);
        Some((event.game_id.to_string(), kind.as_str().to_owned(), event.seq))
    };
    log.iter().filter_map(of).collect()
}

async fn listed(service: &Service) -> Vec<Value> {
    let list = ["--json", "snapshot", "list", "--limit", "10000"];
    service.avault(&list).await.ended(0).json_lines()
}

/// Waits until as many snapshots are listed, and opens each.
async fn taken(service: &Service, many: usize) -> Taken {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for _ in 0..240 {
        let rows = listed(service).await;
        assert!(rows.len() <= many, "{} instead of {many}", rows.len());
        if rows.len() < many {
            // Another process takes them: asking again is all there is.
            tokio::time::sleep(Duration::from_millis(250)).await;
            continue;
        }
        let mut taken = Taken::new();
        for row in rows {
            let view = service.avault(&["--json", "snapshot", "show", &text(&row["id"])]).await;
            let at = view.ended(0).json()["atSeq"].as_u64().unwrap();
            taken.insert((text(&row["game"]), text(&row["kind"]), at));
        }
        return taken;
    }
    panic!("{many} snapshots were never there");
}

fn follow(service: &Service, variables: &[(&str, &str)]) -> Child {
    service.spawn_with(variables, &["--json", "snapshot", "follow"])
}

/// Interrupts a listener as a person would; what it did.
async fn interrupted(listener: Child) -> Value {
    let id = listener.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = listener.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sn_05_a_listener_killed_again_and_again_takes_each_moment_once() {
    let service = Service::start().await;
    service.init().await;
    let mut listener = follow(&service, &[]);
    let games = tokio::spawn({
        let simulator = simulator(&service, Some(5)).await;
        let (report, _reports) = watch::channel(LiveReport::default());
        async move { simulator.play_live(CancellationToken::new(), report).await.unwrap() }
    });
    for kill in 0..4 {
        tokio::time::sleep(Duration::from_millis(400 + 150 * kill)).await;
        listener.kill().await.unwrap();
        listener = follow(&service, &[]);
    }
    games.await.unwrap();
    let log = log(&service).await;
    let due = due(&log);
    assert_eq!(taken(&service, due.len()).await, due);
    let outcome = interrupted(listener).await;
    assert_eq!(outcome["source"], "redis", "{outcome}");
    assert_eq!(outcome["notInLog"], 0, "{outcome}");

    // By hand too, beside the moments; and no log was written into.
    let game = log[0].game_id.as_str();
    service.avault(&["snapshot", "create", game, "--seq", "2"]).await.ended(0);
    let manual = (game.to_owned(), "manual".to_owned(), 2);
    assert!(taken(&service, due.len() + 1).await.contains(&manual));
    assert_eq!(self::log(&service).await, log);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sn_05_carrying_the_policy_out_takes_them_too() {
    let service = Service::start().await;
    service.init().await;
    let schedule = service.spawn_with(&[], &["--json", "policy", "run"]);
    let (report, _reports) = watch::channel(LiveReport::default());
    let games = simulator(&service, Some(2)).await;
    games.play_live(CancellationToken::new(), report).await.unwrap();
    let due = due(&log(&service).await);
    assert_eq!(taken(&service, due.len()).await, due);
    let outcome = interrupted(schedule).await;
    assert_eq!(outcome["failures"], 0, "{outcome}");
    service.stop().await;
}

/// Publishes events as a service would, each twice where `twice`.
async fn publish(publisher: &Publisher, events: &[Envelope], twice: bool) {
    for event in events {
        let key = format!("game.{}", event.game_id.as_str());
        let message = serde_json::to_vec(event).unwrap();
        for _ in 0..=usize::from(twice) {
            publisher.publish(&key, &message).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sn_05_events_of_a_rabbitmq_exchange_outlive_broker_and_listener() {
    let service = Service::start().await;
    service.configure("[snapshots]\nsource = \"rabbitmq\"\n");
    service.init().await;
    let mut broker = RabbitServer::start().await;
    let url = broker.url();
    let url = [("AVAULT_RABBITMQ_URL", url.as_str())];
    // Without an exchange of the service it says so: it is not ours to make.
    let refused = service.avault_with(&url, &["snapshot", "follow"]).await.ended(2);
    assert!(refused.stderr.contains("avalon.events"), "{refused:?}");

    let publisher = broker.publisher().await;
    let mut listener = follow(&service, &url);
    while broker.waiting(QUEUE).await.is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Games that have ended before anything was taken: only the exchange tells of them.
    simulator(&service, None).await.bulk(6).await.unwrap();
    let all = log(&service).await;
    let due = due(&all);
    let (before, after) = all.split_at(all.len() / 2);
    publish(&publisher, before, false).await;
    listener.kill().await.unwrap();
    drop(publisher);
    broker.restart().await;
    let publisher = broker.publisher().await;
    publish(&publisher, after, true).await;
    publisher.publish("noise", b"no event").await;
    listener = follow(&service, &url);
    assert_eq!(taken(&service, due.len()).await, due);

    // The broker goes away under the listener and comes back: the next events are taken.
    broker.restart().await;
    let publisher = broker.publisher().await;
    simulator(&service, None).await.bulk(1).await.unwrap();
    let more = log(&service).await;
    publish(&publisher, &more, false).await;
    assert_eq!(taken(&service, self::due(&more).len()).await, self::due(&more));
    let outcome = interrupted(listener).await;
    assert_eq!(outcome["source"], "rabbitmq", "{outcome}");
    assert_eq!(outcome["unreadable"], 1, "{outcome}");
    assert_eq!(broker.waiting(QUEUE).await, Some(0), "all is acknowledged");
    broker.stop().await;
    service.stop().await;
}
