//! A vault that two passphrases open.

use std::collections::BTreeMap;
use std::sync::Arc;

use vault::store::MemoryBackend;
use vault::{KeyChange, Vault, VaultError};

use super::{PASSPHRASE, back_up, create, documents, open_with, passphrase};

/// The second passphrase.
pub const OTHER: &str = "excalibur";

/// One more passphrase, labelled by itself.
pub fn add(text: &str) -> KeyChange {
    KeyChange::Add { provider: passphrase(text), label: text.to_owned() }
}

/// The id of the key of this label.
pub fn id_of(vault: &Vault, label: &str) -> String {
    vault.keys().keys.into_iter().find(|key| key.label == label).unwrap().id
}

/// A vault with one set that two passphrases open, both at hand.
pub async fn with_two_keys() -> (Arc<MemoryBackend>, Vault, String) {
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    let vault = open_with(backend.clone(), &[passphrase(PASSPHRASE)], 2).await.unwrap();
    let (set, _) = back_up(&vault, &documents(0..300), &BTreeMap::new()).await.unwrap();
    vault.change_keys(add(OTHER)).await.unwrap();
    (backend, vault, set.id)
}

/// Whether a passphrase opens the vault.
pub async fn opens(backend: &Arc<MemoryBackend>, text: &str) -> bool {
    match open_with(backend.clone(), &[passphrase(text)], 30).await {
        Ok(_) => true,
        Err(VaultError::WrongKey) => false,
        Err(error) => panic!("{error}"),
    }
}
