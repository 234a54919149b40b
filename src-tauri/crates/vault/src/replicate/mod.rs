//! Copying sets into another store, which is a vault of its own with the same id and keys.
//!
//! Pure store to store. A replica has its own registry, ledgers, retention and prune; objects are
//! copied byte for byte, since their names follow from their content and their keys from the keyring.
//! Order of writes: keyring, segments, pages, manifests, ledger entry.

mod keyring;
mod object;
mod set;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub(crate) use keyring::{make, open, open_keyring};

use crate::VaultError;
use crate::check::Problem;
use crate::ledger::{self, ListedSet, Listing};
use crate::reach::{Reach, Tally};
use crate::store::Store;
use crate::vault::{Vault, VaultInner};
use set::{CopyError, Copying};

/// Attribute of a copied set: when it was copied, Unix time in milliseconds.
pub const REPLICATED_AT: &str = "replicated_at";

/// What is to be copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplicateRequest {
    /// Ids of sets; those named more than once are copied once.
    pub sets: Vec<String>,
    /// The lease's token; 0 where no lease is held.
    pub fencing_token: u64,
}

/// How far a replication is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplicateProgress {
    /// The set at hand.
    pub set: String,
    /// Sets that are finished.
    pub sets: u64,
    /// Sets that were asked for.
    pub total_sets: u64,
    /// Objects looked at, of all sets.
    pub objects: u64,
    /// Objects there are to look at, as far as known.
    pub total_objects: u64,
    /// Bytes copied.
    pub bytes: u64,
}

/// What became of one set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// It is listed in the replica now.
    Done,
    /// It was listed there before.
    Present,
    /// It was listed there and removed again: it is not copied a second time.
    Removed,
    /// It is damaged here, or was removed meanwhile.
    Failed(Problem),
}

/// A set and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedSet {
    /// The set's id.
    pub set: String,
    /// What became of it.
    pub result: Copied,
    /// Objects that this run wrote.
    pub copied: Tally,
    /// Objects that lay there.
    pub present: Tally,
}

/// What a replication did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplicateReport {
    /// Set by set, in the order asked for.
    pub sets: Vec<CopiedSet>,
}

impl ReplicateReport {
    /// What was written, over all sets.
    #[must_use]
    pub fn copied(&self) -> Tally {
        self.sets.iter().fold(Tally::default(), |sum, set| Tally {
            objects: sum.objects + set.copied.objects,
            bytes: sum.bytes + set.copied.bytes,
        })
    }

    /// True when every set asked for is in the replica, or was removed there on purpose.
    #[must_use]
    pub fn ok(&self) -> bool {
        !self.sets.iter().any(|set| matches!(set.result, Copied::Failed(_)))
    }
}

impl Vault {
    /// Opens the replica of this vault in a store, with the keys that opened this one.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`] while there is none, [`VaultError::OtherVault`],
    /// [`VaultError::WrongKey`] where its keyring is an old one that nothing at hand opens.
    pub async fn replica(&self, store: Store) -> Result<Self, VaultError> {
        open(&self.inner, store).await
    }

    /// As [`Vault::replica`]; makes the replica where there is none, and has its keyring follow
    /// that of this vault.
    ///
    /// # Errors
    /// As [`Vault::replica`]; [`VaultError::ReplicaAhead`].
    pub async fn make_replica(&self, store: Store) -> Result<Self, VaultError> {
        make(&self.inner, store).await
    }

    /// Copies sets into a replica of this vault, each with everything that it refers to. A set is
    /// listed there from its own ledger entry on, not before; what lies there is not copied again.
    ///
    /// # Errors
    /// What the stores said, or [`VaultError::Cancelled`]; sets that were finished stay. Damage of
    /// a set here is told in the report and keeps back that set alone.
    pub async fn replicate(
        &self,
        replica: &Self,
        request: &ReplicateRequest,
        progress: &(dyn Fn(ReplicateProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<ReplicateReport, VaultError> {
        Box::pin(run(&self.inner, &replica.inner, request, progress, cancel)).await
    }
}

async fn run(
    source: &Arc<VaultInner>,
    replica: &Arc<VaultInner>,
    request: &ReplicateRequest,
    progress: &(dyn Fn(ReplicateProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<ReplicateReport, VaultError> {
    let wanted = wanted(source, request).await?;
    ledger::register(replica).await?;
    let listing = ledger::read(replica).await?;
    if let Some(Problem { object, kind, detail }) = listing.problems.into_iter().next() {
        return Err(VaultError::damaged(&object, kind, detail));
    }
    let listing = Listing { problems: Vec::new(), ..listing };
    let mut copying = Copying {
        source: source.clone(),
        replica: replica.clone(),
        known: known(replica, &listing.sets).await?,
        fencing_token: request.fencing_token,
        progress,
        cancel,
        now: ReplicateProgress { total_sets: wanted.len() as u64, ..ReplicateProgress::default() },
    };
    let mut report = ReplicateReport::default();
    for set in wanted {
        let id = set.summary.id.clone();
        copying.now.set.clone_from(&id);
        let copied = match settled(&listing, &id) {
            Some(result) => {
                let (copied, present) = Default::default();
                CopiedSet { set: id, result, copied, present }
            }
            None => one(&mut copying, set).await?,
        };
        report.sets.push(copied);
        copying.now.sets += 1;
        copying.tell()?;
    }
    Ok(report)
}

async fn one(copying: &mut Copying<'_>, set: ListedSet) -> Result<CopiedSet, VaultError> {
    let id = set.summary.id.clone();
    let mut tallies = <(Tally, Tally)>::default();
    let (objects, total) = (copying.now.objects, copying.now.total_objects);
    let result = loop {
        let before = tallies.0;
        match copying.set(set.clone(), &mut tallies).await {
            Ok(()) => break Copied::Done,
            Err(CopyError::Source(problem)) => break Copied::Failed(problem),
            // It took so long that a prune may have met it. What was copied is adopted now, so that
            // the next attempt is shorter.
            Err(CopyError::Other(VaultError::TooOld { .. })) if tallies.0 != before => {
                (copying.now.objects, copying.now.total_objects) = (objects, total);
                tallies.1 = Tally::default();
            }
            Err(CopyError::Other(error)) => return Err(error),
        }
    };
    let (copied, present) = tallies;
    Ok(CopiedSet { set: id, result, copied, present })
}

/// The sets asked for, each once, in the order asked for.
async fn wanted(
    source: &VaultInner,
    request: &ReplicateRequest,
) -> Result<Vec<ListedSet>, VaultError> {
    let listing = ledger::read(source).await?;
    let mut wanted: Vec<ListedSet> = Vec::with_capacity(request.sets.len());
    for id in &request.sets {
        if wanted.iter().any(|set| set.summary.id == *id) {
            continue;
        }
        let found = listing.sets.iter().find(|set| set.summary.id == *id);
        wanted.push(found.cloned().ok_or_else(|| listing.no_such_set(id))?);
    }
    Ok(wanted)
}

/// What is to be said of a set without looking at its objects.
fn settled(listing: &Listing, id: &str) -> Option<Copied> {
    if listing.sets.iter().any(|set| set.summary.id == id) {
        return Some(Copied::Present);
    }
    let removed = listing.removed.iter().any(|(_, set)| set.summary.id == id);
    removed.then_some(Copied::Removed)
}

/// What the listed sets of the replica refer to: it was read back when they were copied. Where one
/// of them is damaged less is known, and more is read.
async fn known(replica: &Arc<VaultInner>, sets: &[ListedSet]) -> Result<Reach, VaultError> {
    let mut known = Reach::default();
    for set in sets {
        if let Err(error) = known.walk(replica, set, &mut |_| {}).await {
            let problem = Problem::from_error(error)?;
            tracing::warn!(object = problem.object, "a set of the replica is damaged");
        }
    }
    Ok(known)
}
