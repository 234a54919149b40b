//! The end of a backup: its streams are ended, the set is committed, and what is known of it from
//! then on is recorded.

use std::collections::BTreeMap;

use futures::{StreamExt, TryStreamExt, stream};
use source::mongo::window::WindowEnd;
use vault::{SetCommit, SetSummary, SetWriter, StreamStats};

use super::capture::Member;
use super::outcome::Level;
use super::skew;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::verify;

/// Streams ended at the same time.
const STREAMS_AT_ONCE: usize = 4;

/// Commits what was captured.
pub(super) async fn commit(
    engine: &Engine,
    set: SetWriter,
    members: Vec<Member>,
    end: &WindowEnd,
    attributes: BTreeMap<String, String>,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    job.check()?;
    job.phase(Phase { code: "commit", unit: Unit::Steps, total: None });
    // The end of a stream is mostly waiting for the store.
    let mut ending = stream::iter(members).map(finished).buffered(STREAMS_AT_ONCE).boxed();
    while let Some((name, stats)) = ending.try_next().await? {
        let counts = [
            ("collection", name),
            ("documents", stats.documents.to_string()),
            ("bytes", stats.bytes.to_string()),
        ];
        job.line("backup.collection", &counts).await?;
    }
    job.check()?;
    let summary = set
        .commit(SetCommit {
            cluster_time: end.time.to_string(),
            consistent_at_ms: end.time.unix_ms(),
            attributes,
        })
        .await?;
    skew::warn_of_store(engine, job).await?;
    committed(engine, &summary, job).await?;
    Ok(summary)
}

/// Ends the stream of a collection.
async fn finished(mut member: Member) -> Result<(String, StreamStats), EngineError> {
    member.stream.set_metadata(member.source.encode()?);
    let stats = member.stream.finish().await?;
    Ok((member.selection.collection, stats))
}

/// Records what is known of a set from its commit on, and says that it is there.
pub(crate) async fn committed(
    engine: &Engine,
    summary: &SetSummary,
    job: &JobHandle,
) -> Result<(), EngineError> {
    // The commit has read back and checked everything that L1 asks for.
    verify::record(engine, &summary.id, Some(Level::L1), 0).await?;
    let context = [("backup", summary.id.clone()), ("clusterTime", summary.cluster_time.clone())];
    job.line("backup.committed", &context).await
}
