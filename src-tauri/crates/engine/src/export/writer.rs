//! The side of an export that blocks: a thread that writes what the job sends it.

use std::io::Write;

use bytes::Bytes;
use dump::archive::{ArchiveCollection, ArchiveHeader, ArchiveWriter};
use dump::file::NewFile;
use dump::folder::{CollectionFile, FolderWriter};
use tokio::sync::mpsc::Receiver;

use super::outcome::DumpFormat;
use super::place::Partial;
use crate::error::EngineError;

/// Something to write.
#[derive(Debug)]
pub(super) enum Piece {
    /// Documents of the collection of that position.
    Documents(usize, Vec<Bytes>),
    /// The collection of that position is whole.
    End(usize),
    /// A line of the Redis keys.
    Redis(String),
    /// Everything has been sent.
    Finish,
}

/// Writes pieces as they come; returns whether there were Redis keys, or nothing when the job gave
/// up before the end.
pub(super) fn write(
    partial: &Partial,
    header: &ArchiveHeader,
    collections: Vec<ArchiveCollection>,
    mut pieces: Receiver<Piece>,
) -> Result<Option<bool>, EngineError> {
    let mut output = Output::begin(partial, header, collections)?;
    let mut redis = None;
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Documents(collection, documents) => {
                for document in documents {
                    output.document(collection, &document)?;
                }
            }
            Piece::End(collection) => output.end(collection)?,
            Piece::Redis(line) => write_line(&mut redis, partial, &line)?,
            Piece::Finish => {
                output.finish()?;
                let has_redis = redis.is_some();
                if let Some(file) = redis {
                    file.finish()?;
                }
                return Ok(Some(has_redis));
            }
        }
    }
    Ok(None)
}

fn write_line(
    redis: &mut Option<NewFile>,
    partial: &Partial,
    line: &str,
) -> Result<(), EngineError> {
    let file = match redis {
        Some(file) => file,
        None => redis.insert(NewFile::create(&partial.redis, partial.place().gzip())?),
    };
    file.write_all(line.as_bytes()).and_then(|()| file.write_all(b"\n")).map_err(|error| {
        EngineError::File { doing: "writing", path: partial.redis.display().to_string(), error }
    })
}

enum Output {
    Archive(Box<ArchiveWriter<NewFile>>),
    Folder {
        writer: FolderWriter,
        collections: Vec<ArchiveCollection>,
        /// The collection at hand, with its file unless it is a view.
        open: Option<(usize, Option<CollectionFile>)>,
    },
}

impl Output {
    fn begin(
        partial: &Partial,
        header: &ArchiveHeader,
        collections: Vec<ArchiveCollection>,
    ) -> Result<Self, EngineError> {
        let gzip = partial.place().gzip();
        match partial.place().format() {
            DumpFormat::Archive => {
                let file = NewFile::create(&partial.dump, gzip)?;
                let name = file.name().to_owned();
                let writer = ArchiveWriter::begin(file, &name, header, &collections)?;
                Ok(Self::Archive(Box::new(writer)))
            }
            DumpFormat::Mongodump => {
                let writer = FolderWriter::create(&partial.dump, gzip)?;
                Ok(Self::Folder { writer, collections, open: None })
            }
        }
    }

    fn document(&mut self, collection: usize, document: &[u8]) -> Result<(), EngineError> {
        if let Self::Archive(writer) = self {
            return Ok(writer.document(collection, document)?);
        }
        match self.file(collection)? {
            Some(file) => Ok(file.document(document)?),
            None => Err(EngineError::Worker { detail: "a view has no documents".to_owned() }),
        }
    }

    fn end(&mut self, collection: usize) -> Result<(), EngineError> {
        if let Self::Archive(writer) = self {
            return Ok(writer.end(collection)?);
        }
        // One without documents has a file too.
        self.file(collection)?;
        match self {
            Self::Folder { open, .. } => match open.take() {
                Some((_, Some(file))) => Ok(file.finish()?),
                _ => Ok(()),
            },
            Self::Archive(_) => Ok(()),
        }
    }

    /// The file of a folder's collection, opened when it is another than before.
    fn file(&mut self, collection: usize) -> Result<Option<&mut CollectionFile>, EngineError> {
        let Self::Folder { writer, collections, open } = self else {
            return Ok(None);
        };
        if open.as_ref().is_none_or(|(at, _)| *at != collection) {
            let listed = collections.get(collection).ok_or_else(|| EngineError::Worker {
                detail: format!("there is no collection {collection} to export"),
            })?;
            *open = Some((collection, writer.collection(&listed.database, &listed.metadata)?));
        }
        Ok(open.as_mut().and_then(|(_, file)| file.as_mut()))
    }

    fn finish(self) -> Result<(), EngineError> {
        match self {
            Self::Archive(writer) => Ok(writer.finish()?.finish()?),
            Self::Folder { .. } => Ok(()),
        }
    }
}
