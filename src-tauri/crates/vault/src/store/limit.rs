//! A store whose bandwidth is limited, so that copying leaves the line to others.

use std::num::NonZeroU64;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::time::Instant;

use super::{Backend, ObjectInfo, StoreError};

/// Bytes a second in one direction. Objects are sent whole: the rate holds on the average, and each
/// transfer waits until those before it would have ended at that rate.
#[derive(Debug)]
struct Lane {
    bytes_per_second: NonZeroU64,
    free_at: Mutex<Option<Instant>>,
}

impl Lane {
    fn new(bytes_per_second: NonZeroU64) -> Self {
        Self { bytes_per_second, free_at: Mutex::default() }
    }

    /// Takes the lane for so many bytes and tells from when on.
    fn take(&self, now: Instant, bytes: usize) -> Instant {
        let seconds = bytes as f64 / self.bytes_per_second.get() as f64;
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = free_at.map_or(now, |at| at.max(now));
        *free_at = Some(begin + Duration::from_secs_f64(seconds));
        begin
    }

    async fn wait(&self, bytes: usize) {
        tokio::time::sleep_until(self.take(Instant::now(), bytes)).await;
    }
}

/// A store with a limit in each direction. What is read back after a write counts as read.
#[derive(Debug)]
pub(super) struct LimitedBackend {
    inner: Arc<dyn Backend>,
    up: Lane,
    down: Lane,
}

impl LimitedBackend {
    pub(super) fn new(inner: Arc<dyn Backend>, bytes_per_second: NonZeroU64) -> Self {
        let (up, down) = (Lane::new(bytes_per_second), Lane::new(bytes_per_second));
        Self { inner, up, down }
    }
}

#[async_trait]
impl Backend for LimitedBackend {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.up.wait(body.len()).await;
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.up.wait(body.len()).await;
        self.inner.put_if_absent(key, body).await
    }

    /// How much comes is known afterwards: it holds back those that follow.
    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.down.wait(0).await;
        let body = self.inner.get(key).await?;
        self.down.take(Instant::now(), body.len());
        Ok(body)
    }

    async fn get_ranges(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        self.down.wait(0).await;
        let parts = self.inner.get_ranges(key, ranges).await?;
        self.down.take(Instant::now(), parts.iter().map(Bytes::len).sum());
        Ok(parts)
    }

    async fn holds(&self, key: &str, body: &Bytes) -> Result<bool, StoreError> {
        self.down.wait(body.len()).await;
        self.inner.holds(key, body).await
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

    async fn is_versioned(&self, key: &str) -> Result<bool, StoreError> {
        self.inner.is_versioned(key).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryBackend, Store};
    use crate::testing::conformance;

    fn lane(bytes_per_second: u64) -> Lane {
        Lane::new(NonZeroU64::new(bytes_per_second).unwrap())
    }

    #[test]
    fn transfers_begin_when_those_before_would_have_ended() {
        let (lane, now) = (lane(1_000_000), Instant::now());
        let begins: Vec<f64> =
            (0..4).map(|_| lane.take(now, 2_500_000).duration_since(now).as_secs_f64()).collect();
        assert_eq!(begins, [0.0, 2.5, 5.0, 7.5]);
    }

    #[test]
    fn a_lane_that_was_free_saves_nothing_up() {
        let (lane, now) = (lane(1_000), Instant::now());
        assert_eq!(lane.take(now, 1_000), now);
        let later = now + Duration::from_secs(60);
        assert_eq!(lane.take(later, 5_000), later);
        assert_eq!(lane.take(later, 1_000), later + Duration::from_secs(5));
        // Asking whether it is free takes nothing.
        assert_eq!(lane.take(later, 0), later + Duration::from_secs(6));
        assert_eq!(lane.take(later, 0), later + Duration::from_secs(6));
    }

    #[tokio::test]
    async fn a_limited_store_is_a_store() {
        let store = Store::with_backend(Arc::new(MemoryBackend::default()));
        let store = store.limited(NonZeroU64::new(1 << 40).unwrap());
        conformance::run(&store).await.unwrap();
    }
}
