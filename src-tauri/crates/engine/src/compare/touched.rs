//! Only the documents that a window of the oplog names: the stored and the live one of each, in the
//! order of their keys. Everything else is as it was when the window opened.

use bytes::Bytes;
use source::mongo::window::CaptureWindow;
use source::mongo::{ClusterTime, CollectionInfo, Image, ImageReader};
use source::profile::DataClass;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use vault::{BatchLookup, DigestKey, StreamManifest, Vault};

use super::found::{Found, id_only};
use super::merge::Verdict;
use super::run::Difference;
use crate::error::EngineError;

/// A document that was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TouchedDocument {
    /// Its sort key.
    pub(crate) key: Bytes,
    /// The document in the set.
    pub(crate) stored: Option<Bytes>,
    /// The live document.
    pub(crate) live: Option<Bytes>,
}

/// Touched documents, read ahead; reading ends with this.
pub(crate) struct TouchedAhead {
    batches: mpsc::Receiver<Result<Vec<TouchedDocument>, EngineError>>,
    reading: Option<AbortOnDropHandle<()>>,
}

impl TouchedAhead {
    /// The next ones, none at the end.
    pub(crate) async fn next_batch(&mut self) -> Result<Option<Vec<TouchedDocument>>, EngineError> {
        if let Some(batch) = self.batches.recv().await {
            return batch.map(Some);
        }
        // The end, unless the task itself came to a bad one.
        if let Some(reading) = self.reading.take() {
            reading.await?;
        }
        Ok(None)
    }
}

/// How one touched document compares.
struct Judged {
    verdict: Verdict,
    /// Raw `{_id: …}`.
    id: Bytes,
}

/// Reads touched documents, a batch of each side in memory.
pub(crate) struct TouchedDocuments {
    images: ImageReader,
    stored: BatchLookup,
    hashed: DigestKey,
    collection: String,
}

impl TouchedDocuments {
    /// Of one collection, as of the end of the window.
    pub(crate) fn new(
        vault: &Vault,
        stream: &StreamManifest,
        window: &mut CaptureWindow,
        info: &CollectionInfo,
        at: ClusterTime,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            images: window.images(info, at, None)?,
            stored: vault.batch_lookup(stream),
            hashed: vault.document_key(),
            collection: info.name.clone(),
        })
    }

    /// Reads ahead, beside whoever takes the batches.
    pub(crate) fn ahead(mut self) -> TouchedAhead {
        let (sender, batches) = mpsc::channel(1);
        let reading = tokio::spawn(async move {
            while let Some(batch) = self.next_batch().await.transpose() {
                let failed = batch.is_err();
                if sender.send(batch).await.is_err() || failed {
                    break;
                }
            }
        });
        TouchedAhead { batches, reading: Some(AbortOnDropHandle::new(reading)) }
    }

    /// The next ones, none at the end.
    async fn next_batch(&mut self) -> Result<Option<Vec<TouchedDocument>>, EngineError> {
        let Some(images) = self.images.next_batch().await? else { return Ok(None) };
        let images = images.into_iter().map(Image::into_parts);
        let (keys, live): (Vec<_>, Vec<_>) = images.map(|(key, live)| (key.into(), live)).unzip();
        let stored = self.stored.documents(&keys).await?;
        let documents = keys.into_iter().zip(stored).zip(live);
        let touched = |((key, stored), live)| TouchedDocument { key, stored, live };
        Ok(Some(documents.map(touched).collect()))
    }

    /// The next ones' verdicts, none at the end. No stored document is read: its hash tells.
    async fn next_verdicts(&mut self) -> Result<Option<Vec<Judged>>, EngineError> {
        let Some(images) = self.images.next_batch().await? else { return Ok(None) };
        let keys: Vec<Bytes> = images.iter().map(key_of).collect();
        let stored = self.stored.hashes(&keys).await?;
        let puts = images.iter().filter_map(|image| match image {
            Image::Put { key, document } => Some((&key[..], &document[..])),
            Image::Delete { .. } => None,
        });
        let mut hashes = self.hashed.documents(puts).into_iter();
        let mut judged = Vec::with_capacity(images.len());
        for (image, stored) in images.into_iter().zip(stored) {
            let (id, live) = match image {
                Image::Put { document, .. } => {
                    (id_only(&self.collection, &document)?, hashes.next().map(|hash| hash.short()))
                }
                Image::Delete { id, .. } => (id, None),
            };
            judged.push(Judged { verdict: verdict(stored, live), id });
        }
        Ok(Some(judged))
    }
}

fn key_of(image: &Image) -> Bytes {
    let (Image::Put { key, .. } | Image::Delete { key, .. }) = image;
    Bytes::copy_from_slice(key)
}

fn verdict(stored: Option<[u8; 16]>, live: Option<[u8; 16]>) -> Verdict {
    match (stored, live) {
        (Some(_), None) => Verdict::Missing,
        (None, Some(_)) => Verdict::Extra,
        (stored, live) if stored == live => Verdict::Equal,
        _ => Verdict::Different,
    }
}

/// Compares a stream with the live collection by its touched documents alone: the rest is equal, as
/// the window began at the set's time.
pub(crate) async fn difference_among_touched(
    class: DataClass,
    stream: &StreamManifest,
    mut touched: TouchedDocuments,
    found: &mut Found,
) -> Result<Difference, EngineError> {
    let mut difference = Difference::new(class, &stream.name);
    while let Some(judged) = touched.next_verdicts().await? {
        for Judged { verdict, id } in judged.into_iter().filter(|one| one.verdict != Verdict::Equal)
        {
            difference.count(verdict, &id);
            found.id(id);
        }
    }
    let changed = difference.missing + difference.different;
    difference.equal = stream.stats.documents.saturating_sub(changed);
    Ok(difference)
}
