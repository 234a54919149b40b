//! The parallel scan: ranges of collections, read and pushed by a few workers. Reading the next
//! batch overlaps pushing the one before, and pushing overlaps the sealing inside the vault.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use source::mongo::membership::MembershipFilter;
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource, RangeReader};
use source::mongo::{RawBatch, ScanOptions, ScanRange};
use source::profile::Part;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vault::{PartWriter, StreamWriter};

use super::checkpoint::{self, Course, Interrupted, PartKeeper};
use super::slowed::Slowed;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;
use crate::tasks::{Together, proceed};

/// Ranges at work at the same time.
const WORKERS: usize = 2;
/// The same while the service is spared: the server answers one at a time.
const GENTLE_WORKERS: usize = 1;
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
    /// Where an earlier full was cut.
    pub(super) cuts: &'a [Bytes],
}

/// A scan whose checkpoints are kept.
pub(super) struct Kept<'a> {
    pub(super) engine: &'a Engine,
    /// Where an interrupted one goes on.
    pub(super) from: Option<&'a Interrupted>,
    /// The course, but for the collections.
    pub(super) course: Course,
}

struct Piece {
    reader: RangeReader,
    part: PartWriter,
    collection: String,
    /// For a scan whose checkpoints are kept.
    keeper: Option<PartKeeper>,
    /// What is written already.
    through: Option<Bytes>,
    done: bool,
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

/// Where the ranges of each collection begin, the first left out.
pub(super) type Cuts = BTreeMap<String, Vec<Bytes>>;

/// Scans all targets; returns when every part is in the store.
pub(super) async fn run(
    source: &MongoSource,
    targets: Vec<Target<'_>>,
    kept: Option<Kept<'_>>,
    slowed: &Slowed,
    job: &JobHandle,
) -> Result<Cuts, EngineError> {
    let (pieces, cuts) = plan(source, targets, kept, slowed, job).await?;
    let pieces = Arc::new(Mutex::new(pieces));
    let stop = job.cancel().child_token();
    let mut workers = Together::new(stop.clone());
    let parallel = if slowed.throttle.is_some() { GENTLE_WORKERS } else { WORKERS };
    for _ in 0..parallel {
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
    workers.join().await?;
    Ok(cuts)
}

fn next(pieces: &Mutex<VecDeque<Piece>>) -> Option<Piece> {
    pieces.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
}

/// Ranges of all collections, taken in turn, so that the workers read different collections:
/// two cursors on one collection hinder each other inside the server.
async fn plan(
    source: &MongoSource,
    targets: Vec<Target<'_>>,
    kept: Option<Kept<'_>>,
    slowed: &Slowed,
    job: &JobHandle,
) -> Result<(VecDeque<Piece>, Cuts), EngineError> {
    let from = kept.as_ref().and_then(|kept| kept.from);
    let (mut collections, mut cuts) = (BTreeMap::new(), Cuts::new());
    let mut queues = Vec::new();
    for target in &targets {
        if target.info.kind == CollectionKind::View {
            continue;
        }
        let ranges = match from.and_then(|from| from.ranges(target.info)) {
            Some(ranges) => ranges.to_vec(),
            None => ranges_of(source, target).await?,
        };
        let begins = ranges.iter().filter_map(|range| range.cut().cloned()).collect();
        cuts.insert(target.info.name.clone(), begins);
        let piece = |range| {
            let mut options = options(target, range, from);
            slowed.options(&mut options);
            let reader = source.read_range(target.info, range, options);
            piece(reader, target, range, kept.is_some().then_some(job), from)
        };
        let queue = ranges.iter().map(piece).collect::<Result<VecDeque<_>, _>>()?;
        if let Some(uuid) = target.info.uuid {
            collections.insert(target.info.name.clone(), (uuid, ranges));
        }
        queues.push((target.info.bytes, queue));
    }
    if let Some(kept) = kept.filter(|kept| kept.from.is_none()) {
        checkpoint::begin(kept.engine, &Course { collections, ..kept.course }, job).await?;
    }
    queues.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
    let mut pieces = VecDeque::new();
    while queues.iter().any(|(_, queue)| !queue.is_empty()) {
        pieces.extend(queues.iter_mut().filter_map(|(_, queue)| queue.pop_front()));
    }
    Ok((pieces, cuts))
}

async fn ranges_of(
    source: &MongoSource,
    target: &Target<'_>,
) -> Result<Vec<ScanRange>, EngineError> {
    let Target { info, cuts, .. } = target;
    let parts = (info.bytes / RANGE_BYTES + 1).min(MOST_RANGES);
    Ok(source.plan_ranges_again(info, usize::try_from(parts).unwrap_or(1), cuts).await?)
}

fn options(target: &Target<'_>, range: &ScanRange, from: Option<&Interrupted>) -> ScanOptions {
    let state = from.and_then(|from| from.part(&target.info.name, range.ordinal));
    ScanOptions {
        after: Some(target.after),
        membership: target.membership.clone(),
        resume_after: state.and_then(|state| state.after.clone()),
        ..ScanOptions::default()
    }
}

fn piece(
    reader: RangeReader,
    target: &Target<'_>,
    range: &ScanRange,
    job: Option<&JobHandle>,
    from: Option<&Interrupted>,
) -> Result<Piece, EngineError> {
    let collection = target.info.name.clone();
    let state = from.and_then(|from| from.part(&collection, range.ordinal));
    let number = u32::try_from(range.ordinal).unwrap_or(u32::MAX);
    let part = match state {
        Some(state) => target.stream.resume_part(number, &state.written)?,
        None => target.stream.part(number),
    };
    Ok(Piece {
        reader,
        part,
        keeper: job.map(|job| PartKeeper::new(job, &collection, range.ordinal, state)),
        collection,
        through: state.map(|state| state.written.through.clone()),
        done: state.is_some_and(|state| state.done),
    })
}

async fn copy(piece: Piece, job: &JobHandle, stop: &CancellationToken) -> Result<(), EngineError> {
    let Piece { mut reader, mut part, mut keeper, through, done, .. } = piece;
    if done {
        part.finish().await?;
        return Ok(());
    }
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
        let new = batch.iter().filter(|record| through.as_deref().is_none_or(|t| record.key > t));
        let new: Vec<_> = new.map(|record| (record.key, record.document)).collect();
        part.push_all(&new).await?;
        job.advance(batch.document_bytes());
        if let (Some(keeper), Some(last)) = (&mut keeper, batch.iter().last()) {
            keeper.pushed(last.key, last.document)?;
            if keeper.is_due(part.segments())
                && let Some(written) = part.checkpoint()
            {
                keeper.keep(written, false).await?;
            }
        }
    }
    while let Some(ended) = readers.join_next().await {
        ended??;
    }
    let written = part.finish().await?;
    if let Some(mut keeper) = keeper {
        keeper.keep(written, true).await?;
    }
    Ok(())
}
