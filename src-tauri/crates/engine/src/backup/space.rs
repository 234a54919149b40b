//! A store that is full makes a backup wait, not fail: what was asked of it is asked again until
//! there is space. Asks end at once when the job is to stop.

use std::future::Future;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use vault::Vault;
use vault::store::{Backend, ObjectInfo, StoreError};

use crate::context::Timer;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Between two tries while the store is full.
const TRY_EVERY: Duration = Duration::from_secs(10);
/// The phase that a job shows meanwhile.
const WAITING: &str = "waiting_for_space";
/// Keys whose writing is never cut off: whether a set exists must not be left open.
const LEDGER: &str = "ledger/";

/// The vault as a job writes to it.
pub(super) fn patient_vault(engine: &Engine, job: &JobHandle) -> Result<Vault, EngineError> {
    let (timer, job) = (Arc::clone(&engine.context().timer), job.clone());
    Ok(engine
        .vault()?
        .through(|inner| Arc::new(PatientStore { inner, timer, job, waiting: AtomicU32::new(0) })))
}

#[derive(Debug)]
struct PatientStore {
    inner: Arc<dyn Backend>,
    timer: Arc<dyn Timer>,
    job: JobHandle,
    /// Writes that wait for space.
    waiting: AtomicU32,
}

impl PatientStore {
    /// Asks once, or until the job is to stop.
    async fn ask<T>(
        &self,
        operation: &'static str,
        key: &str,
        asked: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        if key.starts_with(LEDGER) {
            return asked.await;
        }
        tokio::select! {
            answer = asked => answer,
            () = self.job.cancel().cancelled() => Err(stopped(operation, key)),
        }
    }

    /// Writes again and again while the store is full.
    async fn persist<T, F>(
        &self,
        key: &str,
        write: impl Fn() -> F + Send + Sync,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let mut waits = false;
        let result = loop {
            match self.ask("put", key, write()).await {
                Err(error @ StoreError::OutOfSpace { .. }) => {
                    if !waits {
                        waits = true;
                        self.begin_waiting(&error).await;
                    }
                    tokio::select! {
                        () = self.timer.sleep(TRY_EVERY) => {}
                        () = self.job.cancel().cancelled() => break Err(error),
                    }
                }
                result => break result,
            }
        };
        if waits {
            self.end_waiting().await;
        }
        result
    }

    async fn begin_waiting(&self, error: &StoreError) {
        if self.waiting.fetch_add(1, Ordering::AcqRel) > 0 {
            return;
        }
        self.job.held(Some(WAITING));
        tracing::error!(job = self.job.id(), %error, "the backup waits for space");
        let context = [("store", self.inner.location()), ("detail", error.to_string())];
        self.tell("backup.out_of_space", &context).await;
    }

    async fn end_waiting(&self) {
        if self.waiting.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        self.job.held(None);
        if !self.job.cancel().is_cancelled() {
            self.tell("backup.space_again", &[("store", self.inner.location())]).await;
        }
    }

    /// The job's log is for people: that it cannot be written does not stop the backup.
    async fn tell(&self, code: &str, context: &[(&str, String)]) {
        if let Err(error) = self.job.line(code, context).await {
            tracing::warn!(%error, code, "a line of the job's log could not be written");
        }
    }
}

fn stopped(operation: &'static str, key: &str) -> StoreError {
    let (key, detail) = (key.to_owned(), "stopped on request".to_owned());
    StoreError::Failed { operation, key, detail }
}

#[async_trait]
impl Backend for PatientStore {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.persist(key, || self.inner.put(key, body.clone())).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        self.persist(key, || self.inner.put_if_absent(key, body.clone())).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.ask("get", key, self.inner.get(key)).await
    }

    async fn get_ranges(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        self.ask("get", key, self.inner.get_ranges(key, ranges)).await
    }

    async fn holds(&self, key: &str, body: &Bytes) -> Result<bool, StoreError> {
        self.ask("get", key, self.inner.holds(key, body)).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.ask("stat", key, self.inner.stat(key)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}
