//! Bulk inserts of raw documents.

use bytes::Bytes;
use mongodb::bson::{Bson, Document, RawDocumentBuf};

use super::literal::{Shape, shape_of};
use super::{InsertOutcome, WriteSafety};
use crate::SourceError;
use crate::error::code;
use crate::mongo::command::raw_command;
use crate::mongo::connect::MongoTarget;
use crate::mongo::patience::Patience;
use crate::rawbson::DocumentWriter;

/// A command document may be 16 MiB and 16 KiB; a document of 16 MiB must fit beside the rest.
const MAX_COMMAND_BYTES: usize = 16 * 1024 * 1024 + 8 * 1024;
/// The server's limit for one command.
const MAX_DOCUMENTS: usize = 100_000;
/// What a command adds to a document: a type byte, up to five digits and a terminator, and room for
/// the name of the array.
const BESIDE: usize = 32;

impl MongoTarget {
    /// Inserts documents byte for byte, unordered, in commands of at most 16 MiB; validators are
    /// bypassed. After a network fault or failover a command is sent again, and documents it had
    /// already written count as written.
    ///
    /// # Errors
    /// [`SourceError::WriteRefused`], [`SourceError::DocumentAltered`], server errors.
    pub async fn insert_raw(
        &self,
        collection: &str,
        documents: &[Bytes],
    ) -> Result<InsertOutcome, SourceError> {
        let on = self.namespace(collection);
        let mut outcome = InsertOutcome::default();
        let mut command = InsertCommand::new(self, collection);
        let mut first_index = 0;
        for (index, document) in documents.iter().enumerate() {
            match shape_of(document).map_err(|error| SourceError::malformed(&on, error))? {
                Shape::Plain | Shape::Dollar => {}
                Shape::ZeroTimestamp => {
                    self.write_literal(collection, document).await?;
                    outcome.odd += 1;
                    outcome.documents += 1;
                    outcome.bytes += document.len() as u64;
                    continue;
                }
                Shape::IdNotFirst => return Err(self.altered(collection, document, "insert")),
            }
            if !command.fits(document) {
                let full = std::mem::replace(&mut command, InsertCommand::new(self, collection));
                self.send(collection, full, first_index).await?;
                first_index = index;
            }
            command.add(document);
            outcome.documents += 1;
            outcome.bytes += document.len() as u64;
        }
        self.send(collection, command, first_index).await?;
        Ok(outcome)
    }

    async fn send(
        &self,
        collection: &str,
        command: InsertCommand<'_>,
        first_index: usize,
    ) -> Result<(), SourceError> {
        if command.documents.is_empty() {
            return Ok(());
        }
        let on = self.namespace(collection);
        let mut patience = Patience::default();
        loop {
            match self.run("inserting", &on, command.build(&on)?).await {
                Ok(reply) => {
                    let (tried, again) = (command.documents.len(), patience.tried_again());
                    return check_reply(&reply, collection, tried, first_index, again);
                }
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    pub(super) fn append_write_concern(&self, command: &mut DocumentWriter) {
        let mut concern = DocumentWriter::default();
        match self.safety {
            WriteSafety::Majority => concern.string("w", "majority"),
            WriteSafety::Primary => concern.i32("w", 1),
        };
        command.document("writeConcern", &concern.finish());
    }
}

/// An `insert` command being filled.
struct InsertCommand<'d> {
    head: Vec<u8>,
    documents: Vec<&'d [u8]>,
    /// Of all documents with what the command adds to each.
    bytes: usize,
}

impl<'d> InsertCommand<'d> {
    fn new(target: &MongoTarget, collection: &str) -> Self {
        let mut head = DocumentWriter::with_capacity(256);
        head.string("insert", collection)
            .bool("ordered", false)
            .bool("bypassDocumentValidation", true);
        target.append_write_concern(&mut head);
        Self { head: head.finish(), documents: Vec::new(), bytes: 0 }
    }

    /// Its bytes with a document more.
    fn length_with(&self, document: &[u8]) -> usize {
        self.head.len() + self.bytes + document.len() + BESIDE
    }

    fn fits(&self, document: &[u8]) -> bool {
        self.documents.is_empty()
            || (self.length_with(document) <= MAX_COMMAND_BYTES
                && self.documents.len() < MAX_DOCUMENTS)
    }

    fn add(&mut self, document: &'d [u8]) {
        self.documents.push(document);
        self.bytes += document.len() + BESIDE;
    }

    /// The command. It is some MiB: built for each attempt rather than kept for the next one.
    fn build(&self, on: &str) -> Result<RawDocumentBuf, SourceError> {
        let mut command = DocumentWriter::with_capacity(self.length_with(&[]));
        command.extend(&self.head).documents("documents", self.documents.iter().copied());
        raw_command(command, on)
    }
}

/// Write errors come in a successful reply.
pub(super) fn check_reply(
    reply: &Document,
    collection: &str,
    tried: usize,
    first_index: usize,
    sent_again: bool,
) -> Result<(), SourceError> {
    if let Ok(error) = reply.get_document("writeConcernError") {
        let reason = error.get_str("errmsg").unwrap_or("write concern not met").to_owned();
        return Err(SourceError::answer("writing durably", collection, reason));
    }
    let Ok(errors) = reply.get_array("writeErrors") else {
        return Ok(());
    };
    let refused: Vec<&Document> = errors
        .iter()
        .filter_map(Bson::as_document)
        .filter(|error| !(sent_again && already_written(error)))
        .collect();
    let Some(first) = refused.first() else {
        return Ok(());
    };
    let index = first.get_i32("index").ok().and_then(|index| usize::try_from(index).ok());
    Err(SourceError::WriteRefused {
        collection: collection.to_owned(),
        failed: refused.len() as u64,
        tried: tried as u64,
        first_index: first_index + index.unwrap_or(0),
        code: first.get_i32("code").unwrap_or(0),
        message: first.get_str("errmsg").unwrap_or_default().to_owned(),
    })
}

/// A duplicate `_id` (not a duplicate of another unique index).
fn already_written(error: &Document) -> bool {
    let of_id = error
        .get_document("keyPattern")
        .is_ok_and(|pattern| pattern.len() == 1 && pattern.contains_key("_id"));
    error.get_i32("code").is_ok_and(|found| found == code::DUPLICATE_KEY) && of_id
}
