//! Documents appended to a base: what no document of the base and no row of its layers lies above or
//! at becomes base segments at its end, and is not merged again as rows of layers are.

use std::sync::Arc;

use bytes::Bytes;

use super::part::PartWriter;
use super::stream::Parts;
use super::writer::SetShared;
use super::{StreamInfo, StreamManifest};
use crate::VaultError;

/// The end of a base.
#[derive(Debug)]
pub(super) struct Tail {
    /// The highest key that the base or one of its layers names; none when they name none.
    highest: Option<Bytes>,
    last: Option<Vec<u8>>,
    part: Option<PartWriter>,
    parts: Arc<Parts>,
}

impl Tail {
    pub(super) fn of(base: &StreamManifest) -> Self {
        let pages = base.base_pages().chain(base.layer_pages());
        let highest = pages.map(|page| page.last_key.clone()).max();
        Self { highest, last: None, part: None, parts: Arc::default() }
    }

    /// Whether a key belongs here. Keys rise, so that none below follows one that does.
    pub(super) fn takes(&mut self, stream: &str, key: &[u8]) -> Result<bool, VaultError> {
        let out_of_order = || VaultError::OutOfOrder { stream: stream.to_owned() };
        if self.highest.as_ref().is_some_and(|highest| key <= highest.as_ref()) {
            return if self.last.is_none() { Ok(false) } else { Err(out_of_order()) };
        }
        if self.last.as_deref().is_some_and(|last| key <= last) {
            return Err(out_of_order());
        }
        self.last = Some(key.to_vec());
        Ok(true)
    }

    pub(super) async fn push(
        &mut self,
        shared: &SetShared,
        info: &StreamInfo,
        key: &[u8],
        doc: &[u8],
    ) -> Result<(), VaultError> {
        let parts = &self.parts;
        let part = self.part.get_or_insert_with(|| PartWriter::new(shared, info, 0, parts.clone()));
        part.push(key, doc).await
    }

    /// Puts what was appended at the end of the stream's last part.
    pub(super) async fn finish(self, stream: &mut StreamManifest) -> Result<(), VaultError> {
        let Some(part) = self.part else {
            return Ok(());
        };
        part.finish().await?;
        for part in self.parts.take().unwrap_or_default() {
            let stats = &mut stream.stats;
            let mut totals = stats.totals();
            totals.add(&part.tally.totals());
            stats.set_totals(&totals);
            stats.segments += part.tally.segments;
            stats.reused_segments += part.tally.reused_segments;
            stats.stored_bytes += part.tally.stored_bytes;
            match stream.parts.last_mut() {
                Some(last) => last.extend(part.pages),
                None => stream.parts.push(part.pages),
            }
        }
        Ok(())
    }
}
