//! Scratch files, which vanish with the process, and the frames in them: a length and bytes.

use std::fs::File;
use std::io::{BufReader, BufWriter, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};

use crate::SourceError;

/// Writes a file of its own.
pub(crate) fn write(
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> std::result::Result<File, SourceError> {
    let mut writer = BufWriter::new(tempfile::tempfile().map_err(failed("creating it"))?);
    fill(&mut writer).map_err(failed("writing"))?;
    writer.into_inner().map_err(|error| failed("writing")(error.into_error()))
}

/// Reads a file from its beginning.
pub(crate) fn read(mut file: File) -> std::result::Result<BufReader<File>, SourceError> {
    file.seek(SeekFrom::Start(0)).map_err(failed("reading"))?;
    Ok(BufReader::new(file))
}

pub(crate) fn failed(doing: &'static str) -> impl Fn(Error) -> SourceError {
    move |error| SourceError::Scratch { doing, error }
}

pub(crate) fn write_frame(writer: &mut impl Write, bytes: &[u8]) -> Result<()> {
    writer.write_all(&(bytes.len() as u32).to_le_bytes())?;
    writer.write_all(bytes)
}

/// The next frame.
pub(crate) fn read_frame(reader: &mut impl Read) -> Result<Vec<u8>> {
    next_frame(reader)?.ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

/// The next frame; none at the end of the file.
pub(crate) fn next_frame(reader: &mut impl Read) -> Result<Option<Vec<u8>>> {
    let Some(length) = next_bytes(reader)? else { return Ok(None) };
    let mut bytes = vec![0; u32::from_le_bytes(length) as usize];
    reader.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

/// The next few bytes; none at the end of the file.
pub(crate) fn next_bytes<const N: usize>(reader: &mut impl Read) -> Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    match reader.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}
