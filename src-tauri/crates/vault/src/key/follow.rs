//! Following changes of the keyring by other processes.

use super::keyring::{KEYRING, Keyring, revision_of};
use crate::VaultError;
use crate::vault::VaultInner;

impl VaultInner {
    /// Takes over the keyring in the store where it is newer than the one in memory. An older or
    /// damaged one is left to checks, which tell it.
    ///
    /// # Errors
    /// [`VaultError::KeysChanged`] when the newer one does not open with what is at hand.
    pub(crate) async fn learn(&self) -> Result<(), VaultError> {
        let Some(bytes) = self.store.find(KEYRING).await? else { return Ok(()) };
        let known = self.keyring();
        if revision_of(&bytes).is_none_or(|revision| revision <= known.revision) {
            return Ok(());
        }
        match self.open_newer(&known, &bytes).await {
            Ok(newer) if known.is_same_vault(&newer) => {
                self.take_over(newer);
                Ok(())
            }
            Err(VaultError::Damaged { .. } | VaultError::UnknownFormat { .. }) => Ok(()),
            Err(error) if error.is_of_key_provider() => Err(error),
            _ => Err(VaultError::KeysChanged),
        }
    }

    async fn open_newer(&self, known: &Keyring, bytes: &[u8]) -> Result<Keyring, VaultError> {
        match known.open_newer(bytes) {
            Err(VaultError::WrongKey) => Keyring::open_with_any(bytes, &self.providers()).await,
            opened => opened,
        }
    }
}
