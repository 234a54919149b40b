//! One oplog entry, from its raw bytes.

use super::super::time::ClusterTime;
use super::{DdlChange, ON};
use crate::SourceError;
use crate::change::Operation;
use crate::rawbson::{self, Element, MalformedBson, kind, read_u64};
use crate::sortkey;

/// What an entry, or one operation of a transaction, did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change<'a> {
    /// A document was inserted, updated or deleted.
    Touched {
        /// `database.collection`.
        namespace: &'a str,
        /// Its `_id`.
        id: Element<'a>,
    },
    /// A definition changed.
    Defined {
        /// `database.collection`, or `database` when the database was dropped.
        namespace: String,
        change: DdlChange,
    },
}

/// The fields of an entry that matter here.
#[derive(Debug)]
pub(crate) struct OplogEntry<'a> {
    pub(crate) at: ClusterTime,
    pub(crate) operation: Operation<'a>,
    /// The entry before it of the same transaction or retryable write.
    previous: Option<ClusterTime>,
    /// A retryable write that was split: every part applies at its own time.
    independent: bool,
}

impl<'a> OplogEntry<'a> {
    pub(crate) fn parse(document: &'a [u8]) -> Result<Self, SourceError> {
        let mut at = None;
        let mut previous = None;
        let mut independent = false;
        for element in rawbson::elements(document).map_err(malformed)? {
            let element = element.map_err(malformed)?;
            match element.name {
                b"ts" => at = Some(timestamp(element.value)?),
                b"prevOpTime" if element.kind == kind::DOCUMENT => {
                    let ts = rawbson::find(element.value, "ts").map_err(malformed)?;
                    previous = ts.map(|ts| timestamp(ts.value)).transpose()?;
                }
                b"multiOpType" => independent = element.value.first() == Some(&1),
                _ => {}
            }
        }
        Ok(Self {
            at: at.ok_or_else(|| unexpected("an entry has no ts".into()))?,
            operation: Operation::parse(document).map_err(malformed)?,
            previous: previous.filter(|time| *time != ClusterTime::default()),
            independent,
        })
    }

    /// The transaction's entry before this one, when this is part of one split over entries.
    pub(crate) fn earlier_part(&self) -> Option<ClusterTime> {
        let command = self.operation.command_name().ok()??;
        let of_transaction = matches!(command, "applyOps" | "commitTransaction");
        self.previous.filter(|_| of_transaction && !self.independent)
    }

    /// Whether this is a part of a transaction that takes effect only with a later entry.
    pub(crate) fn is_open_part(&self) -> bool {
        let flag = |name| {
            let found = rawbson::find(self.operation.object, name).ok().flatten();
            found.is_some_and(|flag| flag.kind == kind::BOOL && flag.value == [1])
        };
        matches!(self.operation.command_name(), Ok(Some("applyOps")))
            && (flag("partialTxn") || flag("prepare"))
    }

    pub(crate) fn each_change(
        &self,
        take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        self.operation.each_change(take)
    }
}

impl<'a> Operation<'a> {
    fn each_change(
        &self,
        take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        match self.op {
            "n" => Ok(()),
            "i" | "d" => self.touched(self.object, take),
            "u" => self.touched(self.subject.unwrap_or(self.object), take),
            "c" => self.command(take),
            other => Err(unexpected(format!(
                "entries of kind {other:?} are unknown; this server is newer than this release"
            ))),
        }
    }

    fn touched(
        &self,
        holder: &[u8],
        take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        // Collections of the server itself (system.*, config.*) may lack an _id.
        match rawbson::find(holder, "_id").map_err(malformed)? {
            Some(id) => take(Change::Touched { namespace: self.namespace, id }),
            None => Ok(()),
        }
    }

    fn command_name(&self) -> Result<Option<&'a str>, SourceError> {
        if self.op != "c" {
            return Ok(None);
        }
        Ok(self.first_element()?.and_then(|element| std::str::from_utf8(element.name).ok()))
    }

    fn first_element(&self) -> Result<Option<Element<'a>>, SourceError> {
        rawbson::elements(self.object).map_err(malformed)?.next().transpose().map_err(malformed)
    }

    fn database(&self) -> &'a str {
        self.namespace.split_once('.').map_or(self.namespace, |(database, _)| database)
    }

    fn command(
        &self,
        take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let Some(first) = self.first_element()? else {
            return Ok(());
        };
        let name = std::str::from_utf8(first.name).unwrap_or_default();
        let change = match name {
            "applyOps" => return nested(first.value, take),
            "commitTransaction" | "abortTransaction" | "dbCheck" | "startIndexBuild"
            | "abortIndexBuild" => return Ok(()),
            "renameCollection" => return self.renamed(&first, take),
            "dropDatabase" => {
                let namespace = self.database().to_owned();
                return take(Change::Defined { namespace, change: DdlChange::DatabaseDropped });
            }
            "create" => DdlChange::Created,
            "drop" => DdlChange::Dropped,
            "collMod" => DdlChange::Modified,
            "createIndexes" | "commitIndexBuild" => DdlChange::IndexesCreated,
            "dropIndexes" | "dropIndex" | "deleteIndex" | "deleteIndexes" => {
                DdlChange::IndexesDropped
            }
            other => DdlChange::Other(other.to_owned()),
        };
        let collection = if first.kind == kind::STRING { text(&first)? } else { "" };
        let namespace = format!("{}.{collection}", self.database());
        take(Change::Defined { namespace, change })
    }

    fn renamed(
        &self,
        first: &Element<'_>,
        take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let from = text(first)?.to_owned();
        let to = rawbson::find(self.object, "to")
            .map_err(malformed)?
            .ok_or_else(|| unexpected("a rename has no target".into()))?;
        let to = text(&to)?.to_owned();
        take(Change::Defined {
            namespace: from.clone(),
            change: DdlChange::RenamedTo(to.clone()),
        })?;
        take(Change::Defined { namespace: to, change: DdlChange::RenamedFrom(from) })
    }
}

/// The operations of an `applyOps` entry.
fn nested(
    operations: &[u8],
    take: &mut dyn FnMut(Change<'_>) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    for element in rawbson::elements(operations).map_err(malformed)? {
        let operation = Operation::parse(element.map_err(malformed)?.value);
        operation.map_err(malformed)?.each_change(take)?;
    }
    Ok(())
}

fn text<'a>(element: &Element<'a>) -> Result<&'a str, SourceError> {
    let bytes = sortkey::string_bytes(element.value).map_err(malformed)?;
    std::str::from_utf8(bytes).map_err(|_| unexpected("a name is not UTF-8".into()))
}

fn timestamp(value: &[u8]) -> Result<ClusterTime, SourceError> {
    Ok(ClusterTime::from_number(read_u64(value, 0).map_err(malformed)?))
}

fn malformed(error: MalformedBson) -> SourceError {
    SourceError::malformed(ON, error)
}

fn unexpected(reason: String) -> SourceError {
    SourceError::answer("reading the oplog", ON, reason)
}
