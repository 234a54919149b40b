//! Increments: layers of changes over the stream of an earlier set.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::*;
use vault::store::MemoryBackend;
use vault::{CheckLevel, ObjectType, VaultError, verify_ciphertext};

/// More increments than layers are kept.
const INCREMENTS: u32 = 20;

fn changes(round: u32) -> Changes {
    (0..30_000_u32)
        .step_by(97)
        .map(|n| {
            let number = (n + round * 13) % 31_000;
            let image = (number % 5 != round % 5).then(|| document(number, round));
            (number.to_be_bytes().to_vec(), image)
        })
        .collect()
}

#[tokio::test]
async fn increments_over_increments_read_as_the_state_they_were_taken_of() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut state = documents(0..30_000);
    let (full, _) = back_up(&vault, &state, &BTreeMap::new()).await.unwrap();
    let mut taken = vec![(full.id.clone(), state.clone())];
    for round in 1..=INCREMENTS {
        let changes = changes(round);
        let base = taken.last().unwrap().0.clone();
        let (set, stats) = back_up_over(&vault, &base, &changes).await.unwrap();
        state = merged(&state, &changes);
        let mut digest = vault.digest();
        state.iter().for_each(|(key, doc)| digest.add(key, doc));
        assert_eq!((stats.digest, stats.documents), (digest.value(), state.len() as u64));
        assert_eq!(stats.bytes, state.values().map(|doc| doc.len() as u64).sum::<u64>());
        let manifest = vault.set(&set.id).await.unwrap();
        assert!(manifest.stream("history", "games").unwrap().layers() <= 12, "round {round}");
        taken.push((set.id, state.clone()));
    }
    for (set, state) in &taken {
        assert_eq!(read_all(&vault, set).await.unwrap(), *state);
    }
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
}

#[tokio::test]
async fn an_increment_stores_its_changes_alone_and_needs_no_listed_base() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = documents(0..60_000);
    let (full, _) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    let changes: Changes =
        (0..600_u32).map(|n| ((n * 100).to_be_bytes().to_vec(), Some(document(n, 1)))).collect();
    let (set, stats) = back_up_over(&vault, &full.id, &changes).await.unwrap();
    assert!(set.stored_bytes * 33 < full.stored_bytes, "{set:?} after {full:?}");
    assert_eq!((stats.delta_puts, stats.delta_deletes), (600, 0));
    vault.drop_set(&full.id, 0).await.unwrap();
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), merged(&base, &changes));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn an_increment_without_changes_is_the_same_stream() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let (full, first) = back_up(&vault, &documents(0..1_000), &BTreeMap::new()).await.unwrap();
    let (set, stats) = back_up_over(&vault, &full.id, &BTreeMap::new()).await.unwrap();
    assert_eq!((stats.digest, stats.documents), (first.digest, first.documents));
    assert_eq!((stats.stored_bytes, stats.reused_segments), (0, stats.segments));
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), documents(0..1_000));
}

#[tokio::test]
async fn a_stream_over_a_base_takes_no_parts() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let (full, _) = back_up(&vault, &documents(0..10), &BTreeMap::new()).await.unwrap();
    let beneath = vault.set(&full.id).await.unwrap();
    let beneath = beneath.stream("history", "games").unwrap().clone();
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream_over(stream_info("games"), beneath).await.unwrap();
    stream.push(b"a", b"b").await.unwrap();
    assert!(matches!(stream.finish().await, Err(VaultError::Misuse(_))));
}

#[tokio::test]
async fn only_manifests_of_several_layers_are_of_format_2() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let one: Changes = [(b"a".to_vec(), Some(b"1".to_vec()))].into();
    let (full, _) = back_up(&vault, &documents(0..10), &one).await.unwrap();
    let formats = |backend: &Arc<MemoryBackend>| {
        let mut formats = BTreeMap::new();
        for (key, bytes) in snapshot(backend) {
            let object_type = verify_ciphertext(&key, &bytes).unwrap();
            if object_type == ObjectType::Manifest {
                *formats.entry(bytes[4]).or_insert(0) += 1;
            } else {
                assert_eq!(bytes[4], 1, "{key}");
            }
        }
        formats
    };
    assert_eq!(formats(&backend), [(1, 1)].into());
    back_up_over(&vault, &full.id, &one).await.unwrap();
    assert_eq!(formats(&backend), [(1, 1), (2, 1)].into());
}

#[tokio::test]
async fn every_damaged_object_of_an_increment_is_found() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let (full, _) = back_up(&vault, &documents(0..2_000), &BTreeMap::new()).await.unwrap();
    let (set, _) = back_up_over(&vault, &full.id, &changes(1)).await.unwrap();
    back_up_over(&vault, &set.id, &changes(2)).await.unwrap();
    let whole = snapshot(&backend);
    let mut layers = 0;
    for (key, bytes) in &whole {
        if key == "keyring" {
            continue;
        }
        layers += usize::from(key.starts_with("delta/"));
        let mut damaged = bytes.to_vec();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 1;
        let mut objects = whole.clone();
        objects.insert(key.clone(), damaged.into());
        let vault = open(&Arc::new(MemoryBackend::from_snapshot(objects)), 2).await.unwrap();
        let report = check(&vault, CheckLevel::L3).await;
        assert!(report.problems.iter().any(|found| found.object == *key), "{key} goes unnoticed");
    }
    assert_eq!(layers, 2);
}

/// BK-12: what ninety days of increments cost, in fulls; `changed` tells the keys of a day.
async fn cost(documents_at_first: u32, changed: impl Fn(u32) -> Vec<u32>) -> f64 {
    const DAYS: u32 = 90;
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut state = documents(0..documents_at_first);
    let (full, _) = back_up(&vault, &state, &BTreeMap::new()).await.unwrap();
    let (mut base, mut stored) = (full.id.clone(), full.stored_bytes);
    for day in 1..=DAYS {
        let changes: Changes = changed(day)
            .into_iter()
            .map(|n| (n.to_be_bytes().to_vec(), Some(document(n, day))))
            .collect();
        let (set, _) = back_up_over(&vault, &base, &changes).await.unwrap();
        stored += set.stored_bytes;
        base = set.id;
        state = merged(&state, &changes);
    }
    assert_eq!(read_all(&vault, &base).await.unwrap(), state);
    stored as f64 / full.stored_bytes as f64
}

#[tokio::test]
async fn bk_12_ninety_days_of_changes_at_random_cost_less_than_four_fulls() {
    let fulls = cost(40_000, |day| {
        (0..400).map(|n: u32| (n * 97 + day * 7_919).wrapping_mul(2_654_435_761) % 40_000).collect()
    })
    .await;
    assert!(fulls < 4.0, "{fulls:.2} fulls");
}

#[tokio::test]
async fn bk_12_ninety_days_of_appends_and_hot_documents_cost_less_than_two_and_a_half_fulls() {
    let fulls = cost(100_000, |day| {
        let appended = 100_000 + day * 500..100_500 + day * 500;
        let hot = (0..400_u32).map(|n| 95_000 + (n * 31 + day * 101) % 5_000);
        let cold = (0..100_u32).map(|n| (n * 997 + day * 7_919) % 95_000);
        appended.chain(hot).chain(cold).collect()
    })
    .await;
    assert!(fulls < 2.5, "{fulls:.2} fulls");
}

#[tokio::test]
async fn appended_documents_become_base_segments_and_can_change_and_go_later() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let key = |n: u32| n.to_be_bytes().to_vec();
    let (full, _) = back_up(&vault, &documents(0..100), &BTreeMap::new()).await.unwrap();
    let mut state = documents(0..100);
    let mut base = full.id;
    let rounds: [Changes; 4] = [
        // Nothing but appended documents, and the deletion of one that never was: no layer.
        (100..200).map(|n| (key(n), (n != 150).then(|| document(n, 0)))).collect(),
        // Some of them change and go, others follow.
        (180..220).map(|n| (key(n), (n % 3 != 0).then(|| document(n, 1)))).collect(),
        (190..230).map(|n| (key(n), (n % 5 != 0).then(|| document(n, 2)))).collect(),
        [(key(99), Some(document(99, 3)))].into(),
    ];
    let mut layers = Vec::new();
    for changes in rounds {
        let (set, stats) = back_up_over(&vault, &base, &changes).await.unwrap();
        state = merged(&state, &changes);
        assert_eq!(stats.documents, state.len() as u64);
        assert_eq!(read_all(&vault, &set.id).await.unwrap(), state);
        let manifest = vault.set(&set.id).await.unwrap();
        layers.push(manifest.stream("history", "games").unwrap().layers());
        base = set.id;
    }
    assert_eq!(layers, [0, 1, 2, 3]);
    assert!(check(&vault, CheckLevel::L3).await.ok());

    let set = vault.begin_set(set_info()).await.unwrap();
    let beneath = vault.set(&base).await.unwrap();
    let beneath = beneath.stream("history", "games").unwrap().clone();
    let mut stream = set.stream_over(stream_info("games"), beneath).await.unwrap();
    stream.delta_put(&key(500), b"appended").await.unwrap();
    let back = stream.delta_put(&key(3), b"below").await;
    assert!(matches!(back, Err(VaultError::OutOfOrder { .. })));
    let again = stream.delta_delete(&key(500)).await;
    assert!(matches!(again, Err(VaultError::OutOfOrder { .. })));
}

#[tokio::test]
async fn a_stream_is_read_from_any_key_on() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = documents(0..60_000);
    let (full, _) = back_up(&vault, &base, &BTreeMap::new()).await.unwrap();
    let mut changes = changes(1);
    changes.insert(b"\xff above all".to_vec(), Some(b"new".to_vec()));
    let (set, _) = back_up_over(&vault, &full.id, &changes).await.unwrap();
    let (state, manifest) = (merged(&base, &changes), vault.set(&set.id).await.unwrap());
    let mut from: Vec<Vec<u8>> = state.keys().step_by(4_999).cloned().collect();
    // Before everything, between two keys, at a removed one, at the last, behind it.
    from.extend([vec![], vec![0, 0, 0, 1, 0], b"\xff above all".to_vec(), vec![0xff; 9]]);
    from.extend(changes.iter().find(|(_, image)| image.is_none()).map(|(key, _)| key.clone()));
    for from in from {
        let key = from.clone().into();
        let mut reader = vault.read_stream_from(&manifest, "history", "games", &key).await.unwrap();
        let mut found = Documents::new();
        while let Some(batch) = reader.next_batch().await.unwrap() {
            found.extend(batch.into_iter().map(|one| (one.key.to_vec(), one.doc.to_vec())));
        }
        assert!(found.iter().eq(state.range(from.clone()..)), "from {from:?}");
    }
}

#[tokio::test]
async fn a_key_near_the_end_is_found_without_reading_what_lies_before() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let (full, stats) = back_up(&vault, &documents(0..60_000), &BTreeMap::new()).await.unwrap();
    assert!(stats.segments >= 3, "{stats:?}");
    let manifest = vault.set(&full.id).await.unwrap();
    let from = 59_990_u32.to_be_bytes().to_vec().into();
    let (sound, mut read) = (snapshot(&backend), 0);
    for (key, bytes) in &sound {
        if verify_ciphertext(key, bytes).unwrap() != ObjectType::Segment {
            continue;
        }
        let mut damaged = bytes.to_vec();
        damaged[bytes.len() / 2] ^= 1;
        store(&backend).put(key, damaged.into()).await.unwrap();
        let mut reader =
            vault.read_stream_from(&manifest, "history", "games", &from).await.unwrap();
        read += usize::from(reader.next_batch().await.is_err());
        store(&backend).put(key, bytes.clone()).await.unwrap();
    }
    assert_eq!(read, 1, "of {} segments", stats.segments);
}
