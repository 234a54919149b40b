//! Keyed hashes of many documents at a time.
//!
//! Most documents of a game database are shorter than a chunk of BLAKE3 (1,024 bytes). Within a
//! chunk each block waits for the one before it, so that a document alone leaves the processor's
//! vector instructions idle. Documents of as many blocks do not wait for each other: 4 to 16 of them
//! are hashed side by side, all but their last blocks, which may be shorter (docs/adr/0010).

use blake3::IncrementCounter;
use blake3::platform::{Platform, le_bytes_from_words_32, words_from_le_bytes_32};
use blake3::{BLOCK_LEN, CHUNK_LEN, OUT_LEN};

use super::{DigestKey, DocumentHash, text_of};

/// Blocks of a chunk.
const BLOCKS: usize = CHUNK_LEN / BLOCK_LEN;
/// Bytes gathered before they are hashed: they stay in the processor's own cache.
const GATHERED: usize = 256 << 10;

/// Domain flags of BLAKE3's compression.
const CHUNK_START: u8 = 1;
const CHUNK_END: u8 = 2;
const ROOT: u8 = 8;
const KEYED_HASH: u8 = 16;

/// Hashes documents in their order.
pub(super) fn hash<'d>(
    key: &DigestKey,
    documents: impl IntoIterator<Item = (&'d [u8], &'d [u8])>,
) -> Vec<DocumentHash> {
    let documents = documents.into_iter();
    let mut hashes = Vec::with_capacity(documents.size_hint().0);
    let mut gathered = Gathered::new(key);
    for (sort_key, document) in documents {
        if text_length(sort_key, document) > CHUNK_LEN {
            // Its own chunks are hashed side by side.
            hashes.push(key.document(sort_key, document, &mut gathered.alone));
            continue;
        }
        gathered.add(hashes.len(), sort_key, document);
        hashes.push(DocumentHash([0; 32]));
        if gathered.texts.len() >= GATHERED {
            gathered.hash_into(&mut hashes);
        }
    }
    gathered.hash_into(&mut hashes);
    hashes
}

/// Texts of at most a chunk.
struct Gathered {
    platform: Platform,
    key: [u32; 8],
    /// One after the other.
    texts: Vec<u8>,
    /// By the number of blocks before their last.
    by_blocks: [Vec<Text>; BLOCKS],
    /// What the blocks before the last of some texts came to, 32 bytes for each.
    chained: Vec<u8>,
    /// For documents that are hashed alone.
    alone: Vec<u8>,
}

/// Where a text lies, and whose it is.
struct Text {
    begin: usize,
    end: usize,
    number: usize,
}

impl Gathered {
    fn new(key: &DigestKey) -> Self {
        Self {
            platform: Platform::detect(),
            key: words_from_le_bytes_32(&key.0),
            texts: Vec::new(),
            by_blocks: Default::default(),
            chained: Vec::new(),
            alone: Vec::new(),
        }
    }

    fn add(&mut self, number: usize, sort_key: &[u8], document: &[u8]) {
        let begin = self.texts.len();
        text_of(sort_key, document, &mut self.texts);
        let end = self.texts.len();
        // No text is empty: the length of its key comes first.
        let before_last = (end - begin - 1) / BLOCK_LEN;
        self.by_blocks[before_last].push(Text { begin, end, number });
    }

    /// Hashes what is gathered and begins anew.
    fn hash_into(&mut self, hashes: &mut [DocumentHash]) {
        for blocks in 0..BLOCKS {
            self.chain(blocks);
            self.end(blocks, hashes);
        }
        self.texts.clear();
        self.by_blocks.iter_mut().for_each(Vec::clear);
    }

    /// Hashes the blocks before the last.
    fn chain(&mut self, blocks: usize) {
        match blocks {
            1 => self.chain_blocks::<{ BLOCK_LEN }>(blocks),
            2 => self.chain_blocks::<{ 2 * BLOCK_LEN }>(blocks),
            3 => self.chain_blocks::<{ 3 * BLOCK_LEN }>(blocks),
            4 => self.chain_blocks::<{ 4 * BLOCK_LEN }>(blocks),
            5 => self.chain_blocks::<{ 5 * BLOCK_LEN }>(blocks),
            6 => self.chain_blocks::<{ 6 * BLOCK_LEN }>(blocks),
            7 => self.chain_blocks::<{ 7 * BLOCK_LEN }>(blocks),
            8 => self.chain_blocks::<{ 8 * BLOCK_LEN }>(blocks),
            9 => self.chain_blocks::<{ 9 * BLOCK_LEN }>(blocks),
            10 => self.chain_blocks::<{ 10 * BLOCK_LEN }>(blocks),
            11 => self.chain_blocks::<{ 11 * BLOCK_LEN }>(blocks),
            12 => self.chain_blocks::<{ 12 * BLOCK_LEN }>(blocks),
            13 => self.chain_blocks::<{ 13 * BLOCK_LEN }>(blocks),
            14 => self.chain_blocks::<{ 14 * BLOCK_LEN }>(blocks),
            15 => self.chain_blocks::<{ 15 * BLOCK_LEN }>(blocks),
            _ => {}
        }
    }

    fn chain_blocks<const N: usize>(&mut self, blocks: usize) {
        let first = |text: &Text| &self.texts[text.begin..].as_chunks::<N>().0[0];
        let begins: Vec<&[u8; N]> = self.by_blocks[blocks].iter().map(first).collect();
        self.chained.resize(begins.len() * OUT_LEN, 0);
        let (counter, stays) = (0, IncrementCounter::No);
        let (key, chained) = (&self.key, &mut self.chained);
        self.platform.hash_many(&begins, key, counter, stays, KEYED_HASH, CHUNK_START, 0, chained);
    }

    /// Hashes the last blocks.
    fn end(&self, blocks: usize, hashes: &mut [DocumentHash]) {
        let chained = self.chained.as_chunks::<OUT_LEN>().0;
        for (at, text) in self.by_blocks[blocks].iter().enumerate() {
            let (mut words, start) = match blocks {
                0 => (self.key, CHUNK_START),
                _ => (words_from_le_bytes_32(&chained[at]), 0),
            };
            let rest = &self.texts[text.begin + blocks * BLOCK_LEN..text.end];
            let mut block = [0; BLOCK_LEN];
            block[..rest.len()].copy_from_slice(rest);
            let flags = KEYED_HASH | start | CHUNK_END | ROOT;
            // At most 64.
            let length = rest.len() as u8;
            self.platform.compress_in_place(&mut words, &block, length, 0, flags);
            hashes[text.number] = DocumentHash(le_bytes_from_words_32(&words));
        }
    }
}

/// Bytes of the text that is hashed for a document.
fn text_length(sort_key: &[u8], document: &[u8]) -> usize {
    4 + sort_key.len() + document.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn alone(key: &[u8; 32], sort_key: &[u8], document: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(key);
        let length = u32::try_from(sort_key.len()).unwrap().to_le_bytes();
        hasher.update(&length).update(sort_key).update(document);
        *hasher.finalize().as_bytes()
    }

    fn held_against_blake3(key: [u8; 32], documents: &[(Vec<u8>, Vec<u8>)]) {
        let pairs = documents.iter().map(|(key, document)| (key.as_slice(), document.as_slice()));
        let hashes = DigestKey(key).documents(pairs);
        assert_eq!(hashes.len(), documents.len());
        for (hash, (sort_key, document)) in hashes.iter().zip(documents) {
            assert_eq!(hash.0, alone(&key, sort_key, document), "{} bytes", document.len());
        }
    }

    #[test]
    fn documents_of_every_length_are_hashed_as_blake3_does() {
        let document = |length: usize| (0..length).map(|at| (at * 7 + length) as u8).collect();
        let lengths = (0..CHUNK_LEN + 130).chain([16 << 10, (16 << 10) + 1, 100_000]);
        let documents: Vec<_> =
            lengths.map(|length| (vec![length as u8; length % 20], document(length))).collect();
        held_against_blake3([7; 32], &documents);
        held_against_blake3([7; 32], &[]);
    }

    #[test]
    fn more_than_is_gathered_at_a_time_keeps_its_order() {
        let document = |n: u32| (n.to_be_bytes().to_vec(), vec![n as u8; 500 + (n % 90) as usize]);
        let documents: Vec<_> = (0..3 * (GATHERED / 500) as u32).map(document).collect();
        held_against_blake3([1; 32], &documents);
    }

    proptest! {
        #[test]
        fn any_documents_are_hashed_as_blake3_does(
            key in any::<[u8; 32]>(),
            documents in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 0..40),
                 proptest::collection::vec(any::<u8>(), 0..1_500)),
                0..60,
            ),
        ) {
            held_against_blake3(key, &documents);
        }
    }
}
