//! Definitions and memberships that change inside the window.

use mongodb::bson::{Document, doc};
use source::mongo::{CaptureWindow, ChangeFeed, DdlChange, ScanOptions};
use source::profile::Part;

use crate::capture::{apply_images, scan, snapshot};
use crate::servers::Servers;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn definitions_changed_in_the_window_are_told() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let database = source.database().clone();
    let one = |name: &str| {
        let collection = database.collection::<Document>(name);
        async move { collection.insert_one(doc! { "_id": 1 }).await.map(|_| ()).unwrap() }
    };
    for name in ["dropped", "renamed", "indexed", "modified", "log_source", "calm"] {
        one(name).await;
    }
    database.run_command(doc! { "create": "log", "capped": true, "size": 4096 }).await.unwrap();
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();

    database.collection::<Document>("dropped").drop().await.unwrap();
    one("dropped").await;
    source.target("avalon").rename("renamed", "avalon", "fresh name", false).await.unwrap();
    let index = doc! { "createIndexes": "indexed",
    "indexes": [{ "key": { "a": 1 }, "name": "by a" }] };
    database.run_command(index).await.unwrap();
    let validator = doc! { "collMod": "modified", "validator": { "a": { "$exists": true } } };
    database.run_command(validator).await.unwrap();
    one("log").await;
    database
        .run_command(doc! { "create": "view", "viewOn": "calm", "pipeline": [] })
        .await
        .unwrap();

    let names: Vec<String> =
        ["dropped", "renamed", "fresh name", "indexed", "modified", "log", "calm", "view"]
            .map(str::to_owned)
            .to_vec();
    let end = window.close(&names).await.unwrap();
    let changes = |name: &str| -> Vec<DdlChange> {
        let namespace = format!("avalon.{name}");
        let of_it = end.ddl.iter().filter(|event| event.namespace == namespace);
        of_it.map(|event| event.change.clone()).collect()
    };
    assert_eq!(changes("dropped"), [DdlChange::Dropped, DdlChange::Created]);
    assert_eq!(changes("renamed"), [DdlChange::RenamedTo("avalon.fresh name".into())]);
    assert_eq!(changes("fresh name"), [DdlChange::RenamedFrom("avalon.renamed".into())]);
    assert_eq!(changes("indexed"), [DdlChange::IndexesCreated]);
    assert_eq!(changes("modified"), [DdlChange::Modified]);
    assert!(changes("calm").is_empty());
    assert_eq!(changes("view"), [DdlChange::Modified]);
    let void: Vec<&str> = end.rescan.iter().map(|event| event.namespace.as_str()).collect();
    assert_eq!(void, ["avalon.dropped", "avalon.renamed", "avalon.fresh name", "avalon.log"]);
    let present: Vec<&str> = end.collections.iter().map(|info| info.name.as_str()).collect();
    assert_eq!(present, ["calm", "dropped", "fresh name", "indexed", "log", "modified", "view"]);

    for name in ["dropped", "renamed", "fresh name", "log"] {
        window.restart(name).await.unwrap();
    }
    assert!(window.close(&names).await.unwrap().rescan.is_empty());
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_part_of_the_events_is_exact_when_games_end_and_come_back() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let database = source.database().clone();
    let games = database.collection::<Document>("games");
    let events = database.collection::<Document>("game_events");
    for game in 0..40 {
        let id = format!("game {game:02}");
        if game % 2 == 0 {
            games.insert_one(doc! { "_id": &id }).await.unwrap();
        }
        let log = (0..30).map(|seq| doc! { "_id": format!("{game}/{seq}"), "gameId": &id });
        events.insert_many(log).await.unwrap();
    }
    events.insert_one(doc! { "_id": "stray" }).await.unwrap();
    let info = source.inspect_collection("game_events").await.unwrap().unwrap();

    for part in [Part::Unfinished, Part::Finished] {
        let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();
        let filter = window.split_events(part).await.unwrap();
        let options = ScanOptions {
            after: Some(window.opened_at()),
            membership: Some(filter),
            ..ScanOptions::default()
        };
        let mut state = scan(&source, &info, &options, &mut window).await;
        // Two games end, one comes back, one begins, one vanishes with all of its events.
        let shift = if part == Part::Finished { 20 } else { 0 };
        for game in [2, 4] {
            games.delete_one(doc! { "_id": format!("game {:02}", game + shift) }).await.unwrap();
        }
        games.insert_one(doc! { "_id": format!("game {:02}", 3 + shift) }).await.unwrap();
        games.insert_one(doc! { "_id": format!("new {shift}") }).await.unwrap();
        events
            .insert_one(doc! { "_id": format!("new {shift}/1"), "gameId": format!("new {shift}") })
            .await
            .unwrap();
        let gone = format!("game {:02}", 6 + shift);
        games.delete_one(doc! { "_id": &gone }).await.unwrap();
        events.delete_many(doc! { "gameId": &gone }).await.unwrap();

        let end = window.close(&["game_events".to_owned()]).await.unwrap();
        let live = end.live.unwrap();
        let filter = window.filter_at_end(part, &live).unwrap();
        apply_images(&mut window, &info, end.time, Some(&filter), &mut state).await;
        let mut truth = snapshot(&source, &info, end.time).await;
        truth.retain(|_, document| filter.keeps(document).unwrap());
        assert!(truth.len() > 300);
        assert!(state == truth, "{part:?} is not exact");
    }
    servers.stop().await;
}
