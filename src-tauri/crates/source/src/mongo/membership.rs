//! Which events belong to unfinished and which to finished games.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;

use super::batch::RawBatch;
use super::command::{ReadTime, ReplyCursor};
use super::connect::MongoSource;
use super::patience::Patience;
use super::scan::id_document;
use super::time::ClusterTime;
use crate::SourceError;
use crate::profile::Part;
use crate::rawbson::{self, DocumentWriter, MalformedBson};
use crate::sortkey;

/// The unfinished games at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveGames {
    /// Sort key → raw `{_id: …}`.
    ids: Arc<BTreeMap<Vec<u8>, Bytes>>,
}

impl LiveGames {
    /// From the `_id`s of raw documents of the live collection, for example as kept in a backup.
    ///
    /// # Errors
    /// When a document is malformed or has no `_id`.
    pub fn from_documents<'a>(
        documents: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, MalformedBson> {
        let ids: Result<_, _> = documents
            .into_iter()
            .map(|document| {
                let id = sortkey::id_element(document)?;
                Ok((sortkey::of_document(document)?, id_document(id.kind, id.value)))
            })
            .collect();
        Ok(Self { ids: Arc::new(ids?) })
    }

    /// Raw `{_id: …}` of each game, in `_id` order; [`Self::from_documents`] reads them back.
    pub fn documents(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.ids.values()
    }

    /// Number of unfinished games.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether no game is being played.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Raw `{_id: …}` of the games that are unfinished in exactly one of the two.
    pub(crate) fn flipped(&self, other: &Self) -> Vec<Bytes> {
        let known: BTreeSet<_> = self.ids.keys().collect();
        let other_known: BTreeSet<_> = other.ids.keys().collect();
        let changed = known.symmetric_difference(&other_known);
        changed.filter_map(|key| self.ids.get(*key).or(other.ids.get(*key)).cloned()).collect()
    }
}

/// Keeps the events of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipFilter {
    /// Top-level field holding the game's id.
    pub field: String,
    /// Which part is kept.
    pub part: Part,
    /// The unfinished games.
    pub live: LiveGames,
}

impl MembershipFilter {
    /// Whether a raw event belongs to the part. An event without the field belongs to no
    /// unfinished game.
    ///
    /// # Errors
    /// When the document is malformed.
    pub fn keeps(&self, document: &[u8]) -> Result<bool, MalformedBson> {
        if self.part == Part::Whole {
            return Ok(true);
        }
        let live = match rawbson::find(document, &self.field)? {
            None => false,
            Some(field) => {
                let mut key = Vec::with_capacity(field.value.len() + 4);
                sortkey::encode_value(field.kind, field.value, &mut key)?;
                self.live.ids.contains_key(&key)
            }
        };
        Ok(live == (self.part == Part::Unfinished))
    }
}

impl MongoSource {
    /// The unfinished games at a time, or at the newest majority-committed state.
    ///
    /// # Errors
    /// When the profile has no membership rule or the server does not answer.
    pub async fn live_games(&self, at: Option<ClusterTime>) -> Result<LiveGames, SourceError> {
        let Some((live, _, _)) = self.profile().membership_names() else {
            return Err(SourceError::Unsupported {
                what: "telling unfinished games apart".into(),
                reason: "the profile has no [membership]".into(),
            });
        };
        let read_time = at.map_or(ReadTime::Newest, ReadTime::Exactly);
        let mut ids = BTreeMap::new();
        let filter = DocumentWriter::default().finish();
        self.each_id(live, &filter, read_time, |key, document| {
            ids.insert(key.to_vec(), Bytes::copy_from_slice(document));
            Ok(())
        })
        .await?;
        Ok(LiveGames { ids: Arc::new(ids) })
    }

    /// Gives `take` the sort key and the raw document (`_id` alone) of each match of `filter`; after
    /// a fault some of them again.
    pub(crate) async fn each_id(
        &self,
        collection: &str,
        filter: &[u8],
        read_time: ReadTime,
        mut take: impl FnMut(&[u8], &[u8]) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut patience = Patience::default();
        while let Err(error) = self.try_each_id(collection, filter, read_time, &mut take).await {
            patience.wait(error).await?;
        }
        Ok(())
    }

    async fn try_each_id(
        &self,
        collection: &str,
        filter: &[u8],
        read_time: ReadTime,
        take: &mut impl FnMut(&[u8], &[u8]) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let on = self.namespace(collection);
        let mut only_id = DocumentWriter::default();
        only_id.i32("_id", 1);
        let mut command = DocumentWriter::with_capacity(filter.len() + 256);
        command.string("find", collection).document("filter", filter);
        command.document("projection", &only_id.finish());
        read_time.append(&mut command);
        let mut cursor = ReplyCursor::open(self.database(), "reading _ids", &on, command).await?;
        while let Some(reply) = cursor.next_reply().await? {
            let batch = RawBatch::from_reply(reply, None)
                .map_err(|error| SourceError::malformed(on.clone(), error))?;
            for record in batch.iter() {
                take(record.key, record.document)?;
            }
        }
        Ok(())
    }
}
