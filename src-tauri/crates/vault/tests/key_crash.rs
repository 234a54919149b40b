//! The process dies at any write of a change of keys: it happened or it did not, nothing is lost, and
//! the next change goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use support::keys::*;
use support::*;
use vault::store::MemoryBackend;
use vault::testing::{DyingStore, SeededEntropy};
use vault::{CheckLevel, KeyChange, KeyProvider, Vault, VaultContext, VaultError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Add,
    Remove,
    Replace,
    Rotate,
}

fn change(kind: Kind, vault: &Vault) -> KeyChange {
    match kind {
        Kind::Add => add("new"),
        Kind::Remove => KeyChange::Remove { id: id_of(vault, OTHER) },
        Kind::Replace => KeyChange::Replace { id: id_of(vault, ""), provider: passphrase("new") },
        Kind::Rotate => KeyChange::Rotate,
    }
}

/// Who opens the vault before and after a change, of the first passphrase, the other, a new one.
fn owners(kind: Kind) -> [[bool; 3]; 2] {
    let after = match kind {
        Kind::Add => [true, true, true],
        Kind::Remove => [true, false, false],
        Kind::Replace => [false, true, true],
        Kind::Rotate => [true, true, false],
    };
    [[true, true, false], after]
}

async fn killed_at_any_write(kind: Kind) {
    let (start, _, set) = with_two_keys().await;
    let start = start.snapshot();
    let at_hand = [passphrase(PASSPHRASE), passphrase(OTHER), passphrase("new")];
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_with(dying.clone(), &at_hand, 10).await.unwrap();
            let ended = vault.change_keys(change(kind, &vault)).await.is_ok();
            assert_eq!(ended, !dying.is_dead());
            let mut seen = [false; 3];
            for (seen, text) in seen.iter_mut().zip([PASSPHRASE, OTHER, "new"]) {
                *seen = opens(&backend, text).await;
            }
            let [before, after] = owners(kind);
            assert!(seen == after || (!ended && seen == before), "{kind:?} {writes}: {seen:?}");
            goes_on(&backend, &at_hand, &set).await;
            if ended {
                assert!(writes > 3, "{writes}");
                break;
            }
        }
    }
}

/// Everything is readable and sound, and the next backup and the next change succeed.
async fn goes_on(backend: &Arc<MemoryBackend>, at_hand: &[Arc<dyn KeyProvider>], set: &str) {
    let vault = open_with(backend.clone(), at_hand, 20).await.unwrap();
    assert_eq!(read_all(&vault, set).await.unwrap(), documents(0..300));
    back_up(&vault, &documents(0..310), &BTreeMap::new()).await.unwrap();
    let epochs = vault.keys().epochs.len();
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    assert_eq!(vault.keys().epochs.len(), epochs + 1);
    back_up(&vault, &documents(0..320), &BTreeMap::new()).await.unwrap();
    let vault = open_with(backend.clone(), at_hand, 25).await.unwrap();
    assert_eq!(vault.sets().await.unwrap().len(), 3);
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
}

#[tokio::test]
async fn killed_at_any_write_of_an_addition() {
    killed_at_any_write(Kind::Add).await;
}

#[tokio::test]
async fn killed_at_any_write_of_a_removal() {
    killed_at_any_write(Kind::Remove).await;
}

#[tokio::test]
async fn killed_at_any_write_of_a_replacement() {
    killed_at_any_write(Kind::Replace).await;
}

#[tokio::test]
async fn killed_at_any_write_of_a_rotation() {
    killed_at_any_write(Kind::Rotate).await;
}

#[tokio::test]
async fn a_change_under_way_holds_others_back_for_a_minute() {
    let (backend, _, _) = with_two_keys().await;
    // It dies with its claim written and the keyring not.
    let dying = Arc::new(DyingStore::new(backend.clone(), 1, false));
    let vault = open_with(dying, &[passphrase(PASSPHRASE)], 10).await.unwrap();
    vault.change_keys(KeyChange::Rotate).await.unwrap_err();
    // Another process, hence another sequence of random bytes, in the same minute.
    let entropy = Arc::new(SeededEntropy::new(99));
    let context = VaultContext { entropy, ..vault::testing::context("writer", 10) };
    let at_hand = vec![passphrase(PASSPHRASE)];
    let soon = Vault::open_with_any(store(&backend), at_hand, context).await.unwrap();
    match soon.change_keys(KeyChange::Rotate).await {
        Err(VaultError::KeysBusy { seconds }) => assert!((55..=61).contains(&seconds), "{seconds}"),
        other => panic!("{other:?}"),
    }
    let later = open_with(backend, &[passphrase(PASSPHRASE)], 11).await.unwrap();
    later.change_keys(KeyChange::Rotate).await.unwrap();
    assert_eq!(later.keys().revision, 4, "the dead one's revision is left out");
}
