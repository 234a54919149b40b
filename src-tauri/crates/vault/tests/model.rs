//! Random sequences of acts on a vault agree with a naive map.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use support::*;
use vault::store::{Backend, MemoryBackend};
use vault::testing::StaleListStore;
use vault::{CheckLevel, Vault};

/// What is done next.
#[derive(Debug, Clone)]
enum Act {
    /// Change the source: documents put (`true`) or removed, by number.
    Change(Vec<(u8, bool, u16)>),
    /// Back up the source as it is, what changes meanwhile going into deltas.
    BackUp { meanwhile: Vec<(u8, bool, u16)>, commit: bool },
    /// Take an increment over one of the sets: what changed since then.
    Increment(usize),
    /// Drop one of the sets.
    Drop(usize),
    /// Close and open again, as one of two writers.
    Reopen { other: bool },
}

fn changes() -> impl Strategy<Value = Vec<(u8, bool, u16)>> {
    proptest::collection::vec((any::<u8>(), proptest::bool::weighted(0.7), any::<u16>()), 0..40)
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => changes().prop_map(Act::Change),
        4 => (changes(), proptest::bool::weighted(0.8))
            .prop_map(|(meanwhile, commit)| Act::BackUp { meanwhile, commit }),
        5 => any::<usize>().prop_map(Act::Increment),
        1 => any::<usize>().prop_map(Act::Drop),
        2 => any::<bool>().prop_map(|other| Act::Reopen { other }),
    ]
}

type Deltas = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

fn as_deltas(changes: &[(u8, bool, u16)]) -> Deltas {
    changes
        .iter()
        .map(|(number, put, version)| {
            let image = put.then(|| document(u32::from(*number), u32::from(*version)));
            (vec![*number], image)
        })
        .collect()
}

/// What turns one state into another, and a key that was never there.
fn since(then: &Documents, now: &Documents) -> Deltas {
    let mut changes = difference(then, now, |key| key[0] % 16 == 0);
    changes.insert(vec![250, 1], None);
    changes
}

async fn run(acts: Vec<Act>) {
    let memory: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    let backend: Arc<dyn Backend> = Arc::new(StaleListStore::new(memory));
    let store = || vault::Store::with_backend(backend.clone());
    let context = |writer: &str, seed| vault::testing::context(writer, seed);
    let mut vault = Vault::create(store(), &provider(), context("a", 0)).await.unwrap();
    let mut source = Documents::new();
    let mut expected: Vec<(String, Documents)> = Vec::new();
    for (seed, act) in (1..).zip(acts) {
        match act {
            Act::Change(changes) => source = merged(&source, &as_deltas(&changes)),
            Act::BackUp { meanwhile, commit } => {
                let deltas = as_deltas(&meanwhile);
                let after = merged(&source, &deltas);
                if commit {
                    let (set, stats) = back_up(&vault, &source, &deltas).await.unwrap();
                    assert_eq!(stats.documents, after.len() as u64);
                    let mut digest = vault.digest();
                    after.iter().for_each(|(key, doc)| digest.add(key, doc));
                    assert_eq!(stats.digest, digest.value());
                    expected.push((set.id, after.clone()));
                } else {
                    let set = vault.begin_set(set_info()).await.unwrap();
                    let mut stream = set.stream(stream_info("games")).await.unwrap();
                    for (key, doc) in &source {
                        stream.push(key, doc).await.unwrap();
                    }
                    drop(stream);
                }
                source = after;
            }
            Act::Increment(which) => {
                if !expected.is_empty() {
                    let (base, then) = &expected[which % expected.len()];
                    let (set, stats) =
                        back_up_over(&vault, base, &since(then, &source)).await.unwrap();
                    assert_eq!(stats.documents, source.len() as u64);
                    let mut digest = vault.digest();
                    source.iter().for_each(|(key, doc)| digest.add(key, doc));
                    assert_eq!(stats.digest, digest.value());
                    expected.push((set.id, source.clone()));
                }
            }
            Act::Drop(which) => {
                if !expected.is_empty() {
                    let (id, _) = expected.remove(which % expected.len());
                    vault.drop_set(&id, 0).await.unwrap();
                }
            }
            Act::Reopen { other } => {
                let writer = if other { "b" } else { "a" };
                vault = Vault::open(store(), &provider(), context(writer, seed)).await.unwrap();
            }
        }
        let mut listed: Vec<_> =
            vault.sets().await.unwrap().into_iter().map(|set| set.id).collect();
        let mut known: Vec<_> = expected.iter().map(|(id, _)| id.clone()).collect();
        listed.sort();
        known.sort();
        assert_eq!(listed, known);
    }
    for (id, documents) in &expected {
        assert_eq!(read_all(&vault, id).await.unwrap(), *documents);
    }
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_vault_agrees_with_a_map(acts in proptest::collection::vec(act(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(acts));
    }
}
