//! One wrap of the root key: a way to open the vault.

use std::collections::BTreeMap;

use super::{KeyProvider, WrappedKey, provider};
use crate::VaultError;
use crate::context::VaultContext;
use crate::crypto::names::hex;
use crate::key::keyring::random_key;
use crate::proto;

/// Length of a wrap's id.
const ID: usize = 8;

/// A wrap's identity within its keyring.
pub(crate) type WrapId = [u8; ID];

/// The root key as one provider wrapped it.
#[derive(Debug, Clone)]
pub(crate) struct Wrap {
    pub(crate) id: WrapId,
    pub(crate) provider: String,
    pub(crate) label: String,
    pub(crate) created_at_ms: i64,
    pub(crate) key: WrappedKey,
}

/// A way to open a vault, as it may be shown: nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// Its id, 16 hexadecimal digits; stays when what it stands for is replaced.
    pub id: String,
    /// The provider's kind: `passphrase` …
    pub provider: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was made, Unix time in milliseconds; 0 where that was not recorded.
    pub created_at_ms: i64,
    /// What the provider needs to know again, by name.
    pub parameters: BTreeMap<String, String>,
    /// True for the one that this vault was opened with.
    pub in_use: bool,
}

impl Wrap {
    /// Has `provider` wrap `root` for the first time.
    pub(crate) async fn make(
        vault_id: &[u8; 16],
        root: &[u8; 32],
        provider: &dyn KeyProvider,
        label: String,
        context: &VaultContext,
    ) -> Result<Self, VaultError> {
        let key = provider.wrap(vault_id, root, &random_key(context)).await?;
        let mut id = [0; ID];
        context.entropy.fill(&mut id);
        let (provider, created_at_ms) = (provider.kind().to_owned(), context.clock.now_ms());
        Ok(Self { id, provider, label, created_at_ms, key })
    }

    /// True when `provider` is what wrapped `root` here.
    pub(crate) async fn is_of(
        &self,
        provider: &dyn KeyProvider,
        vault_id: &[u8; 16],
        root: &[u8; 32],
    ) -> Result<bool, VaultError> {
        if provider.kind() != self.provider {
            return Ok(false);
        }
        match provider.unwrap(vault_id, &self.key).await {
            Ok(key) => Ok(*key == *root),
            // What another machine's keyring keeps is not at hand here.
            Err(VaultError::WrongKey | VaultError::NotInSystemKeyring { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn to_message(&self) -> proto::WrappedKey {
        proto::WrappedKey {
            provider: self.provider.clone(),
            parameters: self.key.parameters.clone(),
            wrapped: self.key.wrapped.clone(),
            id: self.id.to_vec(),
            label: self.label.clone(),
            created_at_ms: self.created_at_ms,
        }
    }

    pub(crate) fn from_message(message: proto::WrappedKey) -> Self {
        let id = message.id.as_slice().try_into().unwrap_or_else(|_| {
            let mut id = [0; ID];
            id.copy_from_slice(&blake3::hash(&message.wrapped).as_bytes()[..ID]);
            id
        });
        Self {
            id,
            provider: message.provider,
            label: message.label,
            created_at_ms: message.created_at_ms,
            key: WrappedKey { parameters: message.parameters, wrapped: message.wrapped },
        }
    }

    pub(crate) fn view(&self, in_use: bool) -> KeyView {
        KeyView {
            id: hex(&self.id),
            provider: self.provider.clone(),
            label: self.label.clone(),
            created_at_ms: self.created_at_ms,
            parameters: provider::describe(&self.provider, &self.key.parameters),
            in_use,
        }
    }
}
