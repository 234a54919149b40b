//! The documents that an archive is made of besides those of its collections.

use bson::{Bson, Document, doc};

use super::VERSION;
use crate::error::DumpError;
use crate::frame::FrameReader;
use crate::metadata::{Kind, Metadata};

/// Where an archive comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchiveHeader {
    /// Collections whose blocks alternate, at most.
    pub concurrent_collections: i32,
    /// The server's version.
    pub server_version: String,
    /// The writing tool's version.
    pub tool_version: String,
}

impl ArchiveHeader {
    pub(super) fn encode(&self) -> Document {
        doc! {
            "concurrent_collections": self.concurrent_collections,
            "version": VERSION,
            "server_version": &self.server_version,
            "tool_version": &self.tool_version,
        }
    }

    pub(super) fn decode<R: std::io::Read>(
        bytes: &[u8],
        from: &FrameReader<R>,
    ) -> Result<Self, DumpError> {
        let header = parse(bytes, "the header", from)?;
        let version = header.get_str("version").unwrap_or_default();
        if version != VERSION {
            return Err(from.damaged(format!("archives of the version {version:?} are unknown")));
        }
        let text = |name: &str| header.get_str(name).unwrap_or_default().to_owned();
        Ok(Self {
            concurrent_collections: header.get_i32("concurrent_collections").unwrap_or(1),
            server_version: text("server_version"),
            tool_version: text("tool_version"),
        })
    }
}

/// A collection as the prelude names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveCollection {
    /// Its database; empty for what belongs to none, such as the oplog.
    pub database: String,
    /// Its name and definition; special collections have no definition of their own.
    pub metadata: Metadata,
    /// Bytes of its documents; tools leave it 0.
    pub size: u64,
}

impl ArchiveCollection {
    pub(super) fn encode(&self) -> Result<Document, DumpError> {
        Ok(doc! {
            "db": &self.database,
            "collection": &self.metadata.collection,
            "metadata": self.metadata.to_json()?,
            "size": i32::try_from(self.size).unwrap_or(i32::MAX),
            "type": self.metadata.kind.name(),
        })
    }

    pub(super) fn decode<R: std::io::Read>(
        bytes: &[u8],
        from: &FrameReader<R>,
    ) -> Result<Self, DumpError> {
        let listed = parse(bytes, "a collection of the prelude", from)?;
        let text = |name: &str| match listed.get(name) {
            Some(Bson::String(text)) => Ok(text.as_str()),
            _ => Err(from.damaged(format!("a collection of the prelude has no {name}"))),
        };
        let (database, collection) = (text("db")?, text("collection")?);
        if collection.is_empty() {
            return Err(from.damaged("a collection of the prelude has an empty name"));
        }
        let mut metadata = match listed.get_str("metadata").unwrap_or_default() {
            "" => Metadata::bare(collection),
            json => {
                let on = format!("{} ({database}.{collection})", from.name());
                Metadata::from_json(json.as_bytes(), &on)?
            }
        };
        collection.clone_into(&mut metadata.collection);
        if listed.get_str("type").is_ok_and(|kind| kind == Kind::TimeSeries.name()) {
            metadata.kind = Kind::TimeSeries;
        }
        let size = match listed.get("size") {
            Some(Bson::Int32(size)) => u64::try_from(*size).unwrap_or(0),
            Some(Bson::Int64(size)) => u64::try_from(*size).unwrap_or(0),
            _ => 0,
        };
        Ok(Self { database: database.to_owned(), metadata, size })
    }
}

/// What begins a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BlockHeader {
    pub(super) database: String,
    pub(super) collection: String,
    /// The checksum of the whole collection, in its last block.
    pub(super) end: Option<u64>,
}

impl BlockHeader {
    pub(super) fn encode(&self) -> Document {
        doc! {
            "db": &self.database,
            "collection": &self.collection,
            "EOF": self.end.is_some(),
            "CRC": self.end.unwrap_or(0).cast_signed(),
        }
    }

    pub(super) fn decode<R: std::io::Read>(
        bytes: &[u8],
        from: &FrameReader<R>,
    ) -> Result<Self, DumpError> {
        let header = parse(bytes, "the header of a block", from)?;
        let absent = |name: &str| from.damaged(format!("the header of a block has no {name}"));
        let text = |name: &str| header.get_str(name).map_err(|_| absent(name)).map(str::to_owned);
        let end = header.get_bool("EOF").map_err(|_| absent("EOF"))?;
        let crc = header.get_i64("CRC").map_err(|_| absent("CRC"))?;
        Ok(Self {
            database: text("db")?,
            collection: text("collection")?,
            end: end.then_some(crc.cast_unsigned()),
        })
    }
}

fn parse<R: std::io::Read>(
    bytes: &[u8],
    what: &str,
    from: &FrameReader<R>,
) -> Result<Document, DumpError> {
    Document::from_reader(bytes)
        .map_err(|error| from.damaged(format!("{what} is no BSON: {error}")))
}
