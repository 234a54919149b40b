//! Waiting while the database or the store is away.

use std::fmt::Display;
use std::time::Duration;

use super::follower::Follower;
use crate::error::EngineError;

/// Waits between two tries.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Waits that grow while something is away.
#[derive(Debug)]
pub(super) struct Wait {
    /// Lines of the job's log: it went away, and it is back.
    lines: [&'static str; 2],
    tries: u32,
}

impl Wait {
    pub(super) const fn for_database() -> Self {
        Self { lines: ["follow.database_away", "follow.database_back"], tries: 0 }
    }

    pub(super) const fn for_store() -> Self {
        Self { lines: ["follow.store_away", "follow.store_back"], tries: 0 }
    }

    fn next(&mut self) -> Duration {
        self.tries += 1;
        (FIRST_WAIT * 2_u32.saturating_pow(self.tries.min(16))).min(LONGEST_WAIT)
    }
}

impl Follower {
    /// Waits for the next try, and says so before the first; true when the follower is to stop.
    pub(super) async fn away(
        &self,
        wait: &mut Wait,
        error: &impl Display,
    ) -> Result<bool, EngineError> {
        if wait.tries == 0 {
            let [away, _] = wait.lines;
            self.job.line(away, &[("reason", error.to_string())]).await?;
        }
        Ok(self.pause(wait.next()).await)
    }

    /// Says that what was waited for is back, where it was.
    pub(super) async fn back(&self, wait: &Wait) -> Result<(), EngineError> {
        let [_, back] = wait.lines;
        if wait.tries > 0 { self.job.line(back, &[]).await } else { Ok(()) }
    }
}
