//! Files of a dump, compressed or not.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::error::DumpError;

const BUFFER: usize = 1 << 20;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A new file of a dump, readable by its owner only: what it holds is not encrypted.
#[derive(Debug)]
pub struct NewFile {
    name: String,
    sink: Sink,
}

#[derive(Debug)]
enum Sink {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl NewFile {
    /// Creates a file where none is.
    ///
    /// # Errors
    /// [`DumpError::File`].
    pub fn create(path: &Path, gzip: bool) -> Result<Self, DumpError> {
        let name = path.display().to_string();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| DumpError::file("creating", &name, error))?;
        let file = BufWriter::with_capacity(BUFFER, file);
        let sink = if gzip {
            Sink::Gzip(Box::new(GzEncoder::new(file, Compression::default())))
        } else {
            Sink::Plain(file)
        };
        Ok(Self { name, sink })
    }

    /// Writes what is still buffered, and returns once the disk has it.
    ///
    /// # Errors
    /// [`DumpError::File`].
    pub fn finish(self) -> Result<(), DumpError> {
        let Self { name, sink } = self;
        let finished = match sink {
            Sink::Plain(file) => Ok(file),
            Sink::Gzip(encoder) => encoder.finish(),
        };
        finished
            .and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error))
            .and_then(|file| file.sync_all())
            .map_err(|error| DumpError::file("writing", name, error))
    }

    /// Its path, for failures.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.sink {
            Sink::Plain(file) => file.write(bytes),
            Sink::Gzip(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.sink {
            Sink::Plain(file) => file.flush(),
            Sink::Gzip(encoder) => encoder.flush(),
        }
    }
}

/// How many bytes were read of the files of a dump, as they lie on the disk.
pub type Position = Arc<AtomicU64>;

/// A file of a dump that is read, decompressed where it is compressed.
pub struct DumpFile {
    input: Box<dyn Read + Send>,
}

impl std::fmt::Debug for DumpFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DumpFile").finish_non_exhaustive()
    }
}

impl DumpFile {
    /// Opens a file; whether it is compressed is seen from its first bytes. What is read counts in
    /// `position`. With `gzip` a file that is not compressed is refused.
    ///
    /// # Errors
    /// [`DumpError::File`], [`DumpError::NotCompressed`].
    pub fn open(path: &Path, gzip: bool, position: &Position) -> Result<Self, DumpError> {
        let name = path.display().to_string();
        let opened = |error| DumpError::file("opening", &name, error);
        let file = Counted { file: File::open(path).map_err(opened)?, read: Arc::clone(position) };
        let mut file = BufReader::with_capacity(BUFFER, file);
        let compressed = file.fill_buf().map_err(opened)?.starts_with(&GZIP);
        if gzip && !compressed {
            return Err(DumpError::NotCompressed { on: name });
        }
        let input: Box<dyn Read + Send> = if compressed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self { input })
    }
}

impl Read for DumpFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

struct Counted {
    file: File,
    read: Position,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_whether_compressed_or_not() {
        let folder = tempfile::tempdir().unwrap();
        for gzip in [false, true] {
            let path = folder.path().join(format!("{gzip}"));
            let mut file = NewFile::create(&path, gzip).unwrap();
            file.write_all(&[7; 100_000]).unwrap();
            file.finish().unwrap();
            let position = Position::default();
            let mut read = Vec::new();
            DumpFile::open(&path, gzip, &position).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(read, [7; 100_000]);
            let length = std::fs::metadata(&path).unwrap().len();
            assert_eq!(position.load(Ordering::Relaxed), length);
            assert_eq!(gzip, length < 1_000);
            let again = NewFile::create(&path, gzip).unwrap_err();
            assert!(matches!(again, DumpError::File { doing: "creating", .. }), "{again}");
        }
    }

    #[test]
    fn parts_compressed_one_after_the_other_are_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parts");
        let mut bytes = Vec::new();
        for part in ["one", "two"] {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            bytes.extend(encoder.finish().unwrap());
        }
        std::fs::write(&path, bytes).unwrap();
        let mut read = String::new();
        let mut file = DumpFile::open(&path, true, &Position::default()).unwrap();
        file.read_to_string(&mut read).unwrap();
        assert_eq!(read, "onetwo");
    }

    #[test]
    fn a_plain_file_is_not_taken_for_a_compressed_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plain");
        std::fs::write(&path, "plain").unwrap();
        let refused = DumpFile::open(&path, true, &Position::default()).unwrap_err();
        assert!(matches!(refused, DumpError::NotCompressed { .. }), "{refused}");
    }
}
