//! BK-3: scan and delta together are the exact state at T1, with a writer running.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use source::mongo::{
    CaptureWindow, ChangeFeed, CollectionInfo, DdlChange, Image, MembershipFilter, MongoSource,
    ScanOptions,
};
use source::profile::Part;
use source::{SourceError, sortkey};
use tokio::task::JoinHandle;

use crate::bson::{int_id, raw};
use crate::corpus::mixed_ids;
use crate::servers::Servers;

type State = BTreeMap<Vec<u8>, Bytes>;

/// Reads every range; between batches the window is advanced.
async fn scan(
    source: &MongoSource,
    info: &CollectionInfo,
    options: &ScanOptions,
    window: &mut CaptureWindow,
) -> State {
    let mut state = State::new();
    for range in source.plan_ranges(info, 3).await.unwrap() {
        let mut reader = source.read_range(info, &range, options.clone());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            for record in batch.iter() {
                assert!(state.insert(record.key.to_vec(), record.bytes()).is_none());
            }
            window.advance().await.unwrap();
        }
    }
    state
}

async fn apply_images(
    window: &mut CaptureWindow,
    info: &CollectionInfo,
    time: source::mongo::ClusterTime,
    filter: Option<&MembershipFilter>,
    state: &mut State,
) -> u64 {
    let mut images = window.images(info, time, filter).unwrap();
    let mut count = 0;
    let mut last: Option<Vec<u8>> = None;
    while let Some(batch) = images.next_batch().await.unwrap() {
        for image in batch {
            count += 1;
            let key = match image {
                Image::Put { key, document } => {
                    state.insert(key.clone(), document);
                    key
                }
                Image::Delete { key } => {
                    state.remove(&key);
                    key
                }
            };
            assert!(
                last.as_ref().is_none_or(|last| *last < key),
                "images are not in key order"
            );
            last = Some(key);
        }
    }
    count
}

/// The truth: one snapshot read at T1.
async fn snapshot(
    source: &MongoSource,
    info: &CollectionInfo,
    time: source::mongo::ClusterTime,
) -> State {
    let mut state = State::new();
    let options = ScanOptions {
        at: Some(time),
        ..ScanOptions::default()
    };
    for range in source.plan_ranges(info, 1).await.unwrap() {
        let mut reader = source.read_range(info, &range, options.clone());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            state.extend(
                batch
                    .iter()
                    .map(|record| (record.key.to_vec(), record.bytes())),
            );
        }
    }
    state
}

/// Inserts, updates, deletes and multi-document transactions until told to stop.
fn writer(source: &MongoSource, stop: Arc<AtomicBool>, written: Arc<AtomicU64>) -> JoinHandle<()> {
    let source = source.clone();
    tokio::spawn(async move {
        let things = source.database().collection::<Document>("things");
        let mut round = 0_i64;
        while !stop.load(Ordering::Relaxed) {
            round += 1;
            let at = round * 7919 % 4000;
            things.delete_one(doc! { "_id": at }).await.unwrap();
            things
                .update_one(doc! { "_id": at + 3 }, doc! { "$set": { "round": round } })
                .upsert(true)
                .await
                .unwrap();
            things
                .update_one(doc! { "_id": "a" }, doc! { "$inc": { "n": 1 } })
                .upsert(true)
                .await
                .unwrap();
            things
                .insert_one(doc! { "_id": 1_000_000 + round, "new": true })
                .await
                .unwrap();
            // The same _id with another number type.
            things.delete_one(doc! { "_id": 42 }).await.unwrap();
            let forty_two = if round % 2 == 0 {
                doc! { "_id": 42.0 }
            } else {
                doc! { "_id": 42_i64 }
            };
            things.insert_one(forty_two).await.unwrap();
            if round % 10 == 0 {
                transaction(&source, round).await;
            }
            written.fetch_add(1, Ordering::Relaxed);
        }
    })
}

async fn transaction(source: &MongoSource, round: i64) {
    let things = source.database().collection::<Document>("things");
    let mut session = source.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    for offset in 0..20 {
        let id = 2_000_000 + round * 100 + offset;
        things
            .insert_one(doc! { "_id": id, "in": "transaction" })
            .session(&mut session)
            .await
            .unwrap();
    }
    things
        .delete_one(doc! { "_id": round * 13 % 4000 })
        .session(&mut session)
        .await
        .unwrap();
    if round % 20 == 0 {
        session.commit_transaction().await.unwrap();
    } else {
        session.abort_transaction().await.unwrap();
    }
}

async fn fill(source: &MongoSource) {
    let target = source.target("avalon");
    let filler = [b'x'; 4000];
    let documents: Vec<Bytes> = (0..4000)
        .map(|id| {
            let filler = crate::bson::binary(0, &filler);
            raw(&[
                int_id(id),
                (source::rawbson::kind::BINARY, "filler", filler),
            ])
        })
        .collect();
    target.insert_raw("things", &documents).await.unwrap();
    let ids = mixed_ids();
    let known: std::collections::BTreeSet<_> = documents
        .iter()
        .map(|document| sortkey::of_document(document).unwrap())
        .collect();
    let others: Vec<Bytes> = ids
        .into_iter()
        .filter(|id| !known.contains(&sortkey::of_document(id).unwrap()))
        .collect();
    target.insert_raw("things", &others).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bk_3_scan_and_delta_equal_the_snapshot_with_a_writer_running() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    fill(&source).await;
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU64::new(0));
    let task = writer(&source, stop.clone(), written.clone());

    for round in 1..=4 {
        let goal = written.load(Ordering::Relaxed) + 30;
        let info = source.inspect_collection("things").await.unwrap().unwrap();
        let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog)
            .await
            .unwrap();
        let options = ScanOptions {
            after: Some(window.opened_at()),
            ..ScanOptions::default()
        };
        let mut state = scan(&source, &info, &options, &mut window).await;
        while written.load(Ordering::Relaxed) < goal {
            window.advance().await.unwrap();
        }
        let names = ["things".to_owned()];
        let mut end = window.close(&names).await.unwrap();
        if round % 2 == 0 {
            // As after a snapshot that grew too old: a later end, all images again.
            end = window.close(&names).await.unwrap();
        }
        assert!(end.rescan.is_empty() && end.ddl.is_empty());
        let images =
            apply_images(&mut window, &end.collections[0], end.time, None, &mut state).await;
        assert!(images > 30, "only {images} documents were touched");
        let truth = snapshot(&source, &end.collections[0], end.time).await;
        assert!(
            state == truth,
            "round {round}: scan and delta differ from the snapshot"
        );
    }
    stop.store(true, Ordering::Relaxed);
    task.await.unwrap();
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_begun_before_the_window_and_split_over_entries_is_followed() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let big = source.database().collection::<Document>("big");
    big.insert_one(doc! { "_id": 0 }).await.unwrap();
    let info = source.inspect_collection("big").await.unwrap().unwrap();

    let mut session = source.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let payload = "x".repeat(3_000_000);
    for id in 1..=12 {
        let document = doc! { "_id": id, "payload": &payload };
        big.insert_one(document)
            .session(&mut session)
            .await
            .unwrap();
    }
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog)
        .await
        .unwrap();
    let options = ScanOptions {
        after: Some(window.opened_at()),
        ..ScanOptions::default()
    };
    let mut state = scan(&source, &info, &options, &mut window).await;
    assert_eq!(state.len(), 1);
    session.commit_transaction().await.unwrap();

    let end = window.close(&["big".to_owned()]).await.unwrap();
    assert_eq!(window.touched("big"), 12);
    apply_images(&mut window, &info, end.time, None, &mut state).await;
    assert!(state == snapshot(&source, &info, end.time).await);

    // Entries of one commit may lie on both sides of a restart: then they are read again too.
    let since = window.restart("big").await.unwrap();
    assert!(since >= end.time);
    assert_eq!(window.touched("big"), 0);
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn definitions_changed_in_the_window_are_told() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let database = source.database().clone();
    let one = |name: &str| {
        let collection = database.collection::<Document>(name);
        async move {
            collection
                .insert_one(doc! { "_id": 1 })
                .await
                .map(|_| ())
                .unwrap()
        }
    };
    for name in [
        "dropped",
        "renamed",
        "indexed",
        "modified",
        "log_source",
        "calm",
    ] {
        one(name).await;
    }
    database
        .run_command(doc! { "create": "log", "capped": true, "size": 4096 })
        .await
        .unwrap();
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog)
        .await
        .unwrap();

    database
        .collection::<Document>("dropped")
        .drop()
        .await
        .unwrap();
    one("dropped").await;
    source
        .target("avalon")
        .rename("renamed", "avalon", "fresh name", false)
        .await
        .unwrap();
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

    let names: Vec<String> = [
        "dropped",
        "renamed",
        "fresh name",
        "indexed",
        "modified",
        "log",
        "calm",
        "view",
    ]
    .map(str::to_owned)
    .to_vec();
    let end = window.close(&names).await.unwrap();
    let changes = |name: &str| -> Vec<DdlChange> {
        let namespace = format!("avalon.{name}");
        let of_it = end.ddl.iter().filter(|event| event.namespace == namespace);
        of_it.map(|event| event.change.clone()).collect()
    };
    assert_eq!(changes("dropped"), [DdlChange::Dropped, DdlChange::Created]);
    assert_eq!(
        changes("renamed"),
        [DdlChange::RenamedTo("avalon.fresh name".into())]
    );
    assert_eq!(
        changes("fresh name"),
        [DdlChange::RenamedFrom("avalon.renamed".into())]
    );
    assert_eq!(changes("indexed"), [DdlChange::IndexesCreated]);
    assert_eq!(changes("modified"), [DdlChange::Modified]);
    assert!(changes("calm").is_empty());
    let void: Vec<&str> = end
        .rescan
        .iter()
        .map(|event| event.namespace.as_str())
        .collect();
    assert_eq!(
        void,
        [
            "avalon.dropped",
            "avalon.renamed",
            "avalon.fresh name",
            "avalon.log"
        ]
    );
    let present: Vec<&str> = end
        .collections
        .iter()
        .map(|info| info.name.as_str())
        .collect();
    assert_eq!(
        present,
        [
            "calm",
            "dropped",
            "fresh name",
            "indexed",
            "log",
            "modified",
            "view"
        ]
    );

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
    let info = source
        .inspect_collection("game_events")
        .await
        .unwrap()
        .unwrap();

    for part in [Part::Unfinished, Part::Finished] {
        let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog)
            .await
            .unwrap();
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
            games
                .delete_one(doc! { "_id": format!("game {:02}", game + shift) })
                .await
                .unwrap();
        }
        games
            .insert_one(doc! { "_id": format!("game {:02}", 3 + shift) })
            .await
            .unwrap();
        games
            .insert_one(doc! { "_id": format!("new {shift}") })
            .await
            .unwrap();
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_reopens_and_an_overrun_oplog_is_told() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let things = source.database().collection::<Document>("things");
    things.insert_one(doc! { "_id": 1 }).await.unwrap();
    let window = CaptureWindow::open(&source, ChangeFeed::Oplog)
        .await
        .unwrap();
    things.insert_one(doc! { "_id": 2 }).await.unwrap();
    let opened_at = window.opened_at();
    drop(window);

    let mut window = CaptureWindow::reopen(&source, ChangeFeed::Oplog, opened_at)
        .await
        .unwrap();
    assert_eq!(window.touched("things"), 1);
    assert!(window.close(&["things".to_owned()]).await.unwrap().time > opened_at);

    // Where the oplog does not reach, whether it was there once or not.
    let oldest = source.probe().await.unwrap().oplog.unwrap().oldest;
    let earlier = source::mongo::ClusterTime {
        time: oldest.time - 1,
        increment: 1,
    };
    let error = CaptureWindow::reopen(&source, ChangeFeed::Oplog, earlier)
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, SourceError::OplogOverrun { from, oldest: found }
            if *from == earlier && *found == oldest),
        "{error}"
    );

    let refused = CaptureWindow::open(&source, ChangeFeed::ChangeStream)
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, SourceError::Unsupported { .. }));
    servers.stop().await;
}
