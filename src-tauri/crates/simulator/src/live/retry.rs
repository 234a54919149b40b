//! Goes on trying while a server is away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::report::Reporter;
use crate::SimulatorError;

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Repeats an act until it succeeds, fails for good, or `stop` is cancelled. The outage shows in
/// the report meanwhile.
pub(crate) async fn until_done<T, F>(
    reporter: &Reporter,
    stop: &CancellationToken,
    mut act: impl FnMut() -> F,
) -> Result<T, SimulatorError>
where
    F: Future<Output = Result<T, SimulatorError>>,
{
    let mut pause = FIRST_PAUSE;
    let mut failed = false;
    loop {
        match act().await {
            Err(error) if error.is_transient() && !stop.is_cancelled() => {
                tracing::warn!(%error, "a server is away; trying again");
                failed = true;
                reporter.update(|report| {
                    report.retries += 1;
                    report.outage = Some(error.to_string());
                });
            }
            result => {
                if failed && result.is_ok() {
                    reporter.update(|report| report.outage = None);
                }
                return result;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
