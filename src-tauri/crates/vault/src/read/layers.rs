//! Walks the rows of several layers as one.

use std::sync::Arc;

use bytes::Bytes;

use super::cursor::RowCursor;
use super::opened::Opened;
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::manifest::Layer;
use crate::vault::VaultInner;

/// A place among the rows of all layers in key order. Where several name a key, the newest decides.
/// Each layer has one segment in memory.
#[derive(Debug)]
pub(crate) struct LayerCursor<O> {
    /// Newest first.
    layers: Vec<RowCursor<O>>,
    /// The row at hand: its key, and the newest layer that has it.
    at: Option<(Bytes, usize)>,
}

impl<O: Opened> LayerCursor<O> {
    /// Begins at `from`, or at the first row.
    pub(crate) fn new(vault: &Arc<VaultInner>, layers: &[Layer], from: Option<&Bytes>) -> Self {
        let cursor =
            |layer: &Layer| RowCursor::new(vault, ObjectType::Delta, &layer.pages, from.cloned());
        Self { layers: layers.iter().rev().map(cursor).collect(), at: None }
    }

    /// The key of the row at hand.
    pub(crate) async fn peek(&mut self) -> Result<Option<&Bytes>, VaultError> {
        if self.at.is_none() {
            for (number, layer) in self.layers.iter_mut().enumerate() {
                let Some(row) = layer.peek().await? else { continue };
                if self.at.as_ref().is_none_or(|(lowest, _)| row.key < *lowest) {
                    self.at = Some((row.key.clone(), number));
                }
            }
        }
        Ok(self.at.as_ref().map(|(key, _)| key))
    }

    /// Takes the row at hand, none for what it stands for when it is a tombstone. What older layers say
    /// of the key is passed over.
    pub(crate) async fn take(&mut self) -> Result<Option<(Bytes, Option<O::Item>)>, VaultError> {
        let Some((key, newest)) = self.at.take() else {
            return Ok(None);
        };
        let mut taken = None;
        for (number, layer) in self.layers.iter_mut().enumerate() {
            let names_it = layer.peek().await?.is_some_and(|row| row.key == key);
            if names_it {
                let row = layer.take();
                if number == newest {
                    taken = row;
                }
            }
        }
        Ok(taken)
    }
}
