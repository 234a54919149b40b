//! What of a dump is imported, and where.

use std::collections::BTreeSet;
use std::path::Path;

use dump::{Kind, Metadata};
use source::SourceError;
use source::mongo::MongoSource;

use super::outcome::ImportRequest;
use super::reader::Dump;
use crate::error::EngineError;
use crate::restore::check_name;

/// Databases of the server itself: a dump of a whole server holds them too.
const OF_THE_SERVER: [&str; 3] = ["admin", "config", "local"];
/// Collections that are the server's own, a tool's, or what a restore is staging.
const NOT_IMPORTED: [&str; 3] = ["system.", "$", "__avault_"];

/// What is imported.
#[derive(Debug, Clone)]
pub(super) struct Selection {
    /// The database of the dump.
    pub(super) from: String,
    /// The database to write.
    pub(super) database: String,
    /// The collections, with their positions in the dump.
    pub(super) members: Vec<(usize, Metadata)>,
    /// What is left out.
    pub(super) skipped: Vec<String>,
}

impl Selection {
    pub(super) fn of(dump: &Dump, request: &ImportRequest) -> Result<Self, EngineError> {
        let from = database_of(dump, request)?;
        let database = request.database.clone().unwrap_or_else(|| from.clone());
        check_name(&database)?;
        let mut selection =
            Self { from, database, members: Vec::new(), skipped: dump.others.clone() };
        for (position, listed) in dump.collections.iter().enumerate() {
            let name = &listed.metadata.collection;
            if listed.database != selection.from || is_left_out(name) {
                let full = [listed.database.as_str(), name.as_str()];
                selection.skipped.push(full.join(".").trim_start_matches('.').to_owned());
                continue;
            }
            if listed.metadata.kind == Kind::TimeSeries {
                return Err(EngineError::DumpRefused {
                    path: request.path.clone(),
                    reason: format!(
                        "{name} is a time-series collection, whose documents are dumped in a form \
                         of the server's own; load it with mongorestore"
                    ),
                });
            }
            selection.members.push((position, listed.metadata.clone()));
        }
        Ok(selection)
    }

    /// Positions of the collections that have documents.
    pub(super) fn wanted(&self) -> BTreeSet<usize> {
        let with_documents = self.members.iter().filter(|(_, one)| one.kind == Kind::Collection);
        with_documents.map(|(position, _)| *position).collect()
    }
}

fn is_left_out(collection: &str) -> bool {
    NOT_IMPORTED.iter().any(|prefix| collection.starts_with(prefix))
}

/// The database that is meant: the one asked for, or the only one.
fn database_of(dump: &Dump, request: &ImportRequest) -> Result<String, EngineError> {
    let held: BTreeSet<&str> = dump
        .collections
        .iter()
        .filter(|listed| !is_left_out(&listed.metadata.collection))
        .map(|listed| listed.database.as_str())
        .filter(|database| !database.is_empty() && !OF_THE_SERVER.contains(database))
        .collect();
    let names = || held.iter().copied().collect::<Vec<_>>().join(", ");
    match &request.from {
        Some(from) if held.contains(from.as_str()) => Ok(from.clone()),
        Some(from) => Err(EngineError::Invalid {
            field: "from",
            reason: format!("the dump does not hold {from}, but: {}", names()),
        }),
        None if held.len() > 1 => Err(EngineError::Invalid {
            field: "from",
            reason: format!("the dump holds several databases, name one: {}", names()),
        }),
        None => match held.first() {
            Some(only) => Ok((*only).to_owned()),
            None => Err(EngineError::DumpRefused {
                path: request.path.clone(),
                reason: "it holds no collection of a game service".to_owned(),
            }),
        },
    }
}

/// Refuses a database that holds anything.
pub(super) async fn ensure_empty(reader: &MongoSource) -> Result<(), EngineError> {
    let name = reader.database_name();
    let found = reader.database().list_collection_names().await.map_err(|error| {
        let on = name.to_owned();
        SourceError::Mongo { doing: "listing collections", on, error: Box::new(error) }
    })?;
    match found.into_iter().next() {
        None => Ok(()),
        Some(found) => Err(EngineError::NotEmpty { place: format!("database {name}"), found }),
    }
}

/// Refuses a path that depends on where the process happens to be.
pub(super) fn check_path(path: &str) -> Result<&Path, EngineError> {
    let path = Path::new(path);
    if path.is_absolute() {
        return Ok(path);
    }
    Err(EngineError::Invalid { field: "path", reason: "must be absolute".to_owned() })
}
