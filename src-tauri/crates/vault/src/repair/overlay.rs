//! A store whose writes stay in memory: a repair is rehearsed over it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;

use crate::store::{Backend, ObjectInfo, Store, StoreError};

/// The store as it would be; `None` stands for what would be gone.
#[derive(Debug)]
struct Overlay {
    beneath: Store,
    written: Mutex<BTreeMap<String, Option<Bytes>>>,
}

/// A store that reads from `beneath` and never writes there.
pub(super) fn over(beneath: Store) -> Store {
    Store::with_backend(Arc::new(Overlay { beneath, written: Mutex::default() }))
}

impl Overlay {
    fn written(&self) -> MutexGuard<'_, BTreeMap<String, Option<Bytes>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: &str) -> Option<Option<Bytes>> {
        self.written().get(key).cloned()
    }
}

#[async_trait]
impl Backend for Overlay {
    fn location(&self) -> String {
        self.beneath.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.written().insert(key.to_owned(), Some(body));
        Ok(())
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if self.stat(key).await?.is_some() {
            return Ok(false);
        }
        self.put(key, body).await?;
        Ok(true)
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        match self.known(key) {
            Some(body) => body.ok_or_else(|| StoreError::not_found(key)),
            None => self.beneath.get(key).await,
        }
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        match self.known(key) {
            Some(body) => {
                Ok(body.map(|body| ObjectInfo { size: body.len() as u64, modified_ms: None }))
            }
            None => self.beneath.stat(key).await,
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = self.beneath.list(prefix).await?;
        for (key, body) in &*self.written() {
            keys.retain(|known| known != key);
            if body.is_some() && key.starts_with(prefix) {
                keys.push(key.clone());
            }
        }
        Ok(keys)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.written().insert(key.to_owned(), None);
        Ok(())
    }
}
