//! Reading an archive.

use std::collections::HashMap;
use std::io::Read;

use crc_fast::Digest;

use super::header::{ArchiveCollection, ArchiveHeader, BlockHeader};
use super::{BUCKETS, MAGIC, checksum};
use crate::error::DumpError;
use crate::frame::{Frame, FrameReader};
use crate::metadata::{Kind, Metadata};

/// The definitions of all collections together: far more than a server has room for.
const LARGEST_PRELUDE: usize = 256 << 20;

/// One thing of an archive's body.
#[derive(Debug, PartialEq, Eq)]
pub enum ArchiveEntry {
    /// A document.
    Document {
        /// Position of its collection in [`ArchiveReader::collections`].
        collection: usize,
        /// Its bytes.
        document: Vec<u8>,
    },
    /// A collection is whole, and its documents have the checksum they were written with.
    End {
        /// Its position.
        collection: usize,
    },
}

/// Reads an archive, entry by entry.
#[derive(Debug)]
pub struct ArchiveReader<R> {
    frames: FrameReader<R>,
    header: ArchiveHeader,
    collections: Vec<ArchiveCollection>,
    positions: HashMap<(String, String), usize>,
    states: Vec<State>,
    /// The collection whose block is open.
    current: Option<usize>,
    failed: bool,
}

#[derive(Debug)]
enum State {
    Open(Box<Digest>),
    Ended,
    /// A time series has no documents under its own name.
    Bucketed,
}

impl<R: Read> ArchiveReader<R> {
    /// Reads the beginning of an archive, up to its documents; `name` names it in failures.
    ///
    /// # Errors
    /// [`DumpError::NoDump`] when it is no archive, [`DumpError::Damaged`],
    /// [`DumpError::Metadata`], [`DumpError::File`].
    pub fn open(input: R, name: &str) -> Result<Self, DumpError> {
        let mut frames = FrameReader::new(input, name);
        if frames.word()? != Some(MAGIC) {
            let reason = "it does not begin as archives of mongodump do";
            return Err(DumpError::NoDump { on: name.to_owned(), reason });
        }
        let header = match frames.next()? {
            Frame::Document(bytes) => ArchiveHeader::decode(&bytes, &frames)?,
            _ => return Err(frames.damaged("the header is missing")),
        };
        let mut reader = Self {
            frames,
            header,
            collections: Vec::new(),
            positions: HashMap::new(),
            states: Vec::new(),
            current: None,
            failed: false,
        };
        reader.read_prelude()?;
        Ok(reader)
    }

    /// Where the archive comes from.
    pub fn header(&self) -> &ArchiveHeader {
        &self.header
    }

    /// The collections named so far: those of the prelude, and buckets of time series once met.
    pub fn collections(&self) -> &[ArchiveCollection] {
        &self.collections
    }

    /// The next entry; none at the end of a whole archive.
    ///
    /// # Errors
    /// [`DumpError::Damaged`], [`DumpError::Checksum`], [`DumpError::File`]. After a failure there
    /// is nothing more to read.
    pub fn next_entry(&mut self) -> Result<Option<ArchiveEntry>, DumpError> {
        if self.failed {
            return Err(self.frames.damaged("reading ended at the failure before"));
        }
        let entry = self.step();
        self.failed = entry.is_err();
        entry
    }

    fn read_prelude(&mut self) -> Result<(), DumpError> {
        let mut bytes = 0;
        loop {
            match self.frames.next()? {
                Frame::Terminator => return Ok(()),
                Frame::End => return Err(self.frames.damaged("it ends within the prelude")),
                Frame::Document(document) => {
                    bytes += document.len();
                    if bytes > LARGEST_PRELUDE {
                        return Err(self.frames.damaged("the prelude is too large"));
                    }
                    let listed = ArchiveCollection::decode(&document, &self.frames)?;
                    self.add(listed)?;
                }
            }
        }
    }

    fn add(&mut self, listed: ArchiveCollection) -> Result<usize, DumpError> {
        let key = (listed.database.clone(), listed.metadata.collection.clone());
        let position = self.collections.len();
        if self.positions.insert(key, position).is_some() {
            let name = format!("{}.{}", listed.database, listed.metadata.collection);
            return Err(self.frames.damaged(format!("{name} is named twice")));
        }
        self.states.push(match listed.metadata.kind {
            Kind::TimeSeries => State::Bucketed,
            Kind::Collection | Kind::View => State::Open(Box::new(checksum())),
        });
        self.collections.push(listed);
        Ok(position)
    }

    fn step(&mut self) -> Result<Option<ArchiveEntry>, DumpError> {
        loop {
            match (self.frames.next()?, self.current) {
                (Frame::Document(document), Some(collection)) => {
                    if let Some(State::Open(checksum)) = self.states.get_mut(collection) {
                        checksum.update(&document);
                    }
                    return Ok(Some(ArchiveEntry::Document { collection, document }));
                }
                (Frame::Terminator, Some(_)) => self.current = None,
                (Frame::Document(header), None) => {
                    if let Some(collection) = self.begin_block(&header)? {
                        return Ok(Some(ArchiveEntry::End { collection }));
                    }
                }
                (Frame::Terminator, None) => {
                    return Err(self.frames.damaged("a terminator stands outside of a block"));
                }
                (Frame::End, Some(_)) => return Err(self.frames.damaged("it ends within a block")),
                (Frame::End, None) => return self.ensure_whole().map(|()| None),
            }
        }
    }

    /// Opens a block, or ends a collection and returns its position.
    fn begin_block(&mut self, header: &[u8]) -> Result<Option<usize>, DumpError> {
        let header = BlockHeader::decode(header, &self.frames)?;
        let namespace = format!("{}.{}", header.database, header.collection);
        let collection = self.position(&header, &namespace)?;
        let Some(State::Open(checksum)) = self.states.get(collection) else {
            return Err(self.frames.damaged(format!("{namespace} has ended before")));
        };
        let Some(expected) = header.end else {
            self.current = Some(collection);
            return Ok(None);
        };
        let found = checksum.finalize();
        if found != expected {
            let on = self.frames.name().to_owned();
            return Err(DumpError::Checksum { on, namespace, expected, found });
        }
        if self.frames.next()? != Frame::Terminator {
            return Err(self.frames.damaged(format!("the end of {namespace} is not terminated")));
        }
        if let Some(state) = self.states.get_mut(collection) {
            *state = State::Ended;
        }
        Ok(Some(collection))
    }

    /// The position of a block's collection; buckets of a known time series are added.
    fn position(&mut self, header: &BlockHeader, namespace: &str) -> Result<usize, DumpError> {
        let key = |collection: &str| (header.database.clone(), collection.to_owned());
        if let Some(position) = self.positions.get(&key(&header.collection)) {
            return Ok(*position);
        }
        let series = header.collection.strip_prefix(BUCKETS);
        if series.is_some_and(|series| self.positions.contains_key(&key(series))) {
            return self.add(ArchiveCollection {
                database: header.database.clone(),
                metadata: Metadata::bare(&header.collection),
                size: 0,
            });
        }
        Err(self.frames.damaged(format!("the prelude does not name {namespace}")))
    }

    fn ensure_whole(&self) -> Result<(), DumpError> {
        let open = self.states.iter().position(|state| matches!(state, State::Open(_)));
        match open.and_then(|position| self.collections.get(position)) {
            None => Ok(()),
            Some(open) => Err(self.frames.damaged(format!(
                "it ends before {}.{} does",
                open.database, open.metadata.collection
            ))),
        }
    }
}
