//! Many documents of a stream by their keys, or what tells whether they changed: only segments that
//! may hold one of them are read, several at a time.

use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

use super::sources;
use crate::VaultError;
use crate::buffers::Buffer;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::manifest::{PageReader, SegmentRef};
use crate::objects::key_of;
use crate::segment::{DecodedIndex, Picked, Row, on_worker};
use crate::set::StreamManifest;
use crate::vault::{Vault, VaultInner};

/// Segments opened at the same time.
const AT_ONCE: usize = 2;

/// Looks up batches of keys that rise within a batch and from batch to batch.
#[derive(Debug)]
pub struct BatchLookup {
    vault: Arc<VaultInner>,
    /// The newest layer first, the base last.
    sources: Vec<Source>,
}

impl BatchLookup {
    fn new(vault: &Arc<VaultInner>, stream: &StreamManifest) -> Self {
        let source = |(object_type, pages)| Source { object_type, pages, held: None, opened: None };
        let sources = sources(vault, stream).into_iter().map(source).collect();
        Self { vault: vault.clone(), sources }
    }

    /// The documents of these keys, in their order; none where there is none. Each is a copy.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn documents(&mut self, keys: &[Bytes]) -> Result<Vec<Option<Bytes>>, VaultError> {
        self.find(keys, What::Documents).await.map(|found| {
            found.into_iter().map(|found| found.and_then(|found| found.document)).collect()
        })
    }

    /// The hashes of the documents of these keys ([`crate::DocumentHash::short`]), in their order;
    /// none where there is none. No document is read for it.
    ///
    /// # Errors
    /// As [`Self::documents`].
    pub async fn hashes(&mut self, keys: &[Bytes]) -> Result<Vec<Option<[u8; 16]>>, VaultError> {
        self.find(keys, What::Hashes).await.map(|found| {
            found.into_iter().map(|found| found.and_then(|found| found.hash)).collect()
        })
    }

    async fn find(
        &mut self,
        keys: &[Bytes],
        what: What,
    ) -> Result<Vec<Option<Picked>>, VaultError> {
        let mut results: Vec<Option<Picked>> = keys.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..keys.len()).collect();
        for source in &mut self.sources {
            let wanted = source.segments_of(keys, &open).await?;
            let object_type = source.object_type;
            let (vault, at_hand) = (&self.vault, source.opened.take());
            let mut found = stream::iter(wanted)
                .map(|(segment, numbers)| {
                    let keys = numbers.iter().filter_map(|n| keys.get(*n).cloned()).collect();
                    let of_it = |at_hand: &&OpenSegment| at_hand.serves(&segment, what);
                    let opened = at_hand.as_ref().filter(of_it).cloned();
                    let rows = vault.clone().rows(what, object_type, segment, opened, keys);
                    // A task of its own, so that the next is opened while this one is decoded.
                    let task = tokio::spawn(rows);
                    async move {
                        let (opened, found) =
                            task.await.map_err(|e| VaultError::Worker(e.to_string()))??;
                        Ok::<_, VaultError>((numbers, opened, found))
                    }
                })
                .buffered(AT_ONCE);
            while let Some((numbers, opened, found)) = found.try_next().await? {
                source.opened = Some(opened);
                for (number, found) in numbers.into_iter().zip(found) {
                    if let Some(result) = results.get_mut(number).filter(|_| found.is_some()) {
                        *result = found;
                    }
                }
            }
            open.retain(|number| results.get(*number).is_some_and(Option::is_none));
        }
        Ok(results)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Documents,
    Hashes,
}

/// A segment as far as it was opened.
#[derive(Debug, Clone)]
struct OpenSegment {
    name: ContentName,
    part: OpenPart,
}

#[derive(Debug, Clone)]
enum OpenPart {
    Index(Arc<DecodedIndex>),
    Body(Arc<Buffer>),
}

impl OpenSegment {
    fn serves(&self, segment: &SegmentRef, what: What) -> bool {
        let index = matches!(self.part, OpenPart::Index(_));
        self.name == segment.object.name && index == (what == What::Hashes)
    }
}

/// The segments of a layer or of the base, passed through once.
#[derive(Debug)]
struct Source {
    object_type: ObjectType,
    pages: PageReader,
    /// The segment of the last key: it may hold more of the next batch.
    held: Option<SegmentRef>,
    /// The segment read last, likewise.
    opened: Option<OpenSegment>,
}

impl Source {
    /// Divides the keys with these numbers among the segments that may hold them.
    async fn segments_of(
        &mut self,
        keys: &[Bytes],
        numbers: &[usize],
    ) -> Result<Vec<(SegmentRef, Vec<usize>)>, VaultError> {
        let mut divided: Vec<(SegmentRef, Vec<usize>)> = Vec::new();
        for (number, key) in numbers.iter().filter_map(|n| Some((*n, keys.get(*n)?))) {
            if self.held.as_ref().is_none_or(|held| held.last_key < *key) {
                let Some(next) = self.pages.next_holding(key).await? else { continue };
                self.held = Some(next);
            }
            let Some(held) = self.held.as_ref().filter(|held| held.first_key <= *key) else {
                continue;
            };
            match divided.last_mut().filter(|(last, _)| last.object.name == held.object.name) {
                Some((_, wanted)) => wanted.push(number),
                None => divided.push((held.clone(), vec![number])),
            }
        }
        Ok(divided)
    }
}

impl VaultInner {
    /// The rows of a segment that name these keys, in their order, and the segment as far as it was
    /// opened for it.
    async fn rows(
        self: Arc<Self>,
        what: What,
        object_type: ObjectType,
        segment: SegmentRef,
        opened: Option<OpenSegment>,
        keys: Vec<Bytes>,
    ) -> Result<(OpenSegment, Vec<Option<Picked>>), VaultError> {
        let opened = match opened {
            Some(opened) => opened,
            None => self.open_for(what, object_type, &segment).await?,
        };
        let found = match &opened.part {
            OpenPart::Index(index) => {
                let hash = |row: &Row| row.document.map(|_| row.hash);
                let picked = |row| Picked { document: None, hash: hash(row) };
                rows_of(index, &keys).into_iter().map(|row| row.map(picked)).collect()
            }
            OpenPart::Body(body) => {
                let (key, body) = (key_of(object_type, &segment.object.name), body.clone());
                let pick = move || self.pick_rows(&key, &segment, (*body).as_ref(), &keys);
                on_worker(pick).await?
            }
        };
        Ok((opened, found))
    }

    async fn open_for(
        self: &Arc<Self>,
        what: What,
        object_type: ObjectType,
        segment: &SegmentRef,
    ) -> Result<OpenSegment, VaultError> {
        let name = segment.object.name;
        if what == What::Hashes {
            let index = self.fetch_index(object_type, segment).await?;
            return Ok(OpenSegment { name, part: OpenPart::Index(Arc::new(index)) });
        }
        let key = key_of(object_type, &name);
        let bytes = self.fetch(&key).await?;
        let vault = self.clone();
        let body = on_worker(move || vault.unseal_large(object_type, &key, &bytes)).await?;
        Ok(OpenSegment { name, part: OpenPart::Body(Arc::new(body)) })
    }
}

/// The first row of each key, where there is one.
fn rows_of<'i>(index: &'i DecodedIndex, keys: &[Bytes]) -> Vec<Option<&'i Row>> {
    let mut rest = index.rows.as_slice();
    keys.iter()
        .map(|key| {
            let below = rest.partition_point(|row| row.key < *key);
            rest = rest.get(below..).unwrap_or_default();
            rest.first().filter(|row| row.key == *key)
        })
        .collect()
}

impl Vault {
    /// Looks many documents of a stream up at once, by keys that rise.
    #[must_use]
    pub fn batch_lookup(&self, stream: &StreamManifest) -> BatchLookup {
        BatchLookup::new(&self.inner, stream)
    }
}
