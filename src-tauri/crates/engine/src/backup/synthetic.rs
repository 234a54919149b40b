//! A full made in the vault: a set without layers of an earlier set's moment.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use source::profile::DataClass;
use vault::{PartReader, PartWriter, SetCommit, SetManifest, SetSummary, SetWriter};
use vault::{StreamInfo, StreamManifest};

use super::base::holds;
use super::capture::Origin;
use super::commit::committed;
use super::derived::derived_info;
use super::list::is_requested;
use super::outcome::Method;
use super::space::patient_vault;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::tasks::{Together, proceed};

/// Parts rewritten at the same time.
const WORKERS: usize = 2;

/// Rewrites the newest set that holds the classes: what its layers changed becomes base segments,
/// every other segment is referred to again.
pub(super) async fn synthesize(
    engine: &Engine,
    classes: &[DataClass],
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let vault = patient_vault(engine, job)?;
    let summaries = vault.catalog().await?.sets;
    let newest = summaries
        .iter()
        .filter(|set| is_requested(set) && holds(set, classes))
        .max_by_key(|set| set.consistent_at_ms)
        .ok_or(EngineError::NoBackup)?;
    let base = vault.set(&newest.id).await?;
    let made = (Method::Synthetic, Origin::Requested);
    let info = derived_info(engine, &base.summary, classes, made, job);
    let set = vault.begin_set(info).await?;
    let wanted = |name: &str| classes.iter().any(|class| class.name() == name);
    let kept: Vec<_> = base.classes.iter().filter(|class| wanted(&class.class)).collect();
    let total = kept.iter().flat_map(|class| &class.streams).map(rewritten).sum();
    job.phase(Phase { code: "rewrite", unit: Unit::Bytes, total: Some(total) });
    for class in kept {
        for stream in &class.streams {
            job.check()?;
            job.detail(&stream.name);
            copy(engine, &base, &class.class, stream, &set, job).await?;
        }
    }
    job.check()?;
    job.phase(Phase { code: "commit", unit: Unit::Steps, total: None });
    let summary = set
        .commit(SetCommit {
            cluster_time: base.summary.cluster_time.clone(),
            consistent_at_ms: base.summary.consistent_at_ms,
            attributes: Default::default(),
        })
        .await?;
    committed(engine, &summary, job).await?;
    Ok(summary)
}

/// Bytes that must be read and written anew.
fn rewritten(stream: &StreamManifest) -> u64 {
    if stream.layers() == 0 { 0 } else { stream.stats.bytes }
}

async fn copy(
    engine: &Engine,
    base: &SetManifest,
    class: &str,
    stream: &StreamManifest,
    set: &SetWriter,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let info = StreamInfo {
        class: class.to_owned(),
        name: stream.name.clone(),
        kind: stream.kind,
        metadata: stream.metadata.clone(),
    };
    if stream.layers() == 0 {
        set.stream_over(info, stream.clone()).await?.finish().await?;
        return Ok(());
    }
    let writer = set.stream(info).await?;
    let readers = engine.vault()?.read_stream(base, class, &stream.name).await?.parts();
    let parts: VecDeque<_> =
        (0..).zip(readers).map(|(number, reader)| (reader, writer.part(number))).collect();
    let parts = Arc::new(Mutex::new(parts));
    let stop = job.cancel().child_token();
    let mut workers = Together::new(stop.clone());
    for _ in 0..WORKERS {
        let (parts, job, stop) = (Arc::clone(&parts), job.clone(), stop.clone());
        workers.spawn(async move {
            let next = || parts.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            while let Some((reader, part)) = next() {
                proceed(&stop)?;
                rewrite(reader, part, &job).await?;
            }
            Ok(())
        });
    }
    workers.join().await?;
    let stats = writer.finish().await?;
    if (stats.documents, stats.digest) == (stream.stats.documents, stream.stats.digest) {
        return Ok(());
    }
    Err(EngineError::NotVerified {
        collection: stream.name.clone(),
        expected_documents: stream.stats.documents,
        expected_digest: stream.stats.digest.to_string(),
        documents: stats.documents,
        digest: stats.digest.to_string(),
    })
}

async fn rewrite(
    mut reader: PartReader,
    mut part: PartWriter,
    job: &JobHandle,
) -> Result<(), EngineError> {
    while let Some(batch) = reader.next_batch().await? {
        job.check()?;
        for record in &batch {
            part.push(&record.key, &record.doc).await?;
        }
        job.advance(batch.iter().map(|record| record.doc.len() as u64).sum());
    }
    part.finish().await?;
    Ok(())
}
