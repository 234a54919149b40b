//! What both formats are made of: documents one after the other, and the archive's terminator.

use std::io::{ErrorKind, Read};

use crate::error::DumpError;

/// The largest document a server stores, and what its own tools allow beside it.
pub const LARGEST_DOCUMENT: usize = 16 * 1024 * 1024 + 16 * 1024;

/// An empty document: its length and its end.
const SMALLEST_DOCUMENT: usize = 5;

/// Stands where a document's length would, and is none.
pub(crate) const TERMINATOR: [u8; 4] = [0xff; 4];

/// One thing of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Document(Vec<u8>),
    Terminator,
    End,
}

/// Reads frames and knows where it is.
#[derive(Debug)]
pub(crate) struct FrameReader<R> {
    input: R,
    name: String,
    offset: u64,
}

impl<R: Read> FrameReader<R> {
    pub(crate) fn new(input: R, name: &str) -> Self {
        Self { input, name: name.to_owned(), offset: 0 }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A failure at the place reached.
    pub(crate) fn damaged(&self, reason: impl Into<String>) -> DumpError {
        DumpError::damaged(&self.name, self.offset, reason)
    }

    /// Four bytes, or none at the end of the input.
    pub(crate) fn word(&mut self) -> Result<Option<[u8; 4]>, DumpError> {
        let mut word = [0; 4];
        match self.fill(&mut word)? {
            0 => Ok(None),
            4 => {
                self.offset += 4;
                Ok(Some(word))
            }
            _ => Err(self.damaged("the input ends within a length")),
        }
    }

    pub(crate) fn next(&mut self) -> Result<Frame, DumpError> {
        let start = self.offset;
        let Some(word) = self.word()? else {
            return Ok(Frame::End);
        };
        if word == TERMINATOR {
            return Ok(Frame::Terminator);
        }
        let length = usize::try_from(i32::from_le_bytes(word)).unwrap_or(0);
        if !(SMALLEST_DOCUMENT..=LARGEST_DOCUMENT).contains(&length) {
            let reason = format!("{} is not the length of a document", i32::from_le_bytes(word));
            return Err(DumpError::damaged(&self.name, start, reason));
        }
        let mut document = vec![0; length];
        document[..4].copy_from_slice(&word);
        let read = self.fill(&mut document[4..])?;
        if read < length - 4 {
            let reason = format!("a document of {length} bytes ends after {}", read + 4);
            return Err(DumpError::damaged(&self.name, start, reason));
        }
        if document.last() != Some(&0) {
            let reason = format!("a document of {length} bytes does not end with a zero byte");
            return Err(DumpError::damaged(&self.name, start, reason));
        }
        self.offset = start + length as u64;
        Ok(Frame::Document(document))
    }

    /// Reads until the buffer is full or the input ends.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, DumpError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if of_the_content(error.kind()) => {
                    return Err(self.damaged(format!("it cannot be decompressed: {error}")));
                }
                Err(error) => return Err(DumpError::file("reading", &self.name, error)),
            }
        }
        Ok(filled)
    }
}

/// What a decompressor says of its input, as against what a disk says.
pub(crate) fn of_the_content(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof)
}

/// Whether the bytes frame a document: its own length, and a zero byte at the end.
pub(crate) fn is_document(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk::<4>().map(|word| i32::from_le_bytes(*word));
    length.and_then(|length| usize::try_from(length).ok()) == Some(bytes.len())
        && (SMALLEST_DOCUMENT..=LARGEST_DOCUMENT).contains(&bytes.len())
        && bytes.last() == Some(&0)
}

/// Reads documents that follow one another, as in a `.bson` file.
#[derive(Debug)]
pub struct DocumentReader<R>(FrameReader<R>);

impl<R: Read> DocumentReader<R> {
    /// Reads from `input`, which is called `name` in failures.
    pub fn new(input: R, name: &str) -> Self {
        Self(FrameReader::new(input, name))
    }

    /// The next document's bytes; none at the end.
    ///
    /// # Errors
    /// [`DumpError::Damaged`] where no document is, [`DumpError::File`].
    pub fn next_document(&mut self) -> Result<Option<Vec<u8>>, DumpError> {
        match self.0.next()? {
            Frame::Document(document) => Ok(Some(document)),
            Frame::End => Ok(None),
            Frame::Terminator => Err(self.0.damaged("a terminator stands where a document should")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, DumpError> {
        let mut reader = DocumentReader::new(bytes, "x.bson");
        let mut found = Vec::new();
        while let Some(document) = reader.next_document()? {
            found.push(document);
        }
        Ok(found)
    }

    #[test]
    fn documents_keep_their_bytes() {
        let two = [b"\x05\0\0\0\0".as_slice(), b"\x08\0\0\0\x0aa\0\0"].concat();
        assert_eq!(all(&two).unwrap().concat(), two);
        assert_eq!(all(b"").unwrap(), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn what_is_no_document_is_told_with_its_place() {
        let cases: [(&[u8], u64, &str); 6] = [
            (b"\x05\0\0\0\0\x05\0", 5, "ends within a length"),
            (b"\x05\0\0\0\0\x06\0\0\0\0", 5, "ends after 5"),
            (b"\x05\0\0\0\x01", 0, "does not end with a zero"),
            (b"\x04\0\0\0", 0, "4 is not the length"),
            (b"\xfe\xff\xff\xff", 0, "-2 is not the length"),
            (b"\x01\x40\0\x01\0", 0, "16793601 is not the length"),
        ];
        for (bytes, at, says) in cases {
            match all(bytes).unwrap_err() {
                DumpError::Damaged { offset, reason, .. } => {
                    assert_eq!(offset, at, "{bytes:?}");
                    assert!(reason.contains(says), "{reason}");
                }
                other => panic!("{other}"),
            }
        }
    }
}
