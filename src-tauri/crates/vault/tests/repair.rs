//! Whatever is damaged in one of two stores comes back from the other, in both directions; what
//! cannot come back is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use rstest::rstest;
use support::damage::{Damage, Objects, inflict};
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{DyingStore, context};
use vault::{
    CheckLevel, Cure, ProblemKind, RepairReport, RepairRequest, ReplicateRequest, Store, Vault,
    VaultError,
};

/// Two stores of one vault, and each before its last set.
struct Pair {
    primary: Objects,
    replica: Objects,
    earlier_primary: Objects,
    earlier_replica: Objects,
    sets: Vec<(String, Documents)>,
}

async fn pair() -> Pair {
    let (here, there) = (Arc::new(MemoryBackend::default()), Arc::new(MemoryBackend::default()));
    create(&here, 1).await;
    let vault = open_with(here.clone(), &[passphrase(PASSPHRASE)], 2).await.unwrap();
    let replica = vault.make_replica(store(&there)).await.unwrap();
    let first = back_up(&vault, &documents(0..40), &BTreeMap::new()).await.unwrap().0;
    let changes: Changes = [
        (3_u32.to_be_bytes().to_vec(), None),
        (7_u32.to_be_bytes().to_vec(), Some(document(7, 1))),
    ]
    .into();
    let second = back_up_over(&vault, &first.id, &changes).await.unwrap().0;
    copy(&vault, &replica, &[&first.id, &second.id]).await;
    let (earlier_primary, earlier_replica) = (here.snapshot(), there.snapshot());
    vault.change_keys(vault::KeyChange::Rotate).await.unwrap();
    let third = back_up(&vault, &documents(10..60), &BTreeMap::new()).await.unwrap().0;
    let replica = vault.make_replica(store(&there)).await.unwrap();
    copy(&vault, &replica, &[&third.id]).await;
    let sets = vec![
        (first.id, documents(0..40)),
        (second.id, merged(&documents(0..40), &changes)),
        (third.id, documents(10..60)),
    ];
    Pair {
        primary: here.snapshot(),
        replica: there.snapshot(),
        earlier_primary,
        earlier_replica,
        sets,
    }
}

async fn copy(vault: &Vault, replica: &Vault, sets: &[&String]) {
    let sets = sets.iter().map(|id| (*id).clone()).collect();
    let request = ReplicateRequest { sets, fencing_token: 0 };
    let report = vault.replicate(replica, &request, &|_| {}, &CancellationToken::new()).await;
    assert!(report.unwrap().ok());
}

fn backend(objects: &Objects) -> Arc<MemoryBackend> {
    Arc::new(MemoryBackend::from_snapshot(objects.clone()))
}

async fn opened(backend: &Arc<MemoryBackend>) -> Vault {
    open_with(backend.clone(), &[passphrase(PASSPHRASE)], 5).await.unwrap()
}

const DEEP: RepairRequest = RepairRequest { level: CheckLevel::L3, dry_run: false };
const REHEARSED: RepairRequest = RepairRequest { level: CheckLevel::L3, dry_run: true };

async fn repair(
    sound: &Arc<MemoryBackend>,
    damaged: Arc<dyn Backend>,
    request: &RepairRequest,
) -> Result<RepairReport, VaultError> {
    let damaged = Store::with_backend(damaged);
    opened(sound).await.repair(damaged, request, &|_| {}, &CancellationToken::new()).await
}

/// Everything that was there is there, and sound.
async fn assert_whole(backend: &Arc<MemoryBackend>, sets: &[(String, Documents)], what: &str) {
    let vault = opened(backend).await;
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{what}: {:?}", report.problems);
    let listed: Vec<_> = vault.sets().await.unwrap().into_iter().map(|set| set.id).collect();
    let expected: Vec<_> = sets.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(listed, expected, "{what}");
    for (id, documents) in sets {
        assert!(read_all(&vault, id).await.unwrap() == *documents, "{what}: {id}");
    }
}

#[rstest]
#[tokio::test]
async fn every_object_comes_back_from_the_other_store(
    #[values(
        Damage::Delete,
        Damage::Truncate,
        Damage::Flip,
        Damage::Swap,
        Damage::Zero,
        Damage::Stale
    )]
    damage: Damage,
    #[values(true, false)] of_primary: bool,
) {
    let pair = pair().await;
    let (damaged, earlier, sound) = match of_primary {
        true => (&pair.primary, &pair.earlier_primary, backend(&pair.replica)),
        false => (&pair.replica, &pair.earlier_replica, backend(&pair.primary)),
    };
    let mut types = BTreeSet::new();
    // A claim on a revision is done with once the keyring is written; nothing reads it again.
    for key in damaged.keys().filter(|key| !key.starts_with("keyring-change")) {
        let mut objects = damaged.clone();
        if inflict(&mut objects, earlier, key, damage).is_empty() {
            continue;
        }
        let what = format!("{damage:?} of {key}");
        let here = backend(&objects);
        let plan = repair(&sound, here.clone(), &REHEARSED).await.expect(&what);
        assert_eq!(here.snapshot(), objects, "{what}: a rehearsal writes nothing");
        let done = repair(&sound, here.clone(), &DEEP).await.expect(&what);
        assert!(done.ok(), "{what}: {done:?}");
        assert!(done.repaired.iter().any(|one| one.object == *key), "{what}: {done:?}");
        let cures = |report: &RepairReport| {
            report.repaired.iter().map(|one| (one.object.clone(), one.cure)).collect::<Vec<_>>()
        };
        assert_eq!(cures(&plan), cures(&done), "{what}: the plan is what is done");
        assert_whole(&here, &pair.sets, &what).await;
        let again = repair(&sound, here, &DEEP).await.unwrap();
        assert!(again.ok() && again.repaired.is_empty(), "{what}: {again:?}");
        let folder = key.split('/').next().unwrap_or_default();
        types.insert(match key.ends_with("head") {
            true => format!("{folder} head"),
            false => folder.to_owned(),
        });
    }
    let all = 9;
    match damage {
        // Only these are ever rewritten.
        Damage::Stale => assert!(types.contains("keyring") && types.contains("ledger head")),
        // Some types have one object alone.
        Damage::Swap => assert!(types.len() >= 6, "{types:?}"),
        _ => assert_eq!(types.len(), all, "{types:?}"),
    }
}

#[tokio::test]
async fn much_damage_at_once_comes_back_too() {
    let pair = pair().await;
    let mut objects = pair.primary.clone();
    for (number, body) in objects.values_mut().enumerate() {
        if number % 2 == 0 {
            *body = Bytes::from(vec![0; body.len()]);
        }
    }
    let here = backend(&objects);
    let report = repair(&backend(&pair.replica), here.clone(), &DEEP).await.unwrap();
    assert!(report.ok(), "{report:?}");
    assert_whole(&here, &pair.sets, "half of everything").await;
}

#[tokio::test]
async fn a_ledger_that_is_gone_altogether_is_made_up_for() {
    let pair = pair().await;
    let mut objects = pair.primary.clone();
    objects.retain(|key, _| !key.starts_with("ledger/"));
    let here = backend(&objects);
    let report = repair(&backend(&pair.replica), here.clone(), &DEEP).await.unwrap();
    assert!(report.ok(), "{report:?}");
    let relisted = report.repaired.iter().filter(|one| one.cure == Cure::Relisted).count();
    assert_eq!(relisted, 3, "{report:?}");
    assert_whole(&here, &pair.sets, "no ledger").await;
}

#[tokio::test]
async fn names_that_somebody_put_there_lead_nowhere() {
    let pair = pair().await;
    let mut objects = pair.primary.clone();
    let head = objects.keys().find(|key| key.starts_with("ledger/") && key.ends_with("head"));
    let head = head.unwrap().clone();
    objects.remove(&head);
    let far = head.replace("head", "18446744073709551614");
    objects.insert(far, Bytes::from_static(b"nothing"));
    objects.insert("ledger/0123/head".to_owned(), Bytes::from_static(b"nothing"));
    objects.insert("registry/9999999999".to_owned(), Bytes::from_static(b"nothing"));
    let here = backend(&objects);
    let report = repair(&backend(&pair.replica), here.clone(), &DEEP).await.unwrap();
    assert!(report.ok(), "{report:?}");
    assert_whole(&here, &pair.sets, "strange names").await;
}

#[tokio::test]
async fn what_neither_store_holds_is_told_and_the_rest_is_healed() {
    let pair = pair().await;
    let (mut here, mut there) = (pair.primary.clone(), pair.replica.clone());
    let segments: Vec<_> = here.keys().filter(|key| key.starts_with("segment/")).cloned().collect();
    let [gone, broken, ..] = &segments[..] else { panic!("{segments:?}") };
    here.remove(gone);
    there.remove(gone);
    here.insert(broken.clone(), Bytes::from_static(b"x"));
    let sound = backend(&there);
    let here = backend(&here);
    let report = repair(&sound, here.clone(), &DEEP).await.unwrap();
    assert_eq!(report.repaired.len(), 1, "{report:?}");
    assert_eq!(report.left.len(), 1, "{report:?}");
    assert_eq!(report.left[0].object, *gone);
    assert!(report.left[0].detail.contains("the other store does not hold it"), "{report:?}");
    // Damaged in both.
    there.insert(broken.clone(), Bytes::from(vec![1; 5000]));
    here.put(broken, Bytes::from_static(b"y")).await.unwrap();
    let report = repair(&backend(&there), here, &DEEP).await.unwrap();
    let told = report.left.iter().find(|problem| problem.object == *broken).unwrap();
    assert!(told.detail.contains("damaged too"), "{report:?}");
}

#[tokio::test]
async fn an_object_of_the_other_store_that_is_not_it_is_never_taken() {
    let pair = pair().await;
    let (mut here, mut there) = (pair.primary.clone(), pair.replica.clone());
    let manifests: Vec<_> =
        here.keys().filter(|key| key.starts_with("manifest/")).cloned().collect();
    let (first, second) = (&manifests[0], &manifests[1]);
    here.remove(first);
    there.insert(first.clone(), there[second].clone());
    let report = repair(&backend(&there), backend(&here), &DEEP).await.unwrap();
    assert!(report.left.iter().any(|problem| problem.object == *first), "{report:?}");
}

#[tokio::test]
async fn killed_at_any_write_a_second_repair_ends_it() {
    let pair = pair().await;
    let mut objects = pair.primary.clone();
    let ledger = objects.keys().find(|key| key.ends_with("0000000001") && key.starts_with("led"));
    let ledger = ledger.unwrap().clone();
    objects.remove(&ledger);
    objects.retain(|key, _| !key.contains("/bundle/"));
    for (key, body) in &mut objects {
        if key.starts_with("page/") || key == "keyring" || key == "registry/head" {
            *body = body.slice(..body.len() / 2);
        }
    }
    let sound = backend(&pair.replica);
    let mut kills = 0;
    for lands in [false, true] {
        for writes in 0.. {
            let here = backend(&objects);
            let dying = Arc::new(DyingStore::new(here.clone(), writes, lands));
            let ended = repair(&sound, dying, &DEEP).await;
            let report = repair(&sound, here.clone(), &DEEP).await.unwrap();
            assert!(report.ok(), "{writes}: {report:?}");
            assert_whole(&here, &pair.sets, &format!("killed at {writes}")).await;
            kills += 1;
            if ended.is_ok_and(|report| report.ok()) {
                break;
            }
        }
    }
    assert!(kills > 20, "{kills}");
}

#[tokio::test]
async fn what_history_was_is_kept_aside_and_another_vault_is_left_alone() {
    let pair = pair().await;
    let key = pair
        .primary
        .keys()
        .find(|key| key.starts_with("ledger/") && key.ends_with("2"))
        .unwrap()
        .clone();
    let mut objects = pair.primary.clone();
    objects.insert(key.clone(), Bytes::from_static(b"rubbish"));
    let here = backend(&objects);
    repair(&backend(&pair.replica), here.clone(), &DEEP).await.unwrap();
    assert_eq!(here.snapshot()[&format!("damaged/{key}")], "rubbish");

    let other = Arc::new(MemoryBackend::default());
    let store = Store::with_backend(other.clone());
    Vault::create(store, &provider(), context("other", 40)).await.unwrap();
    let before = other.snapshot();
    let refused = repair(&backend(&pair.replica), other.clone(), &DEEP).await;
    assert!(matches!(refused, Err(VaultError::OtherVault { .. })), "{refused:?}");
    assert_eq!(other.snapshot(), before);
}

#[tokio::test]
async fn an_older_replica_does_not_take_keys_back() {
    let pair = pair().await;
    // The replica is as it was before the data key was raised.
    let sound = backend(&pair.earlier_replica);
    let mut objects = pair.primary.clone();
    let segment = objects
        .keys()
        .find(|key| pair.earlier_replica.contains_key(*key) && key.starts_with("segment/"));
    let segment = segment.unwrap().clone();
    objects.remove(&segment);
    let here = backend(&objects);
    let report = repair(&sound, here.clone(), &DEEP).await.unwrap();
    assert!(report.ok(), "{report:?}");
    assert_eq!(here.snapshot()["keyring"], pair.primary["keyring"]);
    assert_whole(&here, &pair.sets, "newer keyring").await;
    // Where the newer one is lost, the older opens what it can, and the rest is told.
    objects.remove("keyring");
    let here = backend(&objects);
    let report = repair(&sound, here.clone(), &DEEP).await.unwrap();
    assert!(!report.ok());
    assert!(report.left.iter().all(|problem| problem.kind == ProblemKind::Decrypt), "{report:?}");
    let ledgers = |objects: &Objects| -> Vec<_> {
        objects.clone().into_iter().filter(|(key, _)| key.starts_with("ledger/")).collect()
    };
    assert_eq!(ledgers(&here.snapshot()), ledgers(&objects), "what a newer key opens is kept");
    let vault = opened(&here).await;
    let (id, documents) = &pair.sets[0];
    assert!(read_all(&vault, id).await.unwrap() == *documents);
}
