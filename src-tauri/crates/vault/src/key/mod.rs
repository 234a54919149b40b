//! Keys: who may open a vault, and what is derived from what.

pub(crate) mod change;
mod follow;
pub(crate) mod keyring;
mod provider;
mod wrap;

use async_trait::async_trait;
use zeroize::Zeroizing;

pub use change::{KeyChange, KeyChanged};
pub use keyring::{EpochView, KeyringView};
pub use provider::{
    Argon2Cost, AwsKmsOptions, AwsKmsProvider, KeyringOptions, KeyringProvider, PassphraseProvider,
    RecoveryKey, RecoveryKeyError, RecoveryProvider, TencentKmsOptions, TencentKmsProvider,
    TransitOptions, TransitProvider,
};
pub use wrap::KeyView;

use crate::VaultError;

/// A data key as a provider wrapped it, with whatever the provider needs to unwrap it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The provider's parameters (salt and cost, key id …), public.
    pub parameters: Vec<u8>,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
}

/// Something that can wrap a key so that only it can unwrap it: a passphrase, an OS keyring, a KMS.
/// Several may wrap the same vault's key.
#[async_trait]
pub trait KeyProvider: Send + Sync {
    /// Stable name of the kind, kept in the keyring: `passphrase`, `aws-kms` …
    fn kind(&self) -> &str;

    /// Wraps `key` for the vault `vault_id`. `random` is fresh for each call.
    ///
    /// # Errors
    /// When the provider cannot.
    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError>;

    /// Unwraps a key.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] when this is not the key that wrapped it, without any hint of what
    /// differs; [`VaultError::Key`] when the provider cannot work.
    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError>;
}
