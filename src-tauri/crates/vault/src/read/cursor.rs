//! Walks the rows of some segments in order, the next segments being read meanwhile.

use std::sync::Arc;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};

use super::opened::Opened;
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::{PageReader, PageRef};
use crate::segment::Row;
use crate::vault::VaultInner;

/// A place among the rows of some segments.
pub(super) struct RowCursor<O> {
    segments: BoxStream<'static, Result<O, VaultError>>,
    current: Option<O>,
    row: usize,
    /// Rows below this key are passed over.
    from: Option<Bytes>,
}

impl<O> std::fmt::Debug for RowCursor<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowCursor").field("row", &self.row).finish_non_exhaustive()
    }
}

impl<O: Opened> RowCursor<O> {
    pub(super) fn new(
        vault: &Arc<VaultInner>,
        object_type: ObjectType,
        pages: &[PageRef],
        from: Option<Bytes>,
    ) -> Self {
        let segments = opened(vault.clone(), object_type, pages.to_vec(), from.clone());
        Self { segments, current: None, row: 0, from }
    }

    /// The row at hand; the next segment is awaited where needed.
    pub(super) async fn peek(&mut self) -> Result<Option<&Row>, VaultError> {
        loop {
            let row = self.current.as_ref().and_then(|current| current.index().rows.get(self.row));
            match (row, &self.from) {
                (Some(row), Some(from)) if row.key < from => self.row += 1,
                (Some(_), _) => break,
                (None, _) => {
                    self.current = self.segments.try_next().await?;
                    self.row = 0;
                    if self.current.is_none() {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(self.current.as_ref().and_then(|current| current.index().rows.get(self.row)))
    }

    /// Takes the row at hand: its key and what it stands for, none for a tombstone.
    pub(super) fn take(&mut self) -> Option<(Bytes, Option<O::Item>)> {
        let current = self.current.as_ref()?;
        let row = current.index().rows.get(self.row)?;
        self.row += 1;
        Some((row.key.clone(), current.item(row)))
    }

    /// True when the segment at hand is used up.
    pub(super) fn at_segment_end(&self) -> bool {
        self.current.as_ref().is_some_and(|current| self.row >= current.index().rows.len())
    }
}

fn opened<O: Opened>(
    vault: Arc<VaultInner>,
    object_type: ObjectType,
    pages: Vec<PageRef>,
    from: Option<Bytes>,
) -> BoxStream<'static, Result<O, VaultError>> {
    let reader = PageReader::new(vault.clone(), pages);
    stream::try_unfold((reader, from), |(mut reader, mut from)| async move {
        if let Some(from) = from.take() {
            reader.skip_below(&from).await?;
        }
        Ok::<_, VaultError>(reader.next().await?.map(|segment| (segment, (reader, from))))
    })
    .map_ok(move |segment| {
        let vault = vault.clone();
        // A task of its own, so that it goes on while the records at hand are used.
        let task = tokio::spawn(async move { O::fetch(&vault, object_type, &segment).await });
        async move { task.await.map_err(|error| VaultError::Worker(error.to_string()))? }
    })
    .try_buffered(O::AT_ONCE)
    .boxed()
}
