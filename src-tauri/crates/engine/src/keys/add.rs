use std::sync::Arc;

use secrecy::SecretString;
use vault::{
    Argon2Cost, AwsKmsOptions, AwsKmsProvider, KeyChange, KeyProvider, KeyringOptions,
    KeyringProvider, PassphraseProvider, RecoveryKey, RecoveryProvider, TencentKmsOptions,
    TencentKmsProvider, TransitOptions, TransitProvider,
};

use super::list::present;
use super::outcome::KeyAdded;
use crate::engine::Engine;
use crate::error::EngineError;

/// A way to open the vault that is to be added.
#[derive(Debug, Clone)]
pub enum NewKey {
    /// A passphrase.
    Passphrase(SecretString),
    /// A recovery key, made here and told once.
    Recovery,
    /// A key that a Vault or OpenBao server keeps.
    Transit(TransitOptions),
    /// A key of AWS KMS.
    AwsKms(AwsKmsOptions),
    /// A key of Tencent Cloud KMS.
    TencentKms(TencentKmsOptions),
    /// A key in the keyring of this system.
    Keyring(KeyringOptions),
}

/// Adds a way to open the vault; those that there are go on.
///
/// # Errors
/// When the vault is not connected, its keys are being changed by another process, or the provider
/// or the store fails.
pub async fn add(engine: &Engine, key: NewKey, label: String) -> Result<KeyAdded, EngineError> {
    let vault = engine.primary()?;
    let mut recovery_key = None;
    let provider: Arc<dyn KeyProvider> = match key {
        NewKey::Passphrase(text) => Arc::new(PassphraseProvider::new(text, Argon2Cost::default())),
        NewKey::Transit(options) => Arc::new(TransitProvider::new(options)?),
        NewKey::AwsKms(options) => Arc::new(AwsKmsProvider::new(options)?),
        NewKey::TencentKms(options) => Arc::new(TencentKmsProvider::new(options)?),
        NewKey::Keyring(options) => Arc::new(KeyringProvider::new(options)?),
        NewKey::Recovery => {
            let key = RecoveryKey::generate(engine.context().entropy.as_ref());
            recovery_key = Some(key.to_text()?.to_string());
            Arc::new(RecoveryProvider::new(key))
        }
    };
    let changed = vault.change_keys(KeyChange::Add { provider, label }).await?;
    Ok(KeyAdded { id: changed.id.unwrap_or_default(), recovery_key, present: present(&vault) })
}
