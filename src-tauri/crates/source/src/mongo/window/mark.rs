//! Documents that somebody else names, beside those that the oplog names.

use super::{CaptureWindow, MEMORY_BUDGET};
use crate::SourceError;
use crate::mongo::scan::id_document;
use crate::sortkey;

impl CaptureWindow {
    /// Counts a document, of which only the `_id` is looked at, among those touched in the window.
    ///
    /// # Errors
    /// [`SourceError::Malformed`] when it is no document with an `_id`, and when the scratch file
    /// fails.
    pub fn mark(&mut self, collection: &str, document: &[u8]) -> Result<(), SourceError> {
        let malformed = |error| SourceError::malformed(self.source.namespace(collection), error);
        let id = sortkey::id_element(document).map_err(malformed)?;
        let key = sortkey::of_document(document).map_err(malformed)?;
        let watched = self.collections.entry(collection.to_owned()).or_default();
        watched.touched.add(key, || id_document(id.kind, id.value));
        // Each collection has the whole budget: marks come from one after the other.
        if watched.touched.memory() > MEMORY_BUDGET {
            watched.touched.spill()?;
        }
        Ok(())
    }
}
