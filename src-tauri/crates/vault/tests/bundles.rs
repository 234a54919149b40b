//! Bundles of ledger entries: they save requests, and whatever happens to them nothing else changes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use bytes::Bytes;
use support::damage::{Damage, Objects};
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{DyingStore, FaultyStore, Method, context};
use vault::{
    CheckLevel, Cure, ProblemKind, RepairReport, RepairRequest, Resources, Vault, VaultContext,
};

/// A vault with one set and a ledger of that many entries.
async fn ledger_of(entries: u64, context: VaultContext) -> (Arc<MemoryBackend>, String) {
    let backend = Arc::new(MemoryBackend::default());
    let vault = Vault::create(store(&backend), &provider(), context).await.unwrap();
    let set = back_up(&vault, &documents(0..20), &Changes::new()).await.unwrap().0.id;
    for _ in 1..entries {
        pin(&vault, &set, "season end").await.unwrap();
    }
    (backend, set)
}

async fn pins(backend: &Arc<MemoryBackend>) -> usize {
    let catalog = open(backend, 70).await.unwrap().catalog().await.unwrap().sound().unwrap();
    catalog.pins.values().map(Vec::len).sum()
}

/// The key of an entry of the one ledger.
fn entry(objects: &Objects, number: u64) -> String {
    let end = format!("/{number:010}");
    let is_entry = |key: &&String| key.starts_with("ledger/") && !key.contains("/bundle/");
    objects.keys().filter(is_entry).find(|key| key.ends_with(&end)).unwrap().clone()
}

/// The key of the bundle that ends with an entry.
fn bundle(objects: &Objects, last: u64) -> String {
    let end = format!("/bundle/{last:010}");
    objects.keys().find(|key| key.ends_with(&end)).unwrap().clone()
}

fn bundles(objects: &Objects) -> usize {
    objects.keys().filter(|key| key.contains("/bundle/")).count()
}

#[tokio::test]
async fn a_long_ledger_is_read_by_its_bundles() {
    let resources = Resources::default();
    let (backend, _) = ledger_of(600, VaultContext { resources, ..context("writer", 1) }).await;
    assert_eq!(bundles(&backend.snapshot()), 4, "of 128 entries each");
    // It counts, and refuses none.
    let counting = Arc::new(FaultyStore::new(backend.clone(), Method::Get, 0, 0, false));
    let vault = open_over(counting.clone(), 2).await.unwrap();
    let opened = counting.calls();
    let catalog = vault.catalog().await.unwrap().sound().unwrap();
    assert_eq!(catalog.pins.values().map(Vec::len).sum::<usize>(), 599);
    let reads = counting.calls() - opened;
    // Two heads and what ends two sequences, four bundles, 88 entries behind them, the registry's one.
    assert!(reads < 100, "{reads}");
    assert!(check(&vault, CheckLevel::L1).await.ok());
    assert!(counting.calls() - opened > reads + 600, "a check looks at every entry");
}

#[tokio::test]
async fn a_damaged_bundle_is_named_by_checks_and_hides_nothing() {
    let (backend, _) = ledger_of(8, context("writer", 1)).await;
    let objects = backend.snapshot();
    let key = bundle(&objects, 3);
    for (damage, kind) in [
        (Damage::Delete, ProblemKind::Missing),
        (Damage::Flip, ProblemKind::Hash),
        (Damage::Truncate, ProblemKind::Hash),
        (Damage::Zero, ProblemKind::Hash),
        (Damage::Swap, ProblemKind::Decode),
    ] {
        let mut damaged = objects.clone();
        match damage {
            Damage::Delete => drop(damaged.remove(&key)),
            Damage::Swap => {
                drop(damaged.insert(key.clone(), objects[&bundle(&objects, 6)].clone()))
            }
            rot => drop(damaged.insert(key.clone(), rot.rot(&objects[&key]).unwrap())),
        }
        let here = Arc::new(MemoryBackend::from_snapshot(damaged));
        assert_eq!(pins(&here).await, 7, "{damage:?}");
        let vault = open(&here, 2).await.unwrap();
        let problems = check(&vault, CheckLevel::L1).await.problems;
        assert!(problems.iter().all(|problem| problem.object == key), "{damage:?}: {problems:?}");
        assert_eq!(problems.len(), 1, "{damage:?}");
        if damage != Damage::Swap {
            assert_eq!(problems[0].kind, kind, "{damage:?}: {problems:?}");
        }
        let report = repair(&here).await;
        let repaired: Vec<_> =
            report.repaired.iter().map(|one| (one.object.as_str(), one.cure)).collect();
        assert_eq!(repaired, [(key.as_str(), Cure::Chained)], "{damage:?}");
        assert!(report.ok() && check(&vault, CheckLevel::L1).await.ok(), "{damage:?}");
    }
}

/// Repairs with a replica of the same vault at hand that holds no set: nothing comes from there.
async fn repair(here: &Arc<MemoryBackend>) -> RepairReport {
    let sound = Arc::new(MemoryBackend::default());
    let keyring = here.snapshot()["keyring"].clone();
    sound.put("keyring", keyring).await.unwrap();
    let elsewhere = open_with(sound, &[passphrase(PASSPHRASE)], 3).await.unwrap();
    let request = RepairRequest { level: CheckLevel::L1, dry_run: false };
    let cancel = CancellationToken::new();
    elsewhere.repair(store(here), &request, &|_| {}, &cancel).await.unwrap()
}

#[tokio::test]
async fn an_entry_that_is_gone_comes_back_from_its_bundle() {
    let (backend, set) = ledger_of(8, context("writer", 1)).await;
    let before = backend.snapshot();
    // The set's own entry, and a pin's.
    let gone = [entry(&before, 1), entry(&before, 5)];
    for key in &gone {
        backend.delete(key).await.unwrap();
    }
    assert_eq!(pins(&backend).await, 7, "the list is whole");
    let vault = open(&backend, 2).await.unwrap();
    assert!(read_all(&vault, &set).await.unwrap() == documents(0..20));
    let problems = check(&vault, CheckLevel::L1).await.problems;
    let missing: Vec<_> = problems.iter().map(|problem| problem.object.as_str()).collect();
    assert_eq!(missing, gone);
    let report = repair(&backend).await;
    assert!(report.ok() && report.repaired.iter().all(|one| one.cure == Cure::Moved), "{report:?}");
    assert_eq!(backend.snapshot(), before, "byte for byte");
}

#[tokio::test]
async fn where_a_bundle_from_before_a_repair_disagrees_the_entries_decide() {
    let (backend, _) = ledger_of(8, context("writer", 1)).await;
    let before = backend.snapshot();
    let (entry, bundle) = (entry(&before, 5), bundle(&before, 6));
    // With its bundle gone too, what the entry said is lost, and those behind it are sealed anew.
    backend.delete(&entry).await.unwrap();
    backend.delete(&bundle).await.unwrap();
    let report = repair(&backend).await;
    assert!(report.repaired.iter().any(|one| one.cure == Cure::Blank), "{report:?}");
    assert!(report.repaired.iter().any(|one| one.object == bundle), "{report:?}");
    assert_eq!(pins(&backend).await, 6);
    backend.put(&bundle, before[&bundle].clone()).await.unwrap();
    assert_eq!(pins(&backend).await, 6);
    let vault = open(&backend, 2).await.unwrap();
    let problems = check(&vault, CheckLevel::L1).await.problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(
        (problems[0].object.as_str(), problems[0].kind),
        (bundle.as_str(), ProblemKind::Ledger)
    );
    assert!(repair(&backend).await.ok());
    assert!(check(&vault, CheckLevel::L1).await.ok());
}

#[tokio::test]
async fn killed_at_any_write_across_bundles_nothing_is_lost_or_told_twice() {
    let (start, set) = ledger_of(3, context("writer", 1)).await;
    let start = start.snapshot();
    assert_eq!(bundles(&start), 0, "the next entry is due to find a full bundle before it");
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_over(dying.clone(), 2).await.unwrap();
            let mut acknowledged = 2;
            for _ in 0..4 {
                if pin(&vault, &set, "dispute").await.is_err() {
                    break;
                }
                acknowledged += 1;
            }
            let found = pins(&backend).await;
            assert!(found == acknowledged || found == acknowledged + 1, "{writes}: {found}");
            let vault = open(&backend, 3).await.unwrap();
            assert!(check(&vault, CheckLevel::L1).await.ok(), "{writes}");
            for _ in 0..7 {
                pin(&vault, &set, "season end").await.unwrap();
            }
            assert_eq!(pins(&backend).await, found + 7, "{writes}");
            let report = check(&vault, CheckLevel::L1).await;
            assert!(report.ok(), "{writes}: {:?}", report.problems);
            assert!(bundles(&backend.snapshot()) >= 3, "{writes}");
            if !dying.is_dead() {
                assert!(writes > 12, "{writes}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_append_beside_a_damaged_entry_goes_on_and_bundles_once_it_is_mended() {
    let (backend, set) = ledger_of(3, context("writer", 1)).await;
    let entry = entry(&backend.snapshot(), 2);
    let sound = backend.get(&entry).await.unwrap();
    backend.put(&entry, Bytes::from_static(b"rubbish")).await.unwrap();
    let vault = open(&backend, 2).await.unwrap();
    pin(&vault, &set, "season end").await.unwrap();
    assert_eq!(bundles(&backend.snapshot()), 0, "nothing is put together of what is not sound");
    backend.put(&entry, sound).await.unwrap();
    pin(&vault, &set, "season end").await.unwrap();
    assert_eq!(bundles(&backend.snapshot()), 1);
    assert_eq!(pins(&backend).await, 4);
}
