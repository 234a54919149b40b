//! What collections a database has, and how they are made.

use std::future::ready;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use mongodb::bson::{Bson, doc};

use super::batch::RawBatch;
use super::command::ReplyCursor;
use super::connect::MongoSource;
use super::patience::Patience;
use crate::SourceError;
use crate::error::{code, command_code};
use crate::profile::STAGING_PREFIX;
use crate::rawbson::{self, DocumentWriter, Element};
use crate::sortkey;

/// Collections asked about at the same time.
const AT_ONCE: usize = 8;

/// The kind of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionKind {
    /// An ordinary collection, clustered ones included.
    Plain,
    /// A capped collection: read and written in natural order.
    Capped,
    /// A view: only its definition is kept.
    View,
    /// A time-series collection: refused by name.
    TimeSeries,
    /// A collection of the server itself: left out.
    System,
}

/// A collection and its definition at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectionInfo {
    /// Name within the database.
    pub name: String,
    /// Kind.
    pub kind: CollectionKind,
    /// UUID; a collection dropped and created again has another one. Absent for views.
    pub uuid: Option<[u8; 16]>,
    /// Raw BSON of the creation options (`validator`, `collation`, `capped`, `viewOn`, …).
    pub options_bson: Bytes,
    /// Raw BSON of each index specification, `_id_` first. Empty for views.
    pub indexes_bson: Vec<Bytes>,
    /// Documents, by the collection's counter (an estimate under writes and after a crash).
    pub documents: u64,
    /// Sum of the documents' sizes in bytes, likewise. Both are 0 when the user may not read them.
    pub bytes: u64,
    /// Whether a collation other than simple orders its `_id` index.
    pub collated: bool,
}

impl CollectionInfo {
    /// Refuses kinds that cannot be backed up, by name and with the reason.
    ///
    /// # Errors
    /// [`SourceError::Refused`] for time-series collections.
    pub fn ensure_supported(&self) -> Result<(), SourceError> {
        if self.kind != CollectionKind::TimeSeries {
            return Ok(());
        }
        Err(SourceError::Refused {
            collection: self.name.clone(),
            reason: "it is a time-series collection; its buckets are an internal format of the \
                     server version. Export it with mongodump, or copy it to an ordinary collection"
                .into(),
        })
    }
}

impl MongoSource {
    /// Every collection of the database with definition and size, by name; the server's own and
    /// avault's staging collections are left out.
    ///
    /// # Errors
    /// When the server does not answer or the user may not list.
    pub async fn inspect(&self) -> Result<Vec<CollectionInfo>, SourceError> {
        self.inspect_matching(None).await
    }

    /// Those of these collections that exist, by name.
    ///
    /// # Errors
    /// As [`Self::inspect`].
    pub(super) async fn inspect_some(
        &self,
        names: &[String],
    ) -> Result<Vec<CollectionInfo>, SourceError> {
        self.inspect_matching(Some(names)).await
    }

    /// One collection, or none when it does not exist.
    ///
    /// # Errors
    /// As [`Self::inspect`].
    pub async fn inspect_collection(
        &self,
        name: &str,
    ) -> Result<Option<CollectionInfo>, SourceError> {
        Ok(self.inspect_matching(Some(&[name.to_owned()])).await?.pop())
    }

    async fn inspect_matching(
        &self,
        names: Option<&[String]>,
    ) -> Result<Vec<CollectionInfo>, SourceError> {
        let mut patience = Patience::default();
        loop {
            match self.list_collections(names).await {
                Ok(found) => return Ok(found),
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    async fn list_collections(
        &self,
        names: Option<&[String]>,
    ) -> Result<Vec<CollectionInfo>, SourceError> {
        let mut command = DocumentWriter::default();
        command.i32("listCollections", 1);
        if let Some(names) = names {
            let mut list = DocumentWriter::default();
            for (n, name) in names.iter().enumerate() {
                list.string(&n.to_string(), name);
            }
            let (mut one_of, mut filter) = (DocumentWriter::default(), DocumentWriter::default());
            one_of.array("$in", &list.finish());
            filter.document("name", &one_of.finish());
            command.document("filter", &filter.finish());
        }
        let on = self.database_name().to_owned();
        let mut listed = Vec::new();
        for document in list_documents(self, "listing collections", &on, command).await? {
            listed.extend(parse_listed(&document, &on)?);
        }
        // Staging collections are no data of the game; asked for by name, they are shown.
        listed.retain(|info| names.is_some() || !info.name.starts_with(STAGING_PREFIX));
        let completed = stream::iter(listed).map(|info| self.complete(info)).buffered(AT_ONCE);
        let mut found: Vec<_> =
            completed.try_filter_map(|info| ready(Ok(info))).try_collect().await?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// With indexes and sizes, where there are any; none when the collection vanished in between.
    async fn complete(
        &self,
        mut info: CollectionInfo,
    ) -> Result<Option<CollectionInfo>, SourceError> {
        if matches!(info.kind, CollectionKind::View | CollectionKind::TimeSeries) {
            return Ok(Some(info));
        }
        let on = self.namespace(&info.name);
        let mut command = DocumentWriter::default();
        command.string("listIndexes", &info.name);
        info.indexes_bson = match list_documents(self, "listing indexes", &on, command).await {
            Ok(indexes) => indexes,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        match self.sizes(&info.name).await {
            Ok((documents, bytes)) => (info.documents, info.bytes) = (documents, bytes),
            // Only estimates and the number of ranges depend on it.
            Err(error @ SourceError::MissingPrivilege { .. }) => {
                tracing::warn!(collection = %on, %error, "sizes are unknown");
            }
            Err(error) => return Err(error),
        }
        Ok(Some(info))
    }

    /// The collection's own counters of documents and bytes. `$collStats` tells them too, among
    /// hundreds of the storage engine's, and takes the server twenty times as long.
    async fn sizes(&self, collection: &str) -> Result<(u64, u64), SourceError> {
        let on = self.namespace(collection);
        let command = doc! { "dataSize": &on, "estimate": true };
        let told = self.database().run_command(command).await;
        let told = told.map_err(|error| SourceError::mongo("measuring", on, error))?;
        let number = |key: &str| match told.get(key) {
            Some(Bson::Int32(value)) => u64::try_from(*value).unwrap_or(0),
            Some(Bson::Int64(value)) => u64::try_from(*value).unwrap_or(0),
            Some(Bson::Double(value)) => *value as u64,
            _ => 0,
        };
        Ok((number("numObjects"), number("size")))
    }
}

fn is_missing(error: &SourceError) -> bool {
    matches!(error, SourceError::Mongo { error, .. }
        if command_code(error) == code::NAMESPACE_NOT_FOUND)
}

/// All documents of a command's cursor, as raw bytes.
async fn list_documents(
    source: &MongoSource,
    doing: &'static str,
    on: &str,
    command: DocumentWriter,
) -> Result<Vec<Bytes>, SourceError> {
    let mut cursor = ReplyCursor::open(source.database(), doing, on, command).await?;
    let mut documents = Vec::new();
    while let Some(reply) = cursor.next_reply().await? {
        let batch = RawBatch::from_reply(reply, Some(0))
            .map_err(|error| SourceError::malformed(on, error))?;
        documents.extend(batch.iter().map(|record| Bytes::copy_from_slice(record.document)));
    }
    Ok(documents)
}

/// None for collections that are left out.
fn parse_listed(listed: &[u8], on: &str) -> Result<Option<CollectionInfo>, SourceError> {
    let malformed = |error| SourceError::malformed(on, error);
    let field = |document, name| rawbson::find(document, name).map_err(malformed);
    let text = |element: Option<Element<'_>>| {
        let bytes = element.and_then(|element| sortkey::string_bytes(element.value).ok());
        String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
    };
    let name = text(field(listed, "name")?);
    if name.starts_with("system.") {
        return Ok(None);
    }
    let empty = DocumentWriter::default().finish();
    let options = field(listed, "options")?.map_or(&empty[..], |element| element.value);
    let kind = match text(field(listed, "type")?).as_str() {
        "view" => CollectionKind::View,
        "timeseries" => CollectionKind::TimeSeries,
        _ if is_true(field(options, "capped")?) => CollectionKind::Capped,
        _ => CollectionKind::Plain,
    };
    let uuid = match field(listed, "info")? {
        None => None,
        // Binary: length, subtype, bytes.
        Some(info) => field(info.value, "uuid")?
            .and_then(|uuid| uuid.value.get(5..21).and_then(|bytes| bytes.try_into().ok())),
    };
    let collation = field(options, "collation")?;
    let locale = match collation {
        None => "simple".to_owned(),
        Some(collation) => text(field(collation.value, "locale")?),
    };
    Ok(Some(CollectionInfo {
        name,
        kind,
        uuid,
        options_bson: Bytes::copy_from_slice(options),
        indexes_bson: Vec::new(),
        documents: 0,
        bytes: 0,
        collated: kind != CollectionKind::View && locale != "simple",
    }))
}

fn is_true(element: Option<Element<'_>>) -> bool {
    element.is_some_and(|element| element.value.iter().any(|&byte| byte != 0))
}
