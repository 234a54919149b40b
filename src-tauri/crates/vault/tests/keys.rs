//! Several ways to open one vault, and data keys that change without a rewrite of data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use support::keys::*;
use support::*;
use vault::store::{Backend, MemoryBackend};
use vault::testing::SeededEntropy;
use vault::{
    CheckLevel, KeyChange, KeyChanged, KeyProvider, ProblemKind, RecoveryKey, RecoveryProvider,
    Vault, VaultError,
};

/// Where the epoch stands in an object's header.
const EPOCH: std::ops::Range<usize> = 8..12;

/// Where the revision stands in a keyring: behind header, length, and the vault's id.
const REVISION: usize = 64 + 4 + 18 + 1;

fn changed(before: &BTreeMap<String, Bytes>, after: &BTreeMap<String, Bytes>) -> Vec<String> {
    let differs = |(key, body): &(&String, &Bytes)| after.get(*key) != Some(*body);
    before.iter().filter(differs).map(|(key, _)| key.clone()).collect()
}

#[tokio::test]
async fn each_key_opens_the_vault_and_goes_alone() {
    let (backend, vault, set) = with_two_keys().await;
    let keys = vault.keys();
    assert_eq!(keys.revision, 2);
    assert_eq!(keys.keys.iter().map(|key| key.in_use).collect::<Vec<_>>(), [true, false]);
    assert_eq!(keys.keys[1].label, OTHER);
    assert_eq!(keys.keys[1].parameters["memoryKib"], "8");
    assert!(keys.keys[1].created_at_ms > keys.keys[0].created_at_ms);
    assert!(opens(&backend, PASSPHRASE).await && opens(&backend, OTHER).await);
    let before = backend.snapshot();
    let first = keys.keys[0].id.clone();
    let removed = vault.change_keys(KeyChange::Remove { id: first }).await.unwrap();
    assert!(removed.root_renewed && removed.not_at_hand.is_empty());
    assert!(!opens(&backend, PASSPHRASE).await && opens(&backend, OTHER).await);
    let rewritten = changed(&before, &backend.snapshot());
    assert!(
        rewritten.iter().all(|key| key == "keyring" || key.ends_with("/head")),
        "{rewritten:?}"
    );
    let last = KeyChange::Remove { id: id_of(&vault, OTHER) };
    assert!(matches!(vault.change_keys(last).await, Err(VaultError::LastKey)));
    let unknown = KeyChange::Remove { id: "00".to_owned() };
    assert!(matches!(vault.change_keys(unknown).await, Err(VaultError::NoSuchKey { .. })));
    assert_eq!(read_all(&vault, &set).await.unwrap(), documents(0..300));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn another_passphrase_leaves_the_other_keys_at_work() {
    let (backend, vault, _) = with_two_keys().await;
    let id = vault.keys().keys[0].id.clone();
    let old = backend.snapshot()["keyring"].clone();
    let change = KeyChange::Replace { id: id.clone(), provider: passphrase("new") };
    let done = vault.change_keys(change).await.unwrap();
    assert_eq!(done, KeyChanged { id: Some(id), root_renewed: true, not_at_hand: Vec::new() });
    assert!(!opens(&backend, PASSPHRASE).await);
    assert!(opens(&backend, OTHER).await && opens(&backend, "new").await);
    // Who knew the old passphrase and kept the keyring of that time gains nothing with it.
    assert!(!root_opens_present(&backend, old).await);
}

#[tokio::test]
async fn a_key_that_is_not_at_hand_keeps_the_root_key_and_is_named() {
    let (backend, _, _) = with_two_keys().await;
    let vault = open_with(backend.clone(), &[passphrase(PASSPHRASE)], 4).await.unwrap();
    let id = vault.keys().keys[0].id.clone();
    let old = backend.snapshot()["keyring"].clone();
    let change = KeyChange::Replace { id, provider: passphrase("new") };
    let done = vault.change_keys(change).await.unwrap();
    assert!(!done.root_renewed);
    assert_eq!(done.not_at_hand.iter().map(|key| &*key.label).collect::<Vec<_>>(), [OTHER]);
    assert!(!opens(&backend, PASSPHRASE).await);
    assert!(opens(&backend, OTHER).await && opens(&backend, "new").await);
    // As the threat model says: here an old copy of the keyring is worth as much as the new one.
    assert!(root_opens_present(&backend, old).await);
    // With the other key out of the way the next change makes a new one.
    let removed = KeyChange::Remove { id: id_of(&vault, OTHER) };
    assert!(vault.change_keys(removed).await.unwrap().root_renewed);
}

/// Whether the root key of an old keyring, opened by its passphrase, opens the one in the store: a
/// vault that is open on the old one follows without any key.
async fn root_opens_present(backend: &Arc<MemoryBackend>, old: Bytes) -> bool {
    let mut objects = backend.snapshot();
    let present = objects.insert("keyring".to_owned(), old).unwrap();
    let copy = Arc::new(MemoryBackend::from_snapshot(objects));
    let vault = open(&copy, 40).await.unwrap();
    copy.put("keyring", present).await.unwrap();
    match vault.catalog().await {
        Ok(catalog) => catalog.problems.is_empty(),
        Err(VaultError::KeysChanged) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_new_data_key_seals_what_is_new_and_leaves_the_rest() {
    let (backend, vault, first) = with_two_keys().await;
    let before = backend.snapshot();
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    let epochs: Vec<_> = vault.keys().epochs.iter().map(|epoch| epoch.epoch).collect();
    assert_eq!(epochs, [1, 2]);
    let (second, stats) = back_up(&vault, &documents(0..9_000), &BTreeMap::new()).await.unwrap();
    assert_eq!(second.key_epoch, 2);
    let (third, again) = back_up(&vault, &documents(0..300), &BTreeMap::new()).await.unwrap();
    assert!(again.reused_segments > 0, "a new data key ends no deduplication: {again:?}");
    let after = backend.snapshot();
    for key in changed(&before, &after) {
        assert!(key == "keyring" || key.ends_with("/head"), "{key} was rewritten");
    }
    let of_epoch = |number: u32| {
        let sealed = |body: &Bytes| body[EPOCH] == number.to_le_bytes();
        let segment = |key: &str| key.starts_with("segment/");
        after.iter().filter(|(key, body)| segment(key) && sealed(body)).count() as u64
    };
    assert!(of_epoch(1) > 0 && of_epoch(2) > 0, "{stats:?}");
    for vault in [vault, open_with(backend.clone(), &[passphrase(OTHER)], 9).await.unwrap()] {
        assert_eq!(read_all(&vault, &first).await.unwrap(), documents(0..300));
        assert_eq!(read_all(&vault, &second.id).await.unwrap(), documents(0..9_000));
        assert_eq!(read_all(&vault, &third.id).await.unwrap(), documents(0..300));
        let report = check(&vault, CheckLevel::L3).await;
        assert!(report.ok(), "{:?}", report.problems);
    }
}

#[tokio::test]
async fn a_vault_that_is_open_follows_changes_by_another_process() {
    let (backend, vault, _) = with_two_keys().await;
    let both = [passphrase(PASSPHRASE), passphrase(OTHER)];
    let other = open_with(backend.clone(), &both, 5).await.unwrap();
    let id = vault.keys().keys[0].id.clone();
    let change = KeyChange::Replace { id, provider: passphrase("new") };
    vault.change_keys(change).await.unwrap();
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    back_up(&vault, &documents(0..400), &BTreeMap::new()).await.unwrap();
    assert_eq!(other.sets().await.unwrap().len(), 2);
    let (set, _) = back_up(&other, &documents(0..500), &BTreeMap::new()).await.unwrap();
    assert_eq!(set.key_epoch, 2);
    assert!(check(&other, CheckLevel::L3).await.ok());
    assert_eq!(other.keys().revision, vault.keys().revision);
    // Changes of both end up in one keyring.
    other.change_keys(add("third")).await.unwrap();
    vault.change_keys(add("fourth")).await.unwrap();
    for text in [OTHER, "new", "third", "fourth"] {
        assert!(opens(&backend, text).await, "{text}");
    }
}

#[tokio::test]
async fn a_vault_that_nothing_at_hand_opens_any_more_says_so() {
    let (backend, vault, _) = with_two_keys().await;
    let other = open_with(backend, &[passphrase(PASSPHRASE)], 5).await.unwrap();
    let id = vault.keys().keys[0].id.clone();
    let change = KeyChange::Replace { id, provider: passphrase("new") };
    vault.change_keys(change).await.unwrap();
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    assert!(matches!(other.sets().await, Err(VaultError::KeysChanged)));
    let problems = check(&other, CheckLevel::L3).await.problems;
    assert!(!problems.is_empty() && problems.iter().all(|problem| problem.object == "keyring"));
    assert!(matches!(other.change_keys(add("x")).await, Err(VaultError::KeysChanged)));
}

#[tokio::test]
async fn an_object_of_an_unknown_data_key_is_damage() {
    let (backend, vault, _) = with_two_keys().await;
    let mut objects = backend.snapshot();
    let (key, body) = objects.iter().find(|(key, _)| key.starts_with("segment/")).unwrap();
    let (key, mut forged) = (key.clone(), body[..body.len() - 32].to_vec());
    forged[EPOCH].copy_from_slice(&7_u32.to_le_bytes());
    forged.extend_from_slice(blake3::hash(&forged).as_bytes());
    objects.insert(key.clone(), forged.into());
    let vault_of_forger = Arc::new(MemoryBackend::from_snapshot(objects));
    drop(vault);
    let vault = open(&vault_of_forger, 5).await.unwrap();
    let problems = check(&vault, CheckLevel::L3).await.problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((&problems[0].object, problems[0].kind), (&key, ProblemKind::Decrypt));
}

#[tokio::test]
async fn a_forged_newer_keyring_is_told_and_the_rest_is_checked() {
    let (backend, vault, _) = with_two_keys().await;
    let sound = check(&vault, CheckLevel::L3).await;
    let body = backend.snapshot()["keyring"].clone();
    let mut forged = body[..body.len() - 32].to_vec();
    assert_eq!(forged[REVISION], 2);
    forged[REVISION] = 9;
    forged.extend_from_slice(blake3::hash(&forged).as_bytes());
    backend.put("keyring", forged.into()).await.unwrap();
    let report = check(&vault, CheckLevel::L3).await;
    let told: Vec<_> = report.problems.iter().map(|problem| &*problem.object).collect();
    assert_eq!(told, ["keyring"]);
    assert_eq!(report.objects, sound.objects);
    assert!(matches!(vault.change_keys(add("x")).await, Err(VaultError::KeysChanged)));
}

#[tokio::test]
async fn a_recovery_key_opens_the_vault_and_no_other_does() {
    let (backend, vault, set) = with_two_keys().await;
    let key = RecoveryKey::generate(&SeededEntropy::new(8));
    let text = key.to_text().unwrap().to_string();
    let recovery = |key| -> Arc<dyn KeyProvider> { Arc::new(RecoveryProvider::new(key)) };
    let change = KeyChange::Add { provider: recovery(key), label: "safe".to_owned() };
    vault.change_keys(change).await.unwrap();
    let typed = recovery(RecoveryKey::parse(&text.to_lowercase()).unwrap());
    let opened = open_with(backend.clone(), &[typed.clone()], 5).await.unwrap();
    assert_eq!(read_all(&opened, &set).await.unwrap(), documents(0..300));
    assert_eq!(opened.keys().keys.iter().filter(|key| key.in_use).count(), 1);
    let other = recovery(RecoveryKey::generate(&SeededEntropy::new(9)));
    let refused = open_with(backend.clone(), &[other], 5).await;
    assert!(matches!(refused, Err(VaultError::WrongKey)), "{refused:?}");
    // Every passphrase is forgotten: with the paper alone they are replaced, the root key with them.
    for label in ["", OTHER] {
        let id = id_of(&opened, label);
        opened.change_keys(KeyChange::Remove { id }).await.unwrap();
    }
    opened.change_keys(add("remembered")).await.unwrap();
    assert!(opens(&backend, "remembered").await && !opens(&backend, PASSPHRASE).await);
    assert!(open_with(backend, &[typed], 5).await.is_ok());
}

/// Has another process change the keyring right before this one's claim is written.
#[derive(Debug)]
struct Interloper {
    inner: Arc<MemoryBackend>,
    other: std::sync::Mutex<Option<Vault>>,
}

#[async_trait::async_trait]
impl Backend for Interloper {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), vault::StoreError> {
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, vault::StoreError> {
        let other = self.other.lock().unwrap().take();
        if let Some(other) = other {
            other.change_keys(KeyChange::Rotate).await.unwrap();
        }
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, vault::StoreError> {
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<vault::store::ObjectInfo>, vault::StoreError> {
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, vault::StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), vault::StoreError> {
        self.inner.delete(key).await
    }
}

#[tokio::test]
async fn of_two_changes_at_once_none_undoes_the_other() {
    for minutes_later in [0, 2] {
        let (inner, other, _) = with_two_keys().await;
        let other = std::sync::Mutex::new(Some(other));
        let backend = Arc::new(Interloper { inner: inner.clone(), other });
        let at_hand = [passphrase(PASSPHRASE), passphrase(OTHER)];
        // The later clock takes the other's finished claim for that of a dead process.
        let vault = open_with(backend, &at_hand, 2 + minutes_later).await.unwrap();
        let refused = vault.change_keys(add("new")).await.unwrap_err();
        match minutes_later {
            0 => assert!(matches!(refused, VaultError::KeysBusy { .. }), "{refused}"),
            _ => assert!(matches!(refused, VaultError::KeysChanged), "{refused}"),
        }
        let present = open_with(inner, &at_hand, 9).await.unwrap();
        assert_eq!(present.keys().epochs.len(), 2, "the other's data key is there");
    }
}
