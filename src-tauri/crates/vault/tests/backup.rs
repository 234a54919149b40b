//! Sets are written, listed, read back and deduplicated.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::*;
use vault::store::MemoryBackend;
use vault::{CheckLevel, SetInfo, VaultError};

#[tokio::test]
async fn a_set_comes_back_byte_for_byte() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = documents(0..30_000);
    let (summary, stats) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    assert!(stats.segments >= 2, "{stats:?}");
    let vault = open(&backend, 2).await.unwrap();
    assert_eq!(vault.sets().await.unwrap(), [summary.clone()]);
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), base);
    let mut digest = vault.digest();
    base.iter().rev().for_each(|(key, doc)| digest.add(key, doc));
    assert_eq!((digest.value(), digest.documents()), (stats.digest, 30_000));
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
}

#[tokio::test]
async fn deltas_replace_add_and_remove() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = documents(100..20_000);
    let mut deltas = BTreeMap::new();
    for n in (0_u32..25_000).step_by(7) {
        let image = (n % 3 != 0).then(|| document(n, 1));
        deltas.insert(n.to_be_bytes().to_vec(), image);
    }
    let expected = merged(&base, &deltas);
    let (summary, stats) = back_up(&vault, &base, &deltas).await.unwrap();
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), expected);
    let mut digest = vault.digest();
    expected.iter().for_each(|(key, doc)| digest.add(key, doc));
    assert_eq!(stats.digest, digest.value());
    assert_eq!(stats.documents, expected.len() as u64);
    assert_eq!(stats.bytes, expected.values().map(|doc| doc.len() as u64).sum::<u64>());
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
}

#[tokio::test]
async fn deltas_alone_make_a_stream() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let deltas: BTreeMap<_, _> =
        documents(0..10).into_iter().map(|(key, doc)| (key, Some(doc))).collect();
    let (summary, stats) = back_up(&vault, &BTreeMap::new(), &deltas).await.unwrap();
    assert_eq!(stats.documents, 10);
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), documents(0..10));
}

#[tokio::test]
async fn parts_are_written_and_read_at_the_same_time() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    let tasks: Vec<_> = (0..4_u32)
        .map(|n| {
            let mut part = stream.part(n);
            tokio::spawn(async move {
                // Part 2 stays empty.
                let end = if n == 2 { n * 5000 } else { (n + 1) * 5000 };
                for (key, doc) in documents(n * 5000..end) {
                    part.push(&key, &doc).await.unwrap();
                }
                part.finish().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let deltas: BTreeMap<Vec<u8>, Option<Vec<u8>>> = [
        (Vec::new(), Some(b"below all".to_vec())),
        (12_000_u32.to_be_bytes().to_vec(), Some(b"between parts".to_vec())),
        (15_000_u32.to_be_bytes().to_vec(), None),
        (99_999_u32.to_be_bytes().to_vec(), Some(b"above all".to_vec())),
    ]
    .into();
    for (key, image) in &deltas {
        match image {
            Some(doc) => stream.delta_put(key, doc).await.unwrap(),
            None => stream.delta_delete(key).await.unwrap(),
        }
    }
    stream.finish().await.unwrap();
    let summary = set.commit(set_commit()).await.unwrap();
    let mut base = documents(0..10_000);
    base.extend(documents(15_000..20_000));
    let expected = merged(&base, &deltas);
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), expected);

    let manifest = vault.set(&summary.id).await.unwrap();
    let parts = vault.read_stream(&manifest, "history", "games").await.unwrap().parts();
    assert_eq!(parts.len(), 3);
    let tasks: Vec<_> = parts
        .into_iter()
        .map(|mut part| {
            tokio::spawn(async move {
                let mut keys = Vec::new();
                while let Some(batch) = part.next_batch().await.unwrap() {
                    keys.extend(batch.into_iter().map(|record| record.key.to_vec()));
                }
                keys
            })
        })
        .collect();
    let mut keys = Vec::new();
    for task in tasks {
        keys.extend(task.await.unwrap());
    }
    assert_eq!(keys, expected.keys().cloned().collect::<Vec<_>>());
}

#[tokio::test]
async fn an_unchanged_second_full_stores_next_to_nothing() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = documents(0..60_000);
    let (first, _) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    let (second, stats) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    assert_eq!((stats.stored_bytes, stats.reused_segments), (0, stats.segments));
    assert!(second.stored_bytes * 100 < first.stored_bytes, "{second:?}");
    assert_eq!(read_all(&vault, &second.id).await.unwrap(), base);
}

#[tokio::test]
async fn an_insertion_moves_only_the_boundaries_next_to_it() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut base = documents(0..150_000);
    let (_, first) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    let mut key = 40_000_u32.to_be_bytes().to_vec();
    key.push(1);
    base.insert(key, b"a new document".to_vec());
    base.extend(documents(150_000..150_100));
    let (summary, second) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    let new = second.segments - second.reused_segments;
    assert!(first.segments >= 8 && new <= 4, "{new} new of {}", second.segments);
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), base);
}

#[tokio::test]
async fn odd_documents_fit() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let largest: Vec<u8> =
        (0..16_u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let base: Documents = [
        (Vec::new(), Vec::new()),
        (vec![0], vec![0; 5]),
        (vec![0, 0], largest.clone()),
        (vec![1], largest),
        (vec![0xff; 1000], b"last".to_vec()),
    ]
    .into();
    let (summary, _) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    assert_eq!(read_all(&vault, &summary.id).await.unwrap(), base);
    let (empty, stats) = back_up(&vault, &Documents::new(), &BTreeMap::new()).await.unwrap();
    assert_eq!(stats.documents, 0);
    assert!(read_all(&vault, &empty.id).await.unwrap().is_empty());
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn several_documents_of_one_key_survive_and_a_delta_replaces_them_all() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    for key in [b"a", b"b", b"b", b"c"] {
        stream.push(key, b"base").await.unwrap();
    }
    stream.delta_put(b"b", b"image").await.unwrap();
    let stats = stream.finish().await.unwrap();
    assert_eq!(stats.documents, 3);
    let summary = set.commit(set_commit()).await.unwrap();
    let read = read_all(&vault, &summary.id).await.unwrap();
    assert_eq!(read[b"b".as_slice()], b"image");
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn what_is_not_committed_does_not_exist() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    stream.push(b"a", b"b").await.unwrap();
    stream.finish().await.unwrap();
    drop(set);
    assert!(vault.sets().await.unwrap().is_empty());
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn misuse_is_refused() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    assert!(matches!(set.stream(stream_info("games")).await, Err(VaultError::Misuse(_))));
    stream.push(b"b", b"1").await.unwrap();
    let back = stream.push(b"a", b"2").await;
    assert!(matches!(back, Err(VaultError::OutOfOrder { .. })));
    stream.delta_put(b"x", b"1").await.unwrap();
    assert!(matches!(stream.delta_delete(b"x").await, Err(VaultError::OutOfOrder { .. })));
    let open = set.commit(set_commit()).await;
    assert!(matches!(open, Err(VaultError::Misuse(_))));
    assert!(matches!(vault.set("nothing").await, Err(VaultError::NoSuchSet { .. })));
    let other = vault.begin_set(SetInfo::default()).await.unwrap();
    assert!(matches!(other.stream(stream_info("x")).await, Err(VaultError::Misuse(_))));
}

#[tokio::test]
async fn a_dropped_set_is_gone_for_every_writer() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let other =
        vault::Vault::open(store(&backend), &provider(), vault::testing::context("other", 9))
            .await
            .unwrap();
    let (mine, _) = back_up(&vault, &documents(0..10), &BTreeMap::new()).await.unwrap();
    let (theirs, _) = back_up(&other, &documents(0..10), &BTreeMap::new()).await.unwrap();
    assert_eq!(vault.sets().await.unwrap().len(), 2);
    other.drop_set(&mine.id, 0).await.unwrap();
    assert_eq!(vault.sets().await.unwrap(), [theirs]);
    assert!(matches!(vault.drop_set(&mine.id, 0).await, Err(VaultError::NoSuchSet { .. })));
}

#[tokio::test]
async fn a_stale_token_cannot_commit() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let old = vault.begin_set(SetInfo { fencing_token: 4, ..set_info() }).await.unwrap();
    let new = vault.begin_set(SetInfo { fencing_token: 5, ..set_info() }).await.unwrap();
    new.commit(set_commit()).await.unwrap();
    let fenced = old.commit(set_commit()).await;
    assert!(matches!(fenced, Err(VaultError::Fenced { token: 4, newest: 5 })));
    assert_eq!(vault.sets().await.unwrap().len(), 1);
}
