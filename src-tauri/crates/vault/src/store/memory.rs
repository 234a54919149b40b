//! A store in the memory of this process, for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Backend, ObjectInfo, StoreError};

/// Objects in memory.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    objects: Mutex<BTreeMap<String, Bytes>>,
}

impl MemoryBackend {
    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        // A map is whole after any panic of another thread.
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All objects as they are now.
    #[must_use]
    pub fn snapshot(&self) -> BTreeMap<String, Bytes> {
        self.objects().clone()
    }

    /// A store that holds exactly `objects`.
    #[must_use]
    pub fn from_snapshot(objects: BTreeMap<String, Bytes>) -> Self {
        Self { objects: Mutex::new(objects) }
    }
}

#[async_trait]
impl Backend for MemoryBackend {
    fn location(&self) -> String {
        "memory://".to_owned()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.objects().insert(key.to_owned(), body);
        Ok(())
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let mut objects = self.objects();
        if objects.contains_key(key) {
            return Ok(false);
        }
        objects.insert(key.to_owned(), body);
        Ok(true)
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.objects().get(key).cloned().ok_or_else(|| StoreError::not_found(key))
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        Ok(self
            .objects()
            .get(key)
            .map(|body| ObjectInfo { size: body.len() as u64, modified_ms: None }))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.objects().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.objects().remove(key);
        Ok(())
    }
}
