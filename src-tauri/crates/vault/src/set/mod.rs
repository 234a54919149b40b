//! Backup sets: one manifest per class, one cluster time.

pub(crate) mod commit;
mod layer;
mod part;
mod sealing;
mod sink;
mod stream;
mod tail;
pub(crate) mod writer;

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::manifest::{Layer, PageRef, Totals};

/// What a stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamKind {
    /// Documents of a collection.
    Collection,
    /// Keys of Redis.
    Redis,
}

/// What a set is begun with.
#[derive(Debug, Clone, Default)]
pub struct SetInfo {
    /// The classes it will hold; each gets a manifest even when it has no streams.
    pub classes: Vec<String>,
    /// The lease's token; 0 where no lease is held. Entries with a token older than one that the
    /// ledger has seen are ignored by readers.
    pub fencing_token: u64,
    /// When the job that it goes on from was begun, Unix time in milliseconds: what that job stored
    /// is as old.
    pub resumes: Option<i64>,
    /// Whether what lies in the store is read before it is reused, since damage was found there; what
    /// is damaged is stored again.
    pub distrust: bool,
    /// Anything a list of sets shall show: method, database, server version …
    pub attributes: BTreeMap<String, String>,
}

/// What a stream is begun with.
#[derive(Debug, Clone)]
pub struct StreamInfo {
    /// One of the set's classes.
    pub class: String,
    /// Name, unique within the class: the collection's name.
    pub name: String,
    /// What it holds.
    pub kind: StreamKind,
    /// Opaque to the vault: options, indexes, validator … as the caller encodes them.
    pub metadata: Vec<u8>,
}

/// What a set is committed with.
#[derive(Debug, Clone, Default)]
pub struct SetCommit {
    /// The one time at which all of it is consistent, as the caller writes it.
    pub cluster_time: String,
    /// The same as Unix time in milliseconds.
    pub consistent_at_ms: i64,
    /// Added to those of [`SetInfo`].
    pub attributes: BTreeMap<String, String>,
}

/// Counts of a stream as a reader sees it, deltas merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamStats {
    /// Documents.
    pub documents: u64,
    /// Bytes of documents before compression, without keys.
    pub bytes: u64,
    /// Order-independent digest of all documents; see [`crate::digest`].
    pub digest: Digest,
    /// Segments, reused and delta segments included.
    pub segments: u64,
    /// Segments that were in the store already.
    pub reused_segments: u64,
    /// Images in the delta segments of all layers.
    pub delta_puts: u64,
    /// Tombstones in the delta segments of all layers.
    pub delta_deletes: u64,
    /// Bytes of segments and pages that this set added to the store for it.
    pub stored_bytes: u64,
}

impl StreamStats {
    pub(crate) fn totals(&self) -> Totals {
        Totals { documents: self.documents, bytes: self.bytes, digest: self.digest }
    }

    pub(crate) fn set_totals(&mut self, totals: &Totals) {
        (self.documents, self.bytes, self.digest) = (totals.documents, totals.bytes, totals.digest);
    }
}

/// A set as a list shows it; stands in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSummary {
    /// ULID.
    pub id: String,
    /// Unix time in milliseconds at which it was begun.
    pub started_at_ms: i64,
    /// Unix time in milliseconds of the ledger entry.
    pub committed_at_ms: i64,
    /// As given at the commit.
    pub cluster_time: String,
    /// As given at the commit.
    pub consistent_at_ms: i64,
    /// Classes, sorted.
    pub classes: Vec<String>,
    /// Documents in all.
    pub documents: u64,
    /// Bytes before compression.
    pub bytes: u64,
    /// Bytes that it added to the store.
    pub stored_bytes: u64,
    /// Data-key epoch that sealed it.
    pub key_epoch: u32,
    /// The product's version that wrote it.
    pub tool_version: String,
    /// Identity of the writer.
    pub writer_id: String,
    /// The lease's token it was written under.
    pub fencing_token: u64,
    /// As given.
    pub attributes: BTreeMap<String, String>,
}

/// A set in full.
#[derive(Debug, Clone, PartialEq)]
pub struct SetManifest {
    /// What the list shows.
    pub summary: SetSummary,
    /// Class by class, sorted by name.
    pub classes: Vec<ClassManifest>,
}

impl SetManifest {
    /// Finds a stream.
    #[must_use]
    pub fn stream(&self, class: &str, name: &str) -> Option<&StreamManifest> {
        self.classes.iter().find(|found| found.class == class)?.stream(name)
    }
}

/// One class of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassManifest {
    /// The class.
    pub class: String,
    /// Its streams, sorted by name.
    pub streams: Vec<StreamManifest>,
}

impl ClassManifest {
    /// Finds a stream.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&StreamManifest> {
        self.streams.iter().find(|stream| stream.name == name)
    }
}

/// One stream of a class.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamManifest {
    /// Name, unique within the class.
    pub name: String,
    /// What it holds.
    pub kind: StreamKind,
    /// Opaque, as given.
    pub metadata: Vec<u8>,
    /// Counts.
    pub stats: StreamStats,
    /// Index pages of the base segments, part by part, in key order.
    pub(crate) parts: Vec<Vec<PageRef>>,
    /// What overrides them, oldest first.
    pub(crate) layers: Vec<Layer>,
}

impl StreamManifest {
    /// How many layers lie over the base: each costs a reader a little.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// The index pages of base segments.
    pub(crate) fn base_pages(&self) -> impl Iterator<Item = &PageRef> {
        self.parts.iter().flatten()
    }

    /// The index pages of delta segments, layer by layer.
    pub(crate) fn layer_pages(&self) -> impl Iterator<Item = &PageRef> {
        self.layers.iter().flat_map(|layer| &layer.pages)
    }
}
