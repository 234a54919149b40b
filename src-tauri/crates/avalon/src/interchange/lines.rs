//! Lines of bounded length.

use std::io::{self, BufRead, Read};

/// The longest line that is read, bytes; an envelope is far shorter.
pub(super) const LONGEST_LINE: usize = 16 << 20;

/// One line, without its end.
pub(super) enum Line<'a> {
    /// As it stands.
    Whole(&'a [u8]),
    /// Longer than the limit; passed over.
    TooLong,
}

/// Reads line by line into one buffer.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), number: 0 }
    }

    /// Number of the line read last, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let limit = LONGEST_LINE as u64 + 1;
        let read = self.input.by_ref().take(limit).read_until(b'\n', &mut self.buffer)?;
        if read == 0 {
            return Ok(None);
        }
        let ended = self.buffer.pop_if(|last| *last == b'\n').is_some();
        let too_long = !ended && self.buffer.len() > LONGEST_LINE;
        if too_long {
            self.input.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(Some(if too_long { Line::TooLong } else { Line::Whole(self.content()) }))
    }

    /// The line without a byte order mark and the carriage return of a foreign system.
    fn content(&self) -> &[u8] {
        let line = self.buffer.strip_suffix(b"\r").unwrap_or(&self.buffer);
        let mark: &[u8] = if self.number == 1 { b"\xef\xbb\xbf" } else { b"" };
        line.strip_prefix(mark).unwrap_or(line)
    }
}
