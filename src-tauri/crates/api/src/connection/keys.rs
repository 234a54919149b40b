//! What opens the vault.

use std::sync::Arc;

use engine::vault::{
    Argon2Cost, AwsKmsOptions, AwsKmsProvider, KeyProvider, KeyringOptions, KeyringProvider,
    PassphraseProvider, RecoveryKey, RecoveryProvider, TencentKmsOptions, TencentKmsProvider,
    TransitOptions, TransitProvider,
};

use crate::error::ApiError;
use crate::message::secret::Secret;

/// What is at hand to open the vault. Each is tried in turn until one opens it.
#[derive(Debug, Clone, Default)]
pub struct VaultKeys {
    /// The passphrase.
    pub passphrase: Option<Secret>,
    /// A key of a Vault or OpenBao server.
    pub transit: Option<TransitOptions>,
    /// A key of AWS KMS.
    pub aws_kms: Option<AwsKmsOptions>,
    /// A key of Tencent Cloud KMS.
    pub tencent_kms: Option<TencentKmsOptions>,
    /// A key in the keyring of this system.
    pub keyring: Option<KeyringOptions>,
    /// The recovery key, as somebody typed it.
    pub recovery: Option<Secret>,
}

impl VaultKeys {
    /// A passphrase alone.
    #[must_use]
    pub fn passphrase(passphrase: Secret) -> Self {
        Self { passphrase: Some(passphrase), ..Self::default() }
    }

    /// True when there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.passphrase.is_none()
            && self.transit.is_none()
            && self.aws_kms.is_none()
            && self.tencent_kms.is_none()
            && self.keyring.is_none()
            && self.recovery.is_none()
    }

    /// Providers of what is there, in the order in which they are tried.
    ///
    /// # Errors
    /// When the recovery key is mistyped, or the key server's address or certificate is unusable.
    pub fn providers(&self) -> Result<Vec<Arc<dyn KeyProvider>>, ApiError> {
        let mut providers: Vec<Arc<dyn KeyProvider>> = Vec::new();
        if let Some(passphrase) = &self.passphrase {
            let passphrase = passphrase.reveal().clone();
            providers.push(Arc::new(PassphraseProvider::new(passphrase, Argon2Cost::default())));
        }
        if let Some(transit) = &self.transit {
            providers.push(Arc::new(TransitProvider::new(transit.clone())?));
        }
        if let Some(aws_kms) = &self.aws_kms {
            providers.push(Arc::new(AwsKmsProvider::new(aws_kms.clone())?));
        }
        if let Some(tencent_kms) = &self.tencent_kms {
            providers.push(Arc::new(TencentKmsProvider::new(tencent_kms.clone())?));
        }
        if let Some(keyring) = &self.keyring {
            providers.push(Arc::new(KeyringProvider::new(keyring.clone())?));
        }
        if let Some(recovery) = &self.recovery {
            let key = RecoveryKey::parse(recovery.expose())?;
            providers.push(Arc::new(RecoveryProvider::new(key)));
        }
        Ok(providers)
    }
}
