//! A replica is a vault of its own: what is copied is whole, what is not copied is not listed, and
//! what happens to the primary does not happen to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::replicas::*;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{ClockedStore, DyingStore, LockedStore, ManualClock, SeededEntropy};
use vault::{
    CheckLevel, Copied, KeyChange, PruneRequest, REPLICATED_AT, ReplicateRequest, Resources,
    SetSummary, Store, Vault, VaultContext, VaultError,
};

const HOUR_MS: i64 = 3_600_000;

async fn assert_whole(vault: &Vault, sets: &[SetSummary]) {
    let listed = vault.sets().await.unwrap();
    assert_eq!(ids(&listed), ids(sets));
    for set in sets {
        let number = match set.documents {
            80 => 2,
            _ if set.stored_bytes == sets[0].stored_bytes && set.id == sets[0].id => 0,
            _ => 1,
        };
        assert!(read_all(vault, &set.id).await.unwrap() == content(number), "set {number}");
    }
    let report = check(vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
}

#[tokio::test]
async fn a_replica_opens_and_reads_by_the_key_alone() {
    let (_, vault, sets) = primary().await;
    let elsewhere = Arc::new(MemoryBackend::default());
    assert!(matches!(vault.replica(store(&elsewhere)).await, Err(VaultError::NotAVault { .. })));
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    assert_eq!(replica.id(), vault.id());
    let report = copy(&vault, &replica, &sets).await.unwrap();
    assert!(report.ok() && report.sets.iter().all(|set| set.result == Copied::Done), "{report:?}");
    // The last full and the first share segments: nothing is copied twice.
    assert!(report.sets[2].present.objects > 0 || report.sets[2].copied.objects > 0);

    // The primary is gone; only this store and the passphrase are left.
    let alone = open(&elsewhere, 9).await.unwrap();
    assert_whole(&alone, &sets).await;
    for (copied, set) in alone.sets().await.unwrap().iter().zip(&sets) {
        assert!(copied.attributes[REPLICATED_AT].parse::<i64>().unwrap() > set.committed_at_ms);
        let mut attributes = copied.attributes.clone();
        attributes.remove(REPLICATED_AT);
        let stored_bytes = set.stored_bytes;
        assert_eq!(SetSummary { attributes, stored_bytes, ..copied.clone() }, *set);
    }
    // Content lies there byte for byte.
    let (here, there) = (vault.store().clone(), elsewhere.snapshot());
    for (key, body) in
        there.iter().filter(|(key, _)| !key.contains("ledger") && !key.contains("reg"))
    {
        assert_eq!(here.get(key).await.unwrap(), *body, "{key}");
    }
}

#[tokio::test]
async fn what_is_there_is_not_copied_again_and_order_follows_the_primary() {
    let (_, vault, sets) = primary().await;
    let elsewhere = Arc::new(MemoryBackend::default());
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    // The newest first, the oldest later.
    copy(&vault, &replica, &sets[2..]).await.unwrap();
    let later = copy(&vault, &replica, &sets).await.unwrap();
    assert_eq!(later.sets[2].result, Copied::Present);
    assert_eq!(ids(&replica.sets().await.unwrap()), ids(&sets));
    let before = elsewhere.snapshot();
    let again = copy(&vault, &replica, &sets).await.unwrap();
    assert_eq!(again.copied().objects, 0);
    assert_eq!(elsewhere.snapshot(), before, "a run without work writes nothing");
    let unknown = ReplicateRequest { sets: vec!["nothing".to_owned()], fencing_token: 0 };
    let refused = vault.replicate(&replica, &unknown, &|_| {}, &CancellationToken::new()).await;
    assert!(matches!(refused, Err(VaultError::NoSuchSet { .. })));
}

#[tokio::test]
async fn killed_at_any_write_it_goes_on_and_copies_nothing_twice() {
    let (_, vault, sets) = primary().await;
    let whole = {
        let counted = Arc::new(LockedStore::new(Arc::new(MemoryBackend::default())));
        let store = Store::with_backend(counted.clone());
        let replica = vault.make_replica(store).await.unwrap();
        copy(&vault, &replica, &sets).await.unwrap();
        counted.puts()
    };
    let mut kills = 0;
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::default());
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let there = Store::with_backend(dying.clone());
            let ended = match vault.make_replica(there).await {
                Ok(replica) => copy(&vault, &replica, &sets).await.map(drop),
                Err(error) => Err(error),
            };
            assert_eq!(ended.is_ok(), !dying.is_dead());
            // Whatever is listed is whole.
            match open(&backend, 7).await {
                Ok(left) => {
                    for set in left.sets().await.unwrap() {
                        let number = sets.iter().position(|known| known.id == set.id).unwrap();
                        assert!(read_all(&left, &set.id).await.unwrap() == content(number));
                    }
                    assert!(check(&left, CheckLevel::L3).await.ok());
                }
                Err(VaultError::NotAVault { .. }) => {}
                Err(error) => panic!("{error}"),
            }
            let counted = Arc::new(LockedStore::new(backend.clone()));
            let there = Store::with_backend(counted.clone());
            let replica = vault.make_replica(there).await.unwrap();
            assert!(copy(&vault, &replica, &sets).await.unwrap().ok());
            assert_whole(&open(&backend, 8).await.unwrap(), &sets).await;
            // A write that was cut off, and a head that is written again, may come twice.
            assert!(counted.puts() + writes <= whole + 6, "{} and {writes}", counted.puts());
            kills += 1;
            if ended.is_ok() {
                break;
            }
        }
    }
    assert!(kills > 40, "{kills}");
}

#[tokio::test]
async fn what_is_damaged_here_is_not_copied_and_keeps_back_its_sets_alone() {
    let (backend, vault, sets) = primary().await;
    let delta = backend.snapshot().into_keys().find(|key| key.starts_with("delta/")).unwrap();
    let mut body = backend.get(&delta).await.unwrap().to_vec();
    body[100] ^= 1;
    backend.put(&delta, body.into()).await.unwrap();
    let elsewhere = Arc::new(MemoryBackend::default());
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    let report = copy(&vault, &replica, &sets).await.unwrap();
    assert!(!report.ok());
    match &report.sets[1].result {
        Copied::Failed(problem) => assert_eq!(problem.object, delta),
        other => panic!("{other:?}"),
    }
    let listed = replica.sets().await.unwrap();
    assert_eq!(ids(&listed), [sets[0].id.clone(), sets[2].id.clone()]);
    assert!(!elsewhere.snapshot().contains_key(&delta));
    assert!(check(&replica, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn an_orphan_that_is_damaged_is_written_again() {
    let (_, vault, sets) = primary().await;
    let backend = Arc::new(MemoryBackend::default());
    let dying = Arc::new(DyingStore::new(backend.clone(), 8, true));
    let replica = vault.make_replica(Store::with_backend(dying)).await.unwrap();
    copy(&vault, &replica, &sets).await.unwrap_err();
    assert!(open(&backend, 6).await.unwrap().sets().await.unwrap().is_empty());
    let mut objects = backend.snapshot();
    let mut damaged = 0;
    for (key, body) in &mut objects {
        if key.starts_with("segment/") {
            *body = vec![0; body.len()].into();
            damaged += 1;
        }
    }
    assert!(damaged > 0);
    let backend = Arc::new(MemoryBackend::from_snapshot(objects));
    let replica = vault.make_replica(store(&backend)).await.unwrap();
    assert!(copy(&vault, &replica, &sets).await.unwrap().ok());
    assert_whole(&replica, &sets).await;
}

#[tokio::test]
async fn the_keyring_follows_even_where_the_old_one_opens_no_more() {
    let (_, vault, sets) = primary().await;
    let elsewhere = Arc::new(MemoryBackend::default());
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    copy(&vault, &replica, &sets[..1]).await.unwrap();
    let id = vault.keys().keys[0].id.clone();
    let change = KeyChange::Replace { id, provider: passphrase("another") };
    assert!(vault.change_keys(change).await.unwrap().root_renewed);
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    let (newest, _) = back_up(&vault, &documents(500..560), &BTreeMap::new()).await.unwrap();
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    copy(&vault, &replica, std::slice::from_ref(&newest)).await.unwrap();
    let alone = open_with(elsewhere.clone(), &[passphrase("another")], 5).await.unwrap();
    assert_eq!(read_all(&alone, &newest.id).await.unwrap(), documents(500..560));
    assert_eq!(read_all(&alone, &sets[0].id).await.unwrap(), content(0));
    assert!(check(&alone, CheckLevel::L3).await.ok());
    assert!(matches!(open(&elsewhere, 5).await, Err(VaultError::WrongKey)));
}

#[tokio::test]
async fn another_vault_and_a_keyring_of_its_own_are_left_alone() {
    let (backend, vault, _) = primary().await;
    let other = Arc::new(MemoryBackend::default());
    create(&other, 33).await;
    let before = other.snapshot();
    let refused = vault.make_replica(store(&other)).await;
    assert!(matches!(refused, Err(VaultError::OtherVault { .. })), "{refused:?}");
    assert_eq!(other.snapshot(), before);
    // A replica whose keys were changed on their own.
    let elsewhere = Arc::new(MemoryBackend::default());
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    replica.change_keys(KeyChange::Rotate).await.unwrap();
    let before = elsewhere.snapshot();
    let refused = vault.make_replica(store(&elsewhere)).await;
    assert!(matches!(refused, Err(VaultError::ReplicaAhead { .. })), "{refused:?}");
    assert_eq!(elsewhere.snapshot(), before);
    drop(backend);
}

/// A vault and its replica in a time that the test moves.
async fn in_time() -> (Arc<ManualClock>, Vault, Vault) {
    let clock = Arc::new(ManualClock::new(1_790_000_000_000));
    let place = || {
        let inner = Arc::new(MemoryBackend::default());
        Store::with_backend(Arc::new(ClockedStore::new(inner, clock.clone())))
    };
    let context = VaultContext {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(3)),
        writer_id: "a".to_owned(),
        tool_version: "test".to_owned(),
        resources: Resources::default(),
    };
    let vault = Vault::create(place(), &provider(), context).await.unwrap();
    let replica = vault.make_replica(place()).await.unwrap();
    (clock, vault, replica)
}

async fn prune(vault: &Vault) -> vault::PruneReport {
    vault.prune(PruneRequest::default(), &|_| {}, &CancellationToken::new()).await.unwrap()
}

#[tokio::test]
async fn each_store_keeps_and_removes_for_itself() {
    let (clock, vault, replica) = in_time().await;
    let (first, _) = back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap();
    let (second, _) = back_up(&vault, &documents(900..960), &BTreeMap::new()).await.unwrap();
    let both = [first.clone(), second.clone()];
    copy(&vault, &replica, &both).await.unwrap();
    vault.drop_set(&first.id, 0).await.unwrap();
    for _ in 0..3 {
        clock.advance(25 * HOUR_MS);
        prune(&vault).await;
        prune(&replica).await;
    }
    assert_eq!(read_all(&replica, &first.id).await.unwrap(), documents(0..60));
    assert!(check(&replica, CheckLevel::L3).await.ok());
    // What was removed from the replica does not come back by itself.
    replica.drop_set(&second.id, 0).await.unwrap();
    let report = copy(&vault, &replica, &both[1..]).await.unwrap();
    assert_eq!(report.sets[0].result, Copied::Removed);
    assert!(report.ok());
    assert_eq!(ids(&vault.sets().await.unwrap()), [second.id]);
}

#[tokio::test]
async fn a_copy_keeps_clear_of_a_prune_of_the_replica() {
    let (clock, vault, replica) = in_time().await;
    let (set, _) = back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap();
    copy(&vault, &replica, std::slice::from_ref(&set)).await.unwrap();
    let (twin, _) = back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap();
    replica.drop_set(&set.id, 0).await.unwrap();
    clock.advance(25 * HOUR_MS);
    assert!(prune(&replica).await.marked.objects > 0);
    // What is marked is stored anew, and so the sweep keeps it.
    let report = copy(&vault, &replica, std::slice::from_ref(&twin)).await.unwrap();
    assert!(report.sets[0].copied.objects > 1, "{report:?}");
    clock.advance(25 * HOUR_MS);
    let swept = prune(&replica).await;
    assert!(swept.spared.objects > 0, "{swept:?}");
    assert_eq!(read_all(&replica, &twin.id).await.unwrap(), documents(0..60));
    assert!(check(&replica, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn a_set_that_takes_too_long_is_begun_again_and_not_copied_again() {
    let (clock, vault, replica) = in_time().await;
    let (set, _) = back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap();
    let request = ReplicateRequest { sets: vec![set.id.clone()], fencing_token: 0 };
    let late = std::sync::atomic::AtomicBool::new(false);
    let progress = |now: vault::ReplicateProgress| {
        if now.objects == 2 && !late.swap(true, std::sync::atomic::Ordering::Relaxed) {
            clock.advance(37 * HOUR_MS);
        }
    };
    let report = vault.replicate(&replica, &request, &progress, &CancellationToken::new()).await;
    let report = report.unwrap();
    assert_eq!(report.sets[0].result, Copied::Done);
    assert_eq!(report.sets[0].copied.objects, report.sets[0].present.objects, "{report:?}");
    assert_eq!(read_all(&replica, &set.id).await.unwrap(), documents(0..60));
}

#[tokio::test]
async fn it_stops_when_asked_and_goes_on_later() {
    let (_, vault, sets) = primary().await;
    let elsewhere = Arc::new(MemoryBackend::default());
    let replica = vault.make_replica(store(&elsewhere)).await.unwrap();
    let cancel = CancellationToken::new();
    let request = ReplicateRequest { sets: ids(&sets), fencing_token: 0 };
    let progress = |now: vault::ReplicateProgress| {
        if now.objects == 2 {
            cancel.cancel();
        }
    };
    let stopped = vault.replicate(&replica, &request, &progress, &cancel).await;
    assert!(matches!(stopped, Err(VaultError::Cancelled)), "{stopped:?}");
    assert!(replica.sets().await.unwrap().is_empty());
    assert!(copy(&vault, &replica, &sets).await.unwrap().ok());
    assert_whole(&replica, &sets).await;
}
