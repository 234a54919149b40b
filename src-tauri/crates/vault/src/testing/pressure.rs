//! Stores that are full or slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Notify;

use crate::store::{Backend, ObjectInfo, StoreError};

/// Has space for so many bytes and says so when they are used up, as a full disk does.
#[derive(Debug)]
pub struct FullStore {
    inner: Arc<dyn Backend>,
    left: AtomicU64,
    refused: Notify,
}

impl FullStore {
    /// Wraps a store that takes `bytes` more.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, bytes: u64) -> Self {
        Self { inner, left: AtomicU64::new(bytes), refused: Notify::new() }
    }

    /// Makes space for so many bytes more.
    pub fn free(&self, bytes: u64) {
        self.left.fetch_add(bytes, Ordering::AcqRel);
    }

    /// Returns when a write was refused.
    pub async fn refused(&self) {
        self.refused.notified().await;
    }

    fn take(&self, key: &str, body: &Bytes) -> Result<(), StoreError> {
        let bytes = body.len() as u64;
        let taken = self
            .left
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(bytes));
        if taken.is_ok() {
            return Ok(());
        }
        self.refused.notify_one();
        Err(StoreError::OutOfSpace {
            key: key.to_owned(),
            detail: "no space left, as this test wants".to_owned(),
        })
    }
}

#[async_trait]
impl Backend for FullStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.take(key, &body)?;
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.take(key, &body)?;
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.inner.get(key).await
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

/// Takes its time for each write, or all the time there is, and counts what is on its way.
#[derive(Debug)]
pub struct SlowStore {
    inner: Arc<dyn Backend>,
    latency: Duration,
    hangs: AtomicBool,
    hung: Notify,
    under_way: AtomicU64,
    most: AtomicU64,
}

impl SlowStore {
    /// Delays each write by `latency`.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, latency: Duration) -> Self {
        Self {
            inner,
            latency,
            hangs: AtomicBool::new(false),
            hung: Notify::new(),
            under_way: AtomicU64::new(0),
            most: AtomicU64::new(0),
        }
    }

    /// From now on no write of a segment comes to an end.
    pub fn hang(&self) {
        self.hangs.store(true, Ordering::Release);
    }

    /// Returns when a write hangs.
    pub async fn hung(&self) {
        self.hung.notified().await;
    }

    /// The most bytes that were on their way at once.
    #[must_use]
    pub fn most_under_way(&self) -> u64 {
        self.most.load(Ordering::Acquire)
    }

    async fn delay(&self, key: &str, body: &Bytes) -> UnderWay<'_> {
        let bytes = body.len() as u64;
        let now = self.under_way.fetch_add(bytes, Ordering::AcqRel) + bytes;
        self.most.fetch_max(now, Ordering::AcqRel);
        let under_way = UnderWay { of: &self.under_way, bytes };
        if self.hangs.load(Ordering::Acquire) && key.starts_with("segment/") {
            self.hung.notify_one();
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(self.latency).await;
        under_way
    }
}

struct UnderWay<'a> {
    of: &'a AtomicU64,
    bytes: u64,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.of.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[async_trait]
impl Backend for SlowStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        let _under_way = self.delay(key, &body).await;
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let _under_way = self.delay(key, &body).await;
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.inner.get(key).await
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
