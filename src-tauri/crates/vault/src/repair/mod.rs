//! Repairing a damaged store from another one of the same vault.
//!
//! From the top down, since what is damaged hides what it refers to: keyring, registry and ledgers,
//! manifests and pages, segments. Content-named objects are copied from the other store, checked
//! before and read back after. Ledgers differ from store to store: a lost entry is made up for by
//! what the other store tells of its set, and the chain is sealed anew.

mod content;
mod keyring;
mod ledgers;
mod overlay;

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::VaultError;
use crate::check::{
    self, CheckLevel, CheckProgress, CheckReport, CheckRequest, Problem, ProblemKind,
};
use crate::store::Store;
use crate::vault::{Vault, VaultInner};
use content::Healer;

/// Folder of what a repair replaced and could not compute anew; a prune deletes what is old there.
pub(crate) const DAMAGED: &str = "damaged";
/// Rounds over the structure: ledger, manifest and page hide what lies beneath.
const ROUNDS: usize = 6;

/// How a store is to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepairRequest {
    /// How deep to look for damage; at least L1.
    pub level: CheckLevel,
    /// Tell what would be done and write nothing.
    pub dry_run: bool,
}

/// How an object came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cure {
    /// The other store holds it.
    Copied,
    /// Its bytes lay under another key of the same store, or in a bundle.
    Moved,
    /// It was computed anew from what the store itself holds.
    Chained,
    /// The other store tells of the set that it told of.
    Relisted,
    /// The writer that it told of is known otherwise.
    Registered,
    /// What it said is lost: a removal, a pin, or a set that the other store does not hold. Its
    /// place in the chain was filled.
    Blank,
}

impl Cure {
    /// The cure as it is written out.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Moved => "moved",
            Self::Chained => "chained",
            Self::Relisted => "relisted",
            Self::Registered => "registered",
            Self::Blank => "blank",
        }
    }
}

/// An object that was damaged and is sound now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repaired {
    /// Its key in the store.
    pub object: String,
    /// What was wrong.
    pub kind: ProblemKind,
    /// How it came back.
    pub cure: Cure,
}

/// What a repair did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RepairReport {
    /// Objects looked at.
    pub objects: u64,
    /// Bytes read while looking.
    pub bytes: u64,
    /// What is sound again.
    pub repaired: Vec<Repaired>,
    /// What is still wrong, and why nothing healed it.
    pub left: Vec<Problem>,
}

impl RepairReport {
    /// True when nothing is wrong any more.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.left.is_empty()
    }
}

/// Where a copy of a replaced object lies.
pub(crate) fn aside(key: &str) -> String {
    format!("{DAMAGED}/{key}")
}

impl Vault {
    /// Repairs a store of the same vault from this one: finds what is damaged there and puts sound
    /// objects in its place, each checked before it is written and read back after.
    ///
    /// # Errors
    /// What the stores said, [`VaultError::OtherVault`], or [`VaultError::Cancelled`]. What cannot
    /// be repaired is told in the report.
    pub async fn repair(
        &self,
        damaged: Store,
        request: &RepairRequest,
        progress: &(dyn Fn(CheckProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<RepairReport, VaultError> {
        Box::pin(run(&self.inner, damaged, request, progress, cancel)).await
    }
}

async fn run(
    sound: &Arc<VaultInner>,
    damaged: Store,
    request: &RepairRequest,
    progress: &(dyn Fn(CheckProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<RepairReport, VaultError> {
    let store = if request.dry_run { overlay::over(damaged) } else { damaged };
    let mut report = RepairReport::default();
    let vault = keyring::repair(sound, store, &mut report).await?;
    ledgers::repair(sound, &vault, &mut report).await?;
    let check = Checks { vault: &vault, progress, cancel };
    let mut healer = Healer::new(sound, &vault, request.dry_run).await?;
    let mut found = check.at(CheckLevel::L1, &mut report).await?;
    for _ in 0..ROUNDS {
        if healer.heal(&found, &mut report, cancel).await? == 0 {
            break;
        }
        found = check.at(CheckLevel::L1, &mut report).await?;
    }
    if request.level > CheckLevel::L1 {
        found = check.at(request.level, &mut report).await?;
        healer.heal(&found, &mut report, cancel).await?;
    }
    // What was healed was checked before it was written and read back after; the rest is told.
    let healed: BTreeSet<_> = report.repaired.iter().map(|one| one.object.as_str()).collect();
    let is_leaf = |object: &str| object.starts_with("segment/") || object.starts_with("delta/");
    let unhealed = found.into_iter().filter(|problem| !healed.contains(problem.object.as_str()));
    let mut left: Vec<Problem> = unhealed.map(|problem| healer.explain(problem)).collect();
    let again = check.at(CheckLevel::L1, &mut RepairReport::default()).await?;
    let still = again
        .into_iter()
        .filter(|problem| !(request.dry_run && is_leaf(&problem.object)))
        .filter(|problem| left.iter().all(|known| known.object != problem.object));
    left.extend(still.collect::<Vec<_>>());
    report.left = left;
    report.repaired.sort();
    report.left.sort();
    report.left.dedup();
    Ok(report)
}

struct Checks<'c> {
    vault: &'c Arc<VaultInner>,
    progress: &'c (dyn Fn(CheckProgress) + Send + Sync),
    cancel: &'c CancellationToken,
}

impl Checks<'_> {
    async fn at(
        &self,
        level: CheckLevel,
        report: &mut RepairReport,
    ) -> Result<Vec<Problem>, VaultError> {
        let request = CheckRequest { set: None, level, sample_percent: 100.0 };
        let found: CheckReport =
            check::run(self.vault.clone(), &request, self.progress, self.cancel).await?;
        report.objects = report.objects.max(found.objects);
        report.bytes = report.bytes.max(found.bytes);
        Ok(found.problems)
    }
}
