//! Clocks that disagree. A set's moment is the database server's time and what may be pruned is
//! decided by the store's, so a wrong clock here loses nothing; but what people are shown is wrong.

use source::mongo::MongoSource;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Clocks may differ by so much without anybody being told.
const BOUND_MS: i64 = 30_000;

/// Warns in the job's log when the clock of this machine is off the database server's.
pub(super) async fn warn_of_server(
    engine: &Engine,
    source: &MongoSource,
    job: &JobHandle,
) -> Result<(), EngineError> {
    told(engine, source.server_time().await?, "backup.server_clock", job).await
}

/// Warns in the job's log when the clock of this machine is off the store's, right after a commit.
pub(super) async fn warn_of_store(engine: &Engine, job: &JobHandle) -> Result<(), EngineError> {
    match engine.vault()?.ledger_written_at().await {
        Ok(Some(written)) => told(engine, written, "backup.store_clock", job).await,
        Ok(None) => Ok(()),
        // The set is committed: that its store does not answer just now is another matter.
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
