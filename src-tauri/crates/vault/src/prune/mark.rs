//! What a prune has marked, and how writers of sets keep clear of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use prost::Message;

use super::running;
use crate::VaultError;
use crate::check::Problem;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::objects::key_of;
use crate::proto;
use crate::reach::{Tally, half};
use crate::store::StoreError;
use crate::vault::VaultInner;

/// Where the mark lies; there is one at most.
const MARK: &str = "prune/mark";

/// An object that nothing referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) object_type: ObjectType,
    pub(super) name: ContentName,
    pub(super) size: u64,
    /// By the store's clock.
    pub(super) modified_ms: i64,
}

impl Candidate {
    pub(super) fn key(&self) -> String {
        key_of(self.object_type, &self.name)
    }

    fn to_message(self) -> proto::PruneCandidate {
        let (name, r#type) = (self.name.0.to_vec(), self.object_type as u32);
        proto::PruneCandidate { r#type, name, size: self.size, modified_ms: self.modified_ms }
    }

    fn from_message(message: &proto::PruneCandidate) -> Option<Self> {
        Some(Self {
            object_type: ObjectType::from_byte(u8::try_from(message.r#type).ok()?)?,
            name: ContentName::from_slice(&message.name)?,
            size: message.size,
            modified_ms: message.modified_ms,
        })
    }
}

/// A mark as it lies in the store.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) candidates: Vec<Candidate>,
    /// How far each ledger was read.
    pub(super) ledgers: BTreeMap<String, u64>,
    /// By the store's clock.
    pub(super) written_at_ms: i64,
}

impl Mark {
    /// The mark that lies in the store. One that is damaged counts as none: it is written anew.
    pub(super) async fn read(vault: &VaultInner) -> Result<Option<Self>, VaultError> {
        match Self::find(vault).await {
            Err(error @ VaultError::Damaged { .. }) => {
                tracing::warn!(%error, "the mark of a prune is damaged and is made anew");
                Ok(None)
            }
            result => result,
        }
    }

    async fn find(vault: &VaultInner) -> Result<Option<Self>, VaultError> {
        let Some(bytes) = vault.store.find(MARK).await? else {
            return Ok(None);
        };
        let plain = vault.unseal(ObjectType::Prune, MARK, &bytes)?;
        let message = proto::PruneMark::decode(plain.as_slice()).ok();
        let candidates = |message: &proto::PruneMark| {
            message.candidates.iter().map(Candidate::from_message).collect::<Option<Vec<_>>>()
        };
        let sound = message.and_then(|message| Some((candidates(&message)?, message.ledgers)));
        let undecodable =
            || VaultError::damaged(MARK, crate::ProblemKind::Decode, "not the mark of a prune");
        let (candidates, ledgers) = sound.ok_or_else(undecodable)?;
        let written = vault.store.stat(MARK).await?.and_then(|info| info.modified_ms);
        let no_clock = || VaultError::NoStoreClock { location: vault.store.location() };
        Ok(Some(Self {
            candidates,
            ledgers: ledgers.into_iter().map(|reach| (reach.ledger, reach.entries)).collect(),
            written_at_ms: written.ok_or_else(no_clock)?,
        }))
    }

    /// Writes the mark, in place of one that is settled, and returns its time by the store's clock.
    pub(super) async fn write(
        vault: &VaultInner,
        ledgers: BTreeMap<String, u64>,
        candidates: Vec<Candidate>,
    ) -> Result<i64, VaultError> {
        let mut id = vec![0; 16];
        vault.context.entropy.fill(&mut id);
        let reach = |(ledger, entries)| proto::LedgerReach { ledger, entries };
        let message = proto::PruneMark {
            id,
            ledgers: ledgers.into_iter().map(reach).collect(),
            candidates: candidates.into_iter().map(Candidate::to_message).collect(),
        };
        let body = vault.seal(ObjectType::Prune, MARK, &message.encode_to_vec())?;
        vault.store.put(MARK, body).await?;
        let written = vault.store.stat(MARK).await?.and_then(|info| info.modified_ms);
        written.ok_or_else(|| VaultError::NoStoreClock { location: vault.store.location() })
    }

    pub(super) async fn remove(vault: &VaultInner) -> Result<(), VaultError> {
        match vault.store.delete(MARK).await {
            // A mark of nothing says the same.
            Err(StoreError::Denied { .. }) => {
                Self::write(vault, BTreeMap::new(), Vec::new()).await.map(drop)
            }
            result => Ok(result?),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        self.candidates.iter().for_each(|candidate| tally.add(candidate.size));
        tally
    }
}

/// What a prune had marked when a set was begun. The set's writer stores such an object anew
/// instead of counting on it: then it is another one than the one marked, and is kept.
#[derive(Debug, Default)]
pub(crate) struct Marked {
    names: HashSet<[u8; 16]>,
    /// The mark could not be read: anything may be in it.
    everything: bool,
    stored_anew: AtomicBool,
    page_adopted: AtomicBool,
}

impl Marked {
    pub(crate) async fn read(vault: &VaultInner) -> Result<Self, VaultError> {
        match Mark::find(vault).await {
            Ok(Some(mark)) => {
                let names = mark.candidates.iter().map(|candidate| half(&candidate.name));
                Ok(Self { names: names.collect(), ..Self::default() })
            }
            Ok(None) => Ok(Self::default()),
            Err(VaultError::NoStoreClock { .. }) => Ok(Self::default()),
            Err(error) => {
                let problem = Problem::from_error(error)?;
                tracing::warn!(detail = problem.detail, "the mark of a prune cannot be read");
                Ok(Self { everything: true, ..Self::default() })
            }
        }
    }

    /// Whether what lies under that name must be stored anew; remembers that it was.
    pub(crate) fn takes(&self, name: &ContentName) -> bool {
        let marked = self.everything || self.names.contains(&half(name));
        if marked {
            self.stored_anew.store(true, Ordering::Relaxed);
        }
        marked
    }

    /// Remembers that a page was found in the store and is counted on.
    pub(crate) fn adopt_page(&self) {
        self.page_adopted.store(true, Ordering::Relaxed);
    }

    /// Whether a page was found in the store and is counted on.
    pub(crate) fn adopted_page(&self) -> bool {
        self.page_adopted.load(Ordering::Relaxed)
    }

    /// Refuses a set that stored marked objects anew while somebody prunes: one may be deleted
    /// whose age was looked at before it was stored anew. Comes before the set's objects are
    /// looked at for the last time.
    pub(crate) async fn ensure_settled(
        &self,
        vault: &VaultInner,
        set: &str,
    ) -> Result<(), VaultError> {
        if self.stored_anew.load(Ordering::Relaxed) && running::is_running(vault).await? {
            return Err(VaultError::BeingPruned { set: set.to_owned() });
        }
        Ok(())
    }
}
