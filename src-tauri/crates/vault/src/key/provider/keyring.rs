//! The keyring of the operating system as key provider: the Secret Service of a Linux desktop, the
//! keychain of macOS, the Credential Manager of Windows.
//!
//! It keeps 32 random bytes for this user on this machine, and what wraps the root key is derived
//! from them with a fresh salt.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::BASE64;
use keyring_core::{CredentialStore, Entry, Error};
use prost::Message;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{Description, derive, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::context::{Entropy, SystemEntropy};
use crate::key::{KeyProvider, WrappedKey};
use crate::proto::KeyringParameters;

pub(super) const KIND: &str = "keyring";
/// What the entry is filed under, beside its name.
const SERVICE: &str = "avalon-vault";
/// Long enough for somebody to type a password into the prompt that a locked keyring shows.
const ANSWER: Duration = Duration::from_secs(120);

/// A key kept by the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringOptions {
    /// The entry's name; made with the first wrap.
    pub name: String,
}

/// Opens a vault by a key in the keyring of this user on this machine.
#[derive(Debug, Clone)]
pub struct KeyringProvider {
    name: String,
    store: fn() -> Result<Arc<CredentialStore>, Error>,
}

/// What is done with the entry.
#[derive(Clone, Copy)]
enum Access {
    Read,
    /// Made where there is none.
    Make,
}

type Key = Zeroizing<[u8; 32]>;

impl KeyringProvider {
    /// A provider of this entry. Asks the keyring nothing yet.
    ///
    /// # Errors
    /// [`VaultError::Key`] when the name cannot be used.
    pub fn new(options: KeyringOptions) -> Result<Self, VaultError> {
        let name = options.name;
        if name.is_empty() || name.len() > 64 || name.chars().any(char::is_control) {
            return Err(failed("the entry needs a name of one line, at most 64 bytes long"));
        }
        Ok(Self { name, store: system_store })
    }

    /// The key that the keyring holds.
    async fn key(&self, access: Access) -> Result<Key, VaultError> {
        let (name, store) = (self.name.clone(), self.store);
        let (sender, receiver) = oneshot::channel();
        // A thread of its own, not one of the runtime's: a prompt that nobody answers must not hold
        // back the end of the process.
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || sender.send(look_up(store, &name, access)))
            .map_err(|error| VaultError::Worker(error.to_string()))?;
        match tokio::time::timeout(ANSWER, receiver).await {
            Ok(Ok(found)) => found,
            Ok(Err(_closed)) => Err(away("it stopped answering")),
            Err(_elapsed) => Err(away("nobody answered its prompt")),
        }
    }
}

/// Reads the entry, and makes it first where it may.
fn look_up(
    store: fn() -> Result<Arc<CredentialStore>, Error>,
    name: &str,
    access: Access,
) -> Result<Key, VaultError> {
    let told = |error: Error| told(&error, name);
    let entry = store().and_then(|store| store.build(SERVICE, name, None)).map_err(told)?;
    match (entry.get_secret(), access) {
        (Ok(secret), _) => parse(Zeroizing::new(secret)),
        (Err(Error::NoEntry), Access::Make) => {
            make(&entry).map_err(told)?;
            // Read again: of two that make it at once, both go on with the one that stayed.
            parse(Zeroizing::new(entry.get_secret().map_err(told)?))
        }
        (Err(error), _) => Err(told(error)),
    }
}

/// Text, because not every keyring keeps bytes that are none.
fn make(entry: &Entry) -> Result<(), Error> {
    let mut key = Zeroizing::new([0; 32]);
    SystemEntropy.fill(key.as_mut());
    entry.set_secret(Zeroizing::new(BASE64.encode(key.as_ref())).as_bytes())
}

fn parse(secret: Zeroizing<Vec<u8>>) -> Result<Key, VaultError> {
    let key = BASE64.decode(&secret).map(Zeroizing::new).ok();
    let key = key.and_then(|key| key.as_slice().try_into().ok()).map(Zeroizing::new);
    key.ok_or_else(|| failed("its entry in the keyring is no key of this program; remove it there"))
}

fn told(error: &Error, name: &str) -> VaultError {
    match error {
        Error::NoEntry => VaultError::NotInSystemKeyring { name: name.to_owned() },
        // The platform's own words are the cause; the message about them says less.
        Error::NoStorageAccess(cause) | Error::PlatformFailure(cause) => away(cause.to_string()),
        // Never the entries themselves.
        Error::Ambiguous(_) => away("it holds several entries of this name"),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            failed("its entry in the keyring is no key of this program; remove it there")
        }
        other => away(other.to_string()),
    }
}

#[cfg(target_os = "linux")]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(windows)]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
fn system_store() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("this system has no keyring that is known here".to_owned()))
}

#[async_trait]
impl KeyProvider for KeyringProvider {
    fn kind(&self) -> &str {
        KIND
    }

    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError> {
        let kek = derive(KIND, &*self.key(Access::Make).await?, random)?;
        let parameters = KeyringParameters { name: self.name.clone(), salt: random.to_vec() };
        seal_wrapped(KIND, &kek, vault_id, parameters.encode_to_vec(), key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let parameters = KeyringParameters::decode(wrapped.parameters.as_slice())
            .map_err(|_| VaultError::WrongKey)?;
        // The configuration decides which entry is read: a vault must not choose it.
        if parameters.name != self.name {
            return Err(VaultError::WrongKey);
        }
        let kek = derive(KIND, &*self.key(Access::Read).await?, &parameters.salt)?;
        open_wrapped(KIND, &kek, vault_id, wrapped)
    }
}

/// What a wrap's parameters say: the entry's name.
pub(super) fn describe(parameters: &[u8]) -> Description {
    let Ok(parameters) = KeyringParameters::decode(parameters) else { return Description::new() };
    [("name".to_owned(), parameters.name)].into()
}

fn away(detail: impl Into<String>) -> VaultError {
    VaultError::SystemKeyringAway { detail: detail.into() }
}

fn failed(detail: &str) -> VaultError {
    VaultError::Key { provider: KIND.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::OnceLock;

    const VAULT: [u8; 16] = [7; 16];

    /// The store of the tests of one process; entries are apart by their names.
    fn mock() -> Result<Arc<CredentialStore>, Error> {
        static STORE: OnceLock<Arc<CredentialStore>> = OnceLock::new();
        let store = STORE.get_or_init(|| keyring_core::mock::Store::new().unwrap());
        Ok(store.clone())
    }

    fn provider(name: &str) -> KeyringProvider {
        KeyringProvider { store: mock, ..named(name).unwrap() }
    }

    fn named(name: &str) -> Result<KeyringProvider, VaultError> {
        KeyringProvider::new(KeyringOptions { name: name.to_owned() })
    }

    #[tokio::test]
    async fn a_key_is_made_once_and_every_wrap_is_sealed_by_another() {
        let keyring = provider("made");
        let first = keyring.wrap(&VAULT, &[1; 32], &[2; 32]).await.unwrap();
        let second = keyring.wrap(&VAULT, &[1; 32], &[3; 32]).await.unwrap();
        assert_ne!(first.wrapped, second.wrapped);
        for wrapped in [&first, &second] {
            assert_eq!(*keyring.unwrap(&VAULT, wrapped).await.unwrap(), [1; 32]);
            let other = keyring.unwrap(&[8; 16], wrapped).await;
            assert!(matches!(other, Err(VaultError::WrongKey)), "{other:?}");
        }
        assert_eq!(describe(&first.parameters)["name"], "made");
    }

    #[tokio::test]
    async fn opening_makes_no_key_and_tells_that_there_is_none() {
        let wrapped = provider("here").wrap(&VAULT, &[1; 32], &[2; 32]).await.unwrap();
        let other = provider("elsewhere");
        assert!(matches!(other.unwrap(&VAULT, &wrapped).await, Err(VaultError::WrongKey)));
        let parameters =
            KeyringParameters { name: "elsewhere".to_owned(), salt: vec![2; 32] }.encode_to_vec();
        let moved = WrappedKey { parameters, ..wrapped };
        for _ in 0..2 {
            let absent = other.unwrap(&VAULT, &moved).await;
            assert!(matches!(absent, Err(VaultError::NotInSystemKeyring { .. })), "{absent:?}");
        }
    }

    #[tokio::test]
    async fn a_keyring_that_cannot_be_used_is_told_with_what_to_do() {
        let locked = || Err(Error::NoStorageAccess("the collection is locked".into()));
        let keyring = KeyringProvider { store: locked, ..named("any").unwrap() };
        let error = keyring.wrap(&VAULT, &[1; 32], &[2; 32]).await.unwrap_err();
        assert!(matches!(error, VaultError::SystemKeyringAway { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("is locked") && said.contains("unlock it"), "{said}");
    }

    #[test]
    fn an_entry_of_somebody_else_is_no_key() {
        for secret in ["", "a password", "AAAA"] {
            let parsed = parse(Zeroizing::new(secret.as_bytes().to_vec()));
            assert!(matches!(parsed, Err(VaultError::Key { .. })), "{secret}");
        }
        assert!(named("").is_err() && named("a\nb").is_err());
    }
}
