//! A prune and a backup that needs what it deletes, interleaved at every call of the store: a backup
//! that is committed opens, in whatever order the calls came.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend, ObjectInfo};
use vault::testing::{ClockedStore, ManualClock, SeededEntropy};
use vault::{
    CheckLevel, PruneRequest, Resources, Store, StoreError, Vault, VaultContext, VaultError,
};

const HOUR_MS: i64 = 3_600_000;
/// Orders tried.
const ORDERS: u64 = 400;

/// Lets others go first for a while, before each call.
#[derive(Debug)]
struct Hesitant {
    inner: Arc<dyn Backend>,
    state: AtomicU64,
    most: u64,
}

impl Hesitant {
    async fn hesitate(&self) {
        let step = |state: u64| state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let state = self
            .state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| Some(step(state)));
        for _ in 0..(state.unwrap() >> 33) % (self.most + 1) {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Backend for Hesitant {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.hesitate().await;
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.hesitate().await;
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.hesitate().await;
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.hesitate().await;
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.hesitate().await;
        self.inner.delete(key).await
    }
}

async fn open(backend: Arc<dyn Backend>, clock: &Arc<ManualClock>, seed: u64) -> Vault {
    let context = VaultContext {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(seed)),
        writer_id: format!("w{}", seed % 2),
        tool_version: "test".to_owned(),
        resources: Resources { store_requests: 2, ..Resources::default() },
    };
    let store = Store::with_backend(backend);
    match Vault::open(store.clone(), &provider(), context.clone()).await {
        Err(VaultError::NotAVault { .. }) => {
            Vault::create(store, &provider(), context).await.unwrap()
        }
        opened => opened.unwrap(),
    }
}

/// What became of the backup.
async fn race(order: u64) -> Result<(), VaultError> {
    let clock = Arc::new(ManualClock::new(1_790_000_000_000));
    let memory = Arc::new(MemoryBackend::default());
    let backend: Arc<dyn Backend> = Arc::new(ClockedStore::new(memory, clock.clone()));
    let vault = open(backend.clone(), &clock, 0).await;
    let dropped = back_up(&vault, &documents(0..120), &BTreeMap::new()).await.unwrap().0.id;
    vault.drop_set(&dropped, 0).await.unwrap();
    let cancel = CancellationToken::new();
    clock.advance(25 * HOUR_MS);
    vault.prune(PruneRequest::default(), &|_| {}, &cancel).await.unwrap();
    clock.advance(25 * HOUR_MS);

    let hesitant = |most, seed| -> Arc<dyn Backend> {
        Arc::new(Hesitant { inner: backend.clone(), state: AtomicU64::new(seed), most })
    };
    // One is slower in half of the orders, the other in the other half.
    let (slow, slower) = if order.is_multiple_of(2) { (3, 12) } else { (12, 3) };
    let pruning = open(hesitant(slow, order), &clock, 10 + 2 * order).await;
    let writing = open(hesitant(slower, order ^ 0xABCD), &clock, 11 + 2 * order).await;
    let (again, none) = (documents(0..120), BTreeMap::new());
    let prune = pruning.prune(PruneRequest::default(), &|_| {}, &cancel);
    let (pruned, written) = tokio::join!(prune, back_up(&writing, &again, &none));
    pruned.unwrap();
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "order {order}: {:?}", report.problems);
    let (set, _) = written?;
    assert_eq!(read_all(&vault, &set.id).await.unwrap(), again, "order {order}");
    Ok(())
}

#[tokio::test]
async fn a_committed_backup_opens_in_whatever_order_the_calls_came() {
    let (mut committed, mut refused) = (0, 0);
    for order in 0..ORDERS {
        match race(order).await {
            Ok(()) => committed += 1,
            Err(VaultError::BeingPruned { .. }) => refused += 1,
            Err(VaultError::Damaged { kind: vault::ProblemKind::Missing, .. }) => refused += 1,
            // The prune had looked at the object before it was written anew, and deleted it before it
            // was read back.
            Err(VaultError::Store(StoreError::NotStored { .. })) => refused += 1,
            Err(error) => panic!("order {order}: {error}"),
        }
    }
    assert!(committed > 0 && refused > 0, "{committed} committed, {refused} refused");
}
