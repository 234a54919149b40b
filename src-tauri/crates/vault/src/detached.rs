//! Bytes that are kept outside the store, in a database for example, sealed with the vault's keys.
//!
//! They have the form of an object. Their name takes the place of an object's key, so that bytes
//! that were put under another name do not open.

use bytes::Bytes;

use crate::VaultError;
use crate::crypto::ObjectType;
use crate::vault::Vault;

/// Before the name, so that no object of the store can be taken for one.
const PREFIX: &str = "detached/";

impl Vault {
    /// Seals bytes under the newest data key.
    ///
    /// # Errors
    /// When the data key is not at hand.
    pub fn seal_detached(&self, name: &str, plain: &[u8]) -> Result<Bytes, VaultError> {
        self.inner.seal(ObjectType::Detached, &key(name), plain)
    }

    /// Opens bytes that were sealed under this name.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when they are not what was sealed, or were sealed under another name
    /// or in another vault.
    pub async fn open_detached(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.inner.know(sealed).await?;
        self.inner.unseal(ObjectType::Detached, &key(name), sealed)
    }

    /// A keyed hash of a text, 32 hexadecimal digits: the same for the same text and purpose as long
    /// as the vault lives, and nothing to anybody without its keys.
    #[must_use]
    pub fn pseudonym(&self, purpose: &str, text: &str) -> String {
        self.inner.names.pseudonym(purpose, text)
    }
}

fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}
