//! The raw drain: reading everything and throwing it away, the limit a backup is measured against.

use super::connect::MongoSource;
use super::inspect::CollectionInfo;
use crate::SourceError;

/// What a drain read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainOutcome {
    /// Documents read.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl MongoSource {
    /// Reads collections with `parallel` plain raw-batch cursors and throws the batches away.
    ///
    /// # Errors
    /// Server errors.
    pub async fn drain(
        &self,
        _collections: &[CollectionInfo],
        _parallel: usize,
    ) -> Result<DrainOutcome, SourceError> {
        Err(SourceError::Unsupported {
            what: "drain".into(),
            reason: "not built yet".into(),
        })
    }
}
