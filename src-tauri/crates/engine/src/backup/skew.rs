//! Clocks that disagree. A set's moment is the database server's time and what may be pruned is
//! decided by the store's, so a wrong clock here loses nothing; but what people are shown is wrong.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Clocks may differ by so much without anybody being told.
const BOUND_MS: i64 = 30_000;

/// Warns in the job's log when the clock of this machine is off the server's or the store's.
pub(super) async fn warn(engine: &Engine, job: &JobHandle) -> Result<(), EngineError> {
    let server = engine.source()?.server_time().await?;
    told(engine, server, "backup.server_clock", job).await?;
    match engine.vault()?.store_time().await {
        Ok(store) => told(engine, store, "backup.store_clock", job).await,
        // A store that tells no time, or is full at the moment, is another matter.
        Err(error) => {
            tracing::debug!(%error, "the store's clock is not known");
            Ok(())
        }
    }
}

async fn told(
    engine: &Engine,
    theirs: i64,
    code: &'static str,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let off = engine.context().now_ms().saturating_sub(theirs);
    if off.abs() <= BOUND_MS {
        return Ok(());
    }
    tracing::warn!(job = job.id(), off_ms = off, code, "clocks disagree");
    job.line(code, &[("seconds", (off / 1_000).to_string())]).await
}
