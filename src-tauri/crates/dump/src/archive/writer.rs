//! Writing an archive.

use std::io::Write;

use bson::Document;
use crc_fast::Digest;

use super::header::{ArchiveCollection, ArchiveHeader, BlockHeader};
use super::{MAGIC, checksum};
use crate::error::DumpError;
use crate::frame::{TERMINATOR, is_document};

/// Writes an archive: the definitions at once, then documents, in any order of the collections.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    out: W,
    name: String,
    members: Vec<Member>,
    /// The collection whose block is open.
    current: Option<usize>,
}

#[derive(Debug)]
struct Member {
    database: String,
    collection: String,
    checksum: Digest,
    ended: bool,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive of these collections; `name` names it in failures.
    ///
    /// # Errors
    /// [`DumpError::File`]; [`DumpError::Metadata`] when a definition is not BSON.
    pub fn begin(
        out: W,
        name: &str,
        header: &ArchiveHeader,
        collections: &[ArchiveCollection],
    ) -> Result<Self, DumpError> {
        let member = |collection: &ArchiveCollection| Member {
            database: collection.database.clone(),
            collection: collection.metadata.collection.clone(),
            checksum: checksum(),
            ended: false,
        };
        let members = collections.iter().map(member).collect();
        let mut writer = Self { out, name: name.to_owned(), members, current: None };
        writer.put(&MAGIC)?;
        writer.put_document(&header.encode())?;
        for collection in collections {
            writer.put_document(&collection.encode()?)?;
        }
        writer.put(&TERMINATOR)?;
        Ok(writer)
    }

    /// Appends a document to the collection of that position.
    ///
    /// # Errors
    /// [`DumpError::File`]; [`DumpError::Order`] when the collection has ended or the bytes are no
    /// document.
    pub fn document(&mut self, collection: usize, document: &[u8]) -> Result<(), DumpError> {
        if !is_document(document) {
            return Err(self.order(format!("{} bytes that are no document", document.len())));
        }
        if self.current != Some(collection) {
            self.close_block()?;
            let header = self.open_member(collection)?.header(None);
            self.put_document(&header.encode())?;
            self.current = Some(collection);
        }
        self.open_member(collection)?.checksum.update(document);
        self.put(document)
    }

    /// Ends the collection of that position.
    ///
    /// # Errors
    /// [`DumpError::File`]; [`DumpError::Order`] when it has ended already.
    pub fn end(&mut self, collection: usize) -> Result<(), DumpError> {
        self.close_block()?;
        let member = self.open_member(collection)?;
        member.ended = true;
        let header = member.header(Some(member.checksum.finalize()));
        self.put_document(&header.encode())?;
        self.put(&TERMINATOR)
    }

    /// Ends the archive and gives back what was written to.
    ///
    /// # Errors
    /// [`DumpError::Order`] when a collection has not ended.
    pub fn finish(self) -> Result<W, DumpError> {
        match self.members.iter().find(|member| !member.ended) {
            Some(open) => {
                let name = format!("{}.{} has not ended", open.database, open.collection);
                Err(self.order(name))
            }
            None => Ok(self.out),
        }
    }

    fn open_member(&mut self, collection: usize) -> Result<&mut Member, DumpError> {
        let name = self.name.clone();
        let order = |reason: String| DumpError::Order { on: name, reason };
        match self.members.get_mut(collection) {
            Some(member) if !member.ended => Ok(member),
            Some(member) => Err(order(format!("{} has ended", member.collection))),
            None => Err(order(format!("it has no collection {collection}"))),
        }
    }

    fn close_block(&mut self) -> Result<(), DumpError> {
        match self.current.take() {
            Some(_) => self.put(&TERMINATOR),
            None => Ok(()),
        }
    }

    fn put_document(&mut self, document: &Document) -> Result<(), DumpError> {
        let bytes = document.to_vec().map_err(|error| self.order(error.to_string()))?;
        self.put(&bytes)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), DumpError> {
        self.out.write_all(bytes).map_err(|error| DumpError::file("writing", &self.name, error))
    }

    fn order(&self, reason: String) -> DumpError {
        DumpError::Order { on: self.name.clone(), reason }
    }
}

impl Member {
    fn header(&self, end: Option<u64>) -> BlockHeader {
        BlockHeader { database: self.database.clone(), collection: self.collection.clone(), end }
    }
}
