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
}

impl<T: Send + 'static> Together<T> {
    /// No tasks yet; `stop` is what they look at.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self { set: JoinSet::new(), stop }
    }

    pub(crate) fn spawn<F>(&mut self, task: F)
    where
        F: Future<Output = Result<T, EngineError>> + Send + 'static,
    {
        self.set.spawn(task);
    }

    /// Waits until all have ended; the first failure stops the others and is returned.
    pub(crate) async fn join(mut self) -> Result<Vec<T>, EngineError> {
        let mut done = Vec::new();
        let mut first = None;
        while let Some(ended) = self.set.join_next().await {
            match ended.map_err(EngineError::from).and_then(|result| result) {
                Ok(value) => done.push(value),
                Err(error) => {
                    self.stop.cancel();
                    first.get_or_insert(error);
                }
            }
        }
        first.map_or(Ok(done), Err)
    }
}

/// Goes on unless `stop` fired.
pub(crate) fn proceed(stop: &CancellationToken) -> Result<(), EngineError> {
    if stop.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
}
