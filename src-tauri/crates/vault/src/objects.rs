//! Sealed objects in the store: where they lie, how they are written and read.

use bytes::Bytes;

use crate::VaultError;
use crate::buffers::Buffer;
use crate::check::ProblemKind;
use crate::crypto::names::ContentName;
use crate::crypto::object::{self, Header, ObjectType, TRAILER};
use crate::key::keyring::Keyring;
use crate::proto;
use crate::vault::VaultInner;

/// A content-named object: where it lies and what its bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObjectRef {
    pub(crate) name: ContentName,
    pub(crate) size: u64,
    pub(crate) hash: [u8; 32],
}

impl ObjectRef {
    pub(crate) fn new(name: ContentName, object: &[u8]) -> Self {
        Self { name, size: object.len() as u64, hash: hash_of(object) }
    }

    pub(crate) fn to_message(self) -> proto::ObjectRef {
        let (name, hash) = (self.name.0.to_vec(), self.hash.to_vec());
        proto::ObjectRef { name, size: self.size, hash }
    }

    pub(crate) fn from_message(message: Option<&proto::ObjectRef>) -> Option<Self> {
        let message = message?;
        Some(Self {
            name: ContentName::from_slice(&message.name)?,
            size: message.size,
            hash: message.hash.as_slice().try_into().ok()?,
        })
    }
}

/// The types of content-named objects, each with the folder of its objects.
pub(crate) const CONTENT: [(ObjectType, &str); 5] = [
    (ObjectType::Manifest, "manifest"),
    (ObjectType::Page, "page"),
    (ObjectType::Segment, "segment"),
    (ObjectType::Delta, "delta"),
    (ObjectType::Pack, "pack"),
];

/// The key in the store of a content-named object.
pub(crate) fn key_of(object_type: ObjectType, name: &ContentName) -> String {
    let folder = CONTENT
        .iter()
        .find(|(known, _)| *known == object_type)
        .map_or("segment", |(_, folder)| folder);
    let hex = name.hex();
    format!("{folder}/{}/{hex}", hex.get(..2).unwrap_or_default())
}

/// The name in the key of an object of that type; `None` for any other key.
pub(crate) fn name_of(object_type: ObjectType, key: &str) -> Option<ContentName> {
    let hex = key.get(key.rfind('/')? + 1..)?;
    let digits = hex.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> =
        digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let name = ContentName::from_slice(&bytes?)?;
    (key_of(object_type, &name) == key).then_some(name)
}

/// An object's own hash: its trailer.
pub(crate) fn hash_of(object: &[u8]) -> [u8; 32] {
    object.last_chunk::<TRAILER>().copied().unwrap_or_default()
}

impl VaultInner {
    /// Seals `plain` as the object `key` under the newest data key.
    pub(crate) fn seal(
        &self,
        object_type: ObjectType,
        key: &str,
        plain: &[u8],
    ) -> Result<Bytes, VaultError> {
        self.seal_as(object::FIRST, object_type, key, plain)
    }

    /// As [`VaultInner::seal`], for readers of `format` and newer.
    pub(crate) fn seal_as(
        &self,
        format: u8,
        object_type: ObjectType,
        key: &str,
        plain: &[u8],
    ) -> Result<Bytes, VaultError> {
        self.seal_with(format, object_type, key, plain, Vec::new()).map(Bytes::from)
    }

    /// As [`VaultInner::seal`], into the memory of `out`.
    pub(crate) fn seal_into(
        &self,
        object_type: ObjectType,
        key: &str,
        plain: &[u8],
        mut out: Buffer,
    ) -> Result<Bytes, VaultError> {
        let memory = std::mem::take(out.memory());
        *out.memory() = self.seal_with(object::FIRST, object_type, key, plain, memory)?;
        Ok(out.into_bytes())
    }

    fn seal_with(
        &self,
        format: u8,
        object_type: ObjectType,
        key: &str,
        plain: &[u8],
        out: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError> {
        let keyring = self.keyring();
        let epoch = keyring.newest_epoch();
        let secret = epoch_key(&keyring, epoch, key)?;
        let mut salt = [0; 32];
        self.context.entropy.fill(&mut salt);
        let header = Header::of_format(format, object_type, epoch, key, salt);
        let place = object::Place { vault_id: &self.vault_id, key, extra: &[] };
        object::seal(secret, &header, &place, plain, out)
    }

    /// Opens an object's bytes: its own hash, its place, its type, its frames.
    pub(crate) fn unseal(
        &self,
        object_type: ObjectType,
        key: &str,
        object: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let header = verified(object_type, key, object)?;
        let frames = object::frames_of(object);
        let mut plain = Vec::with_capacity(frames.len());
        self.open_into(&header, key, frames, 0, &mut plain)?;
        Ok(plain)
    }

    /// As [`VaultInner::unseal`], into memory that is kept: for large objects.
    pub(crate) fn unseal_large(
        &self,
        object_type: ObjectType,
        key: &str,
        object: &[u8],
    ) -> Result<Buffer, VaultError> {
        let header = verified(object_type, key, object)?;
        self.open_frames(&header, key, object::frames_of(object), 0)
    }

    /// Opens frames of an object, from number `first` to the last.
    pub(crate) fn open_frames(
        &self,
        header: &Header,
        key: &str,
        frames: &[u8],
        first: u32,
    ) -> Result<Buffer, VaultError> {
        let mut plain = Buffer::with_capacity(frames.len());
        self.open_into(header, key, frames, first, plain.memory())?;
        Ok(plain)
    }

    fn open_into(
        &self,
        header: &Header,
        key: &str,
        frames: &[u8],
        first: u32,
        plain: &mut Vec<u8>,
    ) -> Result<(), VaultError> {
        let keyring = self.keyring();
        let secret = epoch_key(&keyring, header.epoch, key)?;
        let place = object::Place { vault_id: &self.vault_id, key, extra: &[] };
        object::open_frames(secret, header, &place, frames, first, plain)
    }

    /// Reads an object; absence is damage, since something refers to it.
    pub(crate) async fn fetch(&self, key: &str) -> Result<Bytes, VaultError> {
        let missing = || VaultError::damaged(key, ProblemKind::Missing, "it is not in the store");
        self.find(key).await?.ok_or_else(missing)
    }

    /// Reads an object; `None` when there is none. One that is sealed under a data key younger than
    /// the keyring in memory shows that another process has raised it.
    pub(crate) async fn find(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        let found = self.store.find(key).await?;
        if let Some(object) = &found {
            self.know(object).await?;
        }
        Ok(found)
    }

    /// Reads the keyring again when an object is sealed under a data key that it does not hold.
    pub(crate) async fn know(&self, object: &[u8]) -> Result<(), VaultError> {
        if object::epoch_of(object) > self.keyring().newest_epoch() {
            self.learn().await?;
        }
        Ok(())
    }

    /// Reads and opens a content-named object that must be exactly the one recorded.
    pub(crate) async fn fetch_recorded(
        &self,
        object_type: ObjectType,
        object: &ObjectRef,
    ) -> Result<Vec<u8>, VaultError> {
        let key = key_of(object_type, &object.name);
        let bytes = self.fetch(&key).await?;
        let plain = self.unseal(object_type, &key, &bytes)?;
        // Two writers may have stored the same page at once: its name tells that it is the same.
        let twin = || object_type == ObjectType::Page && self.names.page(&plain) == object.name;
        if hash_of(&bytes) != object.hash && !twin() {
            let detail = "it is sound and not the one that its manifest recorded";
            return Err(VaultError::damaged(&key, ProblemKind::Hash, detail));
        }
        Ok(plain)
    }
}

fn verified(object_type: ObjectType, key: &str, object: &[u8]) -> Result<Header, VaultError> {
    let header = Header::verify(key, object)?;
    if header.object_type != object_type {
        let detail = format!("a {:?} lies where a {object_type:?} belongs", header.object_type);
        return Err(VaultError::damaged(key, ProblemKind::Decode, detail));
    }
    Ok(header)
}

fn epoch_key<'k>(keyring: &'k Keyring, epoch: u32, key: &str) -> Result<&'k [u8; 32], VaultError> {
    keyring.epoch_key(epoch).ok_or_else(|| {
        let detail = format!("the keyring has no data key of epoch {epoch}");
        VaultError::damaged(key, ProblemKind::Decrypt, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_its_name_and_nothing_else_does() {
        let name = ContentName([0xab; 32]);
        for (object_type, folder) in CONTENT {
            let key = key_of(object_type, &name);
            assert!(key.starts_with(folder));
            assert_eq!(name_of(object_type, &key), Some(name));
            assert_eq!(name_of(object_type, &key.to_uppercase()), None);
            assert_eq!(name_of(object_type, &format!("{key}0")), None);
            assert_eq!(name_of(object_type, &key.replace("/ab/", "/cd/")), None);
        }
        assert_eq!(name_of(ObjectType::Page, &key_of(ObjectType::Segment, &name)), None);
        for other in ["keyring", "registry/head", "ledger/00/0000000001", "prune/mark", ""] {
            assert_eq!(name_of(ObjectType::Segment, other), None);
        }
    }
}
