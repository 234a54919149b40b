//! A batch of documents as the server sent them, with the sort key of each.

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

/// Offsets fit 32 bits: a reply is at most 48 MB, its keys no longer.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key_start: u32,
    key_end: u32,
    start: u32,
    end: u32,
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
        let mut batch = Self { reply: reply.clone(), ..Self::default() };
        let documents = batch_array(&reply)?;
        let base = reply.as_ptr() as usize;
        for (ordinal, element) in rawbson::elements(documents)?.enumerate() {
            let document = element?.value;
            let start = document.as_ptr() as usize - base;
            batch.add(document, start, first_position.map(|first| first + ordinal as u64))?;
        }
        Ok(batch)
    }

    fn add(
        &mut self,
        document: &[u8],
        start: usize,
        position: Option<u64>,
    ) -> Result<(), MalformedBson> {
        let key_start = self.keys.len() as u32;
        match position {
            Some(position) => self.keys.extend_from_slice(&position.to_be_bytes()),
            None => {
                let id = sortkey::id_element(document)?;
                sortkey::encode_value(id.kind, id.value, &mut self.keys)?;
            }
        }
        self.document_bytes += document.len() as u64;
        self.entries.push(Entry {
            key_start,
            key_end: self.keys.len() as u32,
            start: start as u32,
            end: (start + document.len()) as u32,
        });
        Ok(())
    }

    fn key_of(&self, entry: Entry) -> &[u8] {
        &self.keys[entry.key_start as usize..entry.key_end as usize]
    }

    fn document_of(&self, entry: Entry) -> &[u8] {
        &self.reply[entry.start as usize..entry.end as usize]
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
        self.entries.iter().enumerate().map(|(index, entry)| self.record(index, *entry))
    }

    /// One document; none when there is none at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<RecordRef<'_>> {
        self.entries.get(index).map(|entry| self.record(index, *entry))
    }

    fn record(&self, index: usize, entry: Entry) -> RecordRef<'_> {
        let (key, document) = (self.key_of(entry), self.document_of(entry));
        RecordRef { key, document, batch: self, index }
    }

    /// The sort key of a document; empty when there is none at `index`.
    #[must_use]
    pub fn key(&self, index: usize) -> &[u8] {
        self.entries.get(index).map_or(&[], |entry| self.key_of(*entry))
    }

    /// A document without copying it; empty when there is none at `index`.
    #[must_use]
    pub fn document(&self, index: usize) -> Bytes {
        self.entries.get(index).map_or_else(Bytes::new, |entry| {
            self.reply.slice(entry.start as usize..entry.end as usize)
        })
    }

    /// Drops documents that `keep` refuses; it is given each document's bytes.
    pub(crate) fn retain(
        &mut self,
        mut keep: impl FnMut(&[u8]) -> Result<bool, MalformedBson>,
    ) -> Result<(), MalformedBson> {
        let mut kept = Vec::with_capacity(self.entries.len());
        let mut bytes = 0;
        for entry in &self.entries {
            if keep(self.document_of(*entry))? {
                bytes += u64::from(entry.end - entry.start);
                kept.push(*entry);
            }
        }
        self.entries = kept;
        self.document_bytes = bytes;
        Ok(())
    }

    /// Drops the leading documents whose key is not above `key`.
    pub(crate) fn skip_through(&mut self, key: &[u8]) {
        let skipped = self.entries.iter().take_while(|entry| self.key_of(**entry) <= key).count();
        for entry in self.entries.drain(..skipped) {
            self.document_bytes -= u64::from(entry.end - entry.start);
        }
    }

    /// Drops documents whose key equals the one before (deleted and inserted again while the
    /// cursor stood there); false when the keys descend.
    pub(crate) fn keep_ascending(&mut self) -> bool {
        use std::cmp::Ordering;
        let mut equal = false;
        for pair in self.entries.windows(2) {
            match self.key_of(pair[0]).cmp(self.key_of(pair[1])) {
                Ordering::Less => {}
                Ordering::Equal => equal = true,
                Ordering::Greater => return false,
            }
        }
        if equal {
            let mut kept: Vec<Entry> = Vec::with_capacity(self.entries.len());
            for entry in &self.entries {
                if kept.last().is_none_or(|last| self.key_of(*last) != self.key_of(*entry)) {
                    kept.push(*entry);
                } else {
                    self.document_bytes -= u64::from(entry.end - entry.start);
                }
            }
            self.entries = kept;
        }
        true
    }
}

/// The array `cursor.firstBatch` or `cursor.nextBatch` of a reply.
pub(crate) fn batch_array(reply: &[u8]) -> Result<&[u8], MalformedBson> {
    let missing = || MalformedBson { reason: "the reply holds no cursor batch", offset: 0 };
    let cursor = rawbson::find(reply, "cursor")?.ok_or_else(missing)?;
    for element in rawbson::elements(cursor.value)? {
        let element = element?;
        if element.kind == kind::ARRAY && matches!(element.name, b"firstBatch" | b"nextBatch") {
            return Ok(element.value);
        }
    }
    Err(missing())
}

/// Lets a driver's batch be the owner of shared bytes.
pub(crate) struct ReplyOwner(pub(crate) mongodb::raw_batch_cursor::RawBatch);

impl AsRef<[u8]> for ReplyOwner {
    fn as_ref(&self) -> &[u8] {
        self.0.as_raw_document().as_bytes()
    }
}
