//! What happens in the database, operation by operation, in the order in which it takes effect.

use bytes::Bytes;

use super::connect::MongoSource;
use super::namespace::{is_view_catalogue, own_collection};
use super::oplog::{Change, DdlEvent, OplogEntry, OplogReader, documents, ensure_readable};
use super::patience::Patience;
use super::time::ClusterTime;
use crate::SourceError;
use crate::change::Operation;
use crate::rawbson;
use crate::sortkey;

/// What happened later than the reader's position, up to `to`.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// Everything up to here is in it.
    pub to: ClusterTime,
    /// Operations of the database's own collections as kept ([`Operation`]), each with the time at
    /// which it took effect: those of a transaction have the time of its commit.
    pub changes: Vec<(ClusterTime, Bytes)>,
    /// Definitions that changed, in order.
    pub definitions: Vec<DdlEvent>,
    /// UUIDs of collections that were created.
    pub created: Vec<[u8; 16]>,
    /// Whether more had happened already when it was read.
    pub more: bool,
}

/// Follows the oplog from a position on. Only what a majority has committed is read: it cannot be
/// rolled back any more.
#[derive(Debug)]
pub struct FeedReader {
    source: MongoSource,
    at: ClusterTime,
}

impl FeedReader {
    /// Follows what is later than `at`, the time of an oplog entry.
    ///
    /// # Errors
    /// When the oplog may not be read.
    pub async fn open(source: &MongoSource, at: ClusterTime) -> Result<Self, SourceError> {
        ensure_readable(source).await?;
        Ok(Self { source: source.clone(), at })
    }

    /// Up to where it has read.
    #[must_use]
    pub fn at(&self) -> ClusterTime {
        self.at
    }

    /// What happened since, up to about `most_bytes` of it. Nothing is taken as read before the next
    /// call, so that a failed one may be repeated.
    ///
    /// # Errors
    /// [`SourceError::OplogOverrun`] when the oplog no longer reaches back to the position; entries
    /// of unknown kinds; server errors that did not pass.
    pub async fn next(&mut self, most_bytes: usize) -> Result<Moment, SourceError> {
        let mut patience = Patience::default();
        loop {
            match self.read(most_bytes).await {
                Ok(moment) => {
                    self.at = moment.to;
                    return Ok(moment);
                }
                Err(error) => patience.wait(error).await?,
            }
        }
    }

    async fn read(&self, most_bytes: usize) -> Result<Moment, SourceError> {
        let to = self.source.cluster_time().await?;
        let mut moment = Moment { to: to.max(self.at), ..Moment::default() };
        if to <= self.at {
            return Ok(moment);
        }
        let mut gathered = Gathered { database: self.source.database_name(), moment: &mut moment };
        let mut parts = Vec::new();
        let mut bytes = 0;
        let reader = OplogReader::new(self.source.clone(), self.at);
        let mut cursor = reader.open_range(self.at, to).await?;
        let mut reached = false;
        'reading: while let Some(reply) = reader.next_reply(&mut cursor, self.at).await? {
            for document in documents(&reply)? {
                let entry = OplogEntry::parse(document)?;
                if !reached {
                    reader.ensure_reached(self.at, entry.at).await?;
                    reached = true;
                    continue;
                }
                if bytes > most_bytes {
                    gathered.moment.more = true;
                    break 'reading;
                }
                bytes += document.len();
                parts.push((entry.at, gathered.entry(&entry)?));
                gathered.moment.to = entry.at;
            }
        }
        if !reached {
            return Err(reader.overrun(self.at).await?);
        }
        if !moment.more {
            moment.to = to;
        }
        for (at, taken) in parts {
            match taken {
                Taken::Changes(changes) => {
                    moment.changes.extend(changes.into_iter().map(|change| (at, change)));
                }
                Taken::Transaction { last, previous } => {
                    let earlier = self.earlier(previous, &mut moment.created).await?;
                    let all = earlier.into_iter().rev().flatten().chain(last);
                    moment.changes.extend(all.map(|change| (at, change)));
                }
            }
        }
        Ok(moment)
    }

    /// The earlier entries of a transaction, newest first.
    async fn earlier(
        &self,
        from: ClusterTime,
        created: &mut Vec<[u8; 16]>,
    ) -> Result<Vec<Vec<Bytes>>, SourceError> {
        let mut found = Vec::new();
        let mut next = Some(from);
        let reader = OplogReader::new(self.source.clone(), self.at);
        while let Some(at) = next.take() {
            let mut cursor = reader.open_range(at, at).await?;
            let before = found.len();
            while let Some(reply) = cursor.next_reply().await? {
                for document in documents(&reply)? {
                    let entry = OplogEntry::parse(document)?;
                    let mut moment = Moment::default();
                    let database = self.source.database_name();
                    let mut gathered = Gathered { database, moment: &mut moment };
                    found.push(gathered.operations(&entry.operation)?);
                    created.extend(moment.created);
                    next = entry.earlier_part();
                }
            }
            if found.len() == before {
                return Err(reader.overrun(at).await?);
            }
        }
        Ok(found)
    }
}

/// What one entry adds.
enum Taken {
    Changes(Vec<Bytes>),
    /// The last part of a transaction whose other parts lie before it.
    Transaction {
        last: Vec<Bytes>,
        previous: ClusterTime,
    },
}

/// Files what entries tell.
struct Gathered<'m> {
    database: &'m str,
    moment: &'m mut Moment,
}

impl Gathered<'_> {
    fn entry(&mut self, entry: &OplogEntry<'_>) -> Result<Taken, SourceError> {
        let at = entry.at;
        self.definitions(entry, at)?;
        if entry.is_open_part() {
            // Takes effect with the transaction's commit, if there is one.
            return Ok(Taken::Changes(Vec::new()));
        }
        let last = self.operations(&entry.operation)?;
        Ok(match entry.earlier_part() {
            Some(previous) => Taken::Transaction { last, previous },
            None => Taken::Changes(last),
        })
    }

    fn definitions(&mut self, entry: &OplogEntry<'_>, at: ClusterTime) -> Result<(), SourceError> {
        entry.each_change(&mut |change| {
            match change {
                Change::Defined { namespace, change } if self.concerns(&namespace) => {
                    self.moment.definitions.push(DdlEvent { namespace, change, at });
                }
                Change::Touched { namespace, .. }
                    if is_view_catalogue(self.database, namespace) =>
                {
                    let change = super::oplog::DdlChange::Modified;
                    let namespace = namespace.to_owned();
                    self.moment.definitions.push(DdlEvent { namespace, change, at });
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// The operations of an entry that are kept, as they are kept.
    fn operations(&mut self, operation: &Operation<'_>) -> Result<Vec<Bytes>, SourceError> {
        let mut kept = Vec::new();
        self.operation(operation, &mut kept)?;
        Ok(kept)
    }

    fn operation(
        &mut self,
        operation: &Operation<'_>,
        kept: &mut Vec<Bytes>,
    ) -> Result<(), SourceError> {
        if operation.op == "c" {
            return self.command(operation, kept);
        }
        if operation.is_write() && self.owns(operation.namespace) && operation.uuid.is_some() {
            kept.push(operation.encode().into());
        }
        Ok(())
    }

    fn command(
        &mut self,
        operation: &Operation<'_>,
        kept: &mut Vec<Bytes>,
    ) -> Result<(), SourceError> {
        let mut elements = rawbson::elements(operation.object).map_err(malformed)?;
        let Some(first) = elements.next().transpose().map_err(malformed)? else { return Ok(()) };
        match first.name {
            b"applyOps" => {
                for inner in rawbson::elements(first.value).map_err(malformed)? {
                    let inner = Operation::parse(inner.map_err(malformed)?.value);
                    self.operation(&inner.map_err(malformed)?, kept)?;
                }
            }
            b"create" => {
                let name =
                    std::str::from_utf8(sortkey::string_bytes(first.value).map_err(malformed)?);
                let database = operation.namespace.split('.').next().unwrap_or_default();
                // A staging collection that a restore renames later was filled unseen.
                if name.is_ok_and(|name| self.owns(&format!("{database}.{name}"))) {
                    self.moment.created.extend(operation.uuid);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a change of definitions is one of this database.
    fn concerns(&self, namespace: &str) -> bool {
        namespace == self.database || self.owns(namespace)
    }

    /// Whether a namespace is one of the database's own collections.
    fn owns(&self, namespace: &str) -> bool {
        own_collection(self.database, namespace).is_some()
    }
}

fn malformed(error: rawbson::MalformedBson) -> SourceError {
    SourceError::malformed("local.oplog.rs", error)
}
