//! Stores that refuse: one method, once or always, or every deletion.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;

use crate::store::{Backend, ObjectInfo, StoreError};

/// A method of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Both ways to write.
    Put,
    /// Reading, and reading back.
    Get,
    /// Looking at an object.
    Stat,
    /// Listing.
    List,
    /// Removing.
    Delete,
}

/// Fails one method, from its n-th call on and so many times; everything else works.
#[derive(Debug)]
pub struct FaultyStore {
    inner: Arc<dyn Backend>,
    method: Method,
    calls: AtomicU64,
    first: u64,
    times: u64,
    transient: bool,
}

impl FaultyStore {
    /// Fails `times` calls of `method`, after `first` that work. `transient` says so of the failure.
    #[must_use]
    pub fn new(
        inner: Arc<dyn Backend>,
        method: Method,
        first: u64,
        times: u64,
        transient: bool,
    ) -> Self {
        Self { inner, method, calls: AtomicU64::new(0), first, times, transient }
    }

    /// How often the method was called.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    fn pass(&self, method: Method, operation: &'static str, key: &str) -> Result<(), StoreError> {
        if method != self.method {
            return Ok(());
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if call < self.first || call - self.first >= self.times {
            return Ok(());
        }
        let (key, detail) = (key.to_owned(), "this test wants it so".to_owned());
        Err(match self.transient {
            true => StoreError::Transient { operation, key, detail },
            false => StoreError::Denied { operation, key, detail },
        })
    }
}

#[async_trait]
impl Backend for FaultyStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.pass(Method::Put, "put", key)?;
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.pass(Method::Put, "put", key)?;
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.pass(Method::Get, "get", key)?;
        self.inner.get(key).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.pass(Method::Stat, "stat", key)?;
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.pass(Method::List, "list", prefix)?;
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.pass(Method::Delete, "delete", key)?;
        self.inner.delete(key).await
    }
}

/// Refuses every deletion, as a lock does and credentials without that right; counts what is put.
#[derive(Debug)]
pub struct LockedStore {
    inner: Arc<dyn Backend>,
    puts: AtomicU64,
}

impl LockedStore {
    /// Wraps a store.
    #[must_use]
    pub fn new(inner: Arc<dyn Backend>) -> Self {
        Self { inner, puts: AtomicU64::new(0) }
    }

    /// How many objects were written through it.
    #[must_use]
    pub fn puts(&self) -> u64 {
        self.puts.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Backend for LockedStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.puts.fetch_add(1, Ordering::Relaxed);
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
        let detail = "AccessDenied: the object is under retention".to_owned();
        Err(StoreError::Denied { operation: "delete", key: key.to_owned(), detail })
    }
}
