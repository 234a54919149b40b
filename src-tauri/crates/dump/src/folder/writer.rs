//! Writing a folder.

use std::fs::DirBuilder;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::name::{check_database, escape};
use super::{COMPRESSED, DATA, DEFINITION};
use crate::error::DumpError;
use crate::file::NewFile;
use crate::frame::is_document;
use crate::metadata::{Kind, Metadata};

/// Writes collections into the folder of a dump.
#[derive(Debug)]
pub struct FolderWriter {
    root: PathBuf,
    gzip: bool,
}

impl FolderWriter {
    /// Creates the folder, which must not exist. Only its owner can read it.
    ///
    /// # Errors
    /// [`DumpError::File`].
    pub fn create(root: &Path, gzip: bool) -> Result<Self, DumpError> {
        create_folder(root)?;
        Ok(Self { root: root.to_owned(), gzip })
    }

    /// Writes a collection's definition and opens the file for its documents; a view has none.
    ///
    /// # Errors
    /// [`DumpError::Name`], [`DumpError::Metadata`], [`DumpError::File`].
    pub fn collection(
        &self,
        database: &str,
        metadata: &Metadata,
    ) -> Result<Option<CollectionFile>, DumpError> {
        check_database(database)?;
        let folder = self.root.join(database);
        if !folder.is_dir() {
            create_folder(&folder)?;
        }
        let stem = escape(&metadata.collection)?;
        let path = |ending: &str| {
            let compressed = if self.gzip { COMPRESSED } else { "" };
            folder.join(format!("{stem}{ending}{compressed}"))
        };
        let text = metadata.to_json()?;
        let mut definition = NewFile::create(&path(DEFINITION), self.gzip)?;
        write(&mut definition, text.as_bytes())?;
        definition.finish()?;
        if metadata.kind == Kind::View {
            return Ok(None);
        }
        Ok(Some(CollectionFile(NewFile::create(&path(DATA), self.gzip)?)))
    }
}

/// The file of a collection's documents.
#[derive(Debug)]
pub struct CollectionFile(NewFile);

impl CollectionFile {
    /// Appends a document.
    ///
    /// # Errors
    /// [`DumpError::File`]; [`DumpError::Order`] when the bytes are no document.
    pub fn document(&mut self, document: &[u8]) -> Result<(), DumpError> {
        if !is_document(document) {
            let reason = format!("{} bytes that are no document", document.len());
            return Err(DumpError::Order { on: self.0.name().to_owned(), reason });
        }
        write(&mut self.0, document)
    }

    /// Returns once the disk has all of it.
    ///
    /// # Errors
    /// [`DumpError::File`].
    pub fn finish(self) -> Result<(), DumpError> {
        self.0.finish()
    }
}

fn write(file: &mut NewFile, bytes: &[u8]) -> Result<(), DumpError> {
    file.write_all(bytes).map_err(|error| DumpError::file("writing", file.name(), error))
}

fn create_folder(path: &Path) -> Result<(), DumpError> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has a mode to set"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(path)
        .map_err(|error| DumpError::file("creating", path.display().to_string(), error))
}
