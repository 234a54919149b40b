//! BK-4, BK-5, TC-02, TC-06: increments and differentials on a real server hold exactly what the
//! database held at their cluster time, cost what changed, and say so when a full was needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use acceptance::corpus;
use acceptance::service::{DATABASE, Service};
use mongodb::IndexModel;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use mongodb::options::IndexOptions;
use sandbox::SandboxOptions;
use serde_json::Value;

async fn take(service: &Service, method: &str) -> Value {
    let arguments = ["--json", "backup", "create", "--method", method];
    service.avault(&arguments).await.ended(0).json()["summary"].clone()
}

fn id(summary: &Value) -> &str {
    summary["id"].as_str().unwrap()
}

/// Restores a set into a database of its own and compares it, document by document and definition
/// by definition, with what the service holds now.
async fn assert_is_the_present(service: &Service, summary: &Value, name: &str) {
    let before = service.documents(DATABASE).await;
    service.avault(&["restore", id(summary), "--database", name]).await.ended(0);
    assert!(service.documents(name).await == before, "{name}: other documents came back");
    assert_eq!(service.metadata(name).await, service.metadata(DATABASE).await);
}

async fn verify(service: &Service) {
    service.avault(&["backup", "verify", "--all", "--level", "3"]).await.ended(0);
}

async fn fill(service: &Service) {
    service
        .fill(&["users", "game_history", "stats"], 2_000, |name, at| {
            doc! { "_id": format!("{name}-{at:05}"), "rating": 1200 + at, "text": "x".repeat(300) }
        })
        .await;
    service.fill(&["rooms", "config"], 50, |name, at| doc! { "_id": format!("{name}-{at}") }).await;
    let odd = service.database().collection::<RawDocumentBuf>("room_events");
    odd.insert_many(corpus::plain()).await.unwrap();
}

/// Changes of every kind that the oplog tells document by document, one in a hundred.
async fn change(service: &Service, round: i32) {
    let users = service.database().collection::<Document>("users");
    for at in (round..2_000).step_by(100) {
        let one = doc! { "_id": format!("users-{at:05}") };
        users.update_one(one, doc! { "$inc": { "rating": 7 } }).await.unwrap();
    }
    users.delete_one(doc! { "_id": format!("users-{:05}", 40 + round) }).await.unwrap();
    let history = service.database().collection::<Document>("game_history");
    let new =
        (0..20).map(|at| doc! { "_id": format!("new-{round}-{at}"), "text": "y".repeat(300) });
    history.insert_many(new).await.unwrap();
    let stats = service.database().collection::<Document>("stats");
    let mut session = service.client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    for at in [round, round + 500] {
        let one = doc! { "_id": format!("stats-{at:05}") };
        let set = doc! { "$set": { "wins": round } };
        stats.update_one(one, set).session(&mut session).await.unwrap();
    }
    session.commit_transaction().await.unwrap();
    let odd = service.database().collection::<Document>("room_events");
    odd.insert_one(doc! { "_id": format!("odd-{round}"), "v": f64::NAN }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tc_02_an_increment_stores_only_what_changed() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    let full = take(&service, "full").await;
    change(&service, 1).await;
    let increment = take(&service, "incremental").await;
    assert_eq!(increment["method"], "incremental");
    assert_eq!(increment["base"], full["id"]);
    assert_eq!(increment["instead"], Value::Null);
    let stored = |summary: &Value| summary["storedBytes"].as_u64().unwrap();
    assert!(stored(&increment) * 5 < stored(&full), "{increment} after {full}");
    assert_is_the_present(&service, &increment, "first").await;
    verify(&service).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tc_06_a_restore_along_any_chain() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    let full = take(&service, "full").await;
    let mut before = full.clone();
    // Longer than layers are kept.
    for round in 1..=14 {
        change(&service, round).await;
        let increment = take(&service, "incremental").await;
        assert_eq!(increment["base"], before["id"]);
        before = increment;
    }
    assert_is_the_present(&service, &before, "chain").await;

    // BK-5: a differential stands on the last full, however many increments lie between.
    change(&service, 15).await;
    let differential = take(&service, "differential").await;
    assert_eq!(differential["base"], full["id"]);
    assert_is_the_present(&service, &differential, "differential").await;

    // A synthetic full is of the same moment, and the next differential stands on it.
    let synthetic = take(&service, "synthetic").await;
    assert_eq!(synthetic["base"], differential["id"]);
    assert_eq!(synthetic["clusterTime"], differential["clusterTime"]);
    assert_is_the_present(&service, &synthetic, "synthetic").await;
    change(&service, 16).await;
    let next = take(&service, "differential").await;
    assert_eq!(next["base"], synthetic["id"]);
    assert_is_the_present(&service, &next, "next").await;
    verify(&service).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_04_every_change_of_definitions_is_followed() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    let database = service.database();
    let full = take(&service, "full").await;

    // Indexes and options change in place.
    let users = database.collection::<Document>("users");
    let unique = IndexOptions::builder().unique(true).sparse(true).build();
    let model = IndexModel::builder().keys(doc! { "nick": 1 }).options(unique).build();
    users.create_index(model).await.unwrap();
    let validator = doc! { "collMod": "config", "validator": { "_id": { "$type": "string" } } };
    database.run_command(validator).await.unwrap();
    // Dropped and created again with other options; dropped; renamed away and another one in.
    database.collection::<Document>("stats").drop().await.unwrap();
    database
        .create_collection("stats")
        .collation(mongodb::options::Collation::builder().locale("zh").build())
        .await
        .unwrap();
    let stats = database.collection::<Document>("stats");
    stats.insert_one(doc! { "_id": "global", "games": 1 }).await.unwrap();
    database.collection::<Document>("rooms").drop().await.unwrap();
    let admin = service.client.database("admin");
    let rename = |from: &str, to: &str| {
        doc! { "renameCollection": format!("{DATABASE}.{from}"), "to": format!("{DATABASE}.{to}") }
    };
    admin.run_command(rename("game_history", "old_history")).await.unwrap();
    let copy = database.collection::<Document>("copy");
    copy.insert_one(doc! { "_id": "only" }).await.unwrap();
    admin.run_command(rename("copy", "game_history")).await.unwrap();
    // One that was not there.
    let games = database.collection::<Document>("games");
    games.insert_one(doc! { "_id": "G1" }).await.unwrap();

    let increment = take(&service, "incremental").await;
    assert_eq!((&increment["base"], &increment["instead"]), (&full["id"], &Value::Null));
    database.collection::<Document>("old_history").drop().await.unwrap();
    assert_is_the_present(&service, &increment, "defined").await;

    // Nothing but an index: no document is stored again.
    users.drop_index("nick_1").await.unwrap();
    let next = take(&service, "incremental").await;
    assert_is_the_present(&service, &next, "undefined").await;

    // A restore in place renames: its collections are others from then on.
    users.delete_many(doc! {}).await.unwrap();
    service.avault(&["restore", id(&next), "--yes", DATABASE]).await.ended(0);
    users.delete_one(doc! { "_id": "users-00003" }).await.unwrap();
    let after = take(&service, "incremental").await;
    assert_eq!(after["method"], "incremental");
    assert_is_the_present(&service, &after, "after").await;
    verify(&service).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_04_an_increment_of_one_side_of_the_events_follows_games_that_end() {
    let service = Service::start().await;
    service.init().await;
    let (games, events) = (
        service.database().collection::<Document>("games"),
        service.database().collection::<Document>("game_events"),
    );
    for game in 0..30 {
        games.insert_one(doc! { "_id": format!("G{game:02}") }).await.unwrap();
        let log = (0..20).map(|seq| {
            doc! { "_id": format!("G{game:02}/{seq}"), "gameId": format!("G{game:02}"), "seq": seq }
        });
        events.insert_many(log).await.unwrap();
    }
    let one = |method: &'static str| {
        let arguments = ["--json", "backup", "create", "--class", "active", "--method", method];
        let service = &service;
        async move { service.avault(&arguments).await.ended(0).json()["summary"].clone() }
    };
    let full = one("full").await;
    games.delete_many(doc! { "_id": { "$lt": "G10" } }).await.unwrap();
    events.insert_one(doc! { "_id": "G15/20", "gameId": "G15", "seq": 20 }).await.unwrap();
    let increment = one("incremental").await;
    assert_eq!((&increment["base"], &increment["instead"]), (&full["id"], &Value::Null));
    games.insert_one(doc! { "_id": "G03" }).await.unwrap();
    let next = one("incremental").await;
    for (summary, expected) in [(&increment, 20 * 20 + 1), (&next, 21 * 20 + 1)] {
        let name = format!("side{expected}");
        service.avault(&["restore", id(summary), "--database", &name]).await.ended(0);
        let restored = service.documents(&name).await;
        assert_eq!(restored["game_events"].len(), expected);
    }
    // Over a set that holds both sides together there is no such part to stand on.
    take(&service, "full").await;
    let instead = one("incremental").await;
    assert_eq!(instead["instead"]["reason"], "part_without_base");
    assert_eq!(instead["method"], "full");
    service.stop().await;
}

/// Writes until the oplog has forgotten a cluster time. The server forgets only what its last
/// periodic checkpoint holds, and nothing tells of that; so it is looked at now and then.
async fn forget(service: &Service, time: &str) {
    let admin = service.client.database("admin");
    admin.run_command(doc! { "setParameter": 1, "syncdelay": 1.0 }).await.unwrap();
    let oplog = service.client.database("local").collection::<Document>("oplog.rs");
    let noise = service.client.database("elsewhere").collection::<Document>("noise");
    let seconds: u32 = time.split(',').next().unwrap().parse().unwrap();
    let mut looks = tokio::time::interval(std::time::Duration::from_millis(500));
    for _ in 0..300 {
        looks.tick().await;
        noise.insert_many((0..50).map(|_| doc! { "text": "z".repeat(20_000) })).await.unwrap();
        let oldest = oplog.find_one(doc! {}).await.unwrap().unwrap();
        if oldest.get_timestamp("ts").unwrap().time > seconds {
            return;
        }
    }
    panic!("the oplog forgets nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_04_an_overrun_oplog_makes_a_full_that_says_so() {
    let options = SandboxOptions { oplog_mb: 1, ..SandboxOptions::default() };
    let service = Service::start_with(options).await;
    service.init().await;
    fill(&service).await;

    let first = take(&service, "incremental").await;
    assert_eq!(first["instead"]["reason"], "no_base");
    change(&service, 1).await;
    forget(&service, first["clusterTime"].as_str().unwrap()).await;
    let increment = take(&service, "incremental").await;
    assert_eq!(increment["method"], "full");
    assert_eq!(increment["instead"]["asked"], "incremental");
    assert_eq!(increment["instead"]["reason"], "oplog_overrun");
    assert_is_the_present(&service, &increment, "overrun").await;
    let jobs = service.avault(&["--json", "job", "list"]).await.ended(0);
    assert!(jobs.stdout.contains("instead_oplog_overrun"), "the job's log says why");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_04_increments_beside_a_writer_are_of_one_moment() {
    let service = Service::start().await;
    service.init().await;
    let pairs = service.client.clone();
    let stop = tokio_util::sync::CancellationToken::new();
    let stopped = stop.clone();
    // Each transaction moves one from a document to another: every moment sums up to zero.
    let left = service.database().collection::<Document>("users");
    let right = service.database().collection::<Document>("stats");
    for at in 0..50 {
        left.insert_one(doc! { "_id": at, "sum": 0_i64 }).await.unwrap();
        right.insert_one(doc! { "_id": at, "sum": 0_i64 }).await.unwrap();
    }
    let writer = tokio::spawn(async move {
        let database = pairs.database(DATABASE);
        let mut moved = 0_i64;
        while !stopped.is_cancelled() {
            let mut session = pairs.start_session().await.unwrap();
            session.start_transaction().await.unwrap();
            for (name, by) in [("users", 1_i64), ("stats", -1)] {
                let one = doc! { "_id": moved % 50 };
                let inc = doc! { "$inc": { "sum": by } };
                let collection = database.collection::<Document>(name);
                collection.update_one(one, inc).session(&mut session).await.unwrap();
            }
            session.commit_transaction().await.unwrap();
            moved += 1;
        }
        moved
    });
    let mut taken = vec![take(&service, "full").await];
    for _ in 0..5 {
        taken.push(take(&service, "incremental").await);
    }
    stop.cancel();
    assert!(writer.await.unwrap() > 50);
    let mut sums = Vec::new();
    for (at, summary) in taken.iter().enumerate() {
        let name = format!("moment{at}");
        service.avault(&["restore", id(summary), "--database", &name]).await.ended(0);
        let restored = service.documents(&name).await;
        let sum = |collection: &str| -> i64 {
            restored[collection].iter().map(|document| document.get_i64("sum").unwrap()).sum()
        };
        assert_eq!(sum("users") + sum("stats"), 0, "{name}");
        sums.push(sum("users"));
    }
    assert!(sums.windows(2).all(|pair| pair[0] <= pair[1]), "{sums:?}");
    assert!(sums.first() < sums.last(), "{sums:?}");
    service.stop().await;
}
