//! A batch of documents as the server sent them, with the sort key of each.

use std::ops::Range;

use bytes::Bytes;

use crate::rawbson::{self, MalformedBson, kind};
use crate::sortkey;

/// Documents of one server reply. Keeps the reply's bytes (≤ 16 MiB and a little); slices of it
/// are free.
#[derive(Debug, Clone, Default)]
pub struct RawBatch {
    reply: Bytes,
    keys: Vec<u8>,
    entries: Vec<Entry>,
    document_bytes: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    key: Range<usize>,
    document: Range<usize>,
}

/// One document of a [`RawBatch`].
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// Memory-comparable key: [`crate::sortkey`] of the `_id`, or the position in natural order
    /// (8 bytes, big-endian) for collections read in natural order.
    pub key: &'a [u8],
    /// The document's exact bytes.
    pub document: &'a [u8],
    batch: &'a RawBatch,
    index: usize,
}

impl RecordRef<'_> {
    /// The document without copying it; keeps the batch's memory alive.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.batch.document(self.index)
    }
}

impl RawBatch {
    /// Takes over a server reply of `find`, `aggregate` or `getMore` and finds the documents in it.
    /// `first_position` numbers them in natural order instead of reading their `_id`.
    pub(crate) fn from_reply(
        reply: Bytes,
        first_position: Option<u64>,
    ) -> Result<Self, MalformedBson> {
        let documents = locate_documents(&reply)?;
        let mut batch = Self {
            reply,
            ..Self::default()
        };
        batch.entries.reserve(documents.len());
        for (ordinal, document) in documents.into_iter().enumerate() {
            batch.add(document, first_position.map(|first| first + ordinal as u64))?;
        }
        Ok(batch)
    }

    fn add(&mut self, document: Range<usize>, position: Option<u64>) -> Result<(), MalformedBson> {
        let start = self.keys.len();
        match position {
            Some(position) => self.keys.extend_from_slice(&position.to_be_bytes()),
            None => {
                let id = sortkey::id_element(&self.reply[document.clone()])?;
                sortkey::encode_value(id.kind, id.value, &mut self.keys)?;
            }
        }
        self.document_bytes += document.len() as u64;
        self.entries.push(Entry {
            key: start..self.keys.len(),
            document,
        });
        Ok(())
    }

    /// Number of documents.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no document.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Sum of the documents' sizes in bytes.
    #[must_use]
    pub fn document_bytes(&self) -> u64 {
        self.document_bytes
    }

    /// The documents in the order they were read.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RecordRef<'_>> {
        self.entries
            .iter()
            .enumerate()
            .map(|(index, entry)| RecordRef {
                key: &self.keys[entry.key.clone()],
                document: &self.reply[entry.document.clone()],
                batch: self,
                index,
            })
    }

    /// The sort key of a document.
    #[must_use]
    pub fn key(&self, index: usize) -> &[u8] {
        self.entries
            .get(index)
            .map_or(&[], |entry| &self.keys[entry.key.clone()])
    }

    /// A document without copying it; empty when there is none at `index`.
    #[must_use]
    pub fn document(&self, index: usize) -> Bytes {
        self.entries
            .get(index)
            .map_or_else(Bytes::new, |entry| self.reply.slice(entry.document.clone()))
    }

    /// The last document's key.
    #[must_use]
    pub fn last_key(&self) -> Option<&[u8]> {
        self.entries
            .last()
            .map(|entry| &self.keys[entry.key.clone()])
    }

    /// Drops documents that `keep` refuses; it is given each document's bytes.
    pub(crate) fn retain(
        &mut self,
        mut keep: impl FnMut(&[u8]) -> Result<bool, MalformedBson>,
    ) -> Result<(), MalformedBson> {
        let mut kept = Vec::with_capacity(self.entries.len());
        let mut bytes = 0;
        for entry in self.entries.drain(..) {
            if keep(&self.reply[entry.document.clone()])? {
                bytes += entry.document.len() as u64;
                kept.push(entry);
            }
        }
        self.entries = kept;
        self.document_bytes = bytes;
        Ok(())
    }

    /// Drops the leading documents whose key is not above `key`.
    pub(crate) fn skip_through(&mut self, key: &[u8]) {
        let skipped = self
            .entries
            .iter()
            .take_while(|entry| &self.keys[entry.key.clone()] <= key)
            .count();
        for entry in self.entries.drain(..skipped) {
            self.document_bytes -= entry.document.len() as u64;
        }
    }
}

/// Where the documents of `cursor.firstBatch` or `cursor.nextBatch` lie in a reply.
fn locate_documents(reply: &[u8]) -> Result<Vec<Range<usize>>, MalformedBson> {
    let missing = MalformedBson {
        reason: "the reply holds no cursor batch",
        offset: 0,
    };
    let base = reply.as_ptr() as usize;
    let cursor = rawbson::find(reply, "cursor")?.ok_or(missing.clone())?;
    for element in rawbson::elements(cursor.value)? {
        let element = element?;
        if element.kind != kind::ARRAY || !matches!(element.name, b"firstBatch" | b"nextBatch") {
            continue;
        }
        let mut found = Vec::new();
        for document in rawbson::elements(element.value)? {
            let document = document?;
            let start = document.value.as_ptr() as usize - base;
            found.push(start..start + document.value.len());
        }
        return Ok(found);
    }
    Err(missing)
}

/// Lets a driver's batch be the owner of shared bytes.
pub(crate) struct ReplyOwner(pub(crate) mongodb::raw_batch_cursor::RawBatch);

impl AsRef<[u8]> for ReplyOwner {
    fn as_ref(&self) -> &[u8] {
        self.0.as_raw_document().as_bytes()
    }
}
