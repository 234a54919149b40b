//! What of a dump is imported, and where.

use std::collections::BTreeSet;
use std::path::Path;

use dump::{Kind, Metadata};
use source::SourceError;
use source::mongo::MongoSource;

use super::outcome::ImportRequest;
use super::reader::Dump;
use crate::error::EngineError;
use crate::redis_lines;
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
        let others = dump.others.iter().filter(|name| !is_used(name, request));
        let skipped = others.cloned().collect();
        let mut selection = Self { from, database, members: Vec::new(), skipped };
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

/// Files that are no collection's and yet not left out: the Redis keys that are asked for, and what
/// tools say of themselves.
fn is_used(file: &str, request: &ImportRequest) -> bool {
    let plain = file.strip_suffix(".gz").unwrap_or(file);
    plain == "prelude.json" || (request.redis && plain == redis_lines::NAME)
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

#[cfg(test)]
mod tests {
    use super::super::reader;
    use super::*;
    use crate::export::outcome::DumpFormat;

    /// What is chosen of a folder with these files.
    fn chosen(files: &[&str], from: Option<&str>, redis: bool) -> Result<Selection, EngineError> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let series: &[u8] = br#"{"options":{"timeseries":{"timeField":"t"}},"indexes":[]}"#;
            std::fs::write(&path, if file.ends_with(".json") { series } else { b"" }).unwrap();
        }
        let request = ImportRequest {
            format: DumpFormat::Mongodump,
            path: folder.path().display().to_string(),
            gzip: false,
            from: from.map(ToOwned::to_owned),
            database: None,
            redis,
        };
        let dump = reader::open(folder.path(), request.format, request.gzip).unwrap();
        Selection::of(&dump, &request)
    }

    #[test]
    fn one_database_is_imported_and_what_is_no_data_of_it_is_left_out() {
        let files = [
            "admin/system.version.bson",
            "avalon/users.bson",
            "avalon/$admin.system.users.bson",
            "avalon/system.js.bson",
            "oplog.bson",
            "redis.jsonl",
        ];
        let selection = chosen(&files, None, true).unwrap();
        assert_eq!((&*selection.from, &*selection.database), ("avalon", "avalon"));
        let names: Vec<_> = selection.members.iter().map(|(_, one)| &*one.collection).collect();
        assert_eq!(names, ["users"]);
        let left_out = [
            "oplog.bson",
            "admin.system.version",
            "avalon.$admin.system.users",
            "avalon.system.js",
        ];
        assert_eq!(selection.skipped, left_out);
        let without_keys = chosen(&files, None, false).unwrap();
        assert!(without_keys.skipped.contains(&"redis.jsonl".to_owned()));
    }

    #[test]
    fn of_several_databases_one_is_named() {
        let files = ["avalon/users.bson", "chess/users.bson", "admin/things.bson"];
        let refused = chosen(&files, None, false).unwrap_err();
        assert!(refused.to_string().contains("avalon, chess"), "{refused}");
        assert_eq!(chosen(&files, Some("chess"), false).unwrap().members.len(), 1);
        let refused = chosen(&files, Some("go"), false).unwrap_err();
        assert!(refused.to_string().contains("does not hold go"), "{refused}");
        let refused = chosen(&["admin/things.bson"], None, false).unwrap_err();
        assert_eq!(refused.code(), "dump_refused");
    }

    #[test]
    fn time_series_are_refused_before_anything_is_written() {
        let files = ["avalon/system.buckets.heat.bson", "avalon/heat.metadata.json"];
        let refused = chosen(&files, None, false).unwrap_err();
        assert!(refused.to_string().contains("heat is a time-series"), "{refused}");
    }
}
