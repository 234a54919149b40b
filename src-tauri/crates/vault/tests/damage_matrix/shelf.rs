//! A store in memory that knows when each object was written and what lay there before.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use vault::store::{Backend, ObjectInfo, StoreError};
use vault::testing::ManualClock;
use vault::{Clock, Store};

/// What lies in a store, each object with the time of its writing.
pub type Shelved = BTreeMap<String, (Bytes, i64)>;

pub struct Shelf {
    pub clock: Arc<ManualClock>,
    objects: Mutex<Shelved>,
    /// The first version of what was written again.
    older: Mutex<BTreeMap<String, Bytes>>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shelf")
    }
}

impl Shelf {
    pub fn new(now_ms: i64, objects: Shelved) -> Arc<Self> {
        let clock = Arc::new(ManualClock::new(now_ms));
        Arc::new(Self { clock, objects: Mutex::new(objects), older: Mutex::default() })
    }

    pub fn store(self: &Arc<Self>) -> Store {
        Store::with_backend(self.clone())
    }

    pub fn objects(&self) -> MutexGuard<'_, Shelved> {
        self.objects.lock().unwrap()
    }

    pub fn older(&self) -> BTreeMap<String, Bytes> {
        self.older.lock().unwrap().clone()
    }

    fn write(&self, objects: &mut Shelved, key: &str, body: Bytes) {
        let now_ms = self.clock.now_ms();
        if let Some((old, _)) = objects.insert(key.to_owned(), (body, now_ms)) {
            self.older.lock().unwrap().entry(key.to_owned()).or_insert(old);
        }
    }
}

#[async_trait::async_trait]
impl Backend for Shelf {
    fn location(&self) -> String {
        "memory://".to_owned()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.write(&mut self.objects(), key, body);
        Ok(())
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let mut objects = self.objects();
        if objects.contains_key(key) {
            return Ok(false);
        }
        self.write(&mut objects, key, body);
        Ok(true)
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let found = self.objects().get(key).map(|(body, _)| body.clone());
        found.ok_or_else(|| StoreError::NotFound { key: key.to_owned() })
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        let info = |(body, at_ms): &(Bytes, i64)| ObjectInfo {
            size: body.len() as u64,
            modified_ms: Some(*at_ms),
        };
        Ok(self.objects().get(key).map(info))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.objects().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        if let Some((old, _)) = self.objects().remove(key) {
            self.older.lock().unwrap().entry(key.to_owned()).or_insert(old);
        }
        Ok(())
    }
}
