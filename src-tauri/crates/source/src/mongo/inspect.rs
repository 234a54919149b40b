//! What collections a database has, and how they are made.

use bytes::Bytes;

use super::connect::MongoSource;
use crate::SourceError;

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
    /// Sum of the documents' sizes in bytes, likewise.
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
        Err(SourceError::Unsupported {
            what: "inspect".into(),
            reason: "not built yet".into(),
        })
    }

    /// One collection, or none when it does not exist.
    ///
    /// # Errors
    /// As [`Self::inspect`].
    pub async fn inspect_collection(
        &self,
        _name: &str,
    ) -> Result<Option<CollectionInfo>, SourceError> {
        Err(SourceError::Unsupported {
            what: "inspect".into(),
            reason: "not built yet".into(),
        })
    }
}
