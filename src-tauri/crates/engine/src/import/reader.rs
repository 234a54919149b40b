//! The side of an import that blocks: opening a dump and reading its documents.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use bytes::Bytes;
use dump::Metadata;
use dump::archive::{ArchiveEntry, ArchiveReader};
use dump::file::{DumpFile, Position};
use dump::folder::Folder;
use tokio::sync::mpsc::Sender;

use crate::error::EngineError;
use crate::export::outcome::DumpFormat;

/// Documents of one batch.
const BATCH_BYTES: u64 = 4 << 20;
const BATCH_DOCUMENTS: usize = 20_000;

/// An open dump.
#[derive(Debug)]
pub(super) struct Dump {
    source: Source,
    /// The collections, in the order of their positions.
    pub(super) collections: Vec<Listed>,
    /// Files that belong to no collection.
    pub(super) others: Vec<String>,
    gzip: bool,
    position: Position,
    /// Length of all files that hold documents.
    pub(super) total: u64,
}

/// A collection of a dump.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) database: String,
    pub(super) metadata: Metadata,
}

#[derive(Debug)]
enum Source {
    Archive(Box<ArchiveReader<DumpFile>>),
    Folder(Folder),
}

/// Documents of one collection.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) collection: usize,
    pub(super) documents: Vec<Bytes>,
    pub(super) bytes: u64,
    /// How much of the files was read by then.
    pub(super) position: u64,
}

/// Opens a dump and reads what it says of its collections.
pub(super) fn open(path: &Path, format: DumpFormat, gzip: bool) -> Result<Dump, EngineError> {
    let position = Position::default();
    match format {
        DumpFormat::Archive => {
            let name = path.display().to_string();
            let file = DumpFile::open(path, gzip, &position)?;
            let reader = ArchiveReader::open(file, &name)?;
            let failed = |error| EngineError::File { doing: "reading", path: name, error };
            let total = std::fs::metadata(path).map_err(failed)?.len();
            let listed = |one: &dump::archive::ArchiveCollection| Listed {
                database: one.database.clone(),
                metadata: one.metadata.clone(),
            };
            let collections = reader.collections().iter().map(listed).collect();
            let source = Source::Archive(Box::new(reader));
            Ok(Dump { source, collections, others: Vec::new(), gzip, position, total })
        }
        DumpFormat::Mongodump => {
            let folder = Folder::open(path, gzip)?;
            let listed = |one: &dump::folder::FolderCollection| Listed {
                database: one.database.clone(),
                metadata: one.metadata.clone(),
            };
            let collections = folder.collections.iter().map(listed).collect();
            let total = folder.collections.iter().map(|one| one.bytes).sum();
            let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
            let others = folder.others.iter().filter_map(name).collect();
            Ok(Dump { source: Source::Folder(folder), collections, others, gzip, position, total })
        }
    }
}

impl Dump {
    /// Reads the documents of these collections and hands them on in batches. An archive is read to
    /// its end, so that every checksum in it has been looked at.
    pub(super) fn read(
        self,
        wanted: &BTreeSet<usize>,
        batches: Sender<Batch>,
    ) -> Result<(), EngineError> {
        let mut out = Batches { batches, position: self.position, batch: None };
        match self.source {
            Source::Archive(mut reader) => {
                while let Some(entry) = reader.next_entry()? {
                    match entry {
                        ArchiveEntry::Document { collection, document }
                            if wanted.contains(&collection) =>
                        {
                            out.add(collection, document)?;
                        }
                        ArchiveEntry::Document { .. } | ArchiveEntry::End { .. } => {}
                    }
                }
            }
            Source::Folder(folder) => {
                for (collection, listed) in folder.collections.iter().enumerate() {
                    if !wanted.contains(&collection) {
                        continue;
                    }
                    let Some(mut reader) = listed.documents(self.gzip, &out.position)? else {
                        continue;
                    };
                    while let Some(document) = reader.next_document()? {
                        out.add(collection, document)?;
                    }
                }
            }
        }
        out.flush()
    }
}

/// Gathers documents of one collection after the other.
struct Batches {
    batches: Sender<Batch>,
    position: Position,
    batch: Option<Batch>,
}

impl Batches {
    fn add(&mut self, collection: usize, document: Vec<u8>) -> Result<(), EngineError> {
        let full = self.batch.as_ref().is_some_and(|batch| {
            batch.collection != collection
                || batch.bytes >= BATCH_BYTES
                || batch.documents.len() >= BATCH_DOCUMENTS
        });
        if full {
            self.flush()?;
        }
        let batch = self.batch.get_or_insert_with(|| Batch {
            collection,
            documents: Vec::new(),
            bytes: 0,
            position: 0,
        });
        batch.bytes += document.len() as u64;
        batch.documents.push(Bytes::from(document));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        let Some(batch) = self.batch.take() else {
            return Ok(());
        };
        let batch = Batch { position: self.position.load(Ordering::Relaxed), ..batch };
        // Nobody takes it any more: the job gave up and knows why.
        self.batches.blocking_send(batch).map_err(|_| EngineError::Cancelled)
    }
}
