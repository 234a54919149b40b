//! Images of single documents at one cluster time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use tokio_util::task::AbortOnDropHandle;

use super::batch::RawBatch;
use super::command::{ReadTime, ReplyCursor};
use super::connect::MongoSource;
use super::inspect::CollectionInfo;
use super::membership::MembershipFilter;
use super::patience::Patience;
use super::scan::{fits_in_list, one_of};
use super::time::ClusterTime;
use super::window::{SortedKeys, TouchedKey};
use crate::SourceError;
use crate::error::{code, command_code};
use crate::rawbson::{self, DocumentWriter};
use crate::sortkey;

/// Keys asked for by one query.
const MAX_KEYS: usize = 1000;
/// Bytes of ids in one query.
const MAX_ID_BYTES: usize = 1024 * 1024;
/// Document bytes that one query should answer with, by the collection's average.
const ANSWER_BYTES: u64 = 4 * 1024 * 1024;
/// Queries on their way at the same time: the documents lie apart, so the server mostly waits for
/// its disk.
const AT_ONCE: usize = 4;

/// The state of one touched document at T1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// The document exists and these are its bytes.
    Put {
        /// Sort key.
        key: Vec<u8>,
        /// The document.
        document: Bytes,
    },
    /// There is no such document.
    Delete {
        /// Sort key.
        key: Vec<u8>,
        /// Raw `{_id: …}`.
        id: Bytes,
    },
}

impl Image {
    /// Sort key and document; none where there is no such document.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, Option<Bytes>) {
        match self {
            Self::Put { key, document } => (key, Some(document)),
            Self::Delete { key, .. } => (key, None),
        }
    }
}

/// Reads images in key order with snapshot reads at one time. The next batches are read while the
/// one at hand is used.
pub struct ImageReader {
    query: Arc<ImageQuery>,
    keys: SortedKeys,
    /// The key that did not fit into the last query.
    held: Option<TouchedKey>,
    keys_per_query: usize,
    at_once: usize,
    /// The next batches in order; ended with this reader.
    ahead: VecDeque<AbortOnDropHandle<Result<Vec<Image>, SourceError>>>,
}

impl ImageReader {
    pub(super) fn new(
        source: MongoSource,
        info: &CollectionInfo,
        time: ClusterTime,
        keys: SortedKeys,
        membership: Option<MembershipFilter>,
    ) -> Self {
        let average = (info.bytes / info.documents.max(1)).max(1);
        let fitting = usize::try_from(ANSWER_BYTES / average).unwrap_or(MAX_KEYS);
        let collection = info.name.clone();
        Self {
            query: Arc::new(ImageQuery { source, collection, time, membership }),
            keys,
            held: None,
            keys_per_query: fitting.clamp(1, MAX_KEYS),
            at_once: AT_ONCE,
            ahead: VecDeque::new(),
        }
    }

    /// Asks the server for one batch after the other.
    #[must_use]
    pub fn gently(mut self) -> Self {
        self.at_once = 1;
        self
    }

    /// The next images, or none at the end. A batch holds at most 1,000 keys and about 4 MiB of
    /// documents of average size.
    ///
    /// # Errors
    /// [`SourceError::SnapshotTooOld`]: end the window again at a later time and start over.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Image>>, SourceError> {
        self.read_ahead()?;
        // Taken away only when it is there: who stops waiting misses nothing.
        let Some(first) = self.ahead.front_mut() else { return Ok(None) };
        let batch = first.await;
        self.ahead.pop_front();
        let batch = batch.map_err(|error| {
            let on = self.query.source.namespace(&self.query.collection);
            SourceError::answer("reading images", on, error.to_string())
        })??;
        self.read_ahead()?;
        Ok(Some(batch))
    }

    fn read_ahead(&mut self) -> Result<(), SourceError> {
        while self.ahead.len() < self.at_once {
            let keys = self.next_keys()?;
            if keys.is_empty() {
                break;
            }
            let query = Arc::clone(&self.query).images(keys);
            self.ahead.push_back(AbortOnDropHandle::new(tokio::spawn(query)));
        }
        Ok(())
    }

    fn next_keys(&mut self) -> Result<Vec<TouchedKey>, SourceError> {
        let mut keys = Vec::new();
        let mut id_bytes = 0;
        while keys.len() < self.keys_per_query {
            let Some(key) =
                self.held.take().map_or_else(|| self.keys.next(), |key| Ok(Some(key)))?
            else {
                break;
            };
            id_bytes += key.id.len() + 8;
            if id_bytes > MAX_ID_BYTES && !keys.is_empty() {
                self.held = Some(key);
                break;
            }
            keys.push(key);
        }
        Ok(keys)
    }
}

/// What is asked of the server for each batch.
struct ImageQuery {
    source: MongoSource,
    collection: String,
    time: ClusterTime,
    membership: Option<MembershipFilter>,
}

impl ImageQuery {
    async fn images(self: Arc<Self>, keys: Vec<TouchedKey>) -> Result<Vec<Image>, SourceError> {
        let mut found = BTreeMap::new();
        let (plain, odd): (Vec<_>, Vec<_>) = keys.iter().partition(|key| fits_in_list(&key.id));
        if !plain.is_empty() {
            self.query(self.by_list(&plain)?, &mut found).await?;
        }
        for key in odd {
            self.query(self.by_value(key)?, &mut found).await?;
        }
        let images = keys.into_iter().map(|TouchedKey { key, id }| match found.remove(&key) {
            Some(document) => Image::Put { key, document },
            None => Image::Delete { key, id },
        });
        Ok(images.collect())
    }

    fn by_list(&self, keys: &[&TouchedKey]) -> Result<DocumentWriter, SourceError> {
        let ids = keys.iter().map(|key| key.id.as_ref());
        let filter = one_of("_id", ids).map_err(|error| self.malformed(error))?;
        let mut command = DocumentWriter::with_capacity(filter.len() + 256);
        command.string("find", &self.collection).document("filter", &filter);
        // One answer where it fits: else the first has 101 documents, and the server comes back.
        command.i32("batchSize", i32::try_from(keys.len() + 1).unwrap_or(i32::MAX));
        Ok(command)
    }

    /// `{_id: {$eq: …}}`.
    fn by_value(&self, key: &TouchedKey) -> Result<DocumentWriter, SourceError> {
        let id = sortkey::id_element(&key.id).map_err(|error| self.malformed(error))?;
        let mut command = DocumentWriter::with_capacity(key.id.len() + 256);
        command.string("find", &self.collection);
        command.document("filter", &super::scan::equals(id.kind, id.value));
        Ok(command)
    }

    async fn query(
        &self,
        mut command: DocumentWriter,
        found: &mut BTreeMap<Vec<u8>, Bytes>,
    ) -> Result<(), SourceError> {
        ReadTime::Exactly(self.time).append(&mut command);
        let mut patience = Patience::default();
        while let Err(error) = self.try_query(command.clone(), found).await {
            patience.wait(error).await?;
        }
        Ok(())
    }

    async fn try_query(
        &self,
        command: DocumentWriter,
        found: &mut BTreeMap<Vec<u8>, Bytes>,
    ) -> Result<(), SourceError> {
        let on = self.source.namespace(&self.collection);
        let database = self.source.database();
        let mut cursor = ReplyCursor::open(database, "reading images", &on, command)
            .await
            .map_err(|error| self.explain(error))?;
        while let Some(reply) = cursor.next_reply().await.map_err(|error| self.explain(error))? {
            let mut batch =
                RawBatch::from_reply(reply, None).map_err(|error| self.malformed(error))?;
            if let Some(filter) = &self.membership {
                batch
                    .retain(|document| filter.keeps(document))
                    .map_err(|error| self.malformed(error))?;
            }
            for record in batch.iter() {
                found.insert(record.key.to_vec(), record.bytes());
            }
        }
        Ok(())
    }

    fn malformed(&self, error: rawbson::MalformedBson) -> SourceError {
        SourceError::malformed(self.source.namespace(&self.collection), error)
    }

    fn explain(&self, error: SourceError) -> SourceError {
        match &error {
            SourceError::Mongo { error: cause, .. }
                if command_code(cause) == code::SNAPSHOT_TOO_OLD =>
            {
                SourceError::SnapshotTooOld { collection: self.collection.clone(), at: self.time }
            }
            _ => error,
        }
    }
}
