//! Memory-comparable encoding of `_id` values.
//!
//! `encode(a) < encode(b)` exactly when MongoDB sorts `a` before `b` in an `_id` index without
//! collation, and the encodings are equal exactly when such an index calls the values equal: the
//! number 1 has one encoding as int32, int64, double and decimal128, and a symbol equals the
//! string of the same bytes. The encoding is therefore not invertible; keep the document beside it.
//!
//! Types order as MinKey, undefined, null, numbers, strings and symbols, objects, arrays, binary,
//! ObjectId, boolean, date, timestamp, regular expression, DBPointer, code, code with scope, MaxKey.

use bytes::Bytes;
use mongodb::bson::{RawBsonRef, RawDocumentBuf};

use crate::rawbson::{self, DocumentWriter, Element, MalformedBson, kind, read_i32, read_u64};

mod number;

/// First byte of an encoding: the type's rank. 0 ends an object and 0xff is never used, so that
/// escapes cannot be mistaken.
mod rank {
    pub(super) const MIN_KEY: u8 = 0x0a;
    pub(super) const UNDEFINED: u8 = 0x0f;
    pub(super) const NULL: u8 = 0x14;
    pub(super) const NUMBER: u8 = 0x1e;
    pub(super) const STRING: u8 = 0x3c;
    pub(super) const OBJECT: u8 = 0x46;
    pub(super) const ARRAY: u8 = 0x50;
    pub(super) const BINARY: u8 = 0x5a;
    pub(super) const OBJECT_ID: u8 = 0x64;
    pub(super) const BOOL: u8 = 0x6e;
    pub(super) const DATE: u8 = 0x78;
    pub(super) const TIMESTAMP: u8 = 0x82;
    pub(super) const REGEX: u8 = 0x8c;
    pub(super) const DB_POINTER: u8 = 0x96;
    pub(super) const CODE: u8 = 0xa0;
    pub(super) const CODE_WITH_SCOPE: u8 = 0xaa;
    pub(super) const MAX_KEY: u8 = 0xf0;
}

/// Encodes a value.
///
/// # Errors
/// When the value holds malformed BSON.
pub fn encode(value: &RawBsonRef<'_>) -> Result<Vec<u8>, MalformedBson> {
    let mut document = RawDocumentBuf::new();
    document.append(mongodb::bson::raw::cstr!("_id"), value.to_owned());
    of_document(document.as_bytes())
}

/// Encodes the `_id` of a raw document.
///
/// # Errors
/// When the document is malformed or has no `_id`.
pub fn of_document(document: &[u8]) -> Result<Vec<u8>, MalformedBson> {
    let id = id_element(document)?;
    let mut key = Vec::with_capacity(id.value.len() + 4);
    encode_value(id.kind, id.value, &mut key)?;
    Ok(key)
}

/// Finds a raw document's `_id`.
///
/// # Errors
/// When the document is malformed or has no `_id`.
pub fn id_element(document: &[u8]) -> Result<Element<'_>, MalformedBson> {
    rawbson::find(document, "_id")?
        .ok_or(MalformedBson { reason: "the document has no _id", offset: 0 })
}

/// The document that has nothing but the `_id` of this one.
///
/// # Errors
/// When the document is malformed or has no `_id`.
pub fn id_only(document: &[u8]) -> Result<Bytes, MalformedBson> {
    let id = id_element(document)?;
    let mut only = DocumentWriter::with_capacity(id.value.len() + 16);
    only.element(id.kind, b"_id", id.value);
    Ok(only.finish().into())
}

/// Appends the encoding of a value given by its type byte and raw bytes.
///
/// # Errors
/// When the bytes are not a value of that type.
pub fn encode_value(kind: u8, value: &[u8], out: &mut Vec<u8>) -> Result<(), MalformedBson> {
    let rank = rank_of(kind)?;
    out.push(rank);
    encode_body(kind, value, out)
}

fn rank_of(kind: u8) -> Result<u8, MalformedBson> {
    Ok(match kind {
        kind::MIN_KEY => rank::MIN_KEY,
        kind::UNDEFINED => rank::UNDEFINED,
        kind::NULL => rank::NULL,
        kind::DOUBLE | kind::INT32 | kind::INT64 | kind::DECIMAL128 => rank::NUMBER,
        kind::STRING | kind::SYMBOL => rank::STRING,
        kind::DOCUMENT => rank::OBJECT,
        kind::ARRAY => rank::ARRAY,
        kind::BINARY => rank::BINARY,
        kind::OBJECT_ID => rank::OBJECT_ID,
        kind::BOOL => rank::BOOL,
        kind::DATE => rank::DATE,
        kind::TIMESTAMP => rank::TIMESTAMP,
        kind::REGEX => rank::REGEX,
        kind::DB_POINTER => rank::DB_POINTER,
        kind::CODE => rank::CODE,
        kind::CODE_WITH_SCOPE => rank::CODE_WITH_SCOPE,
        kind::MAX_KEY => rank::MAX_KEY,
        _ => {
            return Err(MalformedBson { reason: "a value has an unknown type", offset: 0 });
        }
    })
}

fn encode_body(kind: u8, value: &[u8], out: &mut Vec<u8>) -> Result<(), MalformedBson> {
    match kind {
        kind::DOUBLE => number::encode_f64(f64::from_bits(read_u64(value, 0)?), out),
        kind::INT32 => number::encode_i64(i64::from(read_i32(value, 0)?), out),
        kind::INT64 => number::encode_i64(read_u64(value, 0)? as i64, out),
        kind::DECIMAL128 => {
            let low = read_u64(value, 0)?;
            let high = read_u64(value, 8)?;
            number::encode_decimal(u128::from(high) << 64 | u128::from(low), out);
        }
        kind::STRING | kind::SYMBOL | kind::CODE => push_terminated(string_bytes(value)?, out),
        kind::DOCUMENT => encode_fields(value, out)?,
        kind::ARRAY => encode_items(value, out)?,
        kind::BINARY => encode_binary(value, out)?,
        kind::OBJECT_ID | kind::BOOL => out.extend_from_slice(value),
        kind::DATE => {
            let shifted = read_u64(value, 0)? ^ (1 << 63);
            out.extend_from_slice(&shifted.to_be_bytes());
        }
        kind::TIMESTAMP => out.extend_from_slice(&read_u64(value, 0)?.to_be_bytes()),
        kind::REGEX => encode_regex(value, out),
        kind::DB_POINTER => {
            let length = read_i32(value, 0)?;
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(value.get(4..).unwrap_or_default());
        }
        kind::CODE_WITH_SCOPE => {
            let code = value.get(4..).unwrap_or_default();
            push_terminated(string_bytes(code)?, out);
            let scope = 4 + read_i32(code, 0)? as usize;
            encode_fields(code.get(scope..).unwrap_or_default(), out)?;
        }
        _ => {}
    }
    Ok(())
}

/// The bytes of a length-prefixed string, without its terminator.
pub(crate) fn string_bytes(value: &[u8]) -> Result<&[u8], MalformedBson> {
    let length = read_i32(value, 0)?;
    usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(1))
        .and_then(|length| value.get(4..4 + length))
        .ok_or(MalformedBson { reason: "a string's length is out of range", offset: 0 })
}

/// Bytes in memory order with an end that sorts below every continuation: NUL is written as
/// `00 ff`, the end as `00`.
fn push_terminated(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|&byte| byte == 0) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[0, 0xff]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(0);
}

/// Objects compare field by field: type, then name, then value; a prefix is smaller.
fn encode_fields(document: &[u8], out: &mut Vec<u8>) -> Result<(), MalformedBson> {
    for element in rawbson::elements(document)? {
        let element = element?;
        out.push(rank_of(element.kind)?);
        out.extend_from_slice(element.name);
        out.push(0);
        encode_body(element.kind, element.value, out)?;
    }
    out.push(0);
    Ok(())
}

fn encode_items(array: &[u8], out: &mut Vec<u8>) -> Result<(), MalformedBson> {
    for element in rawbson::elements(array)? {
        let element = element?;
        encode_value(element.kind, element.value, out)?;
    }
    out.push(0);
    Ok(())
}

/// Binary values compare by length, then subtype, then bytes.
fn encode_binary(value: &[u8], out: &mut Vec<u8>) -> Result<(), MalformedBson> {
    let length = read_i32(value, 0)?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value.get(4..).unwrap_or_default());
    Ok(())
}

/// Pattern, then options, each ending below every continuation.
fn encode_regex(value: &[u8], out: &mut Vec<u8>) {
    // Both parts are C strings, so their own terminators already sort right.
    out.extend_from_slice(value);
}
