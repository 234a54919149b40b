//! Vaults in memory that keys of several kinds open.

use std::sync::Arc;

use vault::store::MemoryBackend;
use vault::{Argon2Cost, KeyProvider, PassphraseProvider, Store, Vault, VaultError};

/// What opens a vault by this passphrase.
pub fn passphrase(text: &str) -> Arc<dyn KeyProvider> {
    Arc::new(PassphraseProvider::new(text.into(), Argon2Cost::lowest()))
}

/// Opens a vault with what is at hand.
///
/// # Errors
/// What kept it from opening.
pub async fn open(
    backend: &Arc<MemoryBackend>,
    providers: &[Arc<dyn KeyProvider>],
) -> Result<Vault, VaultError> {
    let store = Store::with_backend(backend.clone());
    Vault::open_with_any(store, providers.to_vec(), vault::testing::context("w", 2)).await
}

/// A vault that this key opens.
pub async fn create(provider: &Arc<dyn KeyProvider>) -> Arc<MemoryBackend> {
    let backend = Arc::new(MemoryBackend::default());
    let store = Store::with_backend(backend.clone());
    let context = vault::testing::context("w", 1);
    Vault::create(store, provider.as_ref(), context).await.expect("a vault");
    backend
}
