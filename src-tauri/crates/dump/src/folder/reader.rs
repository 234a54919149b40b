//! Reading a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::name::{check_database, is_cut, unescape};
use super::{COMPRESSED, DATA, DEFINITION};
use crate::error::DumpError;
use crate::file::{DumpFile, Position};
use crate::frame::{DocumentReader, of_the_content};
use crate::metadata::Metadata;

/// A definition is text of some kilobytes; whatever is larger is something else.
const LARGEST_DEFINITION: u64 = 64 << 20;

/// Files that tools put beside those of the collections.
const KNOWN: [&str; 2] = ["prelude.json", "oplog.bson"];

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Folder {
    /// The collections, by database and name.
    pub collections: Vec<FolderCollection>,
    /// Files that belong to no collection.
    pub others: Vec<PathBuf>,
}

/// A collection in a folder.
#[derive(Debug)]
pub struct FolderCollection {
    /// Its database.
    pub database: String,
    /// Its name and definition; bare where there is none.
    pub metadata: Metadata,
    /// The file of its documents, where there is one.
    pub data: Option<PathBuf>,
    /// The file's length as it lies on the disk.
    pub bytes: u64,
}

/// The two files of a collection.
#[derive(Debug, Default)]
struct Pair {
    data: Option<PathBuf>,
    definition: Option<PathBuf>,
}

impl Folder {
    /// Looks through the folder of a dump, or through that of one of its databases.
    ///
    /// # Errors
    /// [`DumpError::NoDump`] when there is no collection, [`DumpError::Metadata`],
    /// [`DumpError::Name`], [`DumpError::File`]. With `gzip`, files that are not compressed are
    /// refused.
    pub fn open(root: &Path, gzip: bool) -> Result<Self, DumpError> {
        let mut folder = Self::default();
        let entries = entries(root)?;
        if entries.iter().any(|path| !path.is_dir() && ending(path).is_some()) {
            let name = fs::canonicalize(root).ok().and_then(|path| file_name(&path));
            folder.add_database(&name.unwrap_or_default(), entries, gzip)?;
        } else {
            for path in entries {
                match (path.is_dir(), file_name(&path)) {
                    (true, Some(name)) => {
                        folder.add_database(&name, self::entries(&path)?, gzip)?;
                    }
                    _ => folder.others.push(path),
                }
            }
        }
        if folder.collections.is_empty() {
            let reason = "there is no .bson and no .metadata.json in it, nor in its folders";
            return Err(DumpError::NoDump { on: root.display().to_string(), reason });
        }
        Ok(folder)
    }

    fn add_database(
        &mut self,
        database: &str,
        entries: Vec<PathBuf>,
        gzip: bool,
    ) -> Result<(), DumpError> {
        let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
        for path in entries {
            match ending(&path) {
                Some((stem, Ending::Data)) => pairs.entry(stem).or_default().data = Some(path),
                Some((stem, Ending::Definition)) => {
                    pairs.entry(stem).or_default().definition = Some(path);
                }
                None => self.others.push(path),
            }
        }
        if !pairs.is_empty() {
            check_database(database)?;
        }
        for (stem, pair) in pairs {
            let metadata = definition_of(&stem, &pair, gzip)?;
            let bytes = pair.data.as_deref().map(length).transpose()?.unwrap_or(0);
            let database = database.to_owned();
            self.collections.push(FolderCollection { database, metadata, data: pair.data, bytes });
        }
        Ok(())
    }
}

impl FolderCollection {
    /// Reads the collection's documents; none where there is no file of them.
    ///
    /// # Errors
    /// [`DumpError::File`], [`DumpError::NotCompressed`].
    pub fn documents(
        &self,
        gzip: bool,
        position: &Position,
    ) -> Result<Option<DocumentReader<DumpFile>>, DumpError> {
        let open = |path: &PathBuf| {
            let file = DumpFile::open(path, gzip, position)?;
            Ok(DocumentReader::new(file, &path.display().to_string()))
        };
        self.data.as_ref().map(open).transpose()
    }
}

enum Ending {
    Data,
    Definition,
}

/// The part of a file's name that stands for a collection's.
fn ending(path: &Path) -> Option<(String, Ending)> {
    let name = file_name(path)?;
    let name = name.strip_suffix(COMPRESSED).unwrap_or(&name);
    if path.is_dir() || KNOWN.contains(&name) {
        return None;
    }
    let (stem, ending) = match (name.strip_suffix(DEFINITION), name.strip_suffix(DATA)) {
        (Some(stem), _) => (stem, Ending::Definition),
        (None, Some(stem)) => (stem, Ending::Data),
        (None, None) => return None,
    };
    (!stem.is_empty()).then(|| (stem.to_owned(), ending))
}

fn definition_of(stem: &str, pair: &Pair, gzip: bool) -> Result<Metadata, DumpError> {
    let Some(path) = &pair.definition else {
        if is_cut(stem) {
            let reason =
                "its file's name is cut, and there is no .metadata.json with the whole one";
            return Err(DumpError::Name { what: "collection", name: stem.to_owned(), reason });
        }
        return Ok(Metadata::bare(&unescape(stem)?));
    };
    let on = path.display().to_string();
    let mut text = Vec::new();
    DumpFile::open(path, gzip, &Position::default())?
        .take(LARGEST_DEFINITION)
        .read_to_end(&mut text)
        .map_err(|error| {
            if of_the_content(error.kind()) {
                DumpError::metadata(&on, error)
            } else {
                DumpError::file("reading", &on, error)
            }
        })?;
    // Some tools leave the file empty when there is nothing to say.
    let mut metadata =
        if text.is_empty() { Metadata::bare("") } else { Metadata::from_json(&text, &on)? };
    if !is_cut(stem) {
        metadata.collection = unescape(stem)?;
    } else if metadata.collection.is_empty() {
        return Err(DumpError::metadata(&on, "it does not say the collection's name"));
    }
    Ok(metadata)
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DumpError> {
    let failed = |error| DumpError::file("reading", folder.display().to_string(), error);
    let mut found = fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    found.sort();
    Ok(found)
}

fn length(path: &Path) -> Result<u64, DumpError> {
    let failed = |error| DumpError::file("reading", path.display().to_string(), error);
    Ok(fs::metadata(path).map_err(failed)?.len())
}

fn file_name(path: &Path) -> Option<String> {
    path.file_name().and_then(|name| name.to_str()).map(ToOwned::to_owned)
}
