//! Canonical JSON by RFC 8785 (JCS): members sorted by UTF-16 code units, the shortest number
//! form of ECMAScript, no white space. Both ways to it write straight into one buffer.

mod number;
mod parse;
mod serialize;
mod writer;

use serde::Serialize;
use thiserror::Error;

use crate::digest::Digest;
use writer::Writer;

/// Why a value has no canonical form.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CanonicalError {
    /// The input is not JSON.
    #[error("not JSON at byte {at}: {problem}; give one UTF-8 JSON value")]
    Syntax {
        /// Where, in bytes from the start.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// An object names a member twice.
    #[error("an object has two members named {0:?}; member names must be distinct")]
    DuplicateMember(String),
    /// A number is infinite or not a number.
    #[error("{0} is no JSON number; give a finite value")]
    NotFinite(f64),
    /// A map key is not a string.
    #[error("a map key is not a string; JSON objects have string keys only")]
    KeyNotString,
    /// The value's own serialisation failed.
    #[error("the value can't be serialised: {0}")]
    Value(String),
}

impl serde::ser::Error for CanonicalError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

/// The canonical JSON of a value.
///
/// # Errors
/// Fails on a number that is not finite, a key that is not a string and on duplicate members.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let mut writer = Writer::default();
    value.serialize(serialize::Canonical(&mut writer))?;
    Ok(writer.into_bytes())
}

/// SHA-256 of the canonical JSON of a value.
///
/// # Errors
/// As [`to_vec`].
pub fn digest<T: Serialize + ?Sized>(value: &T) -> Result<Digest, CanonicalError> {
    to_vec(value).map(|bytes| Digest::of(&bytes))
}

/// The canonical form of JSON text.
///
/// # Errors
/// Fails when the text is not one JSON value, nests deeper than 128, or repeats a member.
pub fn from_json(json: &[u8]) -> Result<Vec<u8>, CanonicalError> {
    let mut writer = Writer::default();
    let text = std::str::from_utf8(json).map_err(|error| CanonicalError::Syntax {
        at: error.valid_up_to(),
        problem: "not UTF-8",
    })?;
    parse::transcode(text, None, &mut writer)?;
    Ok(writer.into_bytes())
}

/// Hashes events as they were received. Keeps its buffer between events.
#[derive(Debug, Default)]
pub struct EventHasher {
    writer: Writer,
}

impl EventHasher {
    /// SHA-256 of the canonical form of an event's JSON without its top-level `hash`.
    ///
    /// # Errors
    /// As [`from_json`].
    pub fn content_hash(&mut self, json: &str) -> Result<Digest, CanonicalError> {
        self.writer.clear();
        parse::transcode(json, Some("hash"), &mut self.writer)?;
        Ok(Digest::of(self.writer.bytes()))
    }
}

#[cfg(test)]
mod tests;
