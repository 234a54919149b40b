//! From JSON text straight to canonical JSON, without building values.

use crate::canonical::CanonicalError;
use crate::canonical::number;
use crate::canonical::writer::Writer;

const MAX_DEPTH: usize = 128;

/// Writes the canonical form of the JSON `text`, leaving out the top-level member `skip`.
pub(super) fn transcode(
    text: &str,
    skip: Option<&str>,
    writer: &mut Writer,
) -> Result<(), CanonicalError> {
    let mut parser = Parser { text, bytes: text.as_bytes(), at: 0, depth: 0 };
    parser.space();
    parser.value(writer, skip)?;
    parser.space();
    if parser.at < text.len() {
        return Err(parser.wrong("more than one value"));
    }
    Ok(())
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

/// A string of the input: as it stands when it has no escape, else decoded.
enum Text<'a> {
    Plain(&'a str),
    Decoded(String),
}

impl Text<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Decoded(text) => text,
        }
    }
}

impl<'a> Parser<'a> {
    const fn wrong(&self, problem: &'static str) -> CanonicalError {
        CanonicalError::Syntax { at: self.at, problem }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, problem: &'static str) -> Result<(), CanonicalError> {
        if self.peek() != Some(byte) {
            return Err(self.wrong(problem));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, writer: &mut Writer, skip: Option<&str>) -> Result<(), CanonicalError> {
        match self.peek() {
            Some(b'{') => self.nested(|parser| parser.object(writer, skip)),
            Some(b'[') => self.nested(|parser| parser.array(writer)),
            Some(b'"') => {
                match self.string()? {
                    Text::Plain(text) => writer.plain_string(text),
                    Text::Decoded(text) => writer.string(&text),
                }
                Ok(())
            }
            Some(b't') => self.literal(writer, b"true"),
            Some(b'f') => self.literal(writer, b"false"),
            Some(b'n') => self.literal(writer, b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(writer),
            _ => Err(self.wrong("a value was expected")),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), CanonicalError>,
    ) -> Result<(), CanonicalError> {
        if self.depth == MAX_DEPTH {
            return Err(self.wrong("nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn literal(&mut self, writer: &mut Writer, word: &[u8]) -> Result<(), CanonicalError> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.wrong("a value was expected"));
        }
        writer.raw(word);
        self.at += word.len();
        Ok(())
    }

    fn object(&mut self, writer: &mut Writer, skip: Option<&str>) -> Result<(), CanonicalError> {
        let mut object = writer.begin_object();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return writer.end_object(object);
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a member name was expected"));
            }
            let name = self.string()?;
            self.space();
            self.expect(b':', "a colon was expected")?;
            self.space();
            if skip == Some(name.as_str()) {
                self.value(&mut Writer::default(), None)?;
            } else {
                match &name {
                    Text::Plain(name) => writer.plain_member(&mut object, name),
                    Text::Decoded(name) => writer.member(&mut object, name),
                }
                let member = writer.last_member();
                self.value(writer, None)?;
                writer.end_member(member);
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return writer.end_object(object);
                }
                _ => return Err(self.wrong("a comma or a closing brace was expected")),
            }
        }
    }

    fn array(&mut self, writer: &mut Writer) -> Result<(), CanonicalError> {
        writer.byte(b'[');
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            writer.byte(b']');
            return Ok(());
        }
        loop {
            self.space();
            self.value(writer, None)?;
            self.space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    writer.byte(b',');
                }
                Some(b']') => {
                    self.at += 1;
                    writer.byte(b']');
                    return Ok(());
                }
                _ => return Err(self.wrong("a comma or a closing bracket was expected")),
            }
        }
    }

    /// Reads a string; `at` is on its opening quote.
    fn string(&mut self) -> Result<Text<'a>, CanonicalError> {
        self.at += 1;
        let start = self.at;
        self.at += plain_length(&self.bytes[start..]);
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = &self.text[start..self.at];
                    self.at += 1;
                    return Ok(Text::Plain(text));
                }
                Some(b'\\') => return self.escaped(start).map(Text::Decoded),
                Some(0..=0x1f) => return Err(self.wrong("a control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.wrong("a string has no end")),
            }
        }
    }

    fn escaped(&mut self, start: usize) -> Result<String, CanonicalError> {
        let mut decoded = self.text[start..self.at].to_owned();
        let mut plain = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    decoded.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    return Ok(decoded);
                }
                Some(b'\\') => {
                    decoded.push_str(&self.text[plain..self.at]);
                    self.at += 1;
                    decoded.push(self.escape()?);
                    plain = self.at;
                }
                Some(0..=0x1f) => return Err(self.wrong("a control character in a string")),
                Some(_) => self.at += 1,
                None => return Err(self.wrong("a string has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, CanonicalError> {
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, CanonicalError> {
        let mut unit = self.four_digits()?;
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let low = self.four_digits()?;
            if (0xdc00..0xe000).contains(&low) {
                unit = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            }
        }
        char::from_u32(unit).ok_or_else(|| self.wrong("half of a surrogate pair"))
    }

    fn four_digits(&mut self) -> Result<u32, CanonicalError> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            unit = unit << 4 | digit.ok_or_else(|| self.wrong("four digits were expected"))?;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self, writer: &mut Writer) -> Result<(), CanonicalError> {
        /// Integers of up to this many digits are exact and stand as they are.
        const EXACT_DIGITS: usize = 15;
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.at;
        self.digits()?;
        let whole = self.at - first;
        if whole > 1 && self.bytes[first] == b'0' {
            return Err(self.wrong("a number begins with 0"));
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            integer = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if integer && whole <= EXACT_DIGITS && text != "-0" {
            writer.raw(text.as_bytes());
            return Ok(());
        }
        let value: f64 = text.parse().map_err(|_| self.wrong("not a number"))?;
        number::double(writer, value)
    }

    fn digits(&mut self) -> Result<(), CanonicalError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.wrong("a digit was expected"));
        }
        Ok(())
    }
}

/// How many bytes from the start stand for themselves in a string.
fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let special = special_bytes(u64::from_le_bytes(*chunk));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// Eight bytes at once: the lowest bit set lies in the first byte that is a control character, a
/// quote or a backslash. Bits above it may be wrong, since a borrow runs upwards.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const fn zero_bytes(word: u64) -> u64 {
        word.wrapping_sub(ONES) & !word
    }
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_bytes(word ^ (ONES * b'"' as u64));
    let backslash = zero_bytes(word ^ (ONES * b'\\' as u64));
    (control | quote | backslash) & (ONES * 0x80)
}
