//! A stream's keys with the hashes of their documents: what comparing reads in place of documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::*;
use vault::store::MemoryBackend;
use vault::{HashedKey, ObjectType, Record, Vault, VaultError, verify_ciphertext};

/// Keys of the base that are there twice.
const TWICE: u32 = 400;

async fn records(vault: &Vault, set: &str) -> Vec<Record> {
    let manifest = vault.set(set).await.unwrap();
    let mut reader = vault.read_stream(&manifest, "history", "games").await.unwrap();
    let mut records = Vec::new();
    while let Some(batch) = reader.next_batch().await.unwrap() {
        records.extend(batch);
    }
    records
}

async fn hashes(vault: &Vault, set: &str) -> Result<Vec<HashedKey>, VaultError> {
    let manifest = vault.set(set).await?;
    let mut reader = vault.read_hashes(&manifest, "history", "games").await?;
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_batch().await? {
        rows.extend(batch);
    }
    Ok(rows)
}

fn key(number: u32) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

/// A full of three parts, in which the first keys are there twice.
async fn full(vault: &Vault) -> String {
    let set = vault.begin_set(set_info()).await.unwrap();
    let stream = set.stream(stream_info("games")).await.unwrap();
    for number in 0..3_u32 {
        let mut part = stream.part(number);
        for (key, doc) in documents(number * 8_000..(number + 1) * 8_000) {
            part.push(&key, &doc).await.unwrap();
            if key < TWICE.to_be_bytes().to_vec() {
                part.push(&key, b"once more").await.unwrap();
            }
        }
        part.finish().await.unwrap();
    }
    stream.finish().await.unwrap();
    set.commit(set_commit()).await.unwrap().id
}

/// Changes below, among, between and above the parts; what one round changes the next removes.
fn changes(round: u32) -> Changes {
    let among = (0..24_000).step_by(91).map(|n| {
        let image = (n % 4 != round % 4).then(|| document(n, round));
        (key(n), image)
    });
    let ends = [
        (Vec::new(), (round != 2).then(|| b"below all".to_vec())),
        (key(8_000), (round == 1).then(|| b"first of a part".to_vec())),
        (vec![0, 0, 31, 64, round as u8], Some(b"between two keys".to_vec())),
        (key(99_000 + round), Some(b"above all".to_vec())),
    ];
    among.chain(ends).collect()
}

#[tokio::test]
async fn keys_and_hashes_are_those_of_the_documents() {
    let vault = create(&Arc::new(MemoryBackend::default()), 1).await;
    let mut sets = vec![full(&vault).await];
    for round in 1..=3 {
        let base = sets.last().unwrap().clone();
        sets.push(back_up_over(&vault, &base, &changes(round)).await.unwrap().0.id);
    }
    let newest = vault.set(sets.last().unwrap()).await.unwrap();
    assert!(newest.stream("history", "games").unwrap().layers() > 1);
    let (hashing, mut scratch) = (vault.document_key(), Vec::new());
    for set in &sets {
        let records = records(&vault, set).await;
        let expected: Vec<_> = records
            .into_iter()
            .map(|Record { key, doc }| {
                let hash = hashing.document(&key, &doc, &mut scratch).short();
                HashedKey { key, hash }
            })
            .collect();
        let twice = expected.windows(2).filter(|two| two[0].key == two[1].key).count();
        assert!(twice > 300, "{twice}");
        assert_eq!(hashes(&vault, set).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn keys_are_read_from_any_one_on() {
    let vault = create(&Arc::new(MemoryBackend::default()), 1).await;
    let base = full(&vault).await;
    let (set, _) = back_up_over(&vault, &base, &changes(1)).await.unwrap();
    let all = hashes(&vault, &set.id).await.unwrap();
    let manifest = vault.set(&set.id).await.unwrap();
    let numbers = [0, 1, 399, 7_999, 8_000, 8_001, 12_345, 23_999, 50_000, 99_001, 99_002];
    let between = [Vec::new(), vec![0, 0, 31, 64, 1], vec![0, 0, 31, 64, 2]];
    for from in numbers.into_iter().map(key).chain(between) {
        let from = from.into();
        let mut reader =
            vault.read_hashes_from(&manifest, "history", "games", &from).await.unwrap();
        let mut rows = Vec::new();
        while let Some(batch) = reader.next_batch().await.unwrap() {
            rows.extend(batch);
        }
        let below = all.partition_point(|row| row.key < from);
        assert_eq!(rows, all[below..], "{from:?}");
    }
}

#[tokio::test]
async fn a_stream_without_documents_has_no_keys() {
    let vault = create(&Arc::new(MemoryBackend::default()), 1).await;
    let (set, _) = back_up(&vault, &Documents::new(), &BTreeMap::new()).await.unwrap();
    assert_eq!(hashes(&vault, &set.id).await.unwrap(), []);
    let manifest = vault.set(&set.id).await.unwrap();
    let absent = vault.read_hashes(&manifest, "history", "players").await;
    assert!(matches!(absent, Err(VaultError::NoSuchStream { .. })));
}

#[tokio::test]
async fn a_damaged_segment_is_named() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let base = full(&vault).await;
    let (set, _) = back_up_over(&vault, &base, &changes(1)).await.unwrap();
    let mut damaged = 0;
    for (object, bytes) in snapshot(&backend) {
        let object_type = verify_ciphertext(&object, &bytes).unwrap();
        if !matches!(object_type, ObjectType::Segment | ObjectType::Delta) {
            continue;
        }
        // The end of an object is that of the index.
        let mut rotten = bytes.to_vec();
        let place = rotten.len() - 60;
        rotten[place] ^= 1;
        store(&backend).put(&object, rotten.into()).await.unwrap();
        match hashes(&vault, &set.id).await {
            Err(VaultError::Damaged { object: named, .. }) => assert_eq!(named, object),
            other => panic!("{object}: {:?}", other.map(|rows| rows.len())),
        }
        store(&backend).put(&object, bytes).await.unwrap();
        damaged += 1;
    }
    assert!(damaged >= 5, "{damaged}");
    hashes(&vault, &set.id).await.unwrap();
}
