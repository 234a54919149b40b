//! Order-independent digest of a stream's documents.
//!
//! digest = Σ h(key, doc) mod 2^128, little endian, where h is the first 16 bytes of
//! BLAKE3 keyed with the vault's document key over `len(key) as u32 LE ‖ key ‖ doc`.
//! A sum, not XOR, so that a document met twice does not cancel itself. The hash is keyed, so that
//! nobody without the vault's key can look for sets that collide; 128 bits then suffice.

mod together;

use std::fmt;

/// Documents up to this size are copied behind their key to be hashed in one call.
const COPIED: usize = 16 << 10;

/// The keyed hash of one document with its sort key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DocumentHash(pub(crate) [u8; 32]);

impl DocumentHash {
    /// The half that is stored in segments' indexes and summed in digests.
    #[must_use]
    pub fn short(&self) -> [u8; 16] {
        let mut out = [0; 16];
        out.copy_from_slice(&self.0[..16]);
        out
    }

    /// Independent bits for the decision where a segment ends.
    pub(crate) fn cut_bits(&self) -> u64 {
        let mut out = [0; 8];
        out.copy_from_slice(&self.0[24..]);
        u64::from_le_bytes(out)
    }
}

/// The key of all document hashes of a vault; it never rotates.
#[derive(Clone, zeroize::ZeroizeOnDrop)]
pub struct DigestKey(pub(crate) [u8; 32]);

impl DigestKey {
    /// Hashes one document: one pass over `key` and `doc`. `scratch` is overwritten; keeping it from
    /// call to call spares an allocation.
    #[must_use]
    pub fn document(&self, key: &[u8], doc: &[u8], scratch: &mut Vec<u8>) -> DocumentHash {
        if doc.len() > COPIED {
            let mut hasher = blake3::Hasher::new_keyed(&self.0);
            hasher.update(&length_of(key)).update(key).update(doc);
            return DocumentHash(*hasher.finalize().as_bytes());
        }
        // One call over one buffer is several times faster than the incremental hasher on the
        // small documents that make up most of a game database.
        scratch.clear();
        text_of(key, doc, scratch);
        DocumentHash(*blake3::keyed_hash(&self.0, scratch).as_bytes())
    }

    /// Hashes documents, each given as its key and its bytes, in their order. As
    /// [`DigestKey::document`] does, but many at a time, several times faster where they are small.
    #[must_use]
    pub fn documents<'d>(
        &self,
        documents: impl IntoIterator<Item = (&'d [u8], &'d [u8])>,
    ) -> Vec<DocumentHash> {
        together::hash(self, documents)
    }
}

/// Appends what is hashed for a document.
fn text_of(key: &[u8], doc: &[u8], text: &mut Vec<u8>) {
    text.extend_from_slice(&length_of(key));
    text.extend_from_slice(key);
    text.extend_from_slice(doc);
}

fn length_of(key: &[u8]) -> [u8; 4] {
    u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes()
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(..)")
    }
}

/// Value of a digest, 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest(pub [u8; 16]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Sum of document hashes; the order of adding does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DigestSum {
    sum: u128,
    documents: u64,
}

impl DigestSum {
    /// Adds a document.
    pub fn add(&mut self, hash: [u8; 16]) {
        self.sum = self.sum.wrapping_add(u128::from_le_bytes(hash));
        self.documents += 1;
    }

    /// Adds another sum, for example of a part read in parallel.
    pub fn merge(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_add(other.sum);
        self.documents = self.documents.wrapping_add(other.documents);
    }

    /// Takes another sum away, for example of documents that were replaced.
    pub fn subtract(&mut self, other: &Self) {
        self.sum = self.sum.wrapping_sub(other.sum);
        self.documents = self.documents.wrapping_sub(other.documents);
    }

    /// Documents added.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> Digest {
        Digest(self.sum.to_le_bytes())
    }

    pub(crate) fn from_parts(value: Digest, documents: u64) -> Self {
        Self { sum: u128::from_le_bytes(value.0), documents }
    }
}

/// Digest of a set of documents under a vault's key; get one from [`crate::Vault::digest`].
#[derive(Debug, Clone)]
pub struct SetDigest {
    key: DigestKey,
    sum: DigestSum,
    scratch: Vec<u8>,
}

impl SetDigest {
    /// An empty set.
    #[must_use]
    pub fn new(key: DigestKey) -> Self {
        Self { key, sum: DigestSum::default(), scratch: Vec::new() }
    }

    /// Adds a document with the sort key that it has in the vault.
    pub fn add(&mut self, key: &[u8], doc: &[u8]) {
        let hash = self.key.document(key, doc, &mut self.scratch);
        self.sum.add(hash.short());
    }

    /// Adds documents, each given as its key and its bytes: many at a time is several times faster.
    pub fn add_all<'d>(&mut self, documents: impl IntoIterator<Item = (&'d [u8], &'d [u8])>) {
        for hash in self.key.documents(documents) {
            self.sum.add(hash.short());
        }
    }

    /// Adds all documents of another digest of the same vault.
    pub fn merge(&mut self, other: &Self) {
        self.sum.merge(&other.sum);
    }

    /// Documents added.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.sum.documents()
    }

    /// The value, comparable with [`crate::StreamStats::digest`].
    #[must_use]
    pub fn value(&self) -> Digest {
        self.sum.value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter_and_repetition_does() {
        let key = DigestKey([7; 32]);
        let mut forward = SetDigest::new(key.clone());
        let mut backward = SetDigest::new(key);
        for n in 0..100_u32 {
            forward.add(&n.to_be_bytes(), b"doc");
            backward.add(&(99 - n).to_be_bytes(), b"doc");
        }
        assert_eq!(forward.value(), backward.value());
        backward.add(&5_u32.to_be_bytes(), b"doc");
        backward.add(&5_u32.to_be_bytes(), b"doc");
        assert_ne!(forward.value(), backward.value());
    }

    #[test]
    fn key_and_document_do_not_run_into_each_other() {
        let (key, mut scratch) = (DigestKey([7; 32]), Vec::new());
        let mut hash = |sort_key: &[u8], doc: &[u8]| key.document(sort_key, doc, &mut scratch).0;
        assert_ne!(hash(b"ab", b"c"), hash(b"a", b"bc"));
        for length in [0, 300, COPIED, COPIED + 1, 100_000] {
            let doc = vec![1_u8; length];
            let mut hasher = blake3::Hasher::new_keyed(&[7; 32]);
            hasher.update(&1_u32.to_le_bytes()).update(b"k").update(&doc);
            assert_eq!(hash(b"k", &doc), *hasher.finalize().as_bytes());
        }
    }
}
