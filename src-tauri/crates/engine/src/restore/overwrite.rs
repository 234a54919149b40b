//! Staged documents over the live collection, while the service is paused.

use std::collections::BTreeMap;
use std::future::Future;

use bytes::Bytes;
use source::SourceError;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{MongoSource, OrderedReader, RawBatch, ScanOptions};
use tokio_util::sync::CancellationToken;

use super::destination::Destination;
use crate::context::CrashPoints;
use crate::error::EngineError;
use crate::tasks::Together;

/// Documents in one command.
const TOGETHER: usize = 1_000;

/// Removes what must not be there and writes staged documents over the live collection, then holds
/// the collection against both. Can be done again from any place.
pub(super) async fn write(
    destination: &Destination,
    crash: &CrashPoints,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let (reader, writer) = (&destination.reader, &destination.writer);
    each_batch(reader, removed, |documents| {
        let (writer, collection) = (writer.clone(), collection.to_owned());
        async move { writer.delete_raw(&collection, &documents).await.map(drop) }
    })
    .await?;
    crash.pass("documents removed")?;
    each_batch(reader, staged, |documents| {
        let (writer, collection) = (writer.clone(), collection.to_owned());
        async move { writer.replace_raw(&collection, &documents).await.map(drop) }
    })
    .await?;
    crash.pass("documents written")?;
    verify(reader, staged, removed, collection).await?;
    writer.drop_collection(removed).await?;
    crash.pass("documents dropping")?;
    Ok(writer.drop_collection(staged).await?)
}

/// Does the same with all documents of a staging collection: with the even and the odd batches at the
/// same time, since each waits for its own journal.
async fn each_batch<W>(
    reader: &MongoSource,
    name: &str,
    work: impl Fn(Vec<Bytes>) -> W,
) -> Result<(), EngineError>
where
    W: Future<Output = Result<(), SourceError>> + Send + 'static,
{
    let mut batches = Batches::of(reader, name).await?;
    while let Some(documents) = batches.next().await? {
        let pairs = documents.chunks(TOGETHER * 2);
        for pair in pairs {
            let mut tasks = Together::new(CancellationToken::new());
            for documents in pair.chunks(TOGETHER) {
                let work = work(documents.to_vec());
                tasks.spawn(async move { Ok(work.await?) });
            }
            tasks.join().await?;
        }
    }
    Ok(())
}

/// Reads every document that was written or removed as a majority has it.
async fn verify(
    reader: &MongoSource,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let mut window = CaptureWindow::open(reader, ChangeFeed::Oplog).await?;
    for name in [staged, removed] {
        let mut batches = Batches::of(reader, name).await?;
        while let Some(documents) = batches.next().await? {
            for document in documents {
                window.mark(collection, &document)?;
            }
        }
    }
    let end = window.close(&[collection.to_owned()]).await?;
    let Some(info) = end.collections.first() else { return Err(differs(collection, 1)) };
    let mut images = window.images(info, end.time, None)?;
    let mut expected = Batches::of(reader, staged).await?;
    let (mut waiting, mut wrong) = (BTreeMap::new(), 0_u64);
    while let Some(batch) = images.next_batch().await? {
        for image in batch {
            let (key, live) = image.into_parts();
            while waiting.last_key_value().is_none_or(|(last, _)| *last < key) {
                let Some(next) = expected.next_raw().await? else { break };
                waiting.extend(next.iter().map(|record| (record.key.to_vec(), record.bytes())));
            }
            wrong += u64::from(waiting.remove(&key) != live);
        }
    }
    if wrong == 0 { Ok(()) } else { Err(differs(collection, wrong)) }
}

fn differs(collection: &str, documents: u64) -> EngineError {
    EngineError::DocumentsDiffer { collection: collection.to_owned(), documents }
}

/// The documents of a staging collection in the order of their keys; of one that is gone, none.
struct Batches(Option<OrderedReader>);

impl Batches {
    async fn of(reader: &MongoSource, name: &str) -> Result<Self, EngineError> {
        let Some(info) = reader.inspect_collection(name).await? else { return Ok(Self(None)) };
        Ok(Self(Some(reader.read_in_order(&info, ScanOptions::default()).await?)))
    }

    async fn next(&mut self) -> Result<Option<Vec<Bytes>>, EngineError> {
        let batch = self.next_raw().await?;
        Ok(batch.map(|batch| batch.iter().map(|record| record.bytes()).collect()))
    }

    async fn next_raw(&mut self) -> Result<Option<RawBatch>, EngineError> {
        match &mut self.0 {
            Some(reader) => Ok(reader.next_batch().await?),
            None => Ok(None),
        }
    }
}
