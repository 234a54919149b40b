//! Trying again after elections, lost connections and restarts.

use std::time::Duration;

use crate::SourceError;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
/// Tries in a row without success; with the pauses about 13 s, and each try may itself wait for a
/// primary to be found.
const MAX_ATTEMPTS: u32 = 8;

/// Decides whether something that failed is tried again, and waits before it is.
///
/// ```text
/// let mut patience = Patience::default();
/// loop {
///     match attempt().await {
///         Ok(value) => return Ok(value),
///         Err(error) => patience.wait(error).await?,
///     }
/// }
/// ```
#[derive(Debug)]
pub(crate) struct Patience {
    attempts: u32,
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: 0, pause: FIRST_PAUSE }
    }
}

impl Patience {
    /// Waits a growing while after a passing fault; gives any other error back.
    pub(crate) async fn wait(&mut self, error: SourceError) -> Result<(), SourceError> {
        self.attempts += 1;
        if !error.is_transient() || self.attempts >= MAX_ATTEMPTS {
            return Err(error);
        }
        tracing::warn!(attempt = self.attempts, %error, "trying again");
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    /// There was progress, so the next fault is the first again.
    pub(crate) fn renew(&mut self) {
        *self = Self::default();
    }

    /// Whether something was tried more than once.
    pub(crate) fn tried_again(&self) -> bool {
        self.attempts > 0
    }
}
