//! Stores that misbehave in one way each.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::context::Clock;
use crate::store::{Backend, ObjectInfo, StoreError};

/// Dies at the n-th write: that write and all calls after it fail, as if the process had been
/// killed. What was written before stays.
#[derive(Debug)]
pub struct DyingStore {
    inner: Arc<dyn Backend>,
    writes_left: AtomicU64,
    /// Whether the last write reaches the store although its caller never learns of it.
    last_one_lands: bool,
}

impl DyingStore {
    /// Lets `writes` puts and deletes through, then dies.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, writes: u64, last_one_lands: bool) -> Self {
        Self { inner, writes_left: AtomicU64::new(writes), last_one_lands }
    }

    /// True once it has died.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.writes_left.load(Ordering::Relaxed) == u64::MAX
    }

    fn alive(&self, operation: &'static str, key: &str) -> Result<(), StoreError> {
        if self.is_dead() { Err(dead(operation, key)) } else { Ok(()) }
    }

    /// Counts a write; true when it is the one that kills.
    fn kills(&self) -> bool {
        let taken = self.writes_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            Some(match left {
                0 | u64::MAX => u64::MAX,
                left => left - 1,
            })
        });
        matches!(taken, Ok(0))
    }
}

fn dead(operation: &'static str, key: &str) -> StoreError {
    let (key, detail) = (key.to_owned(), "the store died, as this test wants".to_owned());
    StoreError::Failed { operation, key, detail }
}

#[async_trait]
impl Backend for DyingStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.alive("put", key)?;
        if self.kills() {
            if self.last_one_lands {
                self.inner.put(key, body).await?;
            }
            return Err(dead("put", key));
        }
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.alive("put", key)?;
        if self.kills() {
            if self.last_one_lands {
                self.inner.put_if_absent(key, body).await?;
            }
            return Err(dead("put", key));
        }
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.alive("get", key)?;
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.alive("stat", key)?;
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.alive("list", prefix)?;
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.alive("delete", key)?;
        if self.kills() {
            return Err(dead("delete", key));
        }
        self.inner.delete(key).await
    }
}

/// Flips one bit of one object whenever it is read, as a failing disk or wire does.
#[derive(Debug)]
pub struct FlippingStore {
    inner: Arc<dyn Backend>,
    key: String,
    offset: usize,
    reads: AtomicU64,
    heals_after: u64,
}

impl FlippingStore {
    /// Flips a bit of the byte at `offset` of `key` on the first `times` reads.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, key: &str, offset: usize, times: u64) -> Self {
        let (key, reads) = (key.to_owned(), AtomicU64::new(0));
        Self { inner, key, offset, reads, heals_after: times }
    }
}

#[async_trait]
impl Backend for FlippingStore {
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
        if key != self.key || self.reads.fetch_add(1, Ordering::Relaxed) >= self.heals_after {
            return Ok(body);
        }
        let mut body = body.to_vec();
        if let Some(byte) = body.get_mut(self.offset) {
            *byte ^= 0x10;
        }
        Ok(body.into())
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

/// Its listings never show what was written through it, and still show what was deleted.
#[derive(Debug)]
pub struct StaleListStore {
    inner: Arc<dyn Backend>,
    written: Mutex<HashSet<String>>,
    deleted: Mutex<HashSet<String>>,
}

impl StaleListStore {
    /// Wraps a store.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>) -> Self {
        Self { inner, written: Mutex::default(), deleted: Mutex::default() }
    }

    fn wrote(&self, key: &str) {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
    }
}

#[async_trait]
impl Backend for StaleListStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.wrote(key);
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.wrote(key);
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = self.inner.list(prefix).await?;
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|key| !written.contains(key));
        drop(written);
        let deleted = self.deleted.lock().unwrap_or_else(PoisonError::into_inner);
        keys.extend(deleted.iter().filter(|key| key.starts_with(prefix)).cloned());
        Ok(keys)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.deleted.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
        self.inner.delete(key).await
    }
}

/// Tells the time of a clock that a test moves as that at which objects were written. Those that
/// were there before are as old as the wrapper.
#[derive(Debug)]
pub struct ClockedStore {
    inner: Arc<dyn Backend>,
    clock: TestClock,
    before_ms: i64,
    written_ms: Mutex<HashMap<String, i64>>,
}

struct TestClock(Arc<dyn Clock>);

impl std::fmt::Debug for TestClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestClock")
    }
}

impl ClockedStore {
    /// Wraps a store.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>, clock: Arc<dyn Clock>) -> Self {
        let before_ms = clock.now_ms();
        Self { inner, clock: TestClock(clock), before_ms, written_ms: Mutex::default() }
    }

    fn wrote(&self, key: &str) {
        let now_ms = self.clock.0.now_ms();
        self.times().insert(key.to_owned(), now_ms);
    }

    fn times(&self) -> std::sync::MutexGuard<'_, HashMap<String, i64>> {
        self.written_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Backend for ClockedStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.inner.put(key, body).await?;
        self.wrote(key);
        Ok(())
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let created = self.inner.put_if_absent(key, body).await?;
        if created {
            self.wrote(key);
        }
        Ok(created)
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        let info = self.inner.stat(key).await?;
        let written_ms = self.times().get(key).copied().unwrap_or(self.before_ms);
        Ok(info.map(|info| ObjectInfo { modified_ms: Some(written_ms), ..info }))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}
