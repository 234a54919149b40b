//! The outer form of every object: header, frames, trailer.
//!
//! header 64 bytes ‖ frames ‖ BLAKE3 of all before it, 32 bytes
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0 | 4 | `AVLT` |
//! | 4 | 1 | format version: the oldest whose readers understand the object |
//! | 5 | 1 | object type |
//! | 6 | 2 | zero |
//! | 8 | 4 | data-key epoch, u32 LE; 0 for the keyring |
//! | 12 | 4 | plaintext bytes a frame, u32 LE |
//! | 16 | 16 | first half of BLAKE3 of the object's key in the store |
//! | 32 | 32 | salt |

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::aead::{FrameKey, TAG};
use crate::VaultError;
use crate::check::ProblemKind;

/// The first format; all objects are of it unless their readers must know more.
pub(crate) const FIRST: u8 = 1;
/// Manifests of streams with several layers.
pub(crate) const LAYERED: u8 = 2;
/// Chunks and packs of logs.
pub(crate) const LOGGED: u8 = 3;
/// The newest format that this version reads.
pub(crate) const FORMAT: u8 = LOGGED;
pub(crate) const HEADER: usize = 64;
pub(crate) const TRAILER: usize = 32;
/// Plaintext bytes a frame in what this version writes.
pub(crate) const FRAME: usize = 64 << 10;
/// Largest frame a reader accepts.
const LARGEST_FRAME: usize = 16 << 20;
const MAGIC: &[u8; 4] = b"AVLT";

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ObjectType {
    /// The wrapped keys.
    Keyring = 1,
    /// A writer's registration.
    Writer = 2,
    /// A ledger's head.
    Head = 3,
    /// A ledger's entry.
    Entry = 4,
    /// A class's manifest.
    Manifest = 5,
    /// A page of a segment index.
    Page = 6,
    /// Documents.
    Segment = 7,
    /// Images and tombstones.
    Delta = 8,
    /// What a prune has marked, and who prunes.
    Prune = 9,
    /// A moment of a log.
    Chunk = 10,
    /// Many chunks of a log.
    Pack = 11,
    /// What is kept outside the store.
    Detached = 12,
    /// Many entries of a ledger.
    Bundle = 13,
}

impl ObjectType {
    /// The type as it is written out: `segment`, `page` …
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::Writer => "writer",
            Self::Head => "head",
            Self::Entry => "entry",
            Self::Manifest => "manifest",
            Self::Page => "page",
            Self::Segment => "segment",
            Self::Delta => "delta",
            Self::Prune => "prune",
            Self::Chunk => "chunk",
            Self::Pack => "pack",
            Self::Detached => "detached",
            Self::Bundle => "bundle",
        }
    }

    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        use ObjectType::{
            Bundle, Chunk, Delta, Detached, Entry, Head, Keyring, Manifest, Pack, Page, Prune,
            Segment, Writer,
        };
        [
            Keyring, Writer, Head, Entry, Manifest, Page, Segment, Delta, Prune, Chunk, Pack,
            Detached, Bundle,
        ]
        .into_iter()
        .find(|known| *known as u8 == byte)
    }
}

/// A header as read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) object_type: ObjectType,
    pub(crate) epoch: u32,
    pub(crate) frame: usize,
    pub(crate) salt: [u8; 32],
    pub(crate) bytes: [u8; HEADER],
}

impl Header {
    pub(crate) fn new(object_type: ObjectType, epoch: u32, key: &str, salt: [u8; 32]) -> Self {
        Self::of_format(FIRST, object_type, epoch, key, salt)
    }

    pub(crate) fn of_format(
        format: u8,
        object_type: ObjectType,
        epoch: u32,
        key: &str,
        salt: [u8; 32],
    ) -> Self {
        let mut bytes = [0; HEADER];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4] = format;
        bytes[5] = object_type as u8;
        bytes[8..12].copy_from_slice(&epoch.to_le_bytes());
        bytes[12..16].copy_from_slice(&(FRAME as u32).to_le_bytes());
        bytes[16..32].copy_from_slice(&key_mark(key));
        bytes[32..].copy_from_slice(&salt);
        Self { object_type, epoch, frame: FRAME, salt, bytes }
    }

    /// Checks everything that needs no key: form, trailer, and that the object lies where it
    /// belongs.
    pub(crate) fn verify(key: &str, object: &[u8]) -> Result<Self, VaultError> {
        let damaged = |kind, detail: &str| VaultError::damaged(key, kind, detail);
        if object.len() < HEADER + TRAILER {
            return Err(damaged(ProblemKind::Size, "shorter than a header and a trailer"));
        }
        let (body, trailer) = object.split_at(object.len() - TRAILER);
        if blake3::hash(body).as_bytes() != trailer {
            return Err(damaged(ProblemKind::Hash, "the bytes do not match the object's own hash"));
        }
        Self::read(key, object)
    }

    /// Reads the header at the beginning of an object of which no more need be at hand.
    pub(crate) fn read(key: &str, object: &[u8]) -> Result<Self, VaultError> {
        let damaged = |kind, detail: &str| VaultError::damaged(key, kind, detail);
        let Some(bytes) = object.first_chunk::<HEADER>() else {
            return Err(damaged(ProblemKind::Size, "shorter than a header"));
        };
        if &bytes[..4] != MAGIC {
            return Err(damaged(ProblemKind::Decode, "not an object of a vault"));
        }
        if bytes[4] == 0 || bytes[4] > FORMAT {
            let (object, found) = (key.to_owned(), bytes[4]);
            return Err(VaultError::UnknownFormat { object, found, known: FORMAT });
        }
        if bytes[16..32] != key_mark(key) {
            return Err(damaged(ProblemKind::Hash, "an object of another key lies here"));
        }
        let number = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let (object_type, frame) = (ObjectType::from_byte(bytes[5]), number(12) as usize);
        let (Some(object_type), [0, 0], 1..=LARGEST_FRAME) =
            (object_type, [bytes[6], bytes[7]], frame)
        else {
            return Err(damaged(ProblemKind::Decode, "the header is not sound"));
        };
        let mut salt = [0; 32];
        salt.copy_from_slice(&bytes[32..]);
        Ok(Self { object_type, epoch: number(8), frame, salt, bytes: *bytes })
    }
}

/// Checks an object's bytes without any key: form, hash, and that it lies where it belongs.
///
/// # Errors
/// [`VaultError::Damaged`] or [`VaultError::UnknownFormat`], naming the object.
pub fn verify_ciphertext(key: &str, object: &[u8]) -> Result<ObjectType, VaultError> {
    Header::verify(key, object).map(|header| header.object_type)
}

/// The epoch in an object's header, unverified; 0 where there is none.
pub(crate) fn epoch_of(object: &[u8]) -> u32 {
    object.get(8..12).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

fn key_mark(key: &str) -> [u8; 16] {
    let mut mark = [0; 16];
    mark.copy_from_slice(&blake3::hash(key.as_bytes()).as_bytes()[..16]);
    mark
}

/// What binds a frame to its vault, its object and its place in the store.
fn associated(vault_id: &[u8; 16], header: &Header, key: &str, extra: &[u8]) -> Vec<u8> {
    [vault_id.as_slice(), &header.bytes, key.as_bytes(), extra].concat()
}

fn frame_key(secret: &[u8; 32], header: &Header, key: &str) -> Result<FrameKey, VaultError> {
    let failed = || VaultError::Worker(format!("no key could be derived for `{key}`"));
    let mut okm = Zeroizing::new([0; 32]);
    let kind = [header.object_type as u8];
    Hkdf::<Sha256>::new(Some(&header.salt), secret)
        .expand_multi_info(&[b"avalon-vault object v1", &kind, key.as_bytes()], okm.as_mut())
        .map_err(|_| failed())?;
    FrameKey::new(&okm).map_err(|_| failed())
}

/// Number of bytes that an object of `plain` bytes of plaintext takes.
pub(crate) fn sealed_len(plain: usize) -> usize {
    HEADER + plain + plain.div_ceil(FRAME).max(1) * TAG + TRAILER
}

/// Where an object belongs, and what is authenticated beside its frames.
pub(crate) struct Place<'p> {
    pub(crate) vault_id: &'p [u8; 16],
    pub(crate) key: &'p str,
    /// Stands between header and frames.
    pub(crate) extra: &'p [u8],
}

/// Seals `plain` as an object, into the memory of `out`.
pub(crate) fn seal(
    secret: &[u8; 32],
    header: &Header,
    place: &Place<'_>,
    plain: &[u8],
    mut out: Vec<u8>,
) -> Result<Vec<u8>, VaultError> {
    let Place { vault_id, key, extra } = *place;
    let frames = frame_key(secret, header, key)?;
    let associated = associated(vault_id, header, key, extra);
    out.clear();
    out.reserve(sealed_len(plain.len()) + extra.len());
    out.extend_from_slice(&header.bytes);
    out.extend_from_slice(extra);
    let count = plain.len().div_ceil(FRAME).max(1);
    for number in 0..count {
        let start = number * FRAME;
        let end = plain.len().min(start + FRAME);
        let from = out.len();
        out.extend_from_slice(plain.get(start..end).unwrap_or_default());
        let (counter, last) = (number as u32, number + 1 == count);
        let tag = frames
            .seal(counter, last, &associated, out.get_mut(from..).unwrap_or_default())
            .map_err(|_| VaultError::Worker(format!("sealing `{key}` failed")))?;
        out.extend_from_slice(&tag);
    }
    let hash = blake3::hash(&out);
    out.extend_from_slice(hash.as_bytes());
    Ok(out)
}

/// Opens the frames of an object whose header has been verified. `extra` bytes after the header
/// are authenticated and not part of the frames.
pub(crate) fn open(
    vault_id: &[u8; 16],
    secret: &[u8; 32],
    header: &Header,
    key: &str,
    object: &[u8],
    extra: usize,
) -> Result<Vec<u8>, VaultError> {
    let damaged = |kind, detail: &str| VaultError::damaged(key, kind, detail);
    let end = object.len().saturating_sub(TRAILER);
    let (Some(extra), Some(frames)) =
        (object.get(HEADER..HEADER + extra), object.get(HEADER + extra..end))
    else {
        return Err(damaged(ProblemKind::Size, "shorter than its parts"));
    };
    let mut plain = Vec::with_capacity(frames.len());
    open_frames(secret, header, &Place { vault_id, key, extra }, frames, 0, &mut plain)?;
    Ok(plain)
}

/// The frames of an object without anything between header and frames, whose header has been
/// verified.
pub(crate) fn frames_of(object: &[u8]) -> &[u8] {
    object.get(HEADER..object.len().saturating_sub(TRAILER)).unwrap_or_default()
}

/// Opens the frames of an object from number `first` to the last, into `plain`. Each frame
/// authenticates itself and its place, and the last that it is the last.
pub(crate) fn open_frames(
    secret: &[u8; 32],
    header: &Header,
    place: &Place<'_>,
    frames: &[u8],
    first: u32,
    plain: &mut Vec<u8>,
) -> Result<(), VaultError> {
    let Place { vault_id, key, extra } = *place;
    let damaged = |kind, detail: &str| VaultError::damaged(key, kind, detail);
    let (mut rest, mut counter) = (frames, first);
    let frames = frame_key(secret, header, key)?;
    let associated = associated(vault_id, header, key, extra);
    loop {
        let length = rest.len().min(header.frame + TAG);
        let last = length == rest.len();
        let (frame, after) = rest.split_at(length);
        let from = plain.len();
        plain.extend_from_slice(frame);
        let opened = frames
            .open(counter, last, &associated, plain.get_mut(from..).unwrap_or_default())
            .map_err(|_| damaged(ProblemKind::Decrypt, "a frame does not authenticate"))?
            .len();
        plain.truncate(from + opened);
        if last {
            return Ok(());
        }
        rest = after;
        counter += 1;
    }
}
