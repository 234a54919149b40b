//! Only the documents that a window of the oplog names: the stored and the live one of each, in the
//! order of their keys. Everything else is as it was when the window opened.

use bytes::Bytes;
use source::mongo::window::CaptureWindow;
use source::mongo::{ClusterTime, CollectionInfo, ImageReader};
use source::profile::DataClass;
use vault::{StreamLookup, StreamManifest, Vault};

use super::merge::Verdict;
use super::run::Difference;
use crate::error::EngineError;

/// A document that was touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TouchedDocument {
    /// Its sort key.
    pub(crate) key: Vec<u8>,
    /// The document in the set.
    pub(crate) stored: Option<Bytes>,
    /// The live document.
    pub(crate) live: Option<Bytes>,
}

impl TouchedDocument {
    pub(super) fn verdict(&self) -> Verdict {
        match (&self.stored, &self.live) {
            (Some(_), None) => Verdict::Missing,
            (None, Some(_)) => Verdict::Extra,
            (stored, live) if stored == live => Verdict::Equal,
            _ => Verdict::Different,
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.verdict() == Verdict::Equal
    }
}

/// Reads touched documents, a batch of each side in memory.
pub(crate) struct TouchedDocuments {
    images: ImageReader,
    stored: StreamLookup,
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
        Ok(Self { images: window.images(info, at, None)?, stored: vault.lookup(stream) })
    }

    /// The next ones, none at the end.
    pub(crate) async fn next_batch(&mut self) -> Result<Option<Vec<TouchedDocument>>, EngineError> {
        let Some(images) = self.images.next_batch().await? else { return Ok(None) };
        let mut documents = Vec::with_capacity(images.len());
        for image in images {
            let (key, live) = image.into_parts();
            // A copy: the document would keep all of its segment in memory.
            let stored = self.stored.get(&key).await?;
            let stored = stored.map(|document| Bytes::copy_from_slice(&document));
            documents.push(TouchedDocument { key, stored, live });
        }
        Ok(Some(documents))
    }
}

/// Compares a stream with the live collection by its touched documents alone: the rest is equal, as
/// the window began at the set's time.
pub(crate) async fn difference_among_touched(
    class: DataClass,
    stream: &StreamManifest,
    mut touched: TouchedDocuments,
) -> Result<Difference, EngineError> {
    let mut difference = Difference::new(class, &stream.name);
    while let Some(documents) = touched.next_batch().await? {
        for document in documents {
            let shown = document.stored.as_ref().or(document.live.as_ref());
            let verdict = document.verdict();
            if let Some(shown) = shown.filter(|_| verdict != Verdict::Equal) {
                difference.count(verdict, shown);
            }
        }
    }
    let changed = difference.missing + difference.different;
    difference.equal = stream.stats.documents.saturating_sub(changed);
    Ok(difference)
}
