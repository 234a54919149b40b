//! BK-3: scan and delta together are the exact state at T1, with a writer running.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use mongodb::bson::{Document, doc};
use source::mongo::{CaptureWindow, ChangeFeed, MongoSource, ScanOptions};
use source::{SourceError, sortkey};
use tokio::task::JoinHandle;

use crate::bson::{int_id, raw};
use crate::capture::{apply_images, scan, snapshot};
use crate::corpus::mixed_ids;
use crate::servers::Servers;

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
            things.insert_one(doc! { "_id": 1_000_000 + round, "new": true }).await.unwrap();
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
    things.delete_one(doc! { "_id": round * 13 % 4000 }).session(&mut session).await.unwrap();
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
            raw(&[int_id(id), (source::rawbson::kind::BINARY, "filler", filler)])
        })
        .collect();
    target.insert_raw("things", &documents).await.unwrap();
    let ids = mixed_ids();
    let known: std::collections::BTreeSet<_> =
        documents.iter().map(|document| sortkey::of_document(document).unwrap()).collect();
    let others: Vec<Bytes> =
        ids.into_iter().filter(|id| !known.contains(&sortkey::of_document(id).unwrap())).collect();
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
        let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();
        let options = ScanOptions { after: Some(window.opened_at()), ..ScanOptions::default() };
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
        assert!(state == truth, "round {round}: scan and delta differ from the snapshot");
    }
    stop.store(true, Ordering::Relaxed);
    task.await.unwrap();
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_begun_before_the_window_and_split_over_entries_is_seen() {
    // 18 MB in one transaction: more than an oplog entry holds, and room for it in the cache.
    let options = sandbox::SandboxOptions {
        redis: sandbox::RedisTopology::None,
        cache_gb: 1.0,
        ..sandbox::SandboxOptions::default()
    };
    let servers = Servers { sandbox: sandbox::Sandbox::start(options).await.unwrap() };
    let source = servers.source().await;
    let big = source.database().collection::<Document>("big");
    big.insert_one(doc! { "_id": 0 }).await.unwrap();
    let info = source.inspect_collection("big").await.unwrap().unwrap();

    let mut session = source.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let payload = "x".repeat(3_000_000);
    for id in 1..=6 {
        let document = doc! { "_id": id, "payload": &payload };
        big.insert_one(document).session(&mut session).await.unwrap();
    }
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();
    let options = ScanOptions { after: Some(window.opened_at()), ..ScanOptions::default() };
    let mut state = scan(&source, &info, &options, &mut window).await;
    assert_eq!(state.len(), 1);
    session.commit_transaction().await.unwrap();

    let end = window.close(&["big".to_owned()]).await.unwrap();
    assert_eq!(window.touched("big"), 6);
    apply_images(&mut window, &info, end.time, None, &mut state).await;
    assert!(state == snapshot(&source, &info, end.time).await);

    let since = window.restart("big").await.unwrap();
    assert!(since >= end.time);
    assert_eq!(window.touched("big"), 0);
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_reopens_and_an_overrun_oplog_is_told() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let things = source.database().collection::<Document>("things");
    things.insert_one(doc! { "_id": 1 }).await.unwrap();
    let window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();
    things.insert_one(doc! { "_id": 2 }).await.unwrap();
    let opened_at = window.opened_at();
    drop(window);

    let mut window = CaptureWindow::reopen(&source, ChangeFeed::Oplog, opened_at).await.unwrap();
    assert_eq!(window.touched("things"), 1);
    assert!(window.close(&["things".to_owned()]).await.unwrap().time > opened_at);

    // Where the oplog does not reach, whether it was there once or not.
    let oldest = source.probe().await.unwrap().oplog.unwrap().oldest;
    let earlier = source::mongo::ClusterTime { time: oldest.time - 1, increment: 1 };
    let error = CaptureWindow::reopen(&source, ChangeFeed::Oplog, earlier).await.err().unwrap();
    assert!(
        matches!(&error, SourceError::OplogOverrun { from, oldest: found }
            if *from == earlier && *found == oldest),
        "{error}"
    );

    let refused = CaptureWindow::open(&source, ChangeFeed::ChangeStream).await.err().unwrap();
    assert!(matches!(refused, SourceError::Unsupported { .. }));
    servers.stop().await;
}
