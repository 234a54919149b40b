//! Deleting what was marked a grace period ago and is still in nobody's use.

use futures::{StreamExt, TryStreamExt, stream};

use super::mark::{Candidate, Mark};
use super::running::Running;
use super::{Live, PruneProgress, PruneReport, Run, sound};
use crate::VaultError;
use crate::ledger;
use crate::store::StoreError;

/// Objects deleted between two looks at whether this prune is still the one at work.
const CHUNK: usize = 256;

/// Deletes the objects of `mark`; without `running` it only tells.
pub(super) async fn run(
    run: &Run<'_>,
    mark: &Mark,
    running: Option<&Running<'_>>,
    report: &mut PruneReport,
) -> Result<(), VaultError> {
    let listing = sound(ledger::read(run.vault).await?)?;
    // A set that was added since the mark may have been counted on by another one, even if it was
    // removed again meanwhile.
    let since = |ledger: &str, entry: u64| entry > mark.ledgers.get(ledger).copied().unwrap_or(0);
    let Live::Known(live) = run.live(&listing, since).await? else {
        tracing::warn!("a set removed since the mark cannot be read: marking again");
        return Ok(());
    };
    let (total, mut done) = (mark.candidates.len() as u64, 0);
    for chunk in mark.candidates.chunks(CHUNK) {
        run.check()?;
        if let Some(running) = running {
            running.ensure_ours().await?;
        }
        let judged = chunk.iter().copied().map(|candidate| {
            let live = live.holds(&candidate.name);
            async move {
                let fate = match live {
                    true => Fate::Spared,
                    false => delete(run, &candidate, running).await?,
                };
                Ok::<_, VaultError>((candidate, fate))
            }
        });
        let at_once = run.vault.context.resources.store_requests.max(1);
        let judged: Vec<(Candidate, Fate)> =
            stream::iter(judged).buffer_unordered(at_once).try_collect().await?;
        for (candidate, fate) in judged {
            let tally = match fate {
                Fate::Deleted => &mut report.deleted,
                Fate::Spared => &mut report.spared,
                Fate::Locked => &mut report.locked,
            };
            tally.add(candidate.size);
            done += 1;
        }
        (run.progress)(PruneProgress::Objects(done, total));
    }
    Ok(())
}

/// What became of an object that was marked.
enum Fate {
    Deleted,
    Spared,
    /// The store refuses to delete it.
    Locked,
}

/// Deletes an object if it is still the one that was marked; what was written anew since is kept.
async fn delete(
    run: &Run<'_>,
    candidate: &Candidate,
    running: Option<&Running<'_>>,
) -> Result<Fate, VaultError> {
    let key = candidate.key();
    let found = run.vault.store.stat(&key).await?;
    let same = found.is_none_or(|info| info.modified_ms == Some(candidate.modified_ms));
    if !same {
        return Ok(Fate::Spared);
    }
    if found.is_some() && running.is_some() {
        match run.vault.store.delete(&key).await {
            Err(StoreError::Denied { .. }) => return Ok(Fate::Locked),
            result => result?,
        }
    }
    Ok(Fate::Deleted)
}
