//! Reading a stream back.

use bytes::Bytes;
use crate::VaultError;

/// A document with its sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Sort key.
    pub key: Bytes,
    /// The document's bytes, exactly as pushed.
    pub doc: Bytes,
}

/// Reads a stream in key order.
#[derive(Debug)]
pub struct StreamReader {}

impl StreamReader {
    /// The next records in key order, a segment's worth; `None` at the end.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        todo!()
    }
    /// Splits the stream into parts of disjoint, ascending key ranges, which may be read at once.
    pub fn parts(self) -> Vec<PartReader> {
        todo!()
    }
}

/// Reads one key range of a stream in key order.
#[derive(Debug)]
pub struct PartReader {}

impl PartReader {
    /// The next records in key order, a segment's worth; `None` at the end.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Record>>, VaultError> {
        todo!()
    }
}
