//! The oplog: which documents were touched, which definitions changed.

use super::time::ClusterTime;

/// A change of a collection's definition or existence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DdlEvent {
    /// `database.collection`.
    pub namespace: String,
    /// What happened.
    pub change: DdlChange,
    /// When.
    pub at: ClusterTime,
}

/// Kinds of DDL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DdlChange {
    /// The collection was created.
    Created,
    /// The collection was dropped.
    Dropped,
    /// The collection was renamed to this namespace.
    RenamedTo(String),
    /// The collection came to be by renaming this namespace.
    RenamedFrom(String),
    /// The database was dropped.
    DatabaseDropped,
    /// Options or validator changed.
    Modified,
    /// Indexes were created.
    IndexesCreated,
    /// Indexes were dropped.
    IndexesDropped,
    /// Another command that changes definitions, by its name.
    Other(String),
}

impl DdlChange {
    /// Whether what was read of the collection before it is void.
    #[must_use]
    pub fn voids_scan(&self) -> bool {
        matches!(
            self,
            Self::Created
                | Self::Dropped
                | Self::RenamedTo(_)
                | Self::RenamedFrom(_)
                | Self::DatabaseDropped
                | Self::Other(_)
        )
    }
}
