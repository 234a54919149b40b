//! The providers, a file each, and what their wraps say of themselves.

mod aws_kms;
mod keyring;
mod passphrase;
mod recovery;
mod server;
mod tc3;
mod tencent_kms;
mod transit;

use std::collections::BTreeMap;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub use aws_kms::{AwsKmsOptions, AwsKmsProvider};
pub use keyring::{KeyringOptions, KeyringProvider};
pub use passphrase::{Argon2Cost, PassphraseProvider};
pub use recovery::{RecoveryKey, RecoveryKeyError, RecoveryProvider};
pub use tencent_kms::{TencentKmsOptions, TencentKmsProvider};
pub use transit::{TransitOptions, TransitProvider};

use super::WrappedKey;
use crate::VaultError;
use crate::crypto::aead;

/// Named values that may be shown to anybody.
pub(super) type Description = BTreeMap<String, String>;

/// What the parameters of a wrap say; nothing for a provider that this version does not know.
pub(super) fn describe(provider: &str, parameters: &[u8]) -> Description {
    match provider {
        passphrase::KIND => passphrase::describe(parameters),
        recovery::KIND => recovery::describe(parameters),
        transit::KIND => transit::describe(parameters),
        tencent_kms::KIND => tencent_kms::describe(parameters),
        keyring::KIND => keyring::describe(parameters),
        aws_kms::KIND => aws_kms::describe(parameters),
        _ => Description::new(),
    }
}

/// Seals `key` under a provider's key, bound to vault and parameters. `kek` must be fresh: it seals
/// exactly one message, so the zero nonce is never used again.
fn seal_wrapped(
    kind: &str,
    kek: &[u8; 32],
    vault_id: &[u8; 16],
    parameters: Vec<u8>,
    key: &[u8; 32],
) -> Result<WrappedKey, VaultError> {
    let mut wrapped = key.to_vec();
    let sealed = aead::seal_message(kek, &associated(kind, vault_id, &parameters), &mut wrapped);
    sealed.map_err(|_| VaultError::Key {
        provider: kind.to_owned(),
        detail: "sealing failed".to_owned(),
    })?;
    Ok(WrappedKey { parameters, wrapped })
}

/// The key of one wrap, from 32 random bytes that a provider keeps; the salt is fresh for each.
fn derive(kind: &str, key: &[u8; 32], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut kek = Zeroizing::new([0; 32]);
    let info = format!("avault {kind} key v1");
    let expanded = Hkdf::<Sha256>::new(Some(salt), key).expand(info.as_bytes(), kek.as_mut());
    expanded.map_err(|_| VaultError::Key {
        provider: kind.to_owned(),
        detail: "no key could be derived".to_owned(),
    })?;
    Ok(kek)
}

/// Opens what [`seal_wrapped`] sealed.
fn open_wrapped(
    kind: &str,
    kek: &[u8; 32],
    vault_id: &[u8; 16],
    wrapped: &WrappedKey,
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut message = Zeroizing::new(wrapped.wrapped.clone());
    let associated = associated(kind, vault_id, &wrapped.parameters);
    let opened = aead::open_message(kek, &associated, &mut message);
    let key = opened.map_err(|_| VaultError::WrongKey)?;
    let key: [u8; 32] = key.try_into().map_err(|_| VaultError::WrongKey)?;
    Ok(Zeroizing::new(key))
}

fn associated(kind: &str, vault_id: &[u8; 16], parameters: &[u8]) -> Vec<u8> {
    [format!("avault {kind} v1").as_bytes(), vault_id, parameters].concat()
}
