//! The parallel scan: ranges of collections, read and pushed by a few workers. Reading the next
//! batch overlaps pushing the one before, and pushing overlaps the sealing inside the vault.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use source::mongo::membership::MembershipFilter;
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource, RangeReader};
use source::mongo::{RawBatch, ScanOptions};
use source::profile::Part;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vault::{PartWriter, StreamWriter};

use crate::error::EngineError;
use crate::jobs::JobHandle;
use crate::tasks::{Together, proceed};

/// Ranges at work at the same time.
const WORKERS: usize = 2;
/// Bytes of a collection worth a range of its own.
const RANGE_BYTES: u64 = 128 << 20;
/// Most ranges of one collection.
const MOST_RANGES: u64 = 32;
/// Batches (about 4 MiB) that wait between reading and pushing of one worker.
const AHEAD: usize = 1;

/// A collection to scan into a stream.
pub(super) struct Target<'a> {
    pub(super) info: &'a CollectionInfo,
    pub(super) stream: &'a StreamWriter,
    /// For a part of the events collection.
    pub(super) membership: Option<MembershipFilter>,
    /// The scan sees nothing older.
    pub(super) after: ClusterTime,
}

struct Piece {
    reader: RangeReader,
    part: PartWriter,
    collection: String,
}

/// The filter for a part of the events collection at a time.
pub(crate) async fn membership(
    source: &MongoSource,
    part: Part,
    at: Option<ClusterTime>,
) -> Result<MembershipFilter, EngineError> {
    let live = source.live_games(at).await?;
    let field = source
        .profile()
        .membership_names()
        .map_or_else(String::new, |(_, _, field)| field.to_owned());
    Ok(MembershipFilter { field, part, live })
}

/// Scans all targets; returns when every part is in the store.
pub(super) async fn run(
    source: &MongoSource,
    targets: Vec<Target<'_>>,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let pieces = Arc::new(Mutex::new(plan(source, targets).await?));
    let stop = job.cancel().child_token();
    let mut workers = Together::new(stop.clone());
    for _ in 0..WORKERS {
        let (pieces, job, stop) = (Arc::clone(&pieces), job.clone(), stop.clone());
        workers.spawn(async move {
            while let Some(piece) = next(&pieces) {
                proceed(&stop)?;
                job.detail(&piece.collection);
                copy(piece, &job, &stop).await?;
            }
            Ok(())
        });
    }
    workers.join().await.map(drop)
}

fn next(pieces: &Mutex<VecDeque<Piece>>) -> Option<Piece> {
    pieces.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
}

/// Ranges of all collections, taken in turn, so that the workers read different collections:
/// two cursors on one collection hinder each other inside the server.
async fn plan(
    source: &MongoSource,
    targets: Vec<Target<'_>>,
) -> Result<VecDeque<Piece>, EngineError> {
    let mut queues = Vec::new();
    for target in targets {
        if target.info.kind == CollectionKind::View {
            continue;
        }
        let parts = (target.info.bytes / RANGE_BYTES + 1).min(MOST_RANGES);
        let parts = usize::try_from(parts).unwrap_or(1);
        let mut queue = VecDeque::new();
        for range in source.plan_ranges(target.info, parts).await? {
            let options = ScanOptions {
                after: Some(target.after),
                membership: target.membership.clone(),
                ..ScanOptions::default()
            };
            queue.push_back(Piece {
                reader: source.read_range(target.info, &range, options),
                part: target.stream.part(u32::try_from(range.ordinal).unwrap_or(u32::MAX)),
                collection: target.info.name.clone(),
            });
        }
        queues.push((target.info.bytes, queue));
    }
    queues.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let mut pieces = VecDeque::new();
    while queues.iter().any(|(_, queue)| !queue.is_empty()) {
        pieces.extend(queues.iter_mut().filter_map(|(_, queue)| queue.pop_front()));
    }
    Ok(pieces)
}

async fn copy(piece: Piece, job: &JobHandle, stop: &CancellationToken) -> Result<(), EngineError> {
    let Piece { mut reader, mut part, .. } = piece;
    let (batches, mut arriving) = mpsc::channel::<RawBatch>(AHEAD);
    let reading = async move {
        while let Some(batch) = reader.next_batch().await? {
            if batches.send(batch).await.is_err() {
                break;
            }
        }
        Ok::<(), EngineError>(())
    };
    // A task of its own, so that reading goes on while pushing computes.
    let mut readers = JoinSet::new();
    readers.spawn(reading);
    while let Some(batch) = arriving.recv().await {
        proceed(stop)?;
        for record in batch.iter() {
            part.push(record.key, record.document).await?;
        }
        job.advance(batch.document_bytes());
    }
    while let Some(ended) = readers.join_next().await {
        ended??;
    }
    part.finish().await?;
    Ok(())
}
