//! Where a dump is written: under a name of its own first, under that asked for at the end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::outcome::{DumpFormat, ExportRequest};
use crate::error::EngineError;
use crate::redis_lines;

/// The place of a dump. Its calls block.
#[derive(Debug, Clone)]
pub(super) struct Place {
    format: DumpFormat,
    gzip: bool,
    parent: PathBuf,
    name: String,
}

/// What is being written, under names that nothing else has.
#[derive(Debug, Clone)]
pub(super) struct Partial {
    place: Place,
    /// The folder or file of the dump.
    pub(super) dump: PathBuf,
    /// The file of the Redis keys.
    pub(super) redis: PathBuf,
}

impl Place {
    pub(super) fn new(request: &ExportRequest) -> Result<Self, EngineError> {
        let path = Path::new(&request.path);
        let name = path.file_name().and_then(|name| name.to_str());
        match (path.is_absolute(), path.parent(), name) {
            (true, Some(parent), Some(name)) => Ok(Self {
                format: request.format,
                gzip: request.gzip,
                parent: parent.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(EngineError::Invalid {
                field: "path",
                reason: "must be the absolute path of a new file or folder".to_owned(),
            }),
        }
    }

    pub(super) fn format(&self) -> DumpFormat {
        self.format
    }

    pub(super) fn gzip(&self) -> bool {
        self.gzip
    }

    /// Where the dump will lie.
    pub(super) fn target(&self) -> PathBuf {
        self.parent.join(&self.name)
    }

    /// Where the Redis keys will lie.
    pub(super) fn redis(&self) -> PathBuf {
        redis_lines::beside(&self.target(), self.format, self.gzip)
    }

    /// Refuses a place where something is; an empty folder is fine for a folder.
    pub(super) fn ensure_free(&self) -> Result<(), EngineError> {
        let target = self.target();
        match fs::read_dir(&target) {
            Ok(mut entries) if self.format == DumpFormat::Mongodump => match entries.next() {
                None => return Ok(()),
                Some(entry) => {
                    let entry = entry.map_err(|error| failed("reading", &target, error))?;
                    return Err(taken(&target, &entry.file_name().to_string_lossy()));
                }
            },
            Ok(_) => return Err(taken(&target, "a folder")),
            // No folder; whether something else is there is seen below.
            Err(_) => {}
        }
        for path in [target, self.redis()] {
            match fs::symlink_metadata(&path) {
                Ok(_) => return Err(taken(&path, "a file")),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failed("looking at", &path, error)),
            }
        }
        Ok(())
    }

    /// Names for what the job of that id writes.
    pub(super) fn partial(&self, job: &str) -> Partial {
        let dump = self.parent.join(format!(".{}.{job}.partial", self.name));
        let redis = match self.format {
            DumpFormat::Mongodump => redis_lines::beside(&dump, self.format, self.gzip),
            DumpFormat::Archive => self.parent.join(format!(".{}.{job}.redis.partial", self.name)),
        };
        Partial { place: self.clone(), dump, redis }
    }
}

impl Partial {
    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Gives the dump its name. What bears a dump's name is whole: the Redis keys of an archive get
    /// theirs before it does.
    pub(super) fn commit(&self, has_redis: bool) -> Result<(), EngineError> {
        self.place.ensure_free()?;
        let target = self.place.target();
        match self.place.format {
            DumpFormat::Mongodump => {
                for entry in entries(&self.dump)?.iter().filter(|path| path.is_dir()) {
                    sync_folder(entry)?;
                }
                sync_folder(&self.dump)?;
                if target.is_dir() {
                    fs::remove_dir(&target).map_err(|error| failed("replacing", &target, error))?;
                }
            }
            DumpFormat::Archive if has_redis => rename(&self.redis, &self.place.redis())?,
            DumpFormat::Archive => {}
        }
        rename(&self.dump, &target)?;
        sync_folder(&self.place.parent)
    }

    /// Removes what was written; what was not is no failure.
    pub(super) fn discard(&self) -> Result<(), EngineError> {
        let removed = [
            (&self.redis, fs::remove_file(&self.redis)),
            match self.place.format {
                DumpFormat::Mongodump => (&self.dump, fs::remove_dir_all(&self.dump)),
                DumpFormat::Archive => (&self.dump, fs::remove_file(&self.dump)),
            },
        ];
        for (path, result) in removed {
            match result {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("removing", path, error));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, EngineError> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|error| failed("reading", folder, error))
}

fn rename(from: &Path, to: &Path) -> Result<(), EngineError> {
    fs::rename(from, to).map_err(|error| failed("renaming to", to, error))
}

/// Makes the names in a folder durable, where the system has such a thing.
fn sync_folder(folder: &Path) -> Result<(), EngineError> {
    if cfg!(unix) {
        fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| failed("writing", folder, error))?;
    }
    Ok(())
}

fn taken(place: &Path, found: &str) -> EngineError {
    EngineError::NotEmpty { place: place.display().to_string(), found: found.to_owned() }
}

fn failed(doing: &'static str, path: &Path, error: io::Error) -> EngineError {
    EngineError::File { doing, path: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &Path, format: DumpFormat) -> Result<Place, EngineError> {
        Place::new(&ExportRequest {
            backup: "latest".into(),
            classes: vec![],
            format,
            path: path.display().to_string(),
            gzip: false,
        })
    }

    #[test]
    fn only_a_free_place_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let free = folder.path().join("free");
        let empty = folder.path().join("empty");
        let full = folder.path().join("full");
        let file = folder.path().join("file");
        fs::create_dir(&empty).unwrap();
        fs::create_dir(&full).unwrap();
        fs::write(full.join("x"), "").unwrap();
        fs::write(&file, "").unwrap();
        fs::write(folder.path().join("keys.redis.jsonl"), "").unwrap();
        let keys = folder.path().join("keys");
        for (path, as_folder, as_archive) in [
            (&free, true, true),
            (&empty, true, false),
            (&full, false, false),
            (&file, false, false),
            (&keys, true, false),
        ] {
            let folder = place(path, DumpFormat::Mongodump).unwrap().ensure_free();
            assert_eq!(folder.is_ok(), as_folder, "{}", path.display());
            let archive = place(path, DumpFormat::Archive).unwrap().ensure_free();
            assert_eq!(archive.is_ok(), as_archive, "{}", path.display());
        }
        for wrong in ["relative", "/", "/a/.."] {
            assert!(place(Path::new(wrong), DumpFormat::Archive).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_discarded_is_gone_and_what_is_committed_has_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("dump");
        let partial = place(&target, DumpFormat::Archive).unwrap().partial("J");
        for path in [&partial.dump, &partial.redis] {
            fs::write(path, "x").unwrap();
        }
        partial.discard().unwrap();
        partial.discard().unwrap();
        assert!(entries(folder.path()).unwrap().is_empty());
        for path in [&partial.dump, &partial.redis] {
            fs::write(path, "x").unwrap();
        }
        partial.commit(true).unwrap();
        let mut names = entries(folder.path()).unwrap();
        names.sort();
        assert_eq!(names, [target.clone(), folder.path().join("dump.redis.jsonl")]);
        assert!(matches!(partial.commit(true), Err(EngineError::NotEmpty { .. })));
    }
}
