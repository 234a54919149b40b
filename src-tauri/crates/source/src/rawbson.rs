//! A walk over raw BSON that decodes nothing and accepts whatever a server may hold: duplicate
//! keys, empty and dotted names, deprecated types, strings that are not UTF-8.

/// Element type bytes of the BSON specification.
pub mod kind {
    #![allow(missing_docs)]
    pub const DOUBLE: u8 = 0x01;
    pub const STRING: u8 = 0x02;
    pub const DOCUMENT: u8 = 0x03;
    pub const ARRAY: u8 = 0x04;
    pub const BINARY: u8 = 0x05;
    pub const UNDEFINED: u8 = 0x06;
    pub const OBJECT_ID: u8 = 0x07;
    pub const BOOL: u8 = 0x08;
    pub const DATE: u8 = 0x09;
    pub const NULL: u8 = 0x0a;
    pub const REGEX: u8 = 0x0b;
    pub const DB_POINTER: u8 = 0x0c;
    pub const CODE: u8 = 0x0d;
    pub const SYMBOL: u8 = 0x0e;
    pub const CODE_WITH_SCOPE: u8 = 0x0f;
    pub const INT32: u8 = 0x10;
    pub const TIMESTAMP: u8 = 0x11;
    pub const INT64: u8 = 0x12;
    pub const DECIMAL128: u8 = 0x13;
    pub const MAX_KEY: u8 = 0x7f;
    pub const MIN_KEY: u8 = 0xff;
}

/// Bytes that are not BSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct MalformedBson {
    /// What is wrong.
    pub reason: &'static str,
    /// Offset from the start of the innermost document.
    pub offset: usize,
}

fn malformed<T>(reason: &'static str, offset: usize) -> Result<T, MalformedBson> {
    Err(MalformedBson { reason, offset })
}

/// One element of a document, borrowed from its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// Type byte, see [`kind`].
    pub kind: u8,
    /// Field name without its terminator; usually but not always UTF-8.
    pub name: &'a [u8],
    /// The value's bytes as they stand in the document (a string with its length prefix and NUL).
    pub value: &'a [u8],
    /// Offset of the type byte from the document's start.
    pub offset: usize,
}

/// The elements of a document, in order. Stops after the first malformed one.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    document: &'a [u8],
    at: usize,
    failed: bool,
}

/// Walks the elements of `document` (the whole document, with its length prefix and final NUL).
///
/// # Errors
/// When the length prefix does not equal the slice's length or the terminator is missing.
pub fn elements(document: &[u8]) -> Result<Elements<'_>, MalformedBson> {
    if document_length(document)? != document.len() {
        return malformed("the length prefix differs from the number of bytes", 0);
    }
    if document.last() != Some(&0) {
        return malformed("the terminator is missing", document.len() - 1);
    }
    Ok(Elements { document, at: 4, failed: false })
}

/// The length that the document's prefix claims, at least 5.
///
/// # Errors
/// When there are fewer than four bytes or the claim is below 5 or beyond `i32`.
pub fn document_length(bytes: &[u8]) -> Result<usize, MalformedBson> {
    let length = read_i32(bytes, 0)?;
    match usize::try_from(length) {
        Ok(length) if length >= 5 => Ok(length),
        _ => malformed("the length prefix is out of range", 0),
    }
}

/// The first element with this name.
///
/// # Errors
/// When the bytes before it are malformed.
pub fn find<'a>(document: &'a [u8], name: &str) -> Result<Option<Element<'a>>, MalformedBson> {
    for element in elements(document)? {
        let element = element?;
        if element.name == name.as_bytes() {
            return Ok(Some(element));
        }
    }
    Ok(None)
}

impl<'a> Iterator for Elements<'a> {
    type Item = Result<Element<'a>, MalformedBson>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        // The last byte is the terminator checked by `elements`.
        if self.at == self.document.len() - 1 {
            return None;
        }
        let result = self.step();
        self.failed = result.is_err();
        Some(result)
    }
}

impl<'a> Elements<'a> {
    fn step(&mut self) -> Result<Element<'a>, MalformedBson> {
        let offset = self.at;
        let body = &self.document[..self.document.len() - 1];
        let Some(&kind) = body.get(offset) else {
            return malformed("the element is missing", offset);
        };
        let name = c_string(body, offset + 1)?;
        let start = offset + 1 + name.len() + 1;
        let length = value_length(kind, body, start)?;
        let Some(value) = body.get(start..start + length) else {
            return malformed("the value reaches beyond the document", offset);
        };
        self.at = start + length;
        Ok(Element { kind, name, value, offset })
    }
}

/// Number of bytes of the value of type `kind` that begins at `start`.
fn value_length(kind: u8, bytes: &[u8], start: usize) -> Result<usize, MalformedBson> {
    let prefixed = |extra: usize| -> Result<usize, MalformedBson> {
        let length = read_i32(bytes, start)?;
        match usize::try_from(length) {
            Ok(length) => Ok(length + extra),
            Err(_) => malformed("a length is negative", start),
        }
    };
    Ok(match kind {
        kind::DOUBLE | kind::DATE | kind::TIMESTAMP | kind::INT64 => 8,
        kind::STRING | kind::CODE | kind::SYMBOL => prefixed(4)?,
        kind::DOCUMENT | kind::ARRAY | kind::CODE_WITH_SCOPE => prefixed(0)?,
        kind::BINARY => prefixed(5)?,
        kind::UNDEFINED | kind::NULL | kind::MIN_KEY | kind::MAX_KEY => 0,
        kind::OBJECT_ID => 12,
        kind::BOOL => 1,
        kind::INT32 => 4,
        kind::DECIMAL128 => 16,
        kind::DB_POINTER => prefixed(4 + 12)?,
        kind::REGEX => {
            let pattern = c_string(bytes, start)?.len() + 1;
            pattern + c_string(bytes, start + pattern)?.len() + 1
        }
        _ => return malformed("an element has an unknown type", start),
    })
}

fn c_string(bytes: &[u8], start: usize) -> Result<&[u8], MalformedBson> {
    let Some(rest) = bytes.get(start..) else {
        return malformed("a name or pattern is cut off", start);
    };
    match rest.iter().position(|&byte| byte == 0) {
        Some(length) => Ok(&rest[..length]),
        None => malformed("a name or pattern has no terminator", start),
    }
}

pub(crate) fn read_i32(bytes: &[u8], start: usize) -> Result<i32, MalformedBson> {
    match bytes.get(start..).and_then(|rest| rest.first_chunk::<4>()) {
        Some(chunk) => Ok(i32::from_le_bytes(*chunk)),
        None => malformed("a 32-bit number is cut off", start),
    }
}

pub(crate) fn read_u64(bytes: &[u8], start: usize) -> Result<u64, MalformedBson> {
    match bytes.get(start..).and_then(|rest| rest.first_chunk::<8>()) {
        Some(chunk) => Ok(u64::from_le_bytes(*chunk)),
        None => malformed("a 64-bit number is cut off", start),
    }
}

/// Builds a raw document from elements whose value bytes are already at hand.
#[derive(Debug, Clone)]
pub struct DocumentWriter {
    bytes: Vec<u8>,
}

impl Default for DocumentWriter {
    fn default() -> Self {
        Self::with_capacity(64)
    }
}

impl DocumentWriter {
    /// An empty document with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity + 5);
        bytes.extend_from_slice(&[0; 4]);
        Self { bytes }
    }

    /// Appends an element: type byte, name (no NUL in it) and the value's bytes.
    pub fn element(&mut self, kind: u8, name: &[u8], value: &[u8]) -> &mut Self {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(name);
        self.bytes.push(0);
        self.bytes.extend_from_slice(value);
        self
    }

    /// Appends a string.
    pub fn string(&mut self, name: &str, value: &str) -> &mut Self {
        let mut bytes = Vec::with_capacity(value.len() + 5);
        // A BSON string length counts its terminator; one of 2 GiB cannot arise here.
        bytes.extend_from_slice(&(value.len() as i32 + 1).to_le_bytes());
        bytes.extend_from_slice(value.as_bytes());
        bytes.push(0);
        self.element(kind::STRING, name.as_bytes(), &bytes)
    }

    /// Appends bytes as binary data of the general subtype.
    pub fn binary(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.element(kind::BINARY, name.as_bytes(), &(value.len() as i32).to_le_bytes());
        self.bytes.push(0);
        self.bytes.extend_from_slice(value);
        self
    }

    /// Appends a document.
    pub fn document(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.element(kind::DOCUMENT, name.as_bytes(), value)
    }

    /// Appends an array given as a document with the names "0", "1", ….
    pub fn array(&mut self, name: &str, value: &[u8]) -> &mut Self {
        self.element(kind::ARRAY, name.as_bytes(), value)
    }

    /// Appends an array of documents, which are copied once.
    pub fn documents<'d>(
        &mut self,
        name: &str,
        documents: impl IntoIterator<Item = &'d [u8]>,
    ) -> &mut Self {
        self.element(kind::ARRAY, name.as_bytes(), &[]);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; 4]);
        let mut digits = [0; 20];
        for (position, document) in documents.into_iter().enumerate() {
            self.element(kind::DOCUMENT, decimal(position, &mut digits), document);
        }
        self.bytes.push(0);
        let length = (self.bytes.len() - start) as u32;
        if let Some(prefix) = self.bytes.get_mut(start..start + 4) {
            prefix.copy_from_slice(&length.to_le_bytes());
        }
        self
    }

    /// Appends a boolean.
    pub fn bool(&mut self, name: &str, value: bool) -> &mut Self {
        self.element(kind::BOOL, name.as_bytes(), &[u8::from(value)])
    }

    /// Appends a 32-bit integer.
    pub fn i32(&mut self, name: &str, value: i32) -> &mut Self {
        self.element(kind::INT32, name.as_bytes(), &value.to_le_bytes())
    }

    /// Appends every element of `document` as it is.
    pub fn extend(&mut self, document: &[u8]) -> &mut Self {
        if document.len() > 5 {
            self.bytes.extend_from_slice(&document[4..document.len() - 1]);
        }
        self
    }

    /// Bytes so far, with the terminator that [`Self::finish`] will add.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() + 1
    }

    /// Whether no element was appended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() == 4
    }

    /// The finished document.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.push(0);
        let length = self.bytes.len() as i32;
        self.bytes[..4].copy_from_slice(&length.to_le_bytes());
        self.bytes
    }
}

/// The digits of a number.
fn decimal(number: usize, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            return &digits[at..];
        }
    }
}
