//! What deltas take away from the base beneath them.

use std::sync::Arc;

use bytes::Bytes;

use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::digest::DigestSum;
use crate::manifest::{PageReader, PageRef, Totals};
use crate::segment::DecodedIndex;
use crate::vault::VaultInner;

/// Counts and digest of the base documents whose keys the deltas name. Reads the deltas' indexes,
/// and those of the base segments that they touch.
pub(crate) async fn replaced(
    vault: &Arc<VaultInner>,
    parts: &[Vec<PageRef>],
    deltas: &[PageRef],
) -> Result<Totals, VaultError> {
    let mut keys = DeltaKeys::new(vault, deltas);
    let mut base = PageReader::new(vault.clone(), parts.iter().flatten().cloned());
    let (mut sum, mut bytes) = (DigestSum::default(), 0);
    while keys.peek().await?.is_some() {
        let Some(segment) = base.next().await? else {
            break;
        };
        let touched = keys.seek(&segment.first_key).await?;
        if touched.is_none_or(|key| key > segment.last_key) {
            continue;
        }
        let index = vault.fetch_index(ObjectType::Segment, &segment).await?;
        for row in &index.rows {
            // The key stays at hand: a base may hold several documents of one key.
            if keys.seek(&row.key).await?.is_some_and(|key| key == row.key) {
                sum.add(row.hash);
                bytes += row.document.map_or(0, |(_, length)| length as u64);
            }
        }
    }
    Ok(Totals { documents: sum.documents(), bytes, digest: sum.value() })
}

/// The keys of the deltas in order, one index in memory.
struct DeltaKeys {
    vault: Arc<VaultInner>,
    segments: PageReader,
    index: Option<DecodedIndex>,
    row: usize,
}

impl DeltaKeys {
    fn new(vault: &Arc<VaultInner>, pages: &[PageRef]) -> Self {
        let segments = PageReader::new(vault.clone(), pages.iter().cloned());
        Self { vault: vault.clone(), segments, index: None, row: 0 }
    }

    async fn peek(&mut self) -> Result<Option<Bytes>, VaultError> {
        loop {
            if let Some(row) = self.index.as_ref().and_then(|index| index.rows.get(self.row)) {
                return Ok(Some(row.key.clone()));
            }
            let Some(segment) = self.segments.next().await? else {
                return Ok(None);
            };
            self.index = Some(self.vault.fetch_index(ObjectType::Delta, &segment).await?);
            self.row = 0;
        }
    }

    /// Passes over keys below `key`; the first that is not.
    async fn seek(&mut self, key: &[u8]) -> Result<Option<Bytes>, VaultError> {
        loop {
            match self.peek().await? {
                Some(found) if found.as_ref() < key => self.row += 1,
                found => return Ok(found),
            }
        }
    }
}
