//! Manifests, one per class, and the pages of their segment indexes.

mod message;
mod page;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use prost::Message;

pub(crate) use page::{PageReader, PageWriter, read_page};

use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::object::{FIRST, LAYERED, ObjectType};
use crate::digest::{Digest, DigestSum};
use crate::ledger::ListedSet;
use crate::objects::{ObjectRef, key_of};
use crate::proto;
use crate::set::{ClassManifest, SetManifest};
use crate::vault::VaultInner;

/// Where an index page lies and what it covers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageRef {
    pub(crate) object: ObjectRef,
    pub(crate) first_key: Bytes,
    pub(crate) last_key: Bytes,
    pub(crate) segments: u64,
}

/// Counts and digest of some documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Totals {
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    pub(crate) digest: Digest,
}

impl Totals {
    pub(crate) fn add(&mut self, other: &Self) {
        let mut sum = self.sum();
        sum.merge(&other.sum());
        *self = Self::of(&sum, self.bytes.wrapping_add(other.bytes));
    }

    /// Takes documents away that are counted here; others make the result meaningless.
    pub(crate) fn subtract(&mut self, other: &Self) {
        let mut sum = self.sum();
        sum.subtract(&other.sum());
        *self = Self::of(&sum, self.bytes.wrapping_sub(other.bytes));
    }

    pub(crate) fn of(sum: &DigestSum, bytes: u64) -> Self {
        Self { documents: sum.documents(), bytes, digest: sum.value() }
    }

    fn sum(&self) -> DigestSum {
        DigestSum::from_parts(self.digest, self.documents)
    }
}

/// Images and tombstones over what lies beneath: base documents and the layers before it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Layer {
    /// Index pages of its delta segments, in key order.
    pub(crate) pages: Vec<PageRef>,
    /// Counts and digest of the documents beneath that it replaces or removes.
    pub(crate) replaced: Totals,
}

/// Where a segment lies and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SegmentRef {
    pub(crate) object: ObjectRef,
    pub(crate) first_key: Bytes,
    pub(crate) last_key: Bytes,
    pub(crate) totals: Totals,
    pub(crate) deletes: u64,
}

/// How far the writing of a part has come: what of it is stored, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct PartProgress {
    pub(crate) pages: Vec<PageRef>,
    /// Segments that are in no page yet.
    pub(crate) segments: Vec<SegmentRef>,
    pub(crate) totals: Totals,
    pub(crate) count: u64,
    pub(crate) reused: u64,
    pub(crate) stored_bytes: u64,
}

impl PartProgress {
    pub(crate) fn encode(&self) -> Vec<u8> {
        message::progress_to_message(self).encode_to_vec()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let message = proto::PartProgress::decode(bytes).ok()?;
        message::progress_from_message(message)
    }

    /// The last key that is stored.
    pub(crate) fn last_key(&self) -> Option<&Bytes> {
        let of_segments = self.segments.last().map(|segment| &segment.last_key);
        of_segments.or(self.pages.last().map(|page| &page.last_key))
    }
}

/// Seals and stores a class's manifest.
pub(crate) async fn write_class(
    vault: &VaultInner,
    set_id: &str,
    class: &ClassManifest,
) -> Result<ObjectRef, VaultError> {
    let name = vault.names.manifest(set_id, &class.class);
    let key = key_of(ObjectType::Manifest, &name);
    let plain = message::class_to_message(set_id, class).encode_to_vec();
    let body = vault.seal_as(format_of(class), ObjectType::Manifest, &key, &plain)?;
    vault.store.put(&key, body.clone()).await?;
    Ok(ObjectRef::new(name, &body))
}

/// The oldest format whose readers understand the manifest: those of format 1 know one layer, and
/// would pass over the others.
fn format_of(class: &ClassManifest) -> u8 {
    let layered = class.streams.iter().any(|stream| stream.layers.len() > 1);
    if layered { LAYERED } else { FIRST }
}

/// Reads one class's manifest.
pub(crate) async fn read_class(
    vault: &VaultInner,
    set_id: &str,
    class: &str,
    object: &ObjectRef,
) -> Result<ClassManifest, VaultError> {
    let plain = vault.fetch_recorded(ObjectType::Manifest, object).await?;
    let message = proto::ClassManifest::decode(plain.as_slice()).ok();
    let found = message
        .filter(|message| message.set_id == set_id && message.class == class)
        .and_then(message::class_from_message);
    found.ok_or_else(|| {
        let key = key_of(ObjectType::Manifest, &object.name);
        VaultError::damaged(&key, ProblemKind::Decode, "not the manifest of this class and set")
    })
}

/// Reads a set in full.
pub(crate) async fn read_set(
    vault: &VaultInner,
    set: ListedSet,
) -> Result<SetManifest, VaultError> {
    let ListedSet { summary, manifests } = set;
    let requests = vault.context.resources.store_requests.max(1);
    let id = &summary.id;
    let read = |(class, object): (String, ObjectRef)| async move {
        read_class(vault, id, &class, &object).await
    };
    let classes = stream::iter(manifests).map(read).buffered(requests).boxed();
    let classes = classes.try_collect().await?;
    Ok(SetManifest { summary, classes })
}
