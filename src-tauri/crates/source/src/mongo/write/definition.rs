//! Collections, indexes, renames and drops.

use bytes::Bytes;
use mongodb::bson::{Bson, Document};

use super::IndexPass;
use crate::SourceError;
use crate::error::{code, command_code};
use crate::mongo::command::raw_command;
use crate::mongo::connect::MongoTarget;
use crate::rawbson::{self, DocumentWriter, Element};

/// Options that old servers recorded and newer ones refuse.
const OBSOLETE_OPTIONS: [&[u8]; 3] = [b"autoIndexId", b"flags", b"create"];

impl MongoTarget {
    /// Creates a collection (or view) with raw creation options as [`super::super::CollectionInfo`]
    /// holds them.
    ///
    /// # Errors
    /// When it exists, is time-series, or an option is refused.
    pub async fn create_collection(&self, name: &str, options: &[u8]) -> Result<(), SourceError> {
        let on = self.namespace(name);
        let mut command = DocumentWriter::with_capacity(options.len() + 128);
        command.string("create", name);
        for option in fields(options, &on)? {
            if option.name == b"timeseries" {
                return Err(SourceError::Refused {
                    collection: name.to_owned(),
                    reason: "time-series collections cannot be restored".into(),
                });
            }
            if !OBSOLETE_OPTIONS.contains(&option.name) {
                command.element(option.kind, option.name, option.value);
            }
        }
        self.append_write_concern(&mut command);
        self.run("creating the collection", &on, raw_command(command, &on)?).await?;
        Ok(())
    }

    /// Builds indexes from raw specifications; the `_id` index is skipped. Returns how many the
    /// pass has.
    ///
    /// # Errors
    /// When the server refuses one (duplicate values, unknown options).
    pub async fn create_indexes(
        &self,
        collection: &str,
        specifications: &[Bytes],
        pass: IndexPass,
    ) -> Result<u64, SourceError> {
        let on = self.namespace(collection);
        let mut chosen = Vec::new();
        for specification in specifications {
            let specification = IndexSpecification::parse(specification, &on)?;
            if !specification.of_id && specification.expires == (pass == IndexPass::OnlyExpiry) {
                chosen.push(specification.document);
            }
        }
        if chosen.is_empty() {
            return Ok(0);
        }
        let mut command = DocumentWriter::with_capacity(1024);
        let documents = chosen.iter().map(Vec::as_slice);
        command.string("createIndexes", collection).documents("indexes", documents);
        self.append_write_concern(&mut command);
        self.run("building indexes", &on, raw_command(command, &on)?).await?;
        Ok(chosen.len() as u64)
    }

    /// Changes the options that `collMod` can change back: validator, its level and action.
    ///
    /// # Errors
    /// Server errors.
    pub async fn modify_collection(&self, name: &str, options: &[u8]) -> Result<(), SourceError> {
        const CHANGEABLE: [&[u8]; 3] = [b"validator", b"validationLevel", b"validationAction"];
        let on = self.namespace(name);
        let mut command = DocumentWriter::with_capacity(options.len() + 128);
        command.string("collMod", name);
        for option in fields(options, &on)? {
            if CHANGEABLE.contains(&option.name) {
                command.element(option.kind, option.name, option.value);
            }
        }
        self.append_write_concern(&mut command);
        self.run("changing the collection", &on, raw_command(command, &on)?).await?;
        Ok(())
    }

    /// Drops an index by name; one that does not exist is fine.
    ///
    /// # Errors
    /// Server errors.
    pub async fn drop_index(&self, collection: &str, name: &str) -> Result<(), SourceError> {
        let on = self.namespace(collection);
        let mut command = DocumentWriter::default();
        command.string("dropIndexes", collection).string("index", name);
        self.append_write_concern(&mut command);
        match self.run("dropping the index", &on, raw_command(command, &on)?).await {
            Err(SourceError::Mongo { error, .. })
                if matches!(
                    command_code(&error),
                    code::NAMESPACE_NOT_FOUND | code::INDEX_NOT_FOUND
                ) =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Renames a collection, also into another database of the same server.
    ///
    /// Within a database this is one atomic step; across databases the server copies.
    ///
    /// # Errors
    /// When the source is missing, or the target exists and `drop_target` is false.
    pub async fn rename(
        &self,
        from: &str,
        to_database: &str,
        to: &str,
        drop_target: bool,
    ) -> Result<(), SourceError> {
        let on = self.namespace(from);
        let mut command = DocumentWriter::default();
        command
            .string("renameCollection", &on)
            .string("to", &format!("{to_database}.{to}"))
            .bool("dropTarget", drop_target);
        self.append_write_concern(&mut command);
        self.client
            .database("admin")
            .run_raw_command(raw_command(command, &on)?)
            .await
            .map_err(|error| SourceError::mongo("renaming", on, error))?;
        Ok(())
    }

    /// Drops a collection or view; one that does not exist is fine.
    ///
    /// # Errors
    /// Server errors.
    pub async fn drop_collection(&self, name: &str) -> Result<(), SourceError> {
        let on = self.namespace(name);
        let mut command = DocumentWriter::default();
        command.string("drop", name);
        self.append_write_concern(&mut command);
        match self.run("dropping the collection", &on, raw_command(command, &on)?).await {
            Err(SourceError::Mongo { error, .. })
                if command_code(&error) == code::NAMESPACE_NOT_FOUND =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Whether a collection or view of this name exists.
    ///
    /// # Errors
    /// Server errors.
    pub async fn exists(&self, name: &str) -> Result<bool, SourceError> {
        let names = self
            .database
            .list_collection_names()
            .filter(mongodb::bson::doc! { "name": name })
            .await
            .map_err(|error| {
                SourceError::mongo("looking for the collection", self.namespace(name), error)
            })?;
        Ok(!names.is_empty())
    }

    /// Returns once everything written before is in the journals of a majority.
    ///
    /// # Errors
    /// Server errors.
    pub async fn barrier(&self) -> Result<(), SourceError> {
        let on = self.database_name();
        let mut concern = DocumentWriter::default();
        concern.string("w", "majority").bool("j", true);
        // Dropping what does not exist writes nothing, yet waits for all that was written before.
        let mut command = DocumentWriter::default();
        command
            .string("dropIndexes", "__avault_barrier")
            .string("index", "none_1")
            .document("writeConcern", &concern.finish());
        match self.run("waiting for a majority", on, raw_command(command, on)?).await {
            Err(SourceError::Mongo { error, .. })
                if command_code(&error) == code::NAMESPACE_NOT_FOUND =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }
}

struct IndexSpecification {
    document: Vec<u8>,
    of_id: bool,
    expires: bool,
}

impl IndexSpecification {
    fn parse(raw: &[u8], on: &str) -> Result<Self, SourceError> {
        let mut document = DocumentWriter::with_capacity(raw.len());
        let (mut of_id, mut expires) = (false, false);
        for field in fields(raw, on)? {
            match field.name {
                // Written by servers before 4.4, refused since.
                b"ns" => continue,
                b"key" => of_id = is_id_key(field.value),
                b"expireAfterSeconds" => expires = true,
                _ => {}
            }
            document.element(field.kind, field.name, field.value);
        }
        Ok(Self { document: document.finish(), of_id, expires })
    }
}

/// `{_id: 1}` and nothing else; `{_id: -1}` and `{_id: "hashed"}` are ordinary indexes.
fn is_id_key(key: &[u8]) -> bool {
    let Ok(document) = Document::from_reader(key) else {
        return false;
    };
    let one = match document.get("_id") {
        Some(Bson::Int32(number)) => *number == 1,
        Some(Bson::Int64(number)) => *number == 1,
        Some(Bson::Double(number)) => *number == 1.0,
        _ => false,
    };
    one && document.len() == 1
}

fn fields<'a>(document: &'a [u8], on: &str) -> Result<Vec<Element<'a>>, SourceError> {
    rawbson::elements(document)
        .and_then(Iterator::collect)
        .map_err(|error| SourceError::malformed(on, error))
}
