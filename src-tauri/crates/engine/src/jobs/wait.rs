//! Waiting while something that a job needs is away.

use std::fmt::Display;
use std::time::Duration;

use super::JobHandle;
use crate::error::EngineError;

/// Waits between two tries.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Waits that grow while something is away.
#[derive(Debug)]
pub(crate) struct Wait {
    /// Lines of the job's log: it went away, and it is back.
    lines: [&'static str; 2],
    tries: u32,
}

impl Wait {
    pub(crate) const fn new(lines: [&'static str; 2]) -> Self {
        Self { lines, tries: 0 }
    }

    fn next(&mut self) -> Duration {
        self.tries += 1;
        (FIRST_WAIT * 2_u32.saturating_pow(self.tries.min(16))).min(LONGEST_WAIT)
    }

    /// Waits for the next try, and says so before the first; true when the job is to stop.
    pub(crate) async fn away(
        &mut self,
        job: &JobHandle,
        error: &impl Display,
    ) -> Result<bool, EngineError> {
        if self.tries == 0 {
            let [away, _] = self.lines;
            job.line(away, &[("reason", error.to_string())]).await?;
        }
        Ok(job.pause(self.next()).await)
    }

    /// Says that what was waited for is back, where it was.
    pub(crate) async fn back(&mut self, job: &JobHandle) -> Result<(), EngineError> {
        let [_, back] = self.lines;
        if std::mem::take(&mut self.tries) > 0 { job.line(back, &[]).await } else { Ok(()) }
    }
}
