//! Whatever happens to whatever object: listing, checking and reading notice it, name the object,
//! never panic and never hand out anything that was not stored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use rstest::rstest;
use support::damage::{Damage, Objects, inflict};
use support::*;
use vault::store::{Backend, MemoryBackend};
use vault::testing::FlippingStore;
use vault::{CheckLevel, ProblemKind, Vault, VaultError};

/// A small vault with two sets, one of them with deltas, and the same vault after the first set.
async fn small_vault() -> (Objects, Objects) {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    back_up(&vault, &documents(0..40), &BTreeMap::new()).await.unwrap();
    let earlier = backend.snapshot();
    let deltas = [
        (3_u32.to_be_bytes().to_vec(), None),
        (7_u32.to_be_bytes().to_vec(), Some(document(7, 1))),
    ];
    back_up(&vault, &documents(0..45), &deltas.into()).await.unwrap();
    (backend.snapshot(), earlier)
}

/// What a use of the damaged vault told: the objects named.
#[derive(Debug, Default)]
struct Told {
    objects: Vec<String>,
}

impl Told {
    fn error(&mut self, error: VaultError) {
        match error {
            VaultError::Damaged { object, .. } | VaultError::UnknownFormat { object, .. } => {
                self.objects.push(object);
            }
            VaultError::NotAVault { .. } => self.objects.push("keyring".to_owned()),
            other => panic!("not told as damage: {other}"),
        }
    }
}

async fn opened(objects: Objects, told: &mut Told) -> Option<Vault> {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::from_snapshot(objects));
    match open_over(backend, 5).await {
        Ok(vault) => Some(vault),
        Err(error) => {
            told.error(error);
            None
        }
    }
}

async fn listed(objects: Objects) -> Told {
    let mut told = Told::default();
    let Some(vault) = opened(objects, &mut told).await else {
        return told;
    };
    let catalog = vault.catalog().await.unwrap();
    told.objects.extend(catalog.problems.into_iter().map(|problem| problem.object));
    let strict = vault.sets().await;
    assert_eq!(strict.is_err(), !told.objects.is_empty(), "sets() and catalog() agree");
    // What is listed is exactly what was committed.
    for set in catalog.sets {
        assert_eq!(set.cluster_time, "1790000000,7");
        assert_eq!(set.attributes["method"], "full");
    }
    told
}

async fn checked(objects: Objects) -> Told {
    let mut told = Told::default();
    let Some(vault) = opened(objects, &mut told).await else {
        return told;
    };
    let report = check(&vault, CheckLevel::L3).await;
    told.objects.extend(report.problems.into_iter().map(|problem| problem.object));
    told
}

async fn read(objects: Objects) -> Told {
    let mut told = Told::default();
    let Some(vault) = opened(objects, &mut told).await else {
        return told;
    };
    let catalog = vault.catalog().await.unwrap();
    told.objects.extend(catalog.problems.into_iter().map(|problem| problem.object));
    for set in catalog.sets {
        match read_all(&vault, &set.id).await {
            Ok(found) => {
                let first = set.documents == 40;
                let mut expected = documents(if first { 0..40 } else { 0..45 });
                if !first {
                    expected.remove(&3_u32.to_be_bytes().to_vec());
                    expected.insert(7_u32.to_be_bytes().to_vec(), document(7, 1));
                }
                assert_eq!(found, expected, "what is read is what was stored");
            }
            Err(error) => told.error(error),
        }
    }
    told
}

#[rstest]
#[tokio::test]
async fn damage_is_detected_and_located(
    #[values(
        Damage::Delete,
        Damage::Truncate,
        Damage::Flip,
        Damage::Swap,
        Damage::Zero,
        Damage::Stale
    )]
    damage: Damage,
) {
    let (whole, earlier) = small_vault().await;
    let mut cases = 0;
    for key in whole.keys() {
        let mut objects = whole.clone();
        let keys = inflict(&mut objects, &earlier, key, damage);
        if keys.is_empty() {
            continue;
        }
        cases += 1;
        let told = checked(objects.clone()).await;
        assert!(told.objects.contains(key), "check, {damage:?} of {key}: {told:?}");
        let told = listed(objects.clone()).await;
        let told_of_by_list = ["keyring", "registry/", "ledger/"];
        if told_of_by_list.iter().any(|folder| key.starts_with(folder)) {
            assert!(told.objects.contains(key), "list, {damage:?} of {key}: {told:?}");
        } else {
            assert!(told.objects.is_empty(), "list, {damage:?} of {key}: {told:?}");
        }
        let told = read(objects).await;
        // Reading ends at the first object that is damaged.
        let named = keys.iter().any(|key| told.objects.contains(key));
        assert!(named, "read, {damage:?} of {key}: {told:?}");
    }
    let least = match damage {
        // Only heads and the keyring are ever rewritten, and the keyring was not.
        Damage::Stale => 1,
        Damage::Swap => 6,
        _ => whole.len(),
    };
    assert!(cases >= least, "{cases} cases of {damage:?}");
}

#[tokio::test]
async fn every_level_finds_what_it_promises() {
    let (whole, earlier) = small_vault().await;
    let segment = whole.keys().find(|key| key.starts_with("segment/")).unwrap();
    for (damage, found_from) in [
        (Damage::Delete, CheckLevel::L0),
        (Damage::Truncate, CheckLevel::L0),
        (Damage::Flip, CheckLevel::L2),
    ] {
        for level in [CheckLevel::L0, CheckLevel::L1, CheckLevel::L2, CheckLevel::L3] {
            let mut objects = whole.clone();
            inflict(&mut objects, &earlier, segment, damage);
            let vault = opened(objects, &mut Told::default()).await.unwrap();
            let report = check(&vault, level).await;
            let found = report.problems.iter().any(|problem| problem.object == *segment);
            assert_eq!(found, level >= found_from, "{damage:?} at {level:?}: {report:?}");
        }
    }
}

#[tokio::test]
async fn any_flipped_byte_of_any_object_is_found_and_named() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let deltas = [(1_u32.to_be_bytes().to_vec(), Some(document(1, 1)))];
    back_up(&vault, &documents(0..4), &deltas.into()).await.unwrap();
    let whole = backend.snapshot();
    let mut flips = 0;
    for (key, body) in &whole {
        for at in 0..body.len() {
            let mut bytes = body.to_vec();
            bytes[at] ^= 1 << (at % 8);
            let mut objects = whole.clone();
            objects.insert(key.clone(), bytes.into());
            let told = checked(objects).await;
            assert!(told.objects.contains(key), "byte {at} of {key}: {told:?}");
            flips += 1;
        }
    }
    assert!(flips > 2500, "{flips}");
}

#[tokio::test]
async fn a_flip_with_the_own_hash_made_to_fit_is_found_by_the_key() {
    let (whole, _) = small_vault().await;
    for (key, body) in &whole {
        let last = body.len() - 32;
        for at in (0..last).step_by(37) {
            let mut bytes = body.to_vec();
            bytes[at] ^= 0x20;
            let hash = blake3::hash(&bytes[..last]);
            bytes[last..].copy_from_slice(hash.as_bytes());
            let mut objects = whole.clone();
            objects.insert(key.clone(), bytes.into());
            let mut told = Told::default();
            let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::from_snapshot(objects));
            match open_over(backend, 5).await {
                // A forged keyring opens with no key, and nothing more is told.
                Err(VaultError::WrongKey) if key == "keyring" => continue,
                Err(error) => told.error(error),
                Ok(vault) => {
                    let report = check(&vault, CheckLevel::L3).await;
                    told.objects.extend(report.problems.into_iter().map(|p| p.object));
                }
            }
            assert!(told.objects.contains(key), "byte {at} of {key}: {told:?}");
        }
    }
}

#[tokio::test]
async fn flips_on_read_are_found_and_a_healed_read_is_clean() {
    let (whole, _) = small_vault().await;
    let segment = whole.keys().find(|key| key.starts_with("segment/")).unwrap().clone();
    let inner: Arc<dyn Backend> = Arc::new(MemoryBackend::from_snapshot(whole));
    let flipping = Arc::new(FlippingStore::new(inner, &segment, 100, 1));
    let vault = open_over(flipping, 5).await.unwrap();
    let report = check(&vault, CheckLevel::L3).await;
    assert_eq!(report.problems.len(), 1);
    assert_eq!(
        (report.problems[0].object.as_str(), report.problems[0].kind),
        (segment.as_str(), ProblemKind::Hash)
    );
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn objects_can_be_checked_without_a_key() {
    let (whole, _) = small_vault().await;
    for (key, body) in &whole {
        vault::verify_ciphertext(key, body).unwrap();
        let mut bytes = body.to_vec();
        bytes[70] ^= 1;
        assert!(vault::verify_ciphertext(key, &bytes).is_err());
        assert!(vault::verify_ciphertext("segment/elsewhere", body).is_err());
    }
}
