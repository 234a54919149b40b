//! Stores that refuse, fail or list what is old: what is listed stays whole, and the next run goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::replicas::*;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{
    ClockedStore, DyingStore, FaultyStore, LockedStore, ManualClock, Method, SeededEntropy,
    StaleListStore, context,
};
use vault::{CheckLevel, PruneRequest, Store, Vault, VaultContext, VaultError};

const HOUR_MS: i64 = 3_600_000;

async fn prune(vault: &Vault) -> vault::PruneReport {
    vault.prune(PruneRequest::default(), &|_| {}, &CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn a_store_that_refuses_to_delete_is_no_failure() {
    let clock = Arc::new(ManualClock::new(1_790_000_000_000));
    let memory = Arc::new(MemoryBackend::default());
    let clocked = Arc::new(ClockedStore::new(memory.clone(), clock.clone()));
    let locked = Store::with_backend(Arc::new(LockedStore::new(clocked)));
    let probed = locked.probe(&SeededEntropy::new(1)).await.unwrap();
    assert!(probed.usable() && !probed.passed("delete"), "{probed:?}");
    let context = VaultContext { clock: clock.clone(), ..context("a", 1) };
    let vault = Vault::create(locked, &provider(), context).await.unwrap();
    let (set, _) = back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap();
    let (kept, _) = back_up(&vault, &documents(900..960), &BTreeMap::new()).await.unwrap();
    vault.drop_set(&set.id, 0).await.unwrap();
    clock.advance(25 * HOUR_MS);
    let marked = prune(&vault).await.marked;
    assert!(marked.objects > 0);
    let objects = memory.snapshot().len();
    clock.advance(25 * HOUR_MS);
    let report = prune(&vault).await;
    assert_eq!((report.locked, report.deleted.objects), (marked, 0), "{report:?}");
    assert_eq!(report.marked, marked, "they are tried again");
    assert_eq!(memory.snapshot().len(), objects);
    assert_eq!(read_all(&vault, &kept.id).await.unwrap(), documents(900..960));
}

#[tokio::test]
async fn a_listing_that_is_always_old_disturbs_nothing() {
    let (backend, _, sets) = primary().await;
    let stale: Arc<dyn Backend> = Arc::new(StaleListStore::new(backend));
    let vault = open_with(stale, &[passphrase(PASSPHRASE)], 4).await.unwrap();
    let (fresh, _) = back_up(&vault, &documents(300..330), &BTreeMap::new()).await.unwrap();
    let there: Arc<dyn Backend> = Arc::new(StaleListStore::new(Arc::new(MemoryBackend::default())));
    let replica = vault.make_replica(Store::with_backend(there)).await.unwrap();
    let mut all = sets.clone();
    all.push(fresh.clone());
    assert!(copy(&vault, &replica, &all).await.unwrap().ok());
    assert!(replica.store().list("").await.unwrap().is_empty(), "the listing shows nothing");
    assert_eq!(ids(&replica.sets().await.unwrap()), ids(&all));
    assert_eq!(read_all(&replica, &fresh.id).await.unwrap(), documents(300..330));
    assert!(check(&replica, CheckLevel::L3).await.ok());
}

/// Each method fails, once or for ever, from each of its calls on.
#[tokio::test]
async fn each_method_of_either_store_may_fail() {
    let (backend, vault, sets) = primary().await;
    let objects = backend.snapshot();
    let mut failures = 0;
    for method in [Method::Put, Method::Get, Method::Stat, Method::List, Method::Delete] {
        for times in [1, u64::MAX] {
            for first in [0, 1, 2, 3, 5, 8, 13, 21, 34] {
                // In the replica.
                let memory = Arc::new(MemoryBackend::default());
                let transient = times == 1;
                let faulty =
                    Arc::new(FaultyStore::new(memory.clone(), method, first, times, transient));
                let result = match vault.make_replica(Store::with_backend(faulty.clone())).await {
                    Ok(replica) => copy(&vault, &replica, &sets).await.map(drop),
                    Err(error) => Err(error),
                };
                if let Err(error) = &result {
                    failures += 1;
                    assert_eq!(error.is_transient(), transient, "{method:?} {first}: {error}");
                    assert!(error.to_string().contains("this test wants it so"), "{error}");
                } else {
                    assert!(faulty.calls() <= first, "{method:?} {first} was swallowed");
                }
                if memory.snapshot().contains_key("keyring") {
                    let left = open(&memory, 6).await.unwrap();
                    for set in left.sets().await.unwrap() {
                        let number = sets.iter().position(|known| known.id == set.id).unwrap();
                        assert!(read_all(&left, &set.id).await.unwrap() == content(number));
                    }
                }
                let replica = vault.make_replica(store(&memory)).await.unwrap();
                assert!(copy(&vault, &replica, &sets).await.unwrap().ok());
                assert!(check(&replica, CheckLevel::L3).await.ok());
                // In the primary, during a backup.
                let memory = Arc::new(MemoryBackend::from_snapshot(objects.clone()));
                let faulty =
                    Arc::new(FaultyStore::new(memory.clone(), method, first, times, transient));
                let taken = match open_over(faulty, 11).await {
                    Ok(vault) => back_up(&vault, &documents(0..90), &BTreeMap::new()).await,
                    Err(error) => Err(error),
                };
                if let Err(error) = &taken {
                    failures += 1;
                    assert!(error.to_string().contains("this test wants it so"), "{error}");
                }
                let left = open(&memory, 6).await.unwrap();
                let listed = left.sets().await.unwrap();
                assert!(listed.len() == 3 || (listed.len() == 4), "{}", listed.len());
                for set in &listed[3..] {
                    assert!(read_all(&left, &set.id).await.unwrap() == documents(0..90));
                }
                assert!(check(&left, CheckLevel::L3).await.ok());
                back_up(&left, &documents(0..90), &BTreeMap::new()).await.unwrap();
            }
        }
    }
    assert!(failures > 60, "{failures}");
}

#[test]
fn a_store_that_fails_at_everything_is_not_asked_for_ever() {
    let (ended, end) = std::sync::mpsc::channel();
    // In a thread of its own: what never waits cannot be timed out.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let listed = runtime.block_on(async {
            let backend = Arc::new(MemoryBackend::default());
            create(&backend, 1).await;
            let dying = Arc::new(DyingStore::new(backend, 0, false));
            let vault = open_over(dying, 2).await.unwrap();
            back_up(&vault, &documents(0..9), &BTreeMap::new()).await.unwrap_err();
            vault.catalog().await
        });
        ended.send(listed.map(drop)).unwrap();
    });
    let listed = end.recv_timeout(std::time::Duration::from_secs(30)).expect("it ends");
    assert!(matches!(listed, Err(VaultError::Store(_))), "{listed:?}");
}
