//! Writing a set: streams first, the ledger entry last.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::commit;
pub use super::part::{PartCheckpoint, PartWriter};
use super::sealing::Sealing;
pub use super::stream::StreamWriter;
use super::{ClassManifest, SetCommit, SetInfo, SetSummary, StreamInfo, StreamManifest};
use crate::ledger::Listing;
use crate::manifest::PageReader;
use crate::prune::mark::Marked;
use crate::vault::{Vault, VaultInner};
use crate::{VaultError, ledger, manifest};

/// Writes a set; shared by all its streams. Dropped without a commit it leaves nothing listed.
#[derive(Debug)]
pub struct SetWriter {
    shared: Arc<SetShared>,
}

/// What the writers of a set's streams share.
#[derive(Debug)]
pub(crate) struct SetShared {
    pub(crate) vault: Arc<VaultInner>,
    pub(crate) id: String,
    pub(crate) started_at_ms: i64,
    pub(crate) info: SetInfo,
    pub(crate) sealing: Arc<Sealing>,
    /// Each class in its newest set, whose segments are reused.
    earlier: BTreeMap<String, ClassManifest>,
    streams: Mutex<BTreeMap<(String, String), Option<StreamManifest>>>,
}

impl SetShared {
    pub(crate) fn streams(
        &self,
    ) -> MutexGuard<'_, BTreeMap<(String, String), Option<StreamManifest>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same stream in the newest earlier set.
    pub(crate) fn earlier(&self, info: &StreamInfo) -> Option<PageReader> {
        let stream = self.earlier.get(&info.class)?.stream(&info.name)?;
        Some(PageReader::new(self.vault.clone(), stream.base_pages().cloned()))
    }
}

impl SetWriter {
    pub(crate) async fn begin(vault: Vault, mut info: SetInfo) -> Result<Self, VaultError> {
        let vault = vault.inner;
        ledger::register(&vault).await?;
        info.classes.sort();
        info.classes.dedup();
        let now_ms = vault.context.clock.now_ms();
        let started_at_ms = info.resumes.map_or(now_ms, |earlier| earlier.min(now_ms));
        let id = vault.context.new_id();
        // After the start was noted: a mark that is not seen here is younger than the set.
        let marked = Marked::read(&vault).await?;
        let listing = ledger::read(&vault).await?;
        listing.ensure_keyring_fits()?;
        let earlier = match info.distrust {
            true => BTreeMap::new(),
            false => earlier_sets(&vault, &listing, &info.classes).await?,
        };
        let sealing = Sealing::new(vault.clone(), marked);
        let streams = Mutex::default();
        let shared = SetShared { vault, id, started_at_ms, info, sealing, earlier, streams };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The set's id, a ULID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// Begins a stream.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] when its class is not one of the set's or its name is taken.
    pub async fn stream(&self, info: StreamInfo) -> Result<StreamWriter, VaultError> {
        self.reserve(&info)?;
        Ok(StreamWriter::new(self.shared.clone(), info, None))
    }

    /// Begins a stream that holds what `base`, a stream of an earlier set, holds, and over it the
    /// images and tombstones that are added. Nothing of the base is read or written again; the set
    /// refers to its segments itself, so that the earlier set may be dropped.
    ///
    /// # Errors
    /// As [`SetWriter::stream`].
    pub async fn stream_over(
        &self,
        info: StreamInfo,
        base: StreamManifest,
    ) -> Result<StreamWriter, VaultError> {
        self.reserve(&info)?;
        Ok(StreamWriter::new(self.shared.clone(), info, Some(base)))
    }

    fn reserve(&self, info: &StreamInfo) -> Result<(), VaultError> {
        if !self.shared.info.classes.contains(&info.class) {
            return Err(VaultError::Misuse(format!(
                "stream `{}`: class `{}` is not one that the set was begun with",
                info.name, info.class
            )));
        }
        let place = (info.class.clone(), info.name.clone());
        let mut streams = self.shared.streams();
        if streams.contains_key(&place) {
            let detail =
                format!("stream `{}` of class `{}` was begun before", info.name, info.class);
            return Err(VaultError::Misuse(detail));
        }
        streams.insert(place, None);
        Ok(())
    }

    /// Checks that everything is in the store, writes the manifests and then the ledger entry, from
    /// which on the set exists.
    ///
    /// # Errors
    /// [`VaultError::Misuse`] while a stream is not finished, [`VaultError::TooOld`],
    /// [`VaultError::Fenced`], [`VaultError::Damaged`] when a segment is gone; nothing is listed
    /// then.
    pub async fn commit(self, commit: SetCommit) -> Result<SetSummary, VaultError> {
        commit::run(&self.shared, commit).await
    }
}

/// Each class as its newest set holds it. Damage of an earlier set only means that less is reused.
async fn earlier_sets(
    vault: &Arc<VaultInner>,
    listing: &Listing,
    classes: &[String],
) -> Result<BTreeMap<String, ClassManifest>, VaultError> {
    let mut earlier = BTreeMap::new();
    for class in classes {
        let mut newest_first = listing.sets.iter().rev();
        let newest = newest_first.find_map(|set| Some((set, set.manifest_of(class)?)));
        let Some((set, object)) = newest else { continue };
        match manifest::read_class(vault, &set.summary.id, class, object).await {
            Ok(manifest) => {
                earlier.insert(class.clone(), manifest);
            }
            Err(error @ VaultError::Damaged { .. }) => {
                tracing::warn!(%error, class, "nothing is reused from the earlier set");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(earlier)
}
