//! Ranges cover everything exactly once, in the server's own order.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::TryStreamExt;
use mongodb::bson::{Document, RawDocumentBuf, doc};
use source::mongo::{CaptureWindow, ChangeFeed, MongoSource, RawBatch, ResumePoint, ScanOptions};
use source::rawbson::kind;
use source::sortkey;

use crate::bson::{binary, int_id, int64, raw, string, with_id};
use crate::capture::{State, apply_images, snapshot};
use crate::corpus::mixed_ids;
use crate::servers::Servers;

/// The `_id`s in the order of the server's `_id` index under the simple collation.
async fn server_order(source: &MongoSource, name: &str) -> Vec<Vec<u8>> {
    let collection = source.database().collection::<RawDocumentBuf>(name);
    let cursor = collection
        .find(doc! {})
        .sort(doc! { "_id": 1 })
        .projection(doc! { "_id": 1 })
        .collation(mongodb::options::Collation::builder().locale("simple".to_owned()).build())
        .await
        .unwrap();
    cursor.map_ok(|document| document.into_bytes()).try_collect().await.unwrap()
}

async fn scan(source: &MongoSource, name: &str, parts: usize) -> (usize, Vec<RawBatch>) {
    let info = source.inspect_collection(name).await.unwrap().unwrap();
    let ranges = source.plan_ranges(&info, parts).await.unwrap();
    let mut batches = Vec::new();
    for range in &ranges {
        let mut reader = source.read_range(&info, range, ScanOptions::default());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            batches.push(batch);
        }
    }
    (ranges.len(), batches)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_is_cut_where_it_was_cut_before_and_anew_behind() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let things = source.database().collection::<Document>("things");
    let fill = async |from: i32, to: i32| {
        let documents = (from..to).map(|n| doc! { "_id": n, "text": "x".repeat(1_000) });
        things.insert_many(documents).await.unwrap();
    };
    fill(0, 10_000).await;
    let info = source.inspect_collection("things").await.unwrap().unwrap();
    let first = source.plan_ranges(&info, 4).await.unwrap();
    let cuts: Vec<_> = first.iter().filter_map(|range| range.cut().cloned()).collect();
    assert_eq!(cuts.len(), 3);
    // While it does not grow it is not cut again, wherever samples lie.
    for _ in 0..5 {
        let same = source.plan_ranges_again(&info, 4, &cuts).await.unwrap();
        assert_eq!(same, first);
    }
    fill(10_000, 30_000).await;
    let info = source.inspect_collection("things").await.unwrap().unwrap();
    let again = source.plan_ranges_again(&info, 12, &cuts).await.unwrap();
    let kept: Vec<_> = again.iter().filter_map(|range| range.cut().cloned()).collect();
    assert_eq!(kept[..3], cuts[..]);
    assert!(kept.len() > 6, "{} cuts", kept.len());
    let mut keys = Vec::new();
    for range in &again {
        let mut reader = source.read_range(&info, range, ScanOptions::default());
        while let Some(batch) = reader.next_batch().await.unwrap() {
            keys.extend(batch.iter().map(|record| record.key.to_vec()));
        }
    }
    assert!(keys.len() == 30_000 && keys.is_sorted_by(|a, b| a < b));
    servers.stop().await;
}

/// Every document once, keys strictly ascending over all ranges, in the server's order.
async fn assert_exact(source: &MongoSource, name: &str, parts: usize) -> usize {
    let (ranges, batches) = scan(source, name, parts).await;
    let keys: Vec<&[u8]> =
        batches.iter().flat_map(|batch| batch.iter().map(|record| record.key)).collect();
    assert!(keys.is_sorted_by(|a, b| a < b), "{name}: keys are not strictly ascending");
    let expected: Vec<Vec<u8>> = server_order(source, name)
        .await
        .iter()
        .map(|id| sortkey::of_document(id).unwrap())
        .collect();
    assert!(expected.is_sorted_by(|a, b| a < b), "{name}: the sort key differs from the server");
    let missing: Vec<&Vec<u8>> =
        expected.iter().filter(|key| !keys.contains(&key.as_slice())).collect();
    assert!(missing.is_empty(), "{name}: {missing:x?} were not read");
    assert_eq!(keys.len(), expected.len(), "{name}: something was read that is not there");
    let info = source.inspect_collection(name).await.unwrap().unwrap();
    let mut unordered = source.read_unordered(&info);
    let mut found: Vec<Vec<u8>> = Vec::new();
    while let Some(batch) = unordered.next_batch().await.unwrap() {
        found.extend(batch.iter().map(|record| record.key.to_vec()));
    }
    found.sort();
    assert_eq!(found, expected, "{name}: as the documents lie, something else was read");
    ranges
}

/// Enough bytes beside the ids that several ranges are worthwhile.
fn padded(id: &Bytes, bytes: usize) -> Bytes {
    let id = sortkey::id_element(id).unwrap();
    raw(&[
        (id.kind, "_id", id.value.to_vec()),
        (kind::BINARY, "padding", binary(0, &vec![7; bytes])),
    ])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mixed_ids_are_read_once_in_the_servers_order() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let target = source.target("avalon");
    let mut documents: Vec<Bytes> = mixed_ids().iter().map(|id| padded(id, 200_000)).collect();
    for number in 0..300_i64 {
        documents.push(padded(&with_id(kind::INT64, int64(number * 1_000_003)), 20_000));
        documents.push(padded(&with_id(kind::STRING, string(&format!("key {number:03}"))), 20_000));
    }
    // The numbers 0 and 1 000 003 × 0 are one _id.
    let mut seen = BTreeSet::new();
    documents.retain(|document| seen.insert(sortkey::of_document(document).unwrap()));

    target.insert_raw("mixed", &documents).await.unwrap();
    let ranges = assert_exact(&source, "mixed", 6).await;
    assert!(ranges > 3, "only {ranges} ranges");
    assert_exact(&source, "mixed", 1).await;

    let clustered = doc! { "clusteredIndex": { "key": { "_id": 1 }, "unique": true } };
    let options = RawDocumentBuf::try_from(&clustered).unwrap();
    target.create_collection("clustered", options.as_bytes()).await.unwrap();
    target.insert_raw("clustered", &documents).await.unwrap();
    assert_exact(&source, "clustered", 4).await;

    // A collation that calls "a" and "A", "a\0" and "a" equal cannot hold both.
    let collated = doc! { "collation": { "locale": "en", "strength": 2 } };
    let options = RawDocumentBuf::try_from(&collated).unwrap();
    target.create_collection("collated", options.as_bytes()).await.unwrap();
    let mut held = 0;
    for document in &documents {
        held += usize::from(
            target.insert_raw("collated", std::slice::from_ref(document)).await.is_ok(),
        );
    }
    assert!(held < documents.len());
    assert_exact(&source, "collated", 4).await;
    assert_exact(&source, "collated", 1).await;

    // Equal to the server means equal keys, different means different.
    let probes = mixed_ids();
    for probe in &probes {
        let error = target.insert_raw("mixed", std::slice::from_ref(probe)).await;
        assert!(error.is_err(), "an _id was taken twice");
    }
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_resumes_after_a_document_and_after_a_restart_of_the_server() {
    let mut servers = Servers::mongo().await;
    let source = servers.source().await;
    let target = source.target("avalon");
    let documents: Vec<Bytes> = (0..3000).map(|id| padded(&raw(&[int_id(id)]), 20_000)).collect();
    for chunk in documents.chunks(500) {
        target.insert_raw("many", chunk).await.unwrap();
    }
    let info = source.inspect_collection("many").await.unwrap().unwrap();
    let ranges = source.plan_ranges(&info, 1).await.unwrap();

    let resume = ResumePoint { document: documents[1234].clone() };
    let options = ScanOptions { resume_after: Some(resume), ..ScanOptions::default() };
    let mut reader = source.read_range(&info, &ranges[0], options);
    let mut rest = Vec::new();
    while let Some(batch) = reader.next_batch().await.unwrap() {
        rest.extend(batch.iter().map(|record| record.bytes()));
    }
    assert!(rest == documents[1235..], "resuming is not exact");

    let mut reader = source.read_range(&info, &ranges[0], ScanOptions::default());
    let mut all: Vec<Bytes> = Vec::new();
    let first = reader.next_batch().await.unwrap().unwrap();
    all.extend(first.iter().map(|record| record.bytes()));
    servers.sandbox.kill_mongod(0).await.unwrap();
    servers.sandbox.restart_mongod(0).await.unwrap();
    while let Some(batch) = reader.next_batch().await.unwrap() {
        all.extend(batch.iter().map(|record| record.bytes()));
    }
    assert!(all == documents, "a killed server made the scan inexact");
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_and_its_window_survive_a_failover() {
    let mut servers = Servers::start(3, sandbox::RedisTopology::None).await;
    let source = servers.source().await;
    let target = source.target("avalon");
    let documents: Vec<Bytes> = (0..2000).map(|id| padded(&raw(&[int_id(id)]), 20_000)).collect();
    for chunk in documents.chunks(500) {
        target.insert_raw("many", chunk).await.unwrap();
    }
    let info = source.inspect_collection("many").await.unwrap().unwrap();
    let range = source.plan_ranges(&info, 1).await.unwrap().remove(0);
    let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await.unwrap();
    let options = ScanOptions { after: Some(window.opened_at()), ..ScanOptions::default() };
    let mut reader = source.read_range(&info, &range, options);
    let mut state = State::new();
    let mut killed = false;
    while let Some(batch) = reader.next_batch().await.unwrap() {
        state.extend(batch.iter().map(|record| (record.key.to_vec(), record.bytes())));
        if !killed {
            killed = true;
            let primary = source.server_info().primary.clone().unwrap();
            let uri = servers.sandbox.mongodb_uri();
            let hosts = uri.trim_start_matches("mongodb://").split(['/', '?']).next().unwrap();
            let index = hosts.split(',').position(|host| host == primary).unwrap();
            servers.sandbox.kill_mongod(index).await.unwrap();
        }
    }
    // Sent again by itself until there is a new primary.
    target.insert_raw("many", &[padded(&raw(&[int_id(5000)]), 10)]).await.unwrap();
    let end = window.close(&["many".to_owned()]).await.unwrap();
    assert_eq!(apply_images(&mut window, &info, end.time, None, &mut state).await, 1);
    assert_eq!(state.len(), 2001);
    assert!(state == snapshot(&source, &info, end.time).await, "a failover made it inexact");
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn capped_collections_come_in_natural_order() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let target = source.target("avalon");
    let options = RawDocumentBuf::try_from(&doc! { "capped": true, "size": 1_000_000 }).unwrap();
    target.create_collection("log", options.as_bytes()).await.unwrap();
    let documents: Vec<Bytes> = [5, 3, 9, 1].map(|id| raw(&[int_id(id)])).to_vec();
    for document in &documents {
        target.insert_raw("log", std::slice::from_ref(document)).await.unwrap();
    }
    let (_, batches) = scan(&source, "log", 4).await;
    let read: Vec<Bytes> =
        batches.iter().flat_map(|batch| batch.iter().map(|record| record.bytes())).collect();
    assert_eq!(read, documents);
    let keys: Vec<Vec<u8>> =
        batches.iter().flat_map(|batch| batch.iter().map(|record| record.key.to_vec())).collect();
    assert_eq!(keys[3], 3_u64.to_be_bytes());
    servers.stop().await;
}
