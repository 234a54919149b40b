//! The keyring object: the vault's id, the root key wrapped by each provider, and the data keys
//! sealed under the root key.
//!
//! header ‖ u32 LE length of the public part ‖ public part ‖ frames of the secret part ‖ trailer

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use zeroize::{Zeroize, Zeroizing};

use super::KeyProvider;
use super::wrap::{KeyView, Wrap, WrapId};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::context::VaultContext;
use crate::crypto::names::{NameKeys, hex};
use crate::crypto::object::{self, HEADER, Header, ObjectType};
use crate::proto;

/// Key of the keyring in the store.
pub(crate) const KEYRING: &str = "keyring";
/// Most wraps in a keyring: a forged one must not have a reader try thousands.
pub(crate) const MOST_WRAPS: usize = 64;

/// What may be shown of a keyring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringView {
    /// Rises with each change.
    pub revision: u32,
    /// The ways to open the vault, oldest first.
    pub keys: Vec<KeyView>,
    /// Data keys, oldest first; new objects are sealed under the last.
    pub epochs: Vec<EpochView>,
}

/// What may be shown of a data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochView {
    /// Its number.
    pub epoch: u32,
    /// When it was made, Unix time in milliseconds.
    pub created_at_ms: i64,
}

/// An opened keyring.
#[derive(Clone)]
pub(crate) struct Keyring {
    pub(crate) vault_id: [u8; 16],
    pub(crate) revision: u32,
    pub(crate) names: NameKeys,
    pub(super) wraps: Vec<Wrap>,
    /// The wrap that it was opened by.
    pub(super) opened_by: WrapId,
    pub(super) root: Zeroizing<[u8; 32]>,
    content_key: Zeroizing<[u8; 32]>,
    epochs: Vec<Epoch>,
}

#[derive(Clone)]
struct Epoch {
    number: u32,
    created_at_ms: i64,
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Makes new keys, wrapped by `provider`.
    pub(crate) async fn generate(
        provider: &dyn KeyProvider,
        context: &VaultContext,
    ) -> Result<Self, VaultError> {
        let mut vault_id = [0; 16];
        context.entropy.fill(&mut vault_id);
        let content_key = random_key(context);
        let root = random_key(context);
        let label = String::new();
        let wrap = Wrap::make(&vault_id, &root, provider, label, context).await?;
        let mut keyring = Self {
            vault_id,
            revision: 1,
            names: NameKeys::derive(&content_key),
            opened_by: wrap.id,
            wraps: vec![wrap],
            content_key,
            epochs: Vec::new(),
            root,
        };
        keyring.raise_epoch(context);
        Ok(keyring)
    }

    /// Adds a data key; from now on new objects are sealed under it, and old ones still open.
    pub(super) fn raise_epoch(&mut self, context: &VaultContext) {
        let (number, created_at_ms) = (self.newest_epoch() + 1, context.clock.now_ms());
        self.epochs.push(Epoch { number, created_at_ms, key: random_key(context) });
    }

    /// What may be shown.
    pub(crate) fn view(&self) -> KeyringView {
        let epoch =
            |epoch: &Epoch| EpochView { epoch: epoch.number, created_at_ms: epoch.created_at_ms };
        KeyringView {
            revision: self.revision,
            keys: self.wraps.iter().map(|wrap| wrap.view(wrap.id == self.opened_by)).collect(),
            epochs: self.epochs.iter().map(epoch).collect(),
        }
    }

    /// Where the wrap of this id stands.
    pub(super) fn position(&self, id: &str) -> Result<usize, VaultError> {
        let no_such = || VaultError::NoSuchKey { id: id.to_owned() };
        self.wraps.iter().position(|wrap| hex(&wrap.id) == id).ok_or_else(no_such)
    }

    /// The key that new objects are sealed under.
    pub(crate) fn newest_epoch(&self) -> u32 {
        self.epochs.last().map_or(0, |epoch| epoch.number)
    }

    pub(crate) fn epoch_key(&self, number: u32) -> Option<&[u8; 32]> {
        self.epochs.iter().find(|epoch| epoch.number == number).map(|epoch| &*epoch.key)
    }

    /// Seals the keyring as an object.
    pub(crate) fn seal(&self, context: &VaultContext) -> Result<Bytes, VaultError> {
        let public = proto::Keyring {
            vault_id: self.vault_id.to_vec(),
            revision: self.revision,
            wrapped: self.wraps.iter().map(Wrap::to_message).collect(),
        }
        .encode_to_vec();
        let mut secret = proto::KeyringSecret {
            content_key: self.content_key.to_vec(),
            epochs: self.epochs.iter().map(Epoch::to_message).collect(),
        };
        let plain = Zeroizing::new(secret.encode_to_vec());
        wipe(&mut secret);
        let mut extra = (public.len() as u32).to_le_bytes().to_vec();
        extra.extend_from_slice(&public);
        let mut salt = [0; 32];
        context.entropy.fill(&mut salt);
        let header = Header::new(ObjectType::Keyring, 0, KEYRING, salt);
        let place = object::Place { vault_id: &self.vault_id, key: KEYRING, extra: &extra };
        object::seal(&self.root, &header, &place, &plain, Vec::new()).map(Bytes::from)
    }

    /// Checks that an object is this keyring, whole and of this revision.
    pub(crate) fn verify(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let damaged = |kind, detail: &str| VaultError::damaged(KEYRING, kind, detail);
        let header = Header::verify(KEYRING, bytes)?;
        let public = public_part(bytes);
        let (length, public) =
            public.ok_or_else(|| damaged(ProblemKind::Decode, "the public part is not sound"))?;
        if public.vault_id != self.vault_id {
            return Err(damaged(ProblemKind::Ledger, "it is another vault's"));
        }
        if public.revision != self.revision {
            let detail = "it was replaced since the vault was opened; open the vault again";
            return Err(damaged(ProblemKind::Ledger, detail));
        }
        let plain = object::open(&self.vault_id, &self.root, &header, KEYRING, bytes, 4 + length)?;
        drop(Zeroizing::new(plain));
        Ok(())
    }

    /// Opens a keyring object. Damage that the object's own hash shows is told as damage;
    /// everything else that fails is [`VaultError::WrongKey`].
    pub(crate) async fn open(bytes: &[u8], provider: &dyn KeyProvider) -> Result<Self, VaultError> {
        let sealed = Sealed::read(bytes)?;
        let mut found = None;
        for wrap in sealed.wraps.iter().filter(|wrap| wrap.provider == provider.kind()) {
            match provider.unwrap(&sealed.vault_id, &wrap.key).await {
                Err(VaultError::WrongKey) => {}
                Err(error) => return Err(error),
                Ok(root) => {
                    found = Some((root, wrap.id));
                    break;
                }
            }
        }
        let (root, opened_by) = found.ok_or(VaultError::WrongKey)?;
        sealed.open(bytes, root, opened_by)
    }

    /// Opens a keyring object with the first provider that can.
    pub(crate) async fn open_with_any(
        bytes: &[u8],
        providers: &[Arc<dyn KeyProvider>],
    ) -> Result<Self, VaultError> {
        let mut refusal = VaultError::WrongKey;
        for provider in providers {
            match Self::open(bytes, provider.as_ref()).await {
                Err(VaultError::WrongKey) => {}
                Err(error) if error.is_of_key_provider() => refusal = error,
                opened => return opened,
            }
        }
        Err(refusal)
    }

    /// Opens a newer object of this keyring, where the root key is still the same.
    pub(crate) fn open_newer(&self, bytes: &[u8]) -> Result<Self, VaultError> {
        Sealed::read(bytes)?.open(bytes, self.root.clone(), self.opened_by)
    }

    /// True when `other` is the keyring of the same vault.
    pub(crate) fn is_same_vault(&self, other: &Self) -> bool {
        self.vault_id == other.vault_id && *self.content_key == *other.content_key
    }
}

/// A keyring object whose secret part is still sealed.
struct Sealed {
    header: Header,
    public_length: usize,
    vault_id: [u8; 16],
    revision: u32,
    wraps: Vec<Wrap>,
}

fn undecodable() -> VaultError {
    VaultError::damaged(KEYRING, ProblemKind::Decode, "the public part is not sound")
}

impl Sealed {
    fn read(bytes: &[u8]) -> Result<Self, VaultError> {
        let header = Header::verify(KEYRING, bytes)?;
        let (public_length, public) = public_part(bytes).ok_or_else(undecodable)?;
        let vault_id = public.vault_id.as_slice().try_into().map_err(|_| undecodable())?;
        if public.wrapped.len() > MOST_WRAPS {
            return Err(undecodable());
        }
        let wraps = public.wrapped.into_iter().map(Wrap::from_message).collect();
        Ok(Self { header, public_length, vault_id, revision: public.revision, wraps })
    }

    fn open(
        self,
        bytes: &[u8],
        root: Zeroizing<[u8; 32]>,
        opened_by: WrapId,
    ) -> Result<Keyring, VaultError> {
        let Self { header, public_length, vault_id, revision, wraps } = self;
        let plain = object::open(&vault_id, &root, &header, KEYRING, bytes, 4 + public_length);
        let plain = Zeroizing::new(plain.map_err(|_| VaultError::WrongKey)?);
        let mut secret =
            proto::KeyringSecret::decode(plain.as_slice()).map_err(|_| undecodable())?;
        let content_key = key_from(&secret.content_key).ok_or_else(undecodable)?;
        let epochs: Option<Vec<_>> = secret.epochs.iter().map(Epoch::from_message).collect();
        wipe(&mut secret);
        Ok(Keyring {
            vault_id,
            revision,
            names: NameKeys::derive(&content_key),
            wraps,
            opened_by,
            root,
            content_key,
            epochs: epochs.ok_or_else(undecodable)?,
        })
    }
}

impl Epoch {
    fn to_message(&self) -> proto::EpochKey {
        let (epoch, created_at_ms) = (self.number, self.created_at_ms);
        proto::EpochKey { epoch, created_at_ms, key: self.key.to_vec() }
    }

    fn from_message(message: &proto::EpochKey) -> Option<Self> {
        let (number, created_at_ms) = (message.epoch, message.created_at_ms);
        Some(Self { number, created_at_ms, key: key_from(&message.key)? })
    }
}

/// The revision that a keyring object claims, without any key.
pub(crate) fn revision_of(bytes: &[u8]) -> Option<u32> {
    public_part(bytes).map(|(_, public)| public.revision)
}

fn public_part(bytes: &[u8]) -> Option<(usize, proto::Keyring)> {
    let length = bytes.get(HEADER..HEADER + 4)?.try_into().ok()?;
    let length = u32::from_le_bytes(length) as usize;
    let public = bytes.get(HEADER + 4..HEADER.checked_add(4)?.checked_add(length)?)?;
    Some((length, proto::Keyring::decode(public).ok()?))
}

pub(super) fn random_key(context: &VaultContext) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    context.entropy.fill(key.as_mut());
    key
}

fn key_from(bytes: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    Some(Zeroizing::new(bytes.try_into().ok()?))
}

fn wipe(secret: &mut proto::KeyringSecret) {
    secret.content_key.zeroize();
    secret.epochs.iter_mut().for_each(|epoch| epoch.key.zeroize());
}

/// Whose keyring an object is, and its revision, without any key.
pub(crate) fn identity_of(bytes: &[u8]) -> Result<([u8; 16], u32), VaultError> {
    let sealed = Sealed::read(bytes)?;
    Ok((sealed.vault_id, sealed.revision))
}
