//! The two streams that are compared: keys and hashes of a backup's documents, and live documents
//! with hashes made in the same way.

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use source::mongo::{
    ClusterTime, CollectionInfo, MongoSource, OrderedReader, RawBatch, ScanOptions,
};
use source::profile::Part;
use vault::{DigestKey, DocumentHash, HashedKey, Record, SetManifest, Vault};

use super::pair::Keep;
use super::stretch::Stretch;
use crate::backup::membership;
use crate::error::EngineError;

/// Batches of live documents that are hashed beside the one at hand.
const HASHED_AHEAD: usize = 2;

/// A batch of rows in key order.
pub(super) trait Rows: Default {
    type Row<'r>
    where
        Self: 'r;

    fn row(&self, at: usize) -> Option<Self::Row<'_>>;
}

/// One of the two streams.
pub(super) struct Side<'a, R> {
    /// None at the end.
    batches: Option<BoxStream<'a, Result<R, EngineError>>>,
    batch: R,
    /// The place in the batch.
    at: usize,
}

impl<'a, R: Rows> Side<'a, R> {
    fn new(batches: BoxStream<'a, Result<R, EngineError>>) -> Self {
        Self { batches: Some(batches), batch: R::default(), at: 0 }
    }

    pub(super) fn empty() -> Self {
        Self { batches: None, batch: R::default(), at: 0 }
    }

    /// The row at hand; none where the next batch must be read first.
    pub(super) fn row(&self) -> Option<R::Row<'_>> {
        self.batch.row(self.at)
    }

    /// Leaves the row at hand behind, if `passed`.
    pub(super) fn pass(&mut self, passed: bool) {
        self.at += usize::from(passed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.batches.is_none() && self.row().is_none()
    }

    /// Makes sure that a row is at hand, unless the stream is at its end.
    pub(super) async fn fill(&mut self) -> Result<(), EngineError> {
        while self.row().is_none()
            && let Some(batches) = &mut self.batches
        {
            match batches.try_next().await? {
                Some(batch) => (self.batch, self.at) = (batch, 0),
                None => self.batches = None,
            }
        }
        Ok(())
    }
}

/// Keys and hashes of a backup's documents.
#[derive(Default)]
pub(super) struct Stored(Vec<HashedKey>);

impl Rows for Stored {
    type Row<'r> = &'r HashedKey;

    fn row(&self, at: usize) -> Option<&HashedKey> {
        self.0.get(at)
    }
}

impl<'a> Side<'a, Stored> {
    /// A stretch of a stream of a set, of which only hashes are read.
    pub(super) async fn stored(
        vault: &Vault,
        manifest: &SetManifest,
        class: &str,
        stream: &str,
        stretch: &Stretch,
    ) -> Result<Self, EngineError> {
        let reader = match &stretch.from {
            None => vault.read_hashes(manifest, class, stream).await?,
            Some(from) => vault.read_hashes_from(manifest, class, stream, from).await?,
        };
        let to = stretch.to.clone();
        let batches = stream::try_unfold((reader, to), |(mut reader, to)| async move {
            let Some(mut rows) = reader.next_batch().await? else { return Ok(None) };
            if let Some(to) = &to {
                rows.truncate(rows.partition_point(|row| row.key < *to));
            }
            Ok((!rows.is_empty()).then(|| (Stored(rows), (reader, to))))
        });
        Ok(Self::new(batches.boxed()))
    }

    /// The documents of a stream of a set that are chosen by what they hold.
    pub(super) async fn chosen(
        vault: &Vault,
        manifest: &SetManifest,
        class: &str,
        stream: &str,
        keep: &'a Keep<'a>,
    ) -> Result<Self, EngineError> {
        let reader = vault.read_stream(manifest, class, stream).await?;
        let key = vault.document_key();
        let batches = stream::try_unfold((reader, key), move |(mut reader, key)| async move {
            let Some(records) = reader.next_batch().await? else { return Ok(None) };
            let rows = chosen(records, keep, &key)?;
            Ok(Some((Stored(rows), (reader, key))))
        });
        Ok(Self::new(batches.boxed()))
    }
}

/// The documents that are kept, hashed.
fn chosen(
    records: Vec<Record>,
    keep: &Keep<'_>,
    key: &DigestKey,
) -> Result<Vec<HashedKey>, EngineError> {
    let mut kept = Vec::with_capacity(records.len());
    for record in records {
        if keep(&record.doc)? {
            kept.push(record);
        }
    }
    let hashes = key.documents(kept.iter().map(|one| (&one.key[..], &one.doc[..])));
    let hashed =
        |(record, hash): (Record, &DocumentHash)| HashedKey { key: record.key, hash: hash.short() };
    Ok(kept.into_iter().zip(&hashes).map(hashed).collect())
}

/// Live documents as they were read, with their hashes: what is compared is not copied.
#[derive(Default)]
pub(super) struct Live {
    documents: RawBatch,
    hashes: Vec<[u8; 16]>,
}

/// A live document.
pub(super) struct LiveRow<'r> {
    pub(super) key: &'r [u8],
    pub(super) document: &'r [u8],
    pub(super) hash: [u8; 16],
}

impl Rows for Live {
    type Row<'r> = LiveRow<'r>;

    fn row(&self, at: usize) -> Option<LiveRow<'_>> {
        let (record, hash) = self.documents.get(at).zip(self.hashes.get(at))?;
        Some(LiveRow { key: record.key, document: record.document, hash: *hash })
    }
}

impl Live {
    /// Work for the processor.
    fn hashed(documents: RawBatch, key: &DigestKey) -> Self {
        let hashes = key.documents(documents.iter().map(|one| (one.key, one.document)));
        let hashes = hashes.iter().map(DocumentHash::short).collect();
        Self { documents, hashes }
    }
}

impl Side<'_, Live> {
    /// A stretch of a part of a live collection, as of `at` where that is given.
    pub(super) async fn live(
        vault: &Vault,
        source: &MongoSource,
        info: &CollectionInfo,
        part: Part,
        stretch: &Stretch,
        at: Option<ClusterTime>,
    ) -> Result<Self, EngineError> {
        let membership = match part {
            Part::Whole => None,
            part => Some(membership(source, part, at).await?),
        };
        let options = ScanOptions { at, membership, ..ScanOptions::default() };
        let reader = source.read_ranges_in_order(info, &stretch.ranges, &options);
        Ok(Self::new(hashed(reader, vault.document_key())))
    }
}

/// Batches with their hashes, which are made beside the asynchronous tasks, and ahead of whoever
/// takes the batches.
fn hashed(reader: OrderedReader, key: DigestKey) -> BoxStream<'static, Result<Live, EngineError>> {
    stream::try_unfold(reader, |mut reader| async move {
        Ok(reader.next_batch().await?.map(|batch| (batch, reader)))
    })
    .map_ok(move |batch| {
        let key = key.clone();
        let hashing = tokio::task::spawn_blocking(move || Live::hashed(batch, &key));
        async move { Ok(hashing.await?) }
    })
    .try_buffered(HASHED_AHEAD)
    .boxed()
}
