//! The process dies at any write: what was committed before is whole, what was not does not exist,
//! and the next run goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::*;
use vault::store::{Backend, MemoryBackend};
use vault::testing::DyingStore;
use vault::{CheckLevel, SetSummary, Store, Vault, VaultError};

async fn one_more_set(vault: &Vault, round: u32) -> Result<SetSummary, VaultError> {
    let deltas = [(5_u32.to_be_bytes().to_vec(), None)];
    let base = documents(0..20 + round * 10);
    back_up(vault, &base, &deltas.into()).await.map(|(summary, _)| summary)
}

fn content(round: u32) -> Documents {
    let mut documents = documents(0..20 + round * 10);
    documents.remove(&5_u32.to_be_bytes().to_vec());
    documents
}

/// All sets are readable, sound, and among those begun; those acknowledged are all there.
async fn assert_whole(
    backend: &Arc<MemoryBackend>,
    acknowledged: &[SetSummary],
    begun: u32,
) -> u32 {
    let vault = open(backend, 77).await.unwrap();
    let sets = vault.sets().await.unwrap();
    for set in acknowledged {
        assert!(sets.contains(set), "an acknowledged set is listed as it was committed");
    }
    for (round, set) in (0..).zip(&sets) {
        assert!(read_all(&vault, &set.id).await.unwrap() == content(round), "set {round}");
    }
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
    let listed = sets.len() as u32;
    assert!(listed >= acknowledged.len() as u32 && listed <= begun);
    listed
}

#[tokio::test]
async fn killed_at_any_write_of_a_backup() {
    let start = Arc::new(MemoryBackend::default());
    let vault = create(&start, 1).await;
    let first = one_more_set(&vault, 0).await.unwrap();
    let start = start.snapshot();
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_over(dying.clone(), 2).await.unwrap();
            let mut acknowledged = vec![first.clone()];
            let second = one_more_set(&vault, 1).await;
            let ended = second.is_ok();
            acknowledged.extend(second);
            assert_eq!(ended, !dying.is_dead());
            let listed = assert_whole(&backend, &acknowledged, 2).await;
            // The next run goes on from whatever was left.
            let vault = open(&backend, 3).await.unwrap();
            let next = one_more_set(&vault, listed).await.unwrap();
            acknowledged.push(next);
            assert_whole(&backend, &acknowledged, 3).await;
            if ended {
                assert!(writes > 5, "{writes}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn killed_at_any_write_of_an_increment() {
    let start = Arc::new(MemoryBackend::default());
    let vault = create(&start, 1).await;
    let (mut base, _) = back_up(&vault, &documents(0..200), &BTreeMap::new()).await.unwrap();
    let changes = |round: u32| -> Changes {
        (round..220)
            .step_by(7)
            .map(|n| (n.to_be_bytes().to_vec(), Some(document(n, round))))
            .collect()
    };
    let mut state = documents(0..200);
    // The increment that dies is the one that merges the layers.
    for round in 1..=12 {
        base = back_up_over(&vault, &base.id, &changes(round)).await.unwrap().0;
        state = merged(&state, &changes(round));
    }
    let start = start.snapshot();
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_over(dying, 2).await.unwrap();
            let ended = back_up_over(&vault, &base.id, &changes(13)).await;
            let vault = open(&backend, 3).await.unwrap();
            let sets = vault.sets().await.unwrap();
            assert!(sets.len() == 14 || (sets.len() == 13 && ended.is_err()), "{}", sets.len());
            let again = back_up_over(&vault, &base.id, &changes(13)).await.unwrap().0;
            assert_eq!(read_all(&vault, &again.id).await.unwrap(), merged(&state, &changes(13)));
            assert!(check(&vault, CheckLevel::L3).await.ok());
            if ended.is_ok() {
                assert!(writes > 5, "{writes}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn killed_at_any_write_of_a_creation() {
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::default());
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let store = Store::with_backend(dying.clone());
            let context = vault::testing::context("writer", 1);
            let created = Vault::create(store, &provider(), context).await;
            let vault = match open(&backend, 2).await {
                Ok(vault) => vault,
                Err(VaultError::NotAVault { .. }) => create(&backend, 2).await,
                Err(error) => panic!("{error}"),
            };
            assert!(vault.sets().await.unwrap().is_empty());
            let set = one_more_set(&vault, 0).await.unwrap();
            assert_whole(&backend, &[set], 1).await;
            if created.is_ok() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn killed_at_any_write_of_a_drop() {
    let start = Arc::new(MemoryBackend::default());
    let vault = create(&start, 1).await;
    let first = one_more_set(&vault, 0).await.unwrap();
    let second = one_more_set(&vault, 1).await.unwrap();
    let start = start.snapshot();
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_over(dying, 2).await.unwrap();
            let dropped = vault.drop_set(&second.id, 0).await;
            let vault = open(&backend, 3).await.unwrap();
            let sets = vault.sets().await.unwrap();
            assert!(sets == [first.clone()] || (sets.len() == 2 && dropped.is_err()));
            if dropped.is_ok() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn what_a_killed_backup_stored_is_not_stored_again() {
    let whole = Arc::new(MemoryBackend::default());
    let vault = create(&whole, 1).await;
    let base = documents(0..40_000);
    let writes_of_all = {
        let vault = open(&whole, 2).await.unwrap();
        let before = whole.snapshot().len() as u64;
        back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
        whole.snapshot().len() as u64 - before
    };
    drop(vault);
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    let inner: Arc<dyn Backend> = backend.clone();
    let dying = Arc::new(DyingStore::new(inner, writes_of_all - 2, false));
    let vault = open_over(dying, 2).await.unwrap();
    back_up(&vault, &base, &BTreeMap::new()).await.unwrap_err();
    let left = backend.snapshot().keys().filter(|key| key.starts_with("segment/")).count() as u64;
    assert!(left > 0);
    let vault = open(&backend, 3).await.unwrap();
    let (_, stats) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    assert!(stats.reused_segments >= left, "{left} lay there, {stats:?}");
}

#[tokio::test]
async fn a_damaged_orphan_is_written_again() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    for (key, doc) in documents(0..100) {
        stream.push(&key, &doc).await.unwrap();
    }
    stream.finish().await.unwrap();
    drop(set);
    let mut objects = backend.snapshot();
    for (key, body) in &mut objects {
        if key.starts_with("segment/") || key.starts_with("page/") {
            *body = body.slice(..body.len() / 2);
        }
    }
    let backend = Arc::new(MemoryBackend::from_snapshot(objects));
    let vault = open(&backend, 2).await.unwrap();
    let (set, _) = back_up(&vault, &documents(0..100), &BTreeMap::new()).await.unwrap();
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), documents(0..100));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn a_segment_that_goes_before_the_commit_stops_it() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    stream.push(b"a", b"b").await.unwrap();
    stream.finish().await.unwrap();
    let segment = backend.snapshot().into_keys().find(|key| key.starts_with("segment/")).unwrap();
    backend.delete(&segment).await.unwrap();
    let refused = set.commit(set_commit()).await;
    assert!(matches!(refused, Err(VaultError::Damaged { object, .. }) if object == segment));
    assert!(vault.sets().await.unwrap().is_empty());
}
