//! What is sealed to be kept outside the store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use support::*;
use vault::store::MemoryBackend;
use vault::{KeyChange, VaultError};

#[tokio::test]
async fn sealed_bytes_open_under_their_name_alone() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let sealed = vault.seal_detached("snapshots/1", b"MERLIN is in seat 4").unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"MERLIN"));
    let again = vault.seal_detached("snapshots/1", b"MERLIN is in seat 4").unwrap();
    assert_ne!(sealed, again, "a salt of its own");
    assert_eq!(vault.open_detached("snapshots/1", &sealed).await.unwrap(), b"MERLIN is in seat 4");

    let elsewhere = vault.open_detached("snapshots/2", &sealed).await;
    assert!(matches!(elsewhere, Err(VaultError::Damaged { .. })));
    for at in [0, 5, 70, sealed.len() - 40, sealed.len() - 1] {
        let mut changed = sealed.to_vec();
        changed[at] ^= 1;
        assert!(vault.open_detached("snapshots/1", &changed).await.is_err(), "byte {at}");
    }
    for length in [0, 10, 64, sealed.len() - 1] {
        assert!(vault.open_detached("snapshots/1", &sealed[..length]).await.is_err());
    }
    let other = create(&Arc::new(MemoryBackend::default()), 2).await;
    assert!(other.open_detached("snapshots/1", &sealed).await.is_err(), "another vault's");
}

#[tokio::test]
async fn a_new_data_key_opens_what_an_old_one_sealed() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let reader = open(&backend, 2).await.unwrap();
    let old = vault.seal_detached("n", b"old").unwrap();
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    let new = vault.seal_detached("n", b"new").unwrap();
    for vault in [&vault, &reader] {
        assert_eq!(vault.open_detached("n", &old).await.unwrap(), b"old");
        assert_eq!(vault.open_detached("n", &new).await.unwrap(), b"new");
    }
}

#[tokio::test]
async fn a_pseudonym_is_stable_and_of_one_vault_and_purpose() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let name = vault.pseudonym("player", "P1");
    assert_eq!(name.len(), 32);
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    assert_eq!(open(&backend, 2).await.unwrap().pseudonym("player", "P1"), name);
    assert_ne!(vault.pseudonym("player", "P2"), name);
    assert_ne!(vault.pseudonym("players", "P1"), name);
    assert_ne!(
        create(&Arc::new(MemoryBackend::default()), 3).await.pseudonym("player", "P1"),
        name
    );
}
