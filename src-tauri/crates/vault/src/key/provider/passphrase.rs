//! A passphrase as key provider: Argon2id, then AES-256-GCM over the vault's root key.

use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Description, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::key::{KeyProvider, WrappedKey};

pub(super) const KIND: &str = "passphrase";
/// salt 32 ‖ memory KiB u32 LE ‖ passes u32 LE ‖ lanes u32 LE
const PARAMETERS: usize = 44;
/// Bounds on what a keyring may ask for, so that a forged one cannot exhaust the reader.
const MOST: Argon2Cost = Argon2Cost { memory_kib: 2 << 20, passes: 64, lanes: 16 };

/// Cost of turning the passphrase into a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Argon2Cost {
    /// 64 MiB, 3 passes, 4 lanes: the second recommendation of RFC 9106.
    fn default() -> Self {
        Self { memory_kib: 64 << 10, passes: 3, lanes: 4 }
    }
}

impl Argon2Cost {
    /// The least that the algorithm allows; for tests only.
    #[must_use]
    pub const fn lowest() -> Self {
        Self { memory_kib: 8, passes: 1, lanes: 1 }
    }
}

/// Opens a vault by a passphrase.
#[derive(Clone)]
pub struct PassphraseProvider {
    passphrase: SecretString,
    cost: Argon2Cost,
}

impl PassphraseProvider {
    /// `cost` serves new wraps; existing ones carry theirs.
    #[must_use]
    pub fn new(passphrase: SecretString, cost: Argon2Cost) -> Self {
        Self { passphrase, cost }
    }

    async fn derive(
        &self,
        salt: [u8; 32],
        cost: Argon2Cost,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let passphrase = self.passphrase.clone();
        let work = move || {
            let mut key = Zeroizing::new([0; 32]);
            let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))?;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                passphrase.expose_secret().as_bytes(),
                &salt,
                key.as_mut(),
            )?;
            Ok(key)
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| VaultError::Worker(error.to_string()))?
            .map_err(|error: argon2::Error| failed(&error.to_string()))
    }
}

#[async_trait]
impl KeyProvider for PassphraseProvider {
    fn kind(&self) -> &str {
        KIND
    }

    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError> {
        let kek = self.derive(*random, self.cost).await?;
        let mut parameters = random.to_vec();
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            parameters.extend_from_slice(&number.to_le_bytes());
        }
        seal_wrapped(KIND, &kek, vault_id, parameters, key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let (salt, cost) = parse(&wrapped.parameters).ok_or(VaultError::WrongKey)?;
        let kek = self.derive(salt, cost).await?;
        open_wrapped(KIND, &kek, vault_id, wrapped)
    }
}

/// What a wrap's parameters say.
pub(super) fn describe(parameters: &[u8]) -> Description {
    let Some((_, cost)) = parse(parameters) else { return Description::new() };
    [("memoryKib", cost.memory_kib), ("passes", cost.passes), ("lanes", cost.lanes)]
        .map(|(name, number)| (name.to_owned(), number.to_string()))
        .into()
}

fn parse(parameters: &[u8]) -> Option<([u8; 32], Argon2Cost)> {
    let parameters: &[u8; PARAMETERS] = parameters.try_into().ok()?;
    let number = |at: usize| -> Option<u32> {
        Some(u32::from_le_bytes(parameters.get(at..at + 4)?.try_into().ok()?))
    };
    let cost = Argon2Cost { memory_kib: number(32)?, passes: number(36)?, lanes: number(40)? };
    let bounded = cost.memory_kib <= MOST.memory_kib
        && cost.passes <= MOST.passes
        && cost.lanes <= MOST.lanes;
    bounded.then_some((parameters[..32].try_into().ok()?, cost))
}

fn failed(detail: &str) -> VaultError {
    VaultError::Key { provider: KIND.to_owned(), detail: detail.to_owned() }
}
