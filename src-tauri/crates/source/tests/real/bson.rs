//! Raw BSON by hand, so that tests can say things the driver's types cannot.

use bytes::Bytes;
use source::rawbson::{DocumentWriter, kind};

/// A document from raw elements (type, name, value bytes).
pub fn raw(elements: &[(u8, &str, Vec<u8>)]) -> Bytes {
    let mut writer = DocumentWriter::default();
    for (kind, name, value) in elements {
        writer.element(*kind, name.as_bytes(), value);
    }
    writer.finish().into()
}

pub fn string(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as i32 + 1).to_le_bytes().to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(0);
    bytes
}

pub fn int32(value: i32) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn int64(value: i64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn double(value: f64) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

pub fn decimal(text: &str) -> Vec<u8> {
    text.parse::<mongodb::bson::Decimal128>().unwrap().bytes().to_vec()
}

pub fn binary(subtype: u8, bytes: &[u8]) -> Vec<u8> {
    let mut value = (bytes.len() as i32).to_le_bytes().to_vec();
    value.push(subtype);
    value.extend_from_slice(bytes);
    value
}

pub fn timestamp(time: u32, increment: u32) -> Vec<u8> {
    (u64::from(time) << 32 | u64::from(increment)).to_le_bytes().to_vec()
}

pub fn regex(pattern: &str, options: &str) -> Vec<u8> {
    [pattern.as_bytes(), &[0], options.as_bytes(), &[0]].concat()
}

pub fn code_with_scope(code: &str, scope: &[u8]) -> Vec<u8> {
    let code = string(code);
    let length = (4 + code.len() + scope.len()) as i32;
    [&length.to_le_bytes(), &code[..], scope].concat()
}

pub fn db_pointer(namespace: &str) -> Vec<u8> {
    [&string(namespace)[..], b"twelve bytes"].concat()
}

/// `{_id: <kind value>}`.
pub fn with_id(kind: u8, value: Vec<u8>) -> Bytes {
    raw(&[(kind, "_id", value)])
}

pub fn int_id(id: i32) -> (u8, &'static str, Vec<u8>) {
    (kind::INT32, "_id", int32(id))
}
