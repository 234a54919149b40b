//! What nothing refers to goes, what anything refers to stays: beside backups, under kills, over
//! listings that are wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{ClockedStore, DyingStore, ManualClock, StaleListStore};
use vault::{CheckLevel, PruneRequest, Store, Vault, VaultContext, VaultError};

const START_MS: i64 = 1_790_000_000_000;

/// A store whose time is the test's, and vaults opened over it that live in the same time.
struct Place {
    clock: Arc<ManualClock>,
    memory: Arc<MemoryBackend>,
    backend: Arc<dyn Backend>,
}

impl Place {
    async fn new() -> Self {
        let memory = Arc::new(MemoryBackend::default());
        let place = Self::over(memory);
        let store = Store::with_backend(place.backend.clone());
        Vault::create(store, &provider(), place.context("a", 1)).await.unwrap();
        place
    }

    fn over(memory: Arc<MemoryBackend>) -> Self {
        let clock = Arc::new(ManualClock::new(START_MS));
        let backend = Arc::new(ClockedStore::new(memory.clone(), clock.clone()));
        Self { clock, memory, backend }
    }

    fn context(&self, writer: &str, seed: u64) -> VaultContext {
        context_at(&self.clock, writer, seed)
    }

    async fn vault(&self, writer: &str, seed: u64) -> Vault {
        self.vault_over(self.backend.clone(), writer, seed).await
    }

    async fn vault_over(&self, backend: Arc<dyn Backend>, writer: &str, seed: u64) -> Vault {
        let store = Store::with_backend(backend);
        Vault::open(store, &provider(), self.context(writer, seed)).await.unwrap()
    }

    fn hours(&self, hours: i64) {
        self.clock.advance(hours * HOUR_MS);
    }

    fn content_objects(&self) -> u64 {
        let folders = ["manifest/", "page/", "segment/", "delta/"];
        let objects = self.memory.snapshot();
        objects.keys().filter(|key| folders.iter().any(|folder| key.starts_with(folder))).count()
            as u64
    }
}

async fn add(vault: &Vault, range: std::ops::Range<u32>) -> String {
    back_up(vault, &documents(range), &BTreeMap::new()).await.unwrap().0.id
}

#[tokio::test]
async fn what_is_dropped_goes_after_two_grace_periods_and_the_rest_stays() {
    let place = Place::new().await;
    let vault = place.vault("a", 2).await;
    let kept = add(&vault, 0..300).await;
    let before = place.content_objects();
    let dropped = add(&vault, 300..700).await;
    let of_dropped = place.content_objects() - before;
    let frees = vault.exclusive(&[dropped.clone()]).await.unwrap();
    assert_eq!(frees.objects, of_dropped);
    vault.drop_set(&dropped, 0).await.unwrap();

    let first = prune(&vault).await.unwrap();
    assert_eq!((first.marked.objects, first.young), (0, frees));
    place.hours(25);
    let second = prune(&vault).await.unwrap();
    assert_eq!((second.marked, second.deleted.objects), (frees, 0));
    place.hours(23);
    let third = prune(&vault).await.unwrap();
    assert_eq!((third.due_at_ms, third.deleted.objects), (second.due_at_ms, 0), "not yet");
    assert_eq!(place.content_objects(), before + of_dropped);
    place.hours(2);
    let fourth = prune(&vault).await.unwrap();
    assert_eq!((fourth.deleted, fourth.spared.objects, fourth.due_at_ms), (frees, 0, None));
    assert_eq!(place.content_objects(), before);
    assert!(
        place.memory.snapshot().keys().all(|key| key != "prune/mark" && key != "prune/running")
    );
    assert_eq!(read_all(&vault, &kept).await.unwrap(), documents(0..300));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    let place = Place::new().await;
    let vault = place.vault("a", 2).await;
    add(&vault, 0..100).await;
    let dropped = add(&vault, 200..300).await;
    vault.drop_set(&dropped, 0).await.unwrap();
    place.hours(25);
    for phase in 0..3 {
        let before = place.memory.snapshot();
        let request = PruneRequest { dry_run: true };
        let told = vault.prune(request, &|_| {}, &CancellationToken::new()).await.unwrap();
        assert_eq!(place.memory.snapshot(), before, "a dry run writes nothing");
        let done = prune(&vault).await.unwrap();
        assert_eq!((told.deleted, told.marked), (done.deleted, done.marked), "phase {phase}");
        assert_eq!(done.deleted.objects > 0, phase == 1);
        place.hours(25);
    }
}

#[tokio::test]
async fn what_a_set_of_another_writer_uses_again_is_spared() {
    let place = Place::new().await;
    let (a, b) = (place.vault("a", 2).await, place.vault("b", 3).await);
    let dropped = add(&a, 0..500).await;
    a.drop_set(&dropped, 0).await.unwrap();
    place.hours(25);
    let marked = prune(&a).await.unwrap().marked;
    assert!(marked.objects >= 3);
    // The same documents: what is marked is stored anew instead of being counted on.
    let (set, stats) = back_up(&b, &documents(0..500), &BTreeMap::new()).await.unwrap();
    assert_eq!(stats.reused_segments, 0);
    place.hours(25);
    let swept = prune(&a).await.unwrap();
    // Its manifest, and its page: the segment that was stored anew is told of by another one.
    assert_eq!(swept.deleted.objects, 2, "{swept:?}");
    assert_eq!(swept.spared.objects, marked.objects - 2);
    assert_eq!(read_all(&b, &set.id).await.unwrap(), documents(0..500));
    assert!(check(&b, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn what_a_set_that_is_not_committed_yet_stored_anew_is_spared() {
    let place = Place::new().await;
    let (a, b) = (place.vault("a", 2).await, place.vault("b", 3).await);
    let dropped = add(&a, 0..400).await;
    a.drop_set(&dropped, 0).await.unwrap();
    place.hours(25);
    prune(&a).await.unwrap();
    place.hours(20);
    let set = b.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    for (key, doc) in documents(0..400) {
        stream.push(&key, &doc).await.unwrap();
    }
    stream.finish().await.unwrap();
    place.hours(5);
    let swept = prune(&a).await.unwrap();
    assert!(swept.deleted.objects > 0 && swept.spared.objects > 0, "{swept:?}");
    let set = set.commit(set_commit()).await.unwrap();
    assert_eq!(read_all(&b, &set.id).await.unwrap(), documents(0..400));
    assert!(check(&b, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn a_set_counted_on_an_object_through_one_that_came_and_went_since_the_mark() {
    let place = Place::new().await;
    let (a, b) = (place.vault("a", 2).await, place.vault("b", 3).await);
    let first = add(&a, 0..400).await;
    place.hours(25);
    // Begun before the mark: it may count on what the mark will name.
    let early = a.begin_set(set_info()).await.unwrap();
    b.drop_set(&first, 0).await.unwrap();
    let mut stream = early.stream(stream_info("games")).await.unwrap();
    for (key, doc) in documents(0..400) {
        stream.push(&key, &doc).await.unwrap();
    }
    assert!(stream.finish().await.unwrap().reused_segments > 0);
    assert!(prune(&b).await.unwrap().marked.objects > 0);
    place.hours(1);
    let early = early.commit(set_commit()).await.unwrap();
    // A later set counts on the same objects through it; then it goes.
    place.hours(22);
    let late = b.begin_set(set_info()).await.unwrap();
    let mut stream = late.stream(stream_info("games")).await.unwrap();
    for (key, doc) in documents(0..400) {
        stream.push(&key, &doc).await.unwrap();
    }
    assert!(stream.finish().await.unwrap().reused_segments > 0);
    a.drop_set(&early.id, 0).await.unwrap();
    place.hours(2);
    let swept = prune(&a).await.unwrap();
    assert_eq!(swept.deleted.objects, 1, "the manifest of the first set: {swept:?}");
    let late = late.commit(set_commit()).await.unwrap();
    assert_eq!(read_all(&b, &late.id).await.unwrap(), documents(0..400));
}

#[tokio::test]
async fn a_set_that_runs_longer_than_its_objects_are_safe_is_refused() {
    for (reuse, limit) in [(true, 12), (false, 36)] {
        for (hours, accepted) in [(limit - 1, true), (limit + 1, false)] {
            let place = Place::new().await;
            let vault = place.vault("a", 2).await;
            add(&vault, 0..200).await;
            let set = vault.begin_set(set_info()).await.unwrap();
            let mut stream = set.stream(stream_info("games")).await.unwrap();
            let range = if reuse { 0..200 } else { 5000..5200 };
            for (key, doc) in documents(range) {
                stream.push(&key, &doc).await.unwrap();
            }
            stream.finish().await.unwrap();
            place.hours(hours);
            let committed = set.commit(set_commit()).await;
            assert_eq!(committed.is_ok(), accepted, "{reuse} {hours}: {committed:?}");
            assert!(accepted || matches!(committed, Err(VaultError::TooOld { .. })));
        }
    }
}

#[tokio::test]
async fn a_damaged_ledger_or_index_stops_it() {
    for folder in ["ledger/", "registry/0", "manifest/", "page/"] {
        let place = Place::new().await;
        let vault = place.vault("a", 2).await;
        add(&vault, 0..100).await;
        let dropped = add(&vault, 200..300).await;
        vault.drop_set(&dropped, 0).await.unwrap();
        place.hours(25);
        prune(&vault).await.unwrap();
        place.hours(25);
        let listed = vault.usage().await.unwrap();
        let objects = place.memory.snapshot();
        let keys: Vec<_> = objects.keys().filter(|key| key.starts_with(folder)).collect();
        let mut refused = 0;
        for key in &keys {
            let body = objects[*key].clone();
            place.memory.put(key, body.slice(..body.len() - 9)).await.unwrap();
            match prune(&vault).await {
                Err(VaultError::PruneRefused { object, .. }) => {
                    assert_eq!(object, **key);
                    refused += 1;
                }
                // The one object of the dropped set in this folder is in nobody's way.
                Ok(_) => assert!(["manifest/", "page/"].contains(&folder), "{key}"),
                Err(error) => panic!("{key}: {error}"),
            }
            place.memory.put(key, body).await.unwrap();
            if refused > 0 {
                break;
            }
        }
        assert_eq!(refused, 1, "{folder}");
        assert_eq!(vault.usage().await.unwrap(), listed);
        assert!(check(&vault, CheckLevel::L3).await.ok());
    }
}

#[tokio::test]
async fn one_prune_at_a_time_and_a_dead_one_is_taken_over() {
    let place = Place::new().await;
    let vault = place.vault("a", 2).await;
    let dying = Arc::new(DyingStore::new(place.backend.clone(), 2, true));
    let other = place.vault_over(dying, "b", 3).await;
    prune(&other).await.unwrap_err();
    assert!(place.memory.snapshot().contains_key("prune/running"));
    assert!(matches!(prune(&vault).await, Err(VaultError::PruneRunning { .. })));
    place.hours(2);
    prune(&vault).await.unwrap();
    prune(&vault).await.unwrap();
}

#[tokio::test]
async fn a_store_without_a_clock_is_not_pruned() {
    let memory = Arc::new(MemoryBackend::default());
    let vault = create(&memory, 1).await;
    add(&vault, 0..50).await;
    assert!(matches!(prune(&vault).await, Err(VaultError::NoStoreClock { .. })));
}

/// Kills the process at every write and delete of a prune; whatever happened, all sets open, and a
/// later prune ends what was begun.
#[tokio::test]
async fn killed_at_any_write_of_a_prune() {
    for lands in [false, true] {
        for phase in ["mark", "sweep"] {
            for writes in 0.. {
                let place = Place::new().await;
                let vault = place.vault("a", 2).await;
                add(&vault, 0..100).await;
                let dropped = add(&vault, 200..300).await;
                let kept = add(&vault, 50..150).await;
                vault.drop_set(&dropped, 0).await.unwrap();
                place.hours(25);
                if phase == "sweep" {
                    prune(&vault).await.unwrap();
                    place.hours(25);
                }
                let dying = Arc::new(DyingStore::new(place.backend.clone(), writes, lands));
                let doomed = place.vault_over(dying.clone(), "b", 3).await;
                let ended = prune(&doomed).await;
                assert_eq!(ended.is_ok(), !dying.is_dead());
                assert!(check(&vault, CheckLevel::L3).await.ok(), "{phase} {writes}");
                place.hours(3);
                // A backup goes on, also of the documents whose objects were half deleted.
                let again = place.vault("c", 4).await;
                let set = back_up(&again, &documents(200..300), &BTreeMap::new()).await;
                let (set, _) = set.unwrap();
                for _ in 0..3 {
                    place.hours(25);
                    prune(&again).await.unwrap();
                }
                assert_eq!(read_all(&again, &kept).await.unwrap(), documents(50..150));
                assert_eq!(read_all(&again, &set.id).await.unwrap(), documents(200..300));
                assert!(check(&again, CheckLevel::L3).await.ok(), "{phase} {writes}");
                let used = again.usage().await.unwrap().total().objects;
                assert_eq!(place.content_objects(), used, "{phase} {writes}");
                if ended.is_ok() {
                    assert!(writes >= 4, "{phase} {writes}");
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_stale_listing_deletes_nothing_that_is_in_use() {
    let place = Place::new().await;
    let stale: Arc<dyn Backend> = Arc::new(StaleListStore::new(place.backend.clone()));
    let vault = place.vault_over(stale.clone(), "a", 2).await;
    let kept = add(&vault, 0..100).await;
    let dropped = add(&vault, 200..300).await;
    vault.drop_set(&dropped, 0).await.unwrap();
    for _ in 0..3 {
        place.hours(25);
        assert_eq!(prune(&vault).await.unwrap().deleted.objects, 0, "it shows none of them");
    }
    // Later it shows them all, and goes on to show what was deleted.
    let later: Arc<dyn Backend> = Arc::new(StaleListStore::new(place.backend.clone()));
    let vault = place.vault_over(later, "a", 3).await;
    for round in 0..4 {
        place.hours(25);
        let deleted = prune(&vault).await.unwrap().deleted.objects;
        assert_eq!(deleted > 0, round == 1, "round {round}");
    }
    assert_eq!(read_all(&vault, &kept).await.unwrap(), documents(0..100));
    assert!(check(&vault, CheckLevel::L3).await.ok());
    assert_eq!(place.content_objects(), vault.usage().await.unwrap().total().objects);
}

#[tokio::test]
async fn a_set_that_needs_what_is_being_deleted_begins_again() {
    let place = Place::new().await;
    let vault = place.vault("a", 2).await;
    let dropped = add(&vault, 0..300).await;
    vault.drop_set(&dropped, 0).await.unwrap();
    place.hours(25);
    prune(&vault).await.unwrap();
    place.hours(25);
    // Stops right before the first deletion; nobody knows whether it goes on.
    let dying = Arc::new(DyingStore::new(place.backend.clone(), 2, false));
    let pruning = place.vault_over(dying, "b", 3).await;
    prune(&pruning).await.unwrap_err();
    let other = place.vault("c", 4).await;
    let set = other.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("games")).await.unwrap();
    for (key, doc) in documents(0..300) {
        stream.push(&key, &doc).await.unwrap();
    }
    stream.finish().await.unwrap();
    let refused = set.commit(set_commit()).await.unwrap_err();
    assert!(matches!(refused, VaultError::BeingPruned { .. }), "{refused}");
    assert!(refused.is_transient());
    assert!(other.sets().await.unwrap().is_empty());
    // One that has been silent for so long is dead.
    place.hours(2);
    let set = add(&other, 0..300).await;
    prune(&vault).await.unwrap();
    assert_eq!(read_all(&other, &set).await.unwrap(), documents(0..300));
}

#[tokio::test]
async fn what_a_repair_put_aside_goes_when_it_is_old() {
    let place = Place::new().await;
    let vault = place.vault("a", 2).await;
    let kept = add(&vault, 0..40).await;
    let key = "damaged/ledger/x/0000000001";
    place.backend.put(key, "what was damaged".into()).await.unwrap();
    assert_eq!(prune(&vault).await.unwrap().set_aside.objects, 0);
    assert!(place.memory.snapshot().contains_key(key));
    place.hours(25);
    assert_eq!(prune(&vault).await.unwrap().set_aside.objects, 1);
    assert!(!place.memory.snapshot().contains_key(key));
    assert_eq!(read_all(&vault, &kept).await.unwrap(), documents(0..40));
}
