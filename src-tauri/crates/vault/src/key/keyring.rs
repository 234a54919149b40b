//! The keyring object: the vault's id, the root key wrapped by each provider, and the data keys
//! sealed under the root key.
//!
//! header ‖ u32 LE length of the public part ‖ public part ‖ frames of the secret part ‖ trailer

use bytes::Bytes;
use prost::Message;
use zeroize::{Zeroize, Zeroizing};

use super::{KeyProvider, WrappedKey};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::context::VaultContext;
use crate::crypto::names::NameKeys;
use crate::crypto::object::{self, HEADER, Header, ObjectType};
use crate::proto;

/// Key of the keyring in the store.
pub(crate) const KEYRING: &str = "keyring";

/// An opened keyring.
pub(crate) struct Keyring {
    pub(crate) vault_id: [u8; 16],
    pub(crate) revision: u32,
    pub(crate) names: NameKeys,
    wrapped: Vec<proto::WrappedKey>,
    content_key: Zeroizing<[u8; 32]>,
    epochs: Vec<Epoch>,
    root: Zeroizing<[u8; 32]>,
}

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
        let created_at_ms = context.clock.now_ms();
        let epoch = Epoch { number: 1, created_at_ms, key: random_key(context) };
        let mut keyring = Self {
            vault_id,
            revision: 0,
            names: NameKeys::derive(&content_key),
            wrapped: Vec::new(),
            content_key,
            epochs: vec![epoch],
            root: Zeroizing::new([0; 32]),
        };
        keyring.rewrap(provider, context).await?;
        Ok(keyring)
    }

    /// Replaces the root key and every wrap of it: what opened the vault before opens it no more.
    pub(crate) async fn rewrap(
        &mut self,
        provider: &dyn KeyProvider,
        context: &VaultContext,
    ) -> Result<(), VaultError> {
        let root = random_key(context);
        let random = random_key(context);
        let wrapped = provider.wrap(&self.vault_id, &root, &random).await?;
        self.wrapped = vec![proto::WrappedKey {
            provider: provider.kind().to_owned(),
            parameters: wrapped.parameters,
            wrapped: wrapped.wrapped,
        }];
        self.root = root;
        self.revision += 1;
        Ok(())
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
            wrapped: self.wrapped.clone(),
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
            return Err(damaged(ProblemKind::Ledger, "it was replaced since the vault was opened"));
        }
        let plain = object::open(&self.vault_id, &self.root, &header, KEYRING, bytes, 4 + length)?;
        drop(Zeroizing::new(plain));
        Ok(())
    }

    /// Opens a keyring object. Damage that the object's own hash shows is told as damage;
    /// everything else that fails is [`VaultError::WrongKey`].
    pub(crate) async fn open(bytes: &[u8], provider: &dyn KeyProvider) -> Result<Self, VaultError> {
        let header = Header::verify(KEYRING, bytes)?;
        let undecodable =
            || VaultError::damaged(KEYRING, ProblemKind::Decode, "the public part is not sound");
        let (length, public) = public_part(bytes).ok_or_else(undecodable)?;
        let vault_id: [u8; 16] =
            public.vault_id.as_slice().try_into().map_err(|_| undecodable())?;
        let root = unwrap_root(&vault_id, &public.wrapped, provider).await?;
        let plain = object::open(&vault_id, &root, &header, KEYRING, bytes, 4 + length);
        let plain = Zeroizing::new(plain.map_err(|_| VaultError::WrongKey)?);
        let mut secret =
            proto::KeyringSecret::decode(plain.as_slice()).map_err(|_| undecodable())?;
        let content_key = key_from(&secret.content_key).ok_or_else(undecodable)?;
        let epochs: Option<Vec<_>> = secret.epochs.iter().map(Epoch::from_message).collect();
        wipe(&mut secret);
        Ok(Self {
            vault_id,
            revision: public.revision,
            names: NameKeys::derive(&content_key),
            wrapped: public.wrapped,
            content_key,
            epochs: epochs.ok_or_else(undecodable)?,
            root,
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

async fn unwrap_root(
    vault_id: &[u8; 16],
    wrapped: &[proto::WrappedKey],
    provider: &dyn KeyProvider,
) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    for candidate in wrapped.iter().filter(|wrap| wrap.provider == provider.kind()) {
        let (parameters, wrapped) = (candidate.parameters.clone(), candidate.wrapped.clone());
        match provider.unwrap(vault_id, &WrappedKey { parameters, wrapped }).await {
            Err(VaultError::WrongKey) => {}
            result => return result,
        }
    }
    Err(VaultError::WrongKey)
}

fn public_part(bytes: &[u8]) -> Option<(usize, proto::Keyring)> {
    let length = bytes.get(HEADER..HEADER + 4)?.try_into().ok()?;
    let length = u32::from_le_bytes(length) as usize;
    let public = bytes.get(HEADER + 4..HEADER.checked_add(4)?.checked_add(length)?)?;
    Some((length, proto::Keyring::decode(public).ok()?))
}

fn random_key(context: &VaultContext) -> Zeroizing<[u8; 32]> {
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
