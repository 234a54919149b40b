//! Many documents by key: those that a reader of the whole stream finds, from what of the store is
//! needed for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use proptest::prelude::*;
use support::*;
use vault::store::MemoryBackend;
use vault::{ObjectType, Vault, VaultError, verify_ciphertext};

/// A full of so many documents and increments over it; what the last one holds.
async fn backed_up(
    backend: &Arc<MemoryBackend>,
    numbers: u32,
    increments: &[Changes],
) -> (Vault, String, Documents) {
    let vault = create(backend, 1).await;
    let mut state = documents(0..numbers);
    let (full, _) = back_up(&vault, &state, &BTreeMap::new()).await.unwrap();
    let mut last = full.id;
    for changes in increments {
        last = back_up_over(&vault, &last, changes).await.unwrap().0.id;
        state = merged(&state, changes);
    }
    (vault, last, state)
}

type Found = (Vec<Option<Bytes>>, Vec<Option<[u8; 16]>>);

async fn look_up(vault: &Vault, set: &str, batches: &[Vec<Bytes>]) -> Result<Found, VaultError> {
    let manifest = vault.set(set).await?;
    let stream = manifest.stream("history", "games").unwrap();
    let (mut documents, mut hashes) = (vault.batch_lookup(stream), vault.batch_lookup(stream));
    let mut found = Found::default();
    for keys in batches {
        found.0.extend(documents.documents(keys).await?);
        found.1.extend(hashes.hashes(keys).await?);
    }
    Ok(found)
}

/// The digest of one document alone is its hash.
fn hash_of(vault: &Vault, key: &[u8], document: &[u8]) -> [u8; 16] {
    let mut digest = vault.digest();
    digest.add(key, document);
    digest.value().0
}

/// Numbers that changed, with the version of the document, none where it was deleted.
type Versions = BTreeMap<u32, Option<u32>>;

fn changes_of(versions: &Versions) -> Changes {
    let image = |(n, version): (&u32, &Option<u32>)| {
        (n.to_be_bytes().to_vec(), version.map(|version| document(*n, version)))
    };
    versions.iter().map(image).collect()
}

fn versions() -> impl Strategy<Value = Versions> {
    proptest::collection::btree_map(0..9_500_u32, proptest::option::of(0..9_u32), 0..400)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_looked_up_is_what_the_stream_holds(
        numbers in 1..9_000_u32,
        increments in proptest::collection::vec(versions(), 0..4),
        wanted in proptest::collection::btree_set(0..10_000_u32, 0..900),
        batch in 1..400_usize,
    ) {
        let increments: Vec<Changes> = increments.iter().map(changes_of).collect();
        let keys: Vec<Bytes> =
            wanted.iter().map(|n| Bytes::copy_from_slice(&n.to_be_bytes())).collect();
        let batches: Vec<_> = keys.chunks(batch).map(<[Bytes]>::to_vec).collect();
        let backend = Arc::new(MemoryBackend::default());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (vault, set, state) = backed_up(&backend, numbers, &increments).await;
            let (documents, hashes) = look_up(&vault, &set, &batches).await.unwrap();
            assert_eq!((documents.len(), hashes.len()), (keys.len(), keys.len()));
            for ((key, document), hash) in keys.iter().zip(documents).zip(hashes) {
                let expected = state.get(key.as_ref());
                assert_eq!(document.as_deref(), expected.map(Vec::as_slice));
                assert_eq!(hash, expected.map(|document| hash_of(&vault, key, document)));
            }
        });
    }
}

/// Puts other bytes in an object's place and looks everything up by both ways; whether the damage was
/// told by each.
async fn told(
    backend: &Arc<MemoryBackend>,
    (vault, set): (&Vault, &str),
    keys: &[Bytes],
    object: &str,
    bytes: Bytes,
) -> (bool, bool) {
    store(backend).put(object, bytes).await.unwrap();
    let manifest = vault.set(set).await.unwrap();
    let stream = manifest.stream("history", "games").unwrap();
    let damage = |error: VaultError| match error {
        VaultError::Damaged { object: damaged, .. } => assert_eq!(damaged, object),
        other => panic!("{other}"),
    };
    let documents = vault.batch_lookup(stream).documents(keys).await.map(drop);
    let hashes = vault.batch_lookup(stream).hashes(keys).await.map(drop);
    let told = (documents.is_err(), hashes.is_err());
    let _ = (documents.map_err(damage), hashes.map_err(damage));
    told
}

/// The hashes lie at the end of a segment: what damages the documents before them is not met.
#[tokio::test]
async fn only_what_is_needed_of_a_segment_is_read_and_that_must_be_sound() {
    let backend = Arc::new(MemoryBackend::default());
    let (vault, set, state) = backed_up(&backend, 30_000, &[]).await;
    let keys: Vec<Bytes> = state.keys().step_by(50).cloned().map(Bytes::from).collect();
    let vault = (&vault, set.as_str());
    let mut segments = snapshot(&backend);
    segments.retain(|key, bytes| verify_ciphertext(key, bytes).unwrap() == ObjectType::Segment);
    assert!(segments.len() > 1);
    for (key, bytes) in &segments {
        let flipped = |at: usize| {
            let mut damaged = bytes.to_vec();
            damaged[at] ^= 1;
            Bytes::from(damaged)
        };
        for (damaged, by_hashes) in [
            (flipped(100), false),
            (flipped(bytes.len() - 60), true),
            (bytes.slice(..63), true),
            (bytes.slice(..bytes.len() - 1), false),
            (bytes.slice(..bytes.len() - 33), true),
            (Bytes::new(), true),
        ] {
            let found = told(&backend, vault, &keys, key, damaged).await;
            assert_eq!(found, (true, by_hashes), "{key}");
        }
        assert_eq!(told(&backend, vault, &keys, key, bytes.clone()).await, (false, false));
    }
}
