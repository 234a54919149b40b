//! What several test files use.
#![allow(dead_code)]

pub mod damage;
pub mod keys;
pub mod replicas;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing;
use vault::testing::{ManualClock, SeededEntropy};
use vault::{
    Argon2Cost, CheckLevel, CheckReport, CheckRequest, KeyProvider, NewPin, PassphraseProvider,
    PruneReport, PruneRequest, SetCommit, SetInfo, SetSummary, SetWriter, Store, StreamInfo,
    StreamKind, StreamStats, Vault, VaultContext, VaultError,
};

pub const PASSPHRASE: &str = "correct horse battery staple";

pub fn provider() -> PassphraseProvider {
    PassphraseProvider::new(PASSPHRASE.into(), Argon2Cost::lowest())
}

/// What opens a vault by this passphrase.
pub fn passphrase(text: &str) -> Arc<dyn KeyProvider> {
    Arc::new(PassphraseProvider::new(text.into(), Argon2Cost::lowest()))
}

pub fn store(backend: &Arc<MemoryBackend>) -> Store {
    Store::with_backend(backend.clone())
}

pub async fn create(backend: &Arc<MemoryBackend>, seed: u64) -> Vault {
    Vault::create(store(backend), &provider(), testing::context("writer", seed)).await.unwrap()
}

pub async fn open_over(backend: Arc<dyn Backend>, seed: u64) -> Result<Vault, VaultError> {
    let store = Store::with_backend(backend);
    Vault::open(store, &provider(), testing::context("writer", seed)).await
}

/// Opens a vault that keeps what opens it at hand.
pub async fn open_with(
    backend: Arc<dyn Backend>,
    providers: &[Arc<dyn KeyProvider>],
    seed: u64,
) -> Result<Vault, VaultError> {
    let store = Store::with_backend(backend);
    Vault::open_with_any(store, providers.to_vec(), testing::context("writer", seed)).await
}

pub async fn open(backend: &Arc<MemoryBackend>, seed: u64) -> Result<Vault, VaultError> {
    open_over(backend.clone(), seed).await
}

/// Content of a stream: documents by sort key.
pub type Documents = BTreeMap<Vec<u8>, Vec<u8>>;

/// A document that is alike but not equal for each number, as game documents are.
pub fn document(number: u32, version: u32) -> Vec<u8> {
    let mut text = format!("player-{number} plays as MERLIN in room-{} v{version} ", number % 97);
    while text.len() < 220 + (number % 150) as usize {
        let mixed = number.wrapping_mul(2_654_435_761).wrapping_add(text.len() as u32);
        text.push_str(&format!("vote={} ", mixed % 1000));
    }
    text.into_bytes()
}

pub fn documents(range: std::ops::Range<u32>) -> Documents {
    range.map(|n| (n.to_be_bytes().to_vec(), document(n, 0))).collect()
}

pub fn stream_info(name: &str) -> StreamInfo {
    StreamInfo {
        class: "history".to_owned(),
        name: name.to_owned(),
        kind: StreamKind::Collection,
        metadata: b"options and indexes".to_vec(),
    }
}

pub fn set_info() -> SetInfo {
    let attributes = [("method".to_owned(), "full".to_owned())].into();
    SetInfo { classes: vec!["history".to_owned()], attributes, ..SetInfo::default() }
}

pub fn set_commit() -> SetCommit {
    SetCommit {
        cluster_time: "1790000000,7".to_owned(),
        consistent_at_ms: 1_790_000_000_000,
        attributes: BTreeMap::new(),
    }
}

/// Writes one set with one stream: base documents, then deltas (`None` is a tombstone).
pub async fn back_up(
    vault: &Vault,
    base: &Documents,
    deltas: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
) -> Result<(SetSummary, StreamStats), VaultError> {
    let set = vault.begin_set(set_info()).await?;
    let mut stream = set.stream(stream_info("games")).await?;
    for (key, doc) in base {
        stream.push(key, doc).await?;
    }
    for (key, image) in deltas {
        match image {
            Some(doc) => stream.delta_put(key, doc).await?,
            None => stream.delta_delete(key).await?,
        }
    }
    let stats = stream.finish().await?;
    Ok((set.commit(set_commit()).await?, stats))
}

/// Changes by key: `None` is a tombstone.
pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Writes a set whose one stream is that of `base` with changes over it.
pub async fn back_up_over(
    vault: &Vault,
    base: &str,
    changes: &Changes,
) -> Result<(SetSummary, StreamStats), VaultError> {
    let (set, stats) = begin_over(vault, base, changes).await?;
    Ok((set.commit(set_commit()).await?, stats))
}

/// As [`back_up_over`], not committed yet.
pub async fn begin_over(
    vault: &Vault,
    base: &str,
    changes: &Changes,
) -> Result<(SetWriter, StreamStats), VaultError> {
    let beneath = vault.set(base).await?;
    let beneath = beneath.stream("history", "games").unwrap().clone();
    let set = vault.begin_set(set_info()).await?;
    let mut stream = set.stream_over(stream_info("games"), beneath).await?;
    for (key, image) in changes {
        match image {
            Some(doc) => stream.delta_put(key, doc).await?,
            None => stream.delta_delete(key).await?,
        }
    }
    let stats = stream.finish().await?;
    Ok((set, stats))
}

pub const HOUR_MS: i64 = 3_600_000;

/// The context of a writer whose clock the test sets.
pub fn context_at(clock: &Arc<ManualClock>, writer: &str, seed: u64) -> VaultContext {
    VaultContext {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(seed)),
        writer_id: writer.to_owned(),
        tool_version: "test".to_owned(),
        resources: testing::small_bundles(),
    }
}

/// What turns one state into another, and what is named needlessly, as an oplog does.
pub fn difference(
    then: &Documents,
    now: &Documents,
    needlessly: impl Fn(&[u8]) -> bool,
) -> Changes {
    let named = now.iter().filter(|(key, doc)| then.get(*key) != Some(*doc) || needlessly(key));
    let mut changes: Changes = named.map(|(key, doc)| (key.clone(), Some(doc.clone()))).collect();
    let gone = then.keys().filter(|key| !now.contains_key(*key));
    changes.extend(gone.map(|key| (key.clone(), None)));
    changes
}

/// Pins a set for a reason.
pub async fn pin(vault: &Vault, set: &str, reason: &str) -> Result<(), VaultError> {
    let pin = NewPin { reason: reason.to_owned(), actor: "kay".to_owned() };
    vault.pin_set(set, pin, 0).await
}

pub async fn prune(vault: &Vault) -> Result<PruneReport, VaultError> {
    vault.prune(PruneRequest::default(), &|_| {}, &CancellationToken::new()).await
}

pub async fn read_all(vault: &Vault, set: &str) -> Result<Documents, VaultError> {
    let manifest = vault.set(set).await?;
    let mut reader = vault.read_stream(&manifest, "history", "games").await?;
    let (mut documents, mut last) = (Documents::new(), None);
    while let Some(batch) = reader.next_batch().await? {
        for record in batch {
            assert!(last.as_ref().is_none_or(|last| *last < record.key), "keys must rise");
            last = Some(record.key.clone());
            documents.insert(record.key.to_vec(), record.doc.to_vec());
        }
    }
    Ok(documents)
}

pub async fn check(vault: &Vault, level: CheckLevel) -> CheckReport {
    let request = CheckRequest { set: None, level, sample_percent: 100.0 };
    vault.check(&request, &|_| {}, &CancellationToken::new()).await.unwrap()
}

pub fn merged(base: &Documents, deltas: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) -> Documents {
    let mut merged = base.clone();
    for (key, image) in deltas {
        match image {
            Some(doc) => merged.insert(key.clone(), doc.clone()),
            None => merged.remove(key),
        };
    }
    merged
}

pub fn snapshot(backend: &Arc<MemoryBackend>) -> BTreeMap<String, Bytes> {
    backend.snapshot()
}
