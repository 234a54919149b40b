//! Reading a stream back: base segments merged with layers, in key order, in bounded memory.

mod batch;
mod cursor;
mod hashes;
pub(crate) mod layers;
mod lookup;
mod merged;
mod opened;
pub(crate) mod overlay;

use std::sync::Arc;

use bytes::Bytes;

use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::{PageReader, PageRef};
use crate::segment::Decoded;
use crate::set::{SetManifest, StreamManifest};
use crate::vault::{Vault, VaultInner};
pub use batch::BatchLookup;
pub use hashes::{HashReader, HashedKey};
pub use lookup::StreamLookup;
use merged::{Merged, Ranges};

/// A document with its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Sort key.
    pub key: Bytes,
    /// The document's bytes, exactly as pushed. They share one buffer with their segment's others:
    /// whoever keeps one for long should copy it.
    pub doc: Bytes,
}

/// Reads a stream in key order, part after part.
#[derive(Debug)]
pub struct StreamReader {
    ranges: Ranges<Decoded>,
}

impl StreamReader {
    pub(crate) fn new(vault: &Arc<VaultInner>, stream: &StreamManifest) -> Self {
        Self { ranges: Ranges::new(vault, stream, None) }
    }

    /// Begins at `from`: pages and segments that end below it are not read.
    pub(crate) fn starting_at(
        vault: &Arc<VaultInner>,
        stream: &StreamManifest,
        from: &Bytes,
    ) -> Self {
        Self { ranges: Ranges::new(vault, stream, Some(from)) }
    }

    /// The next records in key order, a segment's worth; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        self.ranges.next_batch().await
    }

    /// Splits the stream into parts of disjoint, ascending key ranges, which may be read at once.
    #[must_use]
    pub fn parts(self) -> Vec<PartReader> {
        self.ranges.into_iter().map(|rows| PartReader { rows }).collect()
    }
}

/// Reads one key range of a stream in key order.
#[derive(Debug)]
pub struct PartReader {
    rows: Merged<Decoded>,
}

impl PartReader {
    /// The next records in key order, about a segment's worth; `None` at the end.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        self.rows.next_batch().await
    }
}

/// A part's pages and the keys of layers that belong to it.
#[derive(Debug)]
pub(crate) struct KeyRange {
    pub(crate) pages: Vec<PageRef>,
    /// None for the first part, which also takes what layers add below it.
    pub(crate) from: Option<Bytes>,
    /// The next part's first key; none for the last, which also takes what layers add above.
    pub(crate) to: Option<Bytes>,
}

/// The key ranges of parts; one for all keys where there are no parts.
pub(crate) fn key_ranges(parts: &[Vec<PageRef>]) -> Vec<KeyRange> {
    if parts.is_empty() {
        return vec![KeyRange { pages: Vec::new(), from: None, to: None }];
    }
    let first_of = |part: Option<&Vec<PageRef>>| part?.first().map(|page| page.first_key.clone());
    let range = |(number, pages): (usize, &Vec<PageRef>)| KeyRange {
        from: if number == 0 { None } else { first_of(Some(pages)) },
        to: first_of(parts.get(number + 1)),
        pages: pages.clone(),
    };
    parts.iter().enumerate().map(range).collect()
}

/// Where documents of a stream are looked for: in the newest layer first, in the base last.
fn sources(vault: &Arc<VaultInner>, stream: &StreamManifest) -> Vec<(ObjectType, PageReader)> {
    let newest_first = stream.layers.iter().rev();
    let layers = newest_first.map(|layer| (ObjectType::Delta, layer.pages.clone()));
    let base = (ObjectType::Segment, stream.base_pages().cloned().collect());
    layers
        .chain([base])
        .map(|(object_type, pages)| (object_type, PageReader::new(vault.clone(), pages)))
        .collect()
}

impl Vault {
    /// Reads a stream of a set, deltas merged, in key order.
    ///
    /// # Errors
    /// [`VaultError::NoSuchStream`], or damage of an index page.
    pub async fn read_stream(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
    ) -> Result<StreamReader, VaultError> {
        Ok(StreamReader::new(&self.inner, stream_of(set, class, stream)?))
    }

    /// As [`Vault::read_stream`], from the first key that is not below `from`. What lies wholly below
    /// it is not read.
    ///
    /// # Errors
    /// As [`Vault::read_stream`].
    pub async fn read_stream_from(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
        from: &Bytes,
    ) -> Result<StreamReader, VaultError> {
        Ok(StreamReader::starting_at(&self.inner, stream_of(set, class, stream)?, from))
    }

    /// Reads the keys of a stream of a set with their documents' hashes, as [`Vault::read_stream`]
    /// reads the documents, from the indexes of its segments alone.
    ///
    /// # Errors
    /// As [`Vault::read_stream`].
    pub async fn read_hashes(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
    ) -> Result<HashReader, VaultError> {
        Ok(HashReader::new(&self.inner, stream_of(set, class, stream)?, None))
    }

    /// As [`Vault::read_hashes`], from the first key that is not below `from`. What lies wholly below
    /// it is not read.
    ///
    /// # Errors
    /// As [`Vault::read_stream`].
    pub async fn read_hashes_from(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
        from: &Bytes,
    ) -> Result<HashReader, VaultError> {
        Ok(HashReader::new(&self.inner, stream_of(set, class, stream)?, Some(from)))
    }
}

fn stream_of<'s>(
    set: &'s SetManifest,
    class: &str,
    stream: &str,
) -> Result<&'s StreamManifest, VaultError> {
    set.stream(class, stream).ok_or_else(|| VaultError::NoSuchStream {
        set: set.summary.id.clone(),
        class: class.to_owned(),
        stream: stream.to_owned(),
    })
}
