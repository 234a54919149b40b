//! Single documents of a stream, by keys that rise: only segments that hold one of them are read.

use std::sync::Arc;

use bytes::Bytes;

use super::sources;
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::PageReader;
use crate::segment::Decoded;
use crate::set::StreamManifest;
use crate::vault::{Vault, VaultInner};

/// Looks documents up by key. One segment of the base and of each layer is in memory.
#[derive(Debug)]
pub struct StreamLookup {
    /// The newest layer first, the base last.
    sources: Vec<Rows>,
}

impl StreamLookup {
    pub(crate) fn new(vault: &Arc<VaultInner>, stream: &StreamManifest) -> Self {
        let rows = |(object_type, pages)| Rows {
            vault: vault.clone(),
            object_type,
            pages,
            current: None,
            row: 0,
        };
        Self { sources: sources(vault, stream).into_iter().map(rows).collect() }
    }

    /// The document of a key; none when there is none. Keys must not fall from call to call.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the object, or what the store said.
    pub async fn get(&mut self, key: &[u8]) -> Result<Option<Bytes>, VaultError> {
        for rows in &mut self.sources {
            if let Some(found) = rows.find(key).await? {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// The rows of some segments, passed through once.
#[derive(Debug)]
struct Rows {
    vault: Arc<VaultInner>,
    object_type: ObjectType,
    pages: PageReader,
    current: Option<Decoded>,
    row: usize,
}

impl Rows {
    /// The row of a key: its document, or none within for a tombstone; none when there is no row.
    async fn find(&mut self, key: &[u8]) -> Result<Option<Option<Bytes>>, VaultError> {
        loop {
            if let Some(current) = self.current.as_ref().filter(|at| !at.index.ends_below(key)) {
                let rows = current.index.rows.get(self.row..).unwrap_or_default();
                self.row += rows.partition_point(|row| row.key.as_ref() < key);
                let found = current.index.rows.get(self.row).filter(|row| row.key == key);
                return Ok(found.map(|row| current.document(row)));
            }
            let Some(segment) = self.pages.next_holding(key).await? else { return Ok(None) };
            self.current = Some(self.vault.fetch_segment(self.object_type, &segment).await?);
            self.row = 0;
        }
    }
}

impl Vault {
    /// Looks single documents of a stream up, by keys that rise.
    #[must_use]
    pub fn lookup(&self, stream: &StreamManifest) -> StreamLookup {
        StreamLookup::new(&self.inner, stream)
    }
}
