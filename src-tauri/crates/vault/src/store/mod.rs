//! Where objects lie: a folder, an object store, memory.
//!
//! Objects are written once, whole, under a key; they are found by key. A listing may be stale and
//! serves only for clean-up.

mod error;
mod fs;
mod limit;
mod memory;
mod probe;
mod remote;
mod url;

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

pub use error::StoreError;
pub use fs::FsBackend;
pub use memory::MemoryBackend;
pub use probe::{ProbeReport, ProbeStep};
pub use remote::RemoteBackend;
pub use url::{StoreCredentials, StoreUrl};

/// What is known of an object without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Bytes.
    pub size: u64,
    /// Unix time in milliseconds by the store's clock, where the store tells it.
    pub modified_ms: Option<i64>,
}

/// A place for objects. Tests wrap one to inject faults.
///
/// The contract that [`crate::testing::conformance`] checks: `put` is atomic (a reader sees the
/// old bytes or the new ones, also after power loss) and durable when it returns; reads by key
/// after a write see it; `delete` of what is absent succeeds.
#[async_trait]
pub trait Backend: Send + Sync + fmt::Debug {
    /// Where this is, for messages; without credentials.
    fn location(&self) -> String;
    /// Writes an object, replacing one of the same key.
    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError>;
    /// Writes an object unless one of this key exists; false when it does.
    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError>;
    /// Reads an object whole; [`StoreError::NotFound`] when there is none.
    async fn get(&self, key: &str) -> Result<Bytes, StoreError>;
    /// Reads parts of an object, in their order; [`StoreError::NotFound`] when there is none,
    /// [`StoreError::Failed`] when it ends before one of them does.
    async fn get_ranges(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        let body = self.get(key).await?;
        ranges.iter().map(|range| part_of(key, &body, range)).collect()
    }
    /// True when the object is read and has exactly these bytes; [`StoreError::NotFound`] when
    /// there is none.
    async fn holds(&self, key: &str, body: &Bytes) -> Result<bool, StoreError> {
        Ok(self.get(key).await? == *body)
    }
    /// Looks at an object; `None` when there is none.
    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError>;
    /// Looks at many objects, in their order, at most so many at the same time.
    async fn stat_all(
        &self,
        keys: Vec<String>,
        at_once: usize,
    ) -> Result<Vec<Option<ObjectInfo>>, StoreError> {
        stream::iter(keys)
            .map(|key| async move { self.stat(&key).await })
            .buffered(at_once.max(1))
            .try_collect()
            .await
    }
    /// Keys that begin with `prefix`; possibly stale, only for clean-up.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;
    /// Removes an object.
    async fn delete(&self, key: &str) -> Result<(), StoreError>;
    /// Whether the object is one version of several that the store keeps: what is deleted or
    /// replaced stays there then, and takes space.
    async fn is_versioned(&self, _key: &str) -> Result<bool, StoreError> {
        Ok(false)
    }
}

fn part_of(key: &str, body: &Bytes, range: &Range<u64>) -> Result<Bytes, StoreError> {
    let place = |at: u64| usize::try_from(at).ok().filter(|at| *at <= body.len());
    match (place(range.start), place(range.end)) {
        (Some(start), Some(end)) if start <= end => Ok(body.slice(start..end)),
        _ => Err(StoreError::shorter(key)),
    }
}

/// A store, ready for use. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
}

impl Store {
    /// Connects to the place that `url` names. Reads nothing yet; [`Store::probe`] does.
    ///
    /// # Errors
    /// When the address cannot be used or the folder cannot be made.
    pub fn open(url: &StoreUrl, credentials: StoreCredentials) -> Result<Self, StoreError> {
        let backend: Arc<dyn Backend> = match url {
            StoreUrl::Folder(path) => Arc::new(FsBackend::open(path)?),
            StoreUrl::Memory => Arc::new(MemoryBackend::default()),
            StoreUrl::S3(bucket) => Arc::new(RemoteBackend::s3(bucket, &credentials)?),
            StoreUrl::Cos(bucket) => Arc::new(RemoteBackend::cos(bucket, &credentials)?),
        };
        Ok(Self { backend })
    }

    /// A store over any backend.
    #[must_use]
    pub fn with_backend(backend: Arc<dyn Backend>) -> Self {
        Self { backend }
    }

    /// The same store with a limit on what is sent and, apart, on what is received.
    #[must_use]
    pub fn limited(self, bytes_per_second: NonZeroU64) -> Self {
        let backend = limit::LimitedBackend::new(self.backend, bytes_per_second);
        Self { backend: Arc::new(backend) }
    }

    pub(crate) fn backend(&self) -> Arc<dyn Backend> {
        Arc::clone(&self.backend)
    }

    /// Where this is, for messages; without credentials.
    #[must_use]
    pub fn location(&self) -> String {
        self.backend.location()
    }

    /// Writes an object and reads it back.
    ///
    /// # Errors
    /// [`StoreError::NotStored`] when what comes back differs, else what the store said.
    pub async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.backend.put(key, body.clone()).await?;
        self.read_back(key, &body).await
    }

    /// Writes an object unless one of this key exists, and reads it back; false when it exists.
    ///
    /// # Errors
    /// As [`Store::put`].
    pub async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if !self.backend.put_if_absent(key, body.clone()).await? {
            return Ok(false);
        }
        self.read_back(key, &body).await?;
        Ok(true)
    }

    /// Reads an object whole.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.backend.get(key).await
    }

    /// Reads parts of an object, in their order.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, [`StoreError::Failed`] when it ends before one of
    /// them does.
    pub async fn get_ranges(
        &self,
        key: &str,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, StoreError> {
        self.backend.get_ranges(key, ranges).await
    }

    /// Reads an object whole; `None` when there is none.
    ///
    /// # Errors
    /// What the store said.
    pub async fn find(&self, key: &str) -> Result<Option<Bytes>, StoreError> {
        match self.backend.get(key).await {
            Ok(body) => Ok(Some(body)),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Looks at an object; `None` when there is none.
    ///
    /// # Errors
    /// What the store said.
    pub async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.backend.stat(key).await
    }

    /// Looks at many objects, in their order, at most `at_once` at the same time.
    ///
    /// # Errors
    /// What the store said of one of them.
    pub async fn stat_all(
        &self,
        keys: Vec<String>,
        at_once: usize,
    ) -> Result<Vec<Option<ObjectInfo>>, StoreError> {
        self.backend.stat_all(keys, at_once).await
    }

    /// Keys that begin with `prefix`; possibly stale, only for clean-up.
    ///
    /// # Errors
    /// What the store said.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.backend.list(prefix).await
    }

    /// Removes an object.
    ///
    /// # Errors
    /// What the store said; absence is no error.
    pub async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.backend.delete(key).await
    }

    /// Tries what the store really does, with a few small objects below `probe/`.
    ///
    /// # Errors
    /// When the store cannot be reached at all; odd behaviour is told in the report.
    pub async fn probe(&self, entropy: &dyn crate::Entropy) -> Result<ProbeReport, StoreError> {
        probe::run(self.backend.as_ref(), entropy).await
    }

    async fn read_back(&self, key: &str, body: &Bytes) -> Result<(), StoreError> {
        let detail = match self.backend.holds(key, body).await {
            Ok(true) => return Ok(()),
            Ok(false) => "other bytes came back",
            Err(StoreError::NotFound { .. }) => "the object is absent right after it was written",
            Err(error) => return Err(error),
        };
        Err(StoreError::NotStored { key: key.to_owned(), detail: detail.to_owned() })
    }
}
