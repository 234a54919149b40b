//! Nothing of the content shows in a store, no key opens what it should not, nothing is reused that
//! must be fresh.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use support::*;
use vault::store::MemoryBackend;
use vault::{Argon2Cost, KeyChange, PassphraseProvider, SetCommit, Store, Vault, VaultError};

/// Where the salt stands in an object's header.
const SALT: std::ops::Range<usize> = 32..64;

fn contains(body: &[u8], needle: &[u8]) -> bool {
    body.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn no_plaintext_in_keys_or_bodies() {
    let backend = Arc::new(MemoryBackend::default());
    let context = vault::testing::context("workstation-of-morgana", 1);
    let vault = Vault::create(store(&backend), &provider(), context).await.unwrap();
    let deltas = [(5_u32.to_be_bytes().to_vec(), Some(b"role ASSASSIN of player-five".to_vec()))];
    let set = vault.begin_set(set_info()).await.unwrap();
    let mut stream = set.stream(stream_info("game_history")).await.unwrap();
    for (key, doc) in documents(0..200) {
        stream.push(&key, &doc).await.unwrap();
    }
    for (key, doc) in &deltas {
        stream.delta_put(key, doc.as_deref().unwrap()).await.unwrap();
    }
    stream.finish().await.unwrap();
    let attributes = [("database".to_owned(), "avalon-production".to_owned())].into();
    let commit = SetCommit { attributes, ..set_commit() };
    set.commit(commit).await.unwrap();
    let secrets: [&[u8]; 11] = [
        b"MERLIN",
        b"ASSASSIN",
        b"player-",
        b"room-",
        b"game_history",
        b"history",
        b"options and indexes",
        b"avalon-production",
        b"1790000000,7",
        b"morgana",
        PASSPHRASE.as_bytes(),
    ];
    for (key, body) in backend.snapshot() {
        for secret in secrets {
            assert!(!contains(key.as_bytes(), secret), "{key}");
            assert!(!contains(&body, secret), "{} in {key}", String::from_utf8_lossy(secret));
        }
    }
}

#[tokio::test]
async fn a_wrong_passphrase_is_refused_without_a_hint() {
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    let mut told = HashSet::new();
    for wrong in ["", "x", "correct horse battery stapl", "Correct horse battery staple"] {
        let provider = PassphraseProvider::new(wrong.into(), Argon2Cost::lowest());
        let context = vault::testing::context("writer", 2);
        let error = Vault::open(store(&backend), &provider, context).await.unwrap_err();
        assert!(matches!(error, VaultError::WrongKey), "{error}");
        told.insert(error.to_string());
    }
    assert_eq!(told.len(), 1, "every refusal reads alike");
}

#[tokio::test]
async fn a_new_passphrase_replaces_the_old_one_and_rewrites_only_the_keyring() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let (set, _) = back_up(&vault, &documents(0..50), &BTreeMap::new()).await.unwrap();
    let before = backend.snapshot();
    let id = vault.keys().keys[0].id.clone();
    let change = KeyChange::Replace { id, provider: passphrase("new") };
    assert!(vault.change_keys(change).await.unwrap().root_renewed);
    assert!(matches!(open(&backend, 3).await, Err(VaultError::WrongKey)));
    let vault = open_with(backend.clone(), &[passphrase("new")], 3).await.unwrap();
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), documents(0..50));
    let after = backend.snapshot();
    for (key, body) in before.clone() {
        let may_change = key == "keyring" || key.ends_with("/head");
        assert!(may_change || after[&key] == body, "{key}");
    }
    // The old keyring put back is noticed: the ledger knows of a newer one.
    let mut objects = after;
    objects.insert("keyring".to_owned(), before["keyring"].clone());
    let backend = Arc::new(MemoryBackend::from_snapshot(objects));
    let vault = open(&backend, 4).await.unwrap();
    let problems = vault.catalog().await.unwrap().problems;
    assert!(problems.iter().any(|problem| problem.object == "keyring"), "{problems:?}");
}

#[tokio::test]
async fn salts_are_never_used_twice() {
    let backend = Arc::new(MemoryBackend::default());
    let mut salts = HashSet::new();
    let mut objects = 0;
    let mut seen = HashSet::new();
    for round in 0..6 {
        // Opened anew each time, as after restarts of the program.
        let vault = match round {
            0 => create(&backend, 100).await,
            _ => open(&backend, 100 + round).await.unwrap(),
        };
        let range = (round as u32 * 10)..(round as u32 * 10 + 30);
        back_up(&vault, &documents(range), &BTreeMap::new()).await.unwrap();
        for (key, body) in backend.snapshot() {
            if seen.insert(blake3::hash(&body)) {
                objects += 1;
                assert!(salts.insert(body.slice(SALT)), "the salt of {key} was used before");
            }
        }
    }
    assert!(objects > 30, "{objects}");
}

#[tokio::test]
async fn a_store_holds_one_vault() {
    let backend = Arc::new(MemoryBackend::default());
    let none = open(&backend, 1).await;
    assert!(matches!(none, Err(VaultError::NotAVault { .. })));
    create(&backend, 1).await;
    let context = vault::testing::context("writer", 2);
    let second = Vault::create(Store::with_backend(backend), &provider(), context).await;
    assert!(matches!(second, Err(VaultError::AlreadyExists { .. })));
}
