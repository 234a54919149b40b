//! Keyed names: nobody without the vault's key learns from a name what lies under it.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::digest::DigestKey;

/// Name of a content-addressed object, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct ContentName(pub(crate) [u8; 32]);

impl ContentName {
    pub(crate) fn hex(&self) -> String {
        hex(&self.0)
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl std::fmt::Debug for ContentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex())
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// The keys of names and document hashes, all derived from the vault's content key, which never
/// rotates: otherwise every rotation would end deduplication.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct NameKeys {
    segment: [u8; 32],
    delta: [u8; 32],
    page: [u8; 32],
    manifest: [u8; 32],
    writer: [u8; 32],
    pack: [u8; 32],
    pseudonym: [u8; 32],
    #[zeroize(skip)]
    document: DigestKey,
}

impl NameKeys {
    pub(crate) fn derive(content_key: &[u8; 32]) -> Self {
        let key = |purpose: &str| blake3::derive_key(purpose, content_key);
        Self {
            segment: key("avalon-vault 2026 segment name v1"),
            delta: key("avalon-vault 2026 delta name v1"),
            page: key("avalon-vault 2026 page name v1"),
            manifest: key("avalon-vault 2026 manifest name v1"),
            writer: key("avalon-vault 2026 writer name v1"),
            pack: key("avalon-vault 2026 pack name v1"),
            pseudonym: key("avalon-vault 2026 pseudonym v1"),
            document: DigestKey(key("avalon-vault 2026 document hash v1")),
        }
    }

    pub(crate) fn documents(&self) -> &DigestKey {
        &self.document
    }

    /// Names a segment by its index and its documents' hashes, so that the documents themselves
    /// are hashed once only.
    pub(crate) fn segment(&self, index: &[u8], hashes: &[u8]) -> ContentName {
        named(&self.segment, index, hashes)
    }

    /// Names a delta segment likewise.
    pub(crate) fn delta(&self, index: &[u8], hashes: &[u8]) -> ContentName {
        named(&self.delta, index, hashes)
    }

    pub(crate) fn page(&self, body: &[u8]) -> ContentName {
        ContentName(*blake3::keyed_hash(&self.page, body).as_bytes())
    }

    pub(crate) fn pack(&self, body: &[u8]) -> ContentName {
        ContentName(*blake3::keyed_hash(&self.pack, body).as_bytes())
    }

    pub(crate) fn manifest(&self, set: &str, class: &str) -> ContentName {
        let text = format!("{set}\n{class}");
        ContentName(*blake3::keyed_hash(&self.manifest, text.as_bytes()).as_bytes())
    }

    /// 16 bytes as hex of BLAKE3 keyed over `len(purpose) as u64 LE ‖ purpose ‖ text`.
    pub(crate) fn pseudonym(&self, purpose: &str, text: &str) -> String {
        hex(&named(&self.pseudonym, purpose.as_bytes(), text.as_bytes()).0[..16])
    }

    /// 16 bytes as hex: the folder of a writer's ledger.
    pub(crate) fn writer(&self, writer_id: &str) -> String {
        hex(&blake3::keyed_hash(&self.writer, writer_id.as_bytes()).as_bytes()[..16])
    }
}

/// BLAKE3 keyed over `len(index) as u64 LE ‖ index ‖ hashes`.
fn named(key: &[u8; 32], index: &[u8], hashes: &[u8]) -> ContentName {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(&(index.len() as u64).to_le_bytes()).update(index).update(hashes);
    ContentName(*hasher.finalize().as_bytes())
}
