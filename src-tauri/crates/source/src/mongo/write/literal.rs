//! Documents that the server's ordinary ways of writing would alter.

use bytes::Bytes;

use super::insert::check_reply;
use crate::SourceError;
use crate::mongo::command::{ReplyCursor, raw_command};
use crate::mongo::connect::MongoTarget;
use crate::mongo::scan::{equals, id_document};
use crate::rawbson::{self, DocumentWriter, MalformedBson, kind};
use crate::sortkey;

/// What matters of a document when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing odd.
    Plain,
    /// A top-level name begins with a dollar sign: an insert keeps it, a replacement refuses it.
    Dollar,
    /// A top-level `Timestamp(0, 0)` other than the `_id`: inserts put the time in its place.
    ZeroTimestamp,
    /// `_id` is not the first field: every way of writing moves it there.
    IdNotFirst,
}

pub(super) fn shape_of(document: &[u8]) -> Result<Shape, MalformedBson> {
    let mut shape = Shape::Plain;
    for (position, element) in rawbson::elements(document)?.enumerate() {
        let element = element?;
        if (element.name == b"_id") != (position == 0) {
            return Ok(Shape::IdNotFirst);
        }
        if element.kind == kind::TIMESTAMP && element.value == [0; 8] && position > 0 {
            shape = Shape::ZeroTimestamp;
        } else if element.name.first() == Some(&b'$') && shape == Shape::Plain {
            shape = Shape::Dollar;
        }
    }
    Ok(shape)
}

impl MongoTarget {
    /// Writes a document through the upsert of an update pipeline, which alters nothing, and reads
    /// it back. What stood there is deleted first: such a pipeline over an existing document with
    /// duplicate names makes MongoDB 6.0 abort (an invariant of its document diff).
    pub(super) async fn write_literal(
        &self,
        collection: &str,
        document: &Bytes,
    ) -> Result<(), SourceError> {
        let on = self.namespace(collection);
        let malformed = |error| SourceError::malformed(&on, error);
        let id = sortkey::id_element(document).map_err(malformed)?;
        let query = id_document(id.kind, id.value);
        match self.read_back(collection, &query).await? {
            Some(present) if present == document => return Ok(()),
            Some(present) => {
                self.delete_raw(collection, &[present]).await?;
            }
            None => {}
        }
        let mut command = DocumentWriter::with_capacity(document.len() + 512);
        command.string("update", collection).bool("bypassDocumentValidation", true);
        command.array("updates", &one_statement(&query, document));
        self.append_write_concern(&mut command);
        let reply = self.run("writing", &on, raw_command(command, &on)?).await?;
        check_reply(&reply, collection, 1, 0, false)?;
        if self.read_back(collection, &query).await?.as_ref() != Some(document) {
            return Err(self.altered(collection, document, "update pipeline"));
        }
        Ok(())
    }

    /// The document with this `_id`, given as raw `{_id: …}`.
    ///
    /// # Errors
    /// Server errors.
    pub async fn read_back(
        &self,
        collection: &str,
        id: &[u8],
    ) -> Result<Option<Bytes>, SourceError> {
        let on = self.namespace(collection);
        let malformed = |error| SourceError::malformed(&on, error);
        let key = sortkey::of_document(id).map_err(malformed)?;
        let mut command = DocumentWriter::with_capacity(id.len() + 256);
        command.string("find", collection);
        let wanted = sortkey::id_element(id).map_err(malformed)?;
        command.document("filter", &equals(wanted.kind, wanted.value));
        let mut concern = DocumentWriter::default();
        concern.string("level", "local");
        command.document("readConcern", &concern.finish());
        let mut cursor = ReplyCursor::open(&self.database, "reading back", &on, command).await?;
        let Some(reply) = cursor.next_reply().await? else {
            return Ok(None);
        };
        let batch = crate::mongo::RawBatch::from_reply(reply, None).map_err(malformed)?;
        let found = batch.iter().find(|record| record.key == key);
        Ok(found.map(|record| Bytes::copy_from_slice(record.document)))
    }

    pub(super) fn altered(
        &self,
        collection: &str,
        document: &[u8],
        how: &'static str,
    ) -> SourceError {
        let id = sortkey::id_element(document)
            .map(|id| id_document(id.kind, id.value))
            .ok()
            .and_then(|id| mongodb::bson::Document::from_reader(&id[..]).ok())
            .and_then(|id| id.get("_id").cloned());
        let id = id.map_or_else(|| "none".to_owned(), |id| id.to_string());
        SourceError::DocumentAltered { collection: self.namespace(collection), id, how }
    }
}

/// `[{q: query, u: [{$replaceWith: {$literal: document}}], upsert: true}]`.
fn one_statement(query: &[u8], document: &[u8]) -> Vec<u8> {
    let room = document.len() + 64;
    let wrap = |name: &str, inner: &[u8]| {
        let mut writer = DocumentWriter::with_capacity(room);
        writer.document(name, inner);
        writer.finish()
    };
    let pipeline = wrap("0", &wrap("$replaceWith", &wrap("$literal", document)));
    let mut statement = DocumentWriter::with_capacity(room + query.len() + 64);
    statement.document("q", query).array("u", &pipeline).bool("upsert", true);
    wrap("0", &statement.finish())
}
