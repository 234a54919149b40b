//! Finding what nothing refers to.

use std::collections::HashSet;

use futures::{StreamExt, TryStreamExt, stream};

use super::mark::{Candidate, Mark};
use super::{PRUNE_GRACE_MS, PruneProgress, PruneReport, Run};
use crate::VaultError;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::objects::{CONTENT, key_of, name_of};
use crate::reach::{Reach, Tally, half};
use crate::repair::DAMAGED;
use crate::store::StoreError;

/// Candidates of one mark at most, so that it stays a small object; others wait for the next.
const MOST: usize = 200_000;

/// Objects that nothing refers to and that are older than the grace period. `swept` is a mark whose
/// objects count as deleted, where nothing is really deleted.
pub(super) async fn find(
    run: &Run<'_>,
    live: &Reach,
    swept: Option<&Mark>,
    let_go: &HashSet<[u8; 16]>,
    now_ms: i64,
    report: &mut PruneReport,
) -> Result<Vec<Candidate>, VaultError> {
    let gone: HashSet<_> = swept
        .iter()
        .flat_map(|mark| &mark.candidates)
        .map(|candidate| half(&candidate.name))
        .collect();
    let mut loose = Vec::new();
    for (object_type, folder) in CONTENT {
        let keys = run.vault.store.list(&format!("{folder}/")).await?;
        let names = keys.iter().filter_map(|key| name_of(object_type, key));
        // A pack that no ledger tells of may be what is left of a log whose entries were lost.
        let may_go =
            |name: &ContentName| object_type != ObjectType::Pack || let_go.contains(&half(name));
        let names =
            names.filter(|name| !live.holds(name) && !gone.contains(&half(name)) && may_go(name));
        loose.extend(names.map(|name| (object_type, name)));
    }
    let total = loose.len() as u64;
    let looks = loose.into_iter().map(|(object_type, name)| look(run, object_type, name));
    let mut looks = stream::iter(looks).buffered(run.vault.context.resources.store_requests.max(1));
    let (mut candidates, mut looked) = (Vec::new(), 0);
    while let Some(found) = looks.try_next().await? {
        run.check()?;
        looked += 1;
        (run.progress)(PruneProgress::Objects(looked, total));
        // A listing may still show what was deleted.
        let Some(candidate) = found else { continue };
        if candidate.modified_ms + PRUNE_GRACE_MS > now_ms {
            report.young.add(candidate.size);
        } else if candidates.len() < MOST {
            report.marked.add(candidate.size);
            candidates.push(candidate);
        }
    }
    Ok(candidates)
}

/// Deletes what repairs put aside, once it is older than the grace period.
pub(super) async fn sweep_aside(run: &Run<'_>, now_ms: i64) -> Result<Tally, VaultError> {
    let (store, mut deleted) = (&run.vault.store, Tally::default());
    for key in store.list(&format!("{DAMAGED}/")).await? {
        run.check()?;
        let Some(info) = store.stat(&key).await? else { continue };
        let old = info.modified_ms.is_some_and(|at_ms| at_ms + PRUNE_GRACE_MS <= now_ms);
        if !old {
            continue;
        }
        match store.delete(&key).await {
            Err(StoreError::Denied { .. }) => {}
            result => {
                result?;
                deleted.add(info.size);
            }
        }
    }
    Ok(deleted)
}

async fn look(
    run: &Run<'_>,
    object_type: ObjectType,
    name: ContentName,
) -> Result<Option<Candidate>, VaultError> {
    let store = &run.vault.store;
    let Some(info) = store.stat(&key_of(object_type, &name)).await? else {
        return Ok(None);
    };
    let no_clock = || VaultError::NoStoreClock { location: store.location() };
    let modified_ms = info.modified_ms.ok_or_else(no_clock)?;
    Ok(Some(Candidate { object_type, name, size: info.size, modified_ms }))
}
