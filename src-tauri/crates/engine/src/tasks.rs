//! Tasks that belong together.

use std::future::Future;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::EngineError;

/// Tasks of which one failure ends all. They are never cut off: a request that is under way at the
/// server would go on behind the back of whoever cleans up.
#[derive(Debug)]
pub(crate) struct Together<T> {
    set: JoinSet<Result<T, EngineError>>,
    stop: CancellationToken,
    done: Vec<T>,
    /// The first failure.
    failed: Option<EngineError>,
}

impl<T: Send + 'static> Together<T> {
    /// No tasks yet; `stop` is what they look at.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self { set: JoinSet::new(), stop, done: Vec::new(), failed: None }
    }

    pub(crate) fn spawn<F>(&mut self, task: F)
    where
        F: Future<Output = Result<T, EngineError>> + Send + 'static,
    {
        self.set.spawn(task);
    }

    /// Waits until fewer than `most` are under way; false when one has failed, so that none should
    /// follow.
    pub(crate) async fn room(&mut self, most: usize) -> bool {
        while self.set.len() >= most && self.ended().await {}
        self.failed.is_none()
    }

    /// Waits until all have ended; the first failure stops the others and is returned.
    pub(crate) async fn join(mut self) -> Result<Vec<T>, EngineError> {
        while self.ended().await {}
        self.failed.map_or(Ok(self.done), Err)
    }

    /// Waits for one to end; false when there is none.
    async fn ended(&mut self) -> bool {
        let Some(ended) = self.set.join_next().await else { return false };
        match ended.map_err(EngineError::from).and_then(|result| result) {
            Ok(value) => self.done.push(value),
            Err(error) => {
                self.stop.cancel();
                self.failed.get_or_insert(error);
            }
        }
        true
    }
}

/// Goes on unless `stop` fired.
pub(crate) fn proceed(stop: &CancellationToken) -> Result<(), EngineError> {
    if stop.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
}
