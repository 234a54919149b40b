//! Deleting what nothing refers to, in two phases: mark, and a grace period later delete.
//!
//! Safe beside running backups and after a kill between any two writes; the argument stands in
//! docs/format.md, section 10. A listing of the store only proposes names: whether something is in
//! use, whether it is there and how old it is are all asked by key.

mod candidate;
pub(crate) mod mark;
mod running;
mod sweep;

use tokio_util::sync::CancellationToken;

use crate::VaultError;
use crate::check::Problem;
use crate::ledger::{self, Listing};
use crate::reach::{Reach, Tally, half};
use crate::vault::VaultInner;
use mark::Mark;
use running::Running;

/// How long what nobody refers to is kept before it is marked, and again before it is deleted.
pub const PRUNE_GRACE_MS: i64 = 24 * 60 * 60 * 1000;

/// How a prune is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PruneRequest {
    /// Tell what would be done and write nothing. Ages are then taken from this machine's clock.
    pub dry_run: bool,
}

/// How far a prune is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneProgress {
    /// Looking at what sets refer to: sets looked at, of how many.
    Sets(u64, u64),
    /// Looking at objects that nothing refers to: looked at, of how many.
    Objects(u64, u64),
}

/// What a prune did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PruneReport {
    /// Marked before, and deleted now.
    pub deleted: Tally,
    /// Marked before, and in use or written anew since: kept.
    pub spared: Tally,
    /// Marked before, in no use, and kept by the store, which refuses to delete them: a lock, or
    /// credentials without the right.
    pub locked: Tally,
    /// What repairs had put aside, older than the grace period, and deleted now.
    pub set_aside: Tally,
    /// Marked now: nothing refers to them, and they are older than the grace period.
    pub marked: Tally,
    /// Nothing refers to them, and they are too young to be marked.
    pub young: Tally,
    /// When what is marked may be deleted, Unix time in milliseconds by the store's clock.
    pub due_at_ms: Option<i64>,
}

/// What a run works with.
pub(crate) struct Run<'r> {
    pub(crate) vault: &'r VaultInner,
    pub(crate) progress: &'r (dyn Fn(PruneProgress) + Send + Sync),
    pub(crate) cancel: &'r CancellationToken,
}

impl Run<'_> {
    pub(crate) fn check(&self) -> Result<(), VaultError> {
        if self.cancel.is_cancelled() { Err(VaultError::Cancelled) } else { Ok(()) }
    }

    /// Everything that the listed sets refer to, and `also` sets removed since.
    async fn live(
        &self,
        listing: &Listing,
        also: impl Fn(&str, u64) -> bool + Send,
    ) -> Result<Live, VaultError> {
        let mut reach = Reach::default();
        listing.logs.iter().for_each(|log| reach.walk_log(log, &mut |_| {}));
        let total = listing.sets.len() as u64;
        for (number, set) in (1..).zip(&listing.sets) {
            self.check()?;
            reach.walk(self.vault, set, &mut |_| {}).await.map_err(refused)?;
            (self.progress)(PruneProgress::Sets(number, total));
        }
        for ((ledger, entry), set) in &listing.removed {
            if also(ledger, *entry)
                && let Err(error) = reach.walk(self.vault, set, &mut |_| {}).await
            {
                Problem::from_error(error)?;
                return Ok(Live::Unknown);
            }
        }
        Ok(Live::Known(reach))
    }
}

enum Live {
    Known(Reach),
    /// A set that was added and removed since the mark cannot be read: the mark is worth nothing.
    Unknown,
}

pub(crate) async fn run(
    vault: &VaultInner,
    request: PruneRequest,
    progress: &(dyn Fn(PruneProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<PruneReport, VaultError> {
    let run = Run { vault, progress, cancel };
    if request.dry_run {
        let now_ms = vault.context.clock.now_ms();
        return phases(&run, now_ms, None).await;
    }
    let running = Running::begin(vault).await?;
    let result = phases(&run, running.since_ms(), Some(&running)).await;
    // Whoever finds it later takes it over; the first failure matters more.
    match (result, running.end().await) {
        (Ok(report), Ok(())) => Ok(report),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    }
}

/// Deletes what was marked a grace period ago, then marks what nothing refers to now. Without
/// `running` it only tells.
async fn phases(
    run: &Run<'_>,
    now_ms: i64,
    running: Option<&Running<'_>>,
) -> Result<PruneReport, VaultError> {
    let mut report = PruneReport::default();
    let found = Mark::read(run.vault).await?;
    if let Some(mark) = &found {
        let due_at_ms = mark.written_at_ms + PRUNE_GRACE_MS;
        if now_ms < due_at_ms {
            report.due_at_ms = Some(due_at_ms);
            report.marked = mark.tally();
            return Ok(report);
        }
        sweep::run(run, mark, running, &mut report).await?;
    }
    let listing = sound(ledger::read(run.vault).await?)?;
    let Live::Known(live) = run.live(&listing, |_, _| false).await? else {
        return Ok(report);
    };
    let swept = found.as_ref().filter(|_| running.is_none());
    let let_go = listing.logs.iter().flat_map(|log| log.let_go.iter().map(half)).collect();
    let candidates = candidate::find(run, &live, swept, &let_go, now_ms, &mut report).await?;
    let Some(running) = running else { return Ok(report) };
    running.ensure_ours().await?;
    report.set_aside = candidate::sweep_aside(run, now_ms).await?;
    if candidates.is_empty() {
        if found.is_some() {
            Mark::remove(run.vault).await?;
        }
        return Ok(report);
    }
    let written_at_ms = Mark::write(run.vault, listing.reach, candidates).await?;
    report.due_at_ms = Some(written_at_ms + PRUNE_GRACE_MS);
    Ok(report)
}

/// Refuses to go on where a ledger is damaged or tells something that this version does not know.
fn sound(listing: Listing) -> Result<Listing, VaultError> {
    match listing.problems.first().or(listing.unknown.first()).cloned() {
        None => Ok(listing),
        Some(Problem { object, kind, detail }) => {
            Err(VaultError::PruneRefused { object, kind, detail })
        }
    }
}

/// Damage of what tells what is in use.
fn refused(error: VaultError) -> VaultError {
    match Problem::from_error(error) {
        Ok(Problem { object, kind, detail }) => VaultError::PruneRefused { object, kind, detail },
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProblemKind;

    #[test]
    fn neither_damage_nor_a_later_version_is_pruned_beside() {
        assert!(sound(Listing::default()).is_ok());
        let problem = || vec![Problem::new("ledger/w/1", ProblemKind::Hash, "x")];
        let damaged = Listing { problems: problem(), ..Listing::default() };
        let later = Listing { unknown: problem(), ..Listing::default() };
        for listing in [damaged, later] {
            assert!(matches!(sound(listing), Err(VaultError::PruneRefused { .. })));
        }
    }
}
