//! Documents staged for a live collection, packed: one after the other in a few large documents of
//! the server, which cost it far less than as many documents of their own.

use bytes::Bytes;
use source::mongo::{MongoSource, MongoTarget, OrderedReader, ScanOptions};
use source::rawbson::{self, DocumentWriter, MalformedBson, kind};
use source::{SourceError, sortkey};

use crate::error::EngineError;

/// Bytes of documents in one document of the server, but for the last.
const CHUNK_BYTES: usize = 8 << 20;
/// The field that holds them.
const DOCUMENTS: &str = "documents";

/// Packs documents into a collection: `{_id: n, documents: <bytes>}`, n from 0. The bytes of all, in
/// this order, are the documents one after the other; a document may begin in one and end in the next.
pub(super) struct Packer {
    writer: MongoTarget,
    name: String,
    chunks: i32,
    held: Vec<u8>,
}

impl Packer {
    pub(super) fn new(writer: &MongoTarget, name: &str) -> Self {
        Self { writer: writer.clone(), name: name.to_owned(), chunks: 0, held: Vec::new() }
    }

    pub(super) async fn add(&mut self, documents: &[Bytes]) -> Result<(), EngineError> {
        for document in documents {
            self.held.extend_from_slice(document);
            while self.held.len() >= CHUNK_BYTES {
                let rest = self.held.split_off(CHUNK_BYTES);
                self.write().await?;
                self.held = rest;
            }
        }
        Ok(())
    }

    /// Writes what is held back.
    pub(super) async fn finish(mut self) -> Result<(), EngineError> {
        if self.held.is_empty() { Ok(()) } else { self.write().await }
    }

    async fn write(&mut self) -> Result<(), EngineError> {
        let mut chunk = DocumentWriter::with_capacity(self.held.len() + 64);
        chunk.i32("_id", self.chunks).binary(DOCUMENTS, &self.held);
        self.writer.insert_raw(&self.name, &[chunk.finish().into()]).await?;
        self.chunks += 1;
        self.held.clear();
        Ok(())
    }
}

/// Reads packed documents in the order in which they were added.
pub(super) struct Unpacker {
    name: String,
    /// None when the collection is gone.
    chunks: Option<OrderedReader>,
    read: i32,
    /// The beginning of a document whose end is in the next chunk.
    begun: Vec<u8>,
}

impl Unpacker {
    /// Of a collection; of one that is gone, none.
    pub(super) async fn of(reader: &MongoSource, name: &str) -> Result<Self, EngineError> {
        let chunks = match reader.inspect_collection(name).await? {
            Some(info) => Some(reader.read_in_order(&info, ScanOptions::default()).await?),
            None => None,
        };
        Ok(Self { name: name.to_owned(), chunks, read: 0, begun: Vec::new() })
    }

    /// The next documents, some MiB of them; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Bytes>>, EngineError> {
        let Some(chunks) = &mut self.chunks else { return Ok(None) };
        let Some(batch) = chunks.next_batch().await? else {
            let cut = MalformedBson { reason: "the last document is cut off", offset: 0 };
            return if self.begun.is_empty() { Ok(None) } else { Err(self.malformed(cut)) };
        };
        let mut documents = Vec::new();
        for record in batch.iter() {
            let bytes = self.chunk(record.bytes()).map_err(|error| self.malformed(error))?;
            self.divide(bytes, &mut documents).map_err(|error| self.malformed(error))?;
        }
        Ok(Some(documents))
    }

    /// The sort key of one of its documents.
    pub(super) fn key_of(&self, document: &[u8]) -> Result<Vec<u8>, EngineError> {
        sortkey::of_document(document).map_err(|error| self.malformed(error))
    }

    /// The bytes of a chunk, which must be the next one.
    fn chunk(&mut self, chunk: Bytes) -> Result<Bytes, MalformedBson> {
        let refused = |reason| MalformedBson { reason, offset: 0 };
        let number = sortkey::id_element(&chunk)?;
        if (number.kind, number.value) != (kind::INT32, &self.read.to_le_bytes()[..]) {
            return Err(refused("it is not the next chunk of staged documents"));
        }
        let documents = rawbson::find(&chunk, DOCUMENTS)?
            .filter(|element| element.kind == kind::BINARY)
            // Length and subtype come first.
            .and_then(|element| element.value.get(5..))
            .ok_or_else(|| refused("it is no chunk of staged documents"))?;
        self.read += 1;
        Ok(chunk.slice_ref(documents))
    }

    /// Adds the documents that end in these bytes, and keeps the beginning of the one that does not.
    fn divide(
        &mut self,
        mut bytes: Bytes,
        documents: &mut Vec<Bytes>,
    ) -> Result<(), MalformedBson> {
        if !self.begun.is_empty() {
            self.begun.extend_from_slice(&bytes);
            bytes = std::mem::take(&mut self.begun).into();
        }
        while bytes.len() >= 4 {
            let length = rawbson::document_length(&bytes)?;
            if length > bytes.len() {
                break;
            }
            documents.push(bytes.split_to(length));
        }
        self.begun = bytes.into();
        Ok(())
    }

    fn malformed(&self, error: MalformedBson) -> EngineError {
        SourceError::Malformed { on: self.name.clone(), error }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpacker() -> Unpacker {
        Unpacker { name: "staged".into(), chunks: None, read: 0, begun: Vec::new() }
    }

    fn document(number: i32, length: usize) -> Bytes {
        let mut document = DocumentWriter::default();
        document.i32("_id", number).string("text", &"x".repeat(length));
        document.finish().into()
    }

    fn chunk(number: i32, bytes: &[u8]) -> Bytes {
        let mut chunk = DocumentWriter::default();
        chunk.i32("_id", number).binary(DOCUMENTS, bytes);
        chunk.finish().into()
    }

    #[test]
    fn documents_come_back_wherever_chunks_end() {
        let documents: Vec<_> = [0, 7, 90, 1].map(|length| document(1, length)).into();
        let all = documents.concat();
        for length in 1..=all.len() {
            let (mut unpacker, mut found) = (unpacker(), Vec::new());
            for (number, bytes) in (0..).zip(all.chunks(length)) {
                let bytes = unpacker.chunk(chunk(number, bytes)).unwrap();
                unpacker.divide(bytes, &mut found).unwrap();
            }
            assert_eq!(found, documents, "chunks of {length} bytes");
            assert_eq!(unpacker.begun, Vec::<u8>::new());
        }
    }

    #[test]
    fn a_chunk_out_of_turn_and_a_document_that_is_no_chunk_are_refused() {
        let (mut unpacker, whole) = (unpacker(), document(0, 1));
        assert!(unpacker.chunk(chunk(1, &whole)).is_err());
        assert!(unpacker.chunk(whole.clone()).is_err());
        assert_eq!(unpacker.chunk(chunk(0, &whole)), Ok(whole));
    }
}
