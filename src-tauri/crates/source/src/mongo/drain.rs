//! The raw drain: reading everything and throwing it away, the limit a backup is measured against.

use futures::{StreamExt, TryStreamExt};

use super::command::ReplyCursor;
use super::connect::MongoSource;
use super::inspect::{CollectionInfo, CollectionKind};
use crate::SourceError;
use crate::rawbson::{self, DocumentWriter};

/// What a drain read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DrainOutcome {
    /// Documents read.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl MongoSource {
    /// Reads collections with `parallel` plain raw-batch cursors, one a collection in natural
    /// order, and throws the batches away.
    ///
    /// # Errors
    /// Server errors.
    pub async fn drain(
        &self,
        collections: &[CollectionInfo],
        parallel: usize,
    ) -> Result<DrainOutcome, SourceError> {
        let stored = collections.iter().filter(|info| info.kind != CollectionKind::View);
        let names: Vec<String> = stored.map(|info| info.name.clone()).collect();
        futures::stream::iter(names.into_iter().map(|name| self.clone().drain_one(name)))
            .buffer_unordered(parallel.max(1))
            .try_fold(DrainOutcome::default(), |sum, one| async move {
                Ok(DrainOutcome {
                    documents: sum.documents + one.documents,
                    bytes: sum.bytes + one.bytes,
                })
            })
            .await
    }

    async fn drain_one(self, name: String) -> Result<DrainOutcome, SourceError> {
        let on = self.namespace(&name);
        let task = tokio::spawn(async move {
            let mut command = DocumentWriter::default();
            command.string("find", &name);
            let on = self.namespace(&name);
            let mut cursor = ReplyCursor::open(self.database(), "reading", &on, command).await?;
            let mut outcome = DrainOutcome::default();
            while let Some(reply) = cursor.next_reply().await? {
                let malformed = |error| SourceError::malformed(&on, error);
                let documents = super::batch::batch_array(&reply).map_err(malformed)?;
                for document in rawbson::elements(documents).map_err(malformed)? {
                    outcome.documents += 1;
                    outcome.bytes += document.map_err(malformed)?.value.len() as u64;
                }
            }
            Ok(outcome)
        });
        match task.await {
            Ok(outcome) => outcome,
            Err(error) => Err(SourceError::answer("reading", on, error.to_string())),
        }
    }
}
