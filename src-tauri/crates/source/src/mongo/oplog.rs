//! The oplog: which documents were touched, which definitions changed.

use bytes::Bytes;

use super::command::{ReadTime, ReplyCursor, raw_command};
use super::connect::MongoSource;
use super::time::ClusterTime;
use crate::SourceError;
use crate::error::{code, command_code};
use crate::rawbson::{self, DocumentWriter};

mod entry;

pub(crate) use entry::{Change, OplogEntry};

const ON: &str = "local.oplog.rs";

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
    /// Documents of a capped collection changed; it is read in one go or not at all.
    CappedWritten,
    /// Another command that changes definitions, by its name.
    Other(String),
}

impl DdlChange {
    /// Whether what was read of the collection before it is void.
    #[must_use]
    pub fn voids_scan(&self) -> bool {
        !matches!(self, Self::Modified | Self::IndexesCreated | Self::IndexesDropped)
    }
}

impl std::fmt::Display for DdlChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Created => f.write_str("create"),
            Self::Dropped => f.write_str("drop"),
            Self::RenamedTo(to) => write!(f, "rename to {to}"),
            Self::RenamedFrom(from) => write!(f, "rename from {from}"),
            Self::DatabaseDropped => f.write_str("dropDatabase"),
            Self::Modified => f.write_str("collMod"),
            Self::IndexesCreated => f.write_str("createIndexes"),
            Self::IndexesDropped => f.write_str("dropIndexes"),
            Self::CappedWritten => f.write_str("a write to a capped collection"),
            Self::Other(command) => f.write_str(command),
        }
    }
}

/// Reads the oplog between two majority-committed points.
pub(crate) struct OplogReader {
    source: MongoSource,
    /// The latest start of a scan: transactions that reach back beyond it are followed there.
    window_start: ClusterTime,
}

impl OplogReader {
    pub(crate) fn new(source: MongoSource, window_start: ClusterTime) -> Self {
        Self { source, window_start }
    }

    /// From now on follows transactions back whose earlier parts lie before `time`.
    pub(crate) fn follow_before(&mut self, time: ClusterTime) {
        self.window_start = self.window_start.max(time);
    }

    /// Gives `take` every change in (`from`, `to`], each transaction's at or before its commit.
    /// Both ends must be times of oplog entries.
    ///
    /// # Errors
    /// [`SourceError::OplogOverrun`] when `from` is no longer there; unknown entries; server errors.
    pub(crate) async fn read(
        &self,
        from: ClusterTime,
        to: ClusterTime,
        mut take: impl FnMut(Change<'_>, ClusterTime) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut cursor = self.open(&self.own(from, to), to).await?;
        let mut reached_from = false;
        let mut chains = Vec::new();
        while let Some(reply) = self.next_reply(&mut cursor, from).await? {
            for document in documents(&reply)? {
                let entry = OplogEntry::parse(document)?;
                if !reached_from {
                    self.ensure_reached(from, entry.at).await?;
                }
                reached_from = true;
                if entry.at > from {
                    entry.each_change(&mut |change| take(change, entry.at))?;
                    chains.extend(entry.earlier_part().filter(|part| *part < self.window_start));
                }
            }
        }
        if !reached_from {
            return Err(self.overrun(from).await?);
        }
        for start in chains {
            self.follow(start, &mut take).await?;
        }
        Ok(())
    }

    /// A transaction may have written entries before the window and committed inside it.
    async fn follow(
        &self,
        start: ClusterTime,
        take: &mut impl FnMut(Change<'_>, ClusterTime) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut next = Some(start);
        while let Some(at) = next.take() {
            let mut cursor = self.open_range(at, at).await?;
            let mut found = false;
            while let Some(reply) = cursor.next_reply().await? {
                for document in documents(&reply)? {
                    let entry = OplogEntry::parse(document)?;
                    entry.each_change(&mut |change| take(change, at))?;
                    next = entry.earlier_part();
                    found = true;
                }
            }
            if !found {
                return Err(self.overrun(at).await?);
            }
        }
        Ok(())
    }

    /// The entries from `from` to `to`, both ends included.
    pub(crate) async fn open_range(
        &self,
        from: ClusterTime,
        to: ClusterTime,
    ) -> Result<ReplyCursor, SourceError> {
        let mut filter = DocumentWriter::default();
        filter.document("ts", &between(from, to));
        self.open(&filter.finish(), to).await
    }

    /// What may concern the database of the entries from `from` to `to`: its own, and all commands,
    /// which transactions are too. The first tells that the oplog reaches back to it.
    fn own(&self, from: ClusterTime, to: ClusterTime) -> Vec<u8> {
        let database = self.source.database_name();
        // All names that begin with the database's and a point; what follows a point is a slash.
        let mut names = DocumentWriter::default();
        names.string("$gte", &format!("{database}.")).string("$lt", &format!("{database}/"));
        let mut any = [(); 3].map(|()| DocumentWriter::default());
        any[0].timestamp("ts", from);
        any[1].string("op", "c");
        any[2].document("ns", &names.finish());
        let mut conditions = DocumentWriter::default();
        for (number, condition) in any.into_iter().enumerate() {
            conditions.document(&number.to_string(), &condition.finish());
        }
        let mut filter = DocumentWriter::default();
        filter.document("ts", &between(from, to)).array("$or", &conditions.finish());
        filter.finish()
    }

    /// The next entries; none at the end.
    pub(crate) async fn next_reply(
        &self,
        cursor: &mut ReplyCursor,
        from: ClusterTime,
    ) -> Result<Option<Bytes>, SourceError> {
        match cursor.next_reply().await {
            Err(error) if is_position_lost(&error) => Err(self.overrun(from).await?),
            result => result,
        }
    }

    /// Makes sure that the first entry found is the one asked for.
    pub(crate) async fn ensure_reached(
        &self,
        from: ClusterTime,
        found: ClusterTime,
    ) -> Result<(), SourceError> {
        if found == from { Ok(()) } else { Err(self.overrun(from).await?) }
    }

    async fn open(&self, filter: &[u8], after: ClusterTime) -> Result<ReplyCursor, SourceError> {
        let mut command = DocumentWriter::with_capacity(512);
        command.string("find", "oplog.rs").document("filter", filter);
        ReadTime::AtOrAfter(after).append(&mut command);
        let local = self.source.client().database("local");
        ReplyCursor::open(&local, "reading the oplog", ON, command).await
    }

    pub(crate) async fn overrun(&self, from: ClusterTime) -> Result<SourceError, SourceError> {
        let oldest = super::server::oldest_entry(self.source.client()).await?;
        Ok(SourceError::OplogOverrun { from, oldest })
    }
}

/// Makes sure that the oplog can be read with the user's rights.
pub(crate) async fn ensure_readable(source: &MongoSource) -> Result<(), SourceError> {
    let mut command = DocumentWriter::default();
    command.string("find", "oplog.rs").i32("limit", 1).bool("singleBatch", true);
    source
        .client()
        .database("local")
        .run_raw_command(raw_command(command, ON)?)
        .await
        .map_err(|error| SourceError::mongo("reading the oplog", ON, error))?;
    Ok(())
}

fn between(from: ClusterTime, to: ClusterTime) -> Vec<u8> {
    let mut range = DocumentWriter::default();
    range.timestamp("$gte", from).timestamp("$lte", to);
    range.finish()
}

fn is_position_lost(error: &SourceError) -> bool {
    matches!(error, SourceError::Mongo { error, .. }
        if command_code(error) == code::CAPPED_POSITION_LOST)
}

/// The documents of a reply.
pub(crate) fn documents(reply: &[u8]) -> Result<Vec<&[u8]>, SourceError> {
    let malformed = |error| SourceError::malformed(ON, error);
    let array = super::batch::batch_array(reply).map_err(malformed)?;
    let elements = rawbson::elements(array).map_err(malformed)?;
    elements.map(|element| Ok(element.map_err(malformed)?.value)).collect()
}
