//! Pins: every workstation sees them, and nobody removes what is pinned.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use bytes::Bytes;
use support::*;
use vault::store::{Backend, MemoryBackend, ObjectInfo, StoreError};
use vault::testing::{SeededEntropy, context};
use vault::{CheckLevel, NewPin, SetSummary, Store, Vault, VaultContext, VaultError};

async fn open_as(backend: &Arc<MemoryBackend>, writer: &str, seed: u64) -> Vault {
    let context =
        VaultContext { entropy: Arc::new(SeededEntropy::new(seed)), ..context(writer, seed) };
    Vault::open(Store::with_backend(backend.clone()), &provider(), context).await.unwrap()
}

fn pin(reason: &str, actor: &str) -> NewPin {
    NewPin { reason: reason.to_owned(), actor: actor.to_owned() }
}

async fn one_set(vault: &Vault) -> SetSummary {
    back_up(vault, &documents(0..20), &Default::default()).await.unwrap().0
}

#[tokio::test]
async fn a_pin_is_seen_by_all_and_lifted_by_anybody() {
    let backend = Arc::new(MemoryBackend::default());
    let a = create(&backend, 1).await;
    let (set, other) = (one_set(&a).await, one_set(&a).await);
    let b = open_as(&backend, "b", 9).await;
    a.pin_set(&set.id, pin("dispute 4711", "kay"), 0).await.unwrap();
    b.pin_set(&set.id, pin("season end", "bors"), 0).await.unwrap();
    for vault in [&a, &b] {
        let pins = vault.catalog().await.unwrap().pins;
        assert_eq!(pins.len(), 1);
        let of_set: Vec<_> =
            pins[&set.id].iter().map(|pin| (pin.reason.as_str(), pin.actor.as_str())).collect();
        assert_eq!(of_set, [("dispute 4711", "kay"), ("season end", "bors")]);
        // Both at once or none.
        let refused = vault.drop_sets(&[other.id.clone(), set.id.clone()], 0).await;
        assert!(matches!(refused, Err(VaultError::Pinned { actor, .. }) if actor == "bors"));
        assert_eq!(vault.sets().await.unwrap().len(), 2);
    }
    b.unpin_set(&set.id, "bors", 0).await.unwrap();
    b.unpin_set(&set.id, "bors", 0).await.unwrap();
    assert!(a.catalog().await.unwrap().pins.is_empty());
    // A pin set later holds although its writer's clock is behind the one that lifted the first.
    a.pin_set(&set.id, pin("again", "kay"), 0).await.unwrap();
    assert_eq!(b.catalog().await.unwrap().pins[&set.id][0].reason, "again");
    assert!(check(&b, CheckLevel::L3).await.ok());
    a.unpin_set(&set.id, "kay", 0).await.unwrap();
    b.drop_set(&set.id, 0).await.unwrap();
    let gone = a.pin_set(&set.id, pin("too late", "kay"), 0).await;
    assert!(matches!(gone, Err(VaultError::NoSuchSet { .. })));
}

/// Has another process append to the ledger between the reading of its head and of its entries.
#[derive(Debug)]
struct Overtaken {
    inner: Arc<MemoryBackend>,
    writer: Vault,
    set: String,
    armed: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl Backend for Overtaken {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let body = self.inner.get(key).await?;
        let head = key.starts_with("ledger/") && key.ends_with("/head");
        if head && self.armed.swap(false, std::sync::atomic::Ordering::AcqRel) {
            for reason in ["one", "two", "three"] {
                self.writer.pin_set(&self.set, pin(reason, "kay"), 0).await.unwrap();
            }
        }
        Ok(body)
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}

#[tokio::test]
async fn a_ledger_that_grows_while_it_is_read_is_not_called_damaged() {
    let backend = Arc::new(MemoryBackend::default());
    let writer = create(&backend, 1).await;
    let set = one_set(&writer).await.id;
    let overtaken = Arc::new(Overtaken {
        inner: backend.clone(),
        writer: writer.clone(),
        set: set.clone(),
        armed: true.into(),
    });
    let reader = open_over(overtaken, 5).await.unwrap();
    let catalog = reader.catalog().await.unwrap().sound().unwrap();
    assert_eq!(catalog.pins[&set].len(), 3);
    // An old head put back is told all the same.
    let key = backend.list("ledger/").await.unwrap();
    let key = key.into_iter().find(|key| key.ends_with("/head")).unwrap();
    let old = backend.get(&key).await.unwrap();
    for reason in ["four", "five"] {
        writer.pin_set(&set, pin(reason, "kay"), 0).await.unwrap();
    }
    backend.put(&key, old).await.unwrap();
    assert!(reader.catalog().await.unwrap().sound().is_err());
}
