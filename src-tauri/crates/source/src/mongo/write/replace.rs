//! Writing over single documents and deleting them.

use bytes::Bytes;

use super::InsertOutcome;
use super::insert::check_reply;
use super::literal::{Shape, shape_of};
use crate::SourceError;
use crate::mongo::command::raw_command;
use crate::mongo::connect::MongoTarget;
use crate::mongo::scan::{fits_in_list, id_document, one_of};
use crate::rawbson::DocumentWriter;
use crate::sortkey;

/// Bytes of statements in one command; leaves room for one more document of 16 MiB.
const STATEMENT_BYTES: usize = 8 * 1024 * 1024;
const MAX_STATEMENTS: usize = 10_000;
/// Documents deleted by one statement.
const DELETED_TOGETHER: usize = 1_000;

impl MongoTarget {
    /// Writes documents byte for byte whether they exist or not (matched by `_id`). Sending the
    /// same again changes nothing. Odd documents (top-level `$` names or `Timestamp(0, 0)`) are
    /// deleted and written anew, so a reader may miss one for a moment.
    ///
    /// # Errors
    /// As [`Self::insert_raw`]. A document stored under an `_id` that is equal but of another
    /// numeric type keeps its `_id`'s type: delete it first.
    pub async fn replace_raw(
        &self,
        collection: &str,
        documents: &[Bytes],
    ) -> Result<InsertOutcome, SourceError> {
        let on = self.namespace(collection);
        let malformed = |error| SourceError::malformed(&on, error);
        let mut outcome = InsertOutcome::default();
        let mut statements = Statements::default();
        for document in documents {
            outcome.documents += 1;
            outcome.bytes += document.len() as u64;
            match shape_of(document).map_err(malformed)? {
                Shape::Plain => {}
                Shape::Dollar | Shape::ZeroTimestamp => {
                    self.write_literal(collection, document).await?;
                    outcome.odd += 1;
                    continue;
                }
                Shape::IdNotFirst => return Err(self.altered(collection, document, "update")),
            }
            let id = sortkey::id_element(document).map_err(malformed)?;
            let mut statement = DocumentWriter::with_capacity(document.len() + 64);
            statement.document("q", &id_document(id.kind, id.value));
            statement.document("u", document).bool("upsert", true);
            if !statements.fits(document.len()) {
                self.update(collection, std::mem::take(&mut statements)).await?;
            }
            statements.add(statement);
        }
        self.update(collection, statements).await?;
        Ok(outcome)
    }

    /// Deletes documents given as raw documents (only their `_id` is looked at); returns how many
    /// were there.
    ///
    /// # Errors
    /// Server errors.
    pub async fn delete_raw(
        &self,
        collection: &str,
        documents: &[Bytes],
    ) -> Result<u64, SourceError> {
        let on = self.namespace(collection);
        let malformed = |error| SourceError::malformed(&on, error);
        let (together, alone): (Vec<_>, Vec<_>) =
            documents.iter().partition(|document| fits_in_list(document));
        let mut queries = Vec::new();
        // One statement for many: the server plans each anew.
        for some in together.chunks(DELETED_TOGETHER) {
            let some = some.iter().map(|document| document.as_ref());
            queries.push((one_of("_id", some).map_err(malformed)?.into(), 0));
        }
        for document in alone {
            let id = sortkey::id_element(document).map_err(malformed)?;
            queries.push((id_document(id.kind, id.value), 1));
        }
        let mut deleted = 0;
        let mut statements = Statements::default();
        for (query, limit) in queries {
            if !statements.fits(query.len()) {
                deleted += self.delete(collection, std::mem::take(&mut statements)).await?;
            }
            let mut statement = DocumentWriter::with_capacity(query.len() + 32);
            statement.document("q", &query).i32("limit", limit);
            statements.add(statement);
        }
        deleted += self.delete(collection, statements).await?;
        Ok(deleted)
    }

    async fn update(&self, collection: &str, statements: Statements) -> Result<(), SourceError> {
        self.write(collection, "update", "updates", statements).await.map(|_| ())
    }

    async fn delete(&self, collection: &str, statements: Statements) -> Result<u64, SourceError> {
        self.write(collection, "delete", "deletes", statements).await
    }

    async fn write(
        &self,
        collection: &str,
        verb: &'static str,
        list: &str,
        statements: Statements,
    ) -> Result<u64, SourceError> {
        if statements.count == 0 {
            return Ok(0);
        }
        let on = self.namespace(collection);
        let mut command = DocumentWriter::with_capacity(statements.list.len() + 256);
        command.string(verb, collection).bool("ordered", true);
        if verb == "update" {
            command.bool("bypassDocumentValidation", true);
        }
        self.append_write_concern(&mut command);
        let count = statements.count;
        command.array(list, &statements.list.finish());
        let reply = self.run("writing", &on, raw_command(command, &on)?).await?;
        check_reply(&reply, collection, count, 0, false)?;
        Ok(u64::try_from(reply.get_i32("n").unwrap_or(0)).unwrap_or(0))
    }
}

/// Statements of an update or delete command.
#[derive(Default)]
struct Statements {
    list: DocumentWriter,
    count: usize,
}

impl Statements {
    fn fits(&self, bytes: usize) -> bool {
        self.count == 0
            || (self.count < MAX_STATEMENTS && self.list.len() + bytes <= STATEMENT_BYTES)
    }

    fn add(&mut self, statement: DocumentWriter) {
        self.list.document(&self.count.to_string(), &statement.finish());
        self.count += 1;
    }
}
