//! `points`: points in time that can be restored, and the backup of one of them, made of an earlier
//! backup and the event log without reading the database (docs/event-log.md).

mod at;
mod fold;
mod list;
pub mod outcome;
mod prepare;
mod reach;
mod timeline;

pub use at::At;
pub use list::list;
pub use prepare::{run, start};

use source::mongo::MongoSource;

use crate::engine::Engine;
use crate::error::EngineError;
use timeline::Timeline;

/// Whether a backup leads to the end of a log: else points in time end somewhere before it.
pub(crate) async fn leads(
    engine: &Engine,
    source: &MongoSource,
    log: &str,
) -> Result<bool, EngineError> {
    Timeline::read(engine, source).await?.leads(log).await
}

/// Up to which position each log may be let go of: what lies before its newest backup is needed by
/// earlier points alone.
pub(crate) async fn dispensable(
    engine: &Engine,
    source: &MongoSource,
) -> Result<Vec<(vault::LogView, u64)>, EngineError> {
    let timeline = Timeline::read(engine, source).await?;
    let mut found = Vec::new();
    for log in &timeline.logs {
        if let Some(base) = timeline.newest_base(log).await? {
            found.push((log.clone(), base));
        }
    }
    Ok(found)
}
