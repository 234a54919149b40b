//! Registry and ledgers: each store has its own, so that nothing is copied by key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Cure, RepairReport, Repaired};
use crate::VaultError;
use crate::check::ProblemKind;
use crate::crypto::object::ObjectType;
use crate::ledger::repair::{Remains, Substitute};
use crate::ledger::sequence::{Draft, Sequence};
use crate::ledger::slots::Reading;
use crate::ledger::{self, ListedSet};
use crate::objects::key_of;
use crate::proto::RegisterWriter;
use crate::proto::entry::Action;
use crate::vault::VaultInner;

pub(super) async fn repair(
    sound: &VaultInner,
    vault: &Arc<VaultInner>,
    report: &mut RepairReport,
) -> Result<(), VaultError> {
    registry(sound, vault, report).await?;
    let mut remains = Vec::new();
    for folder in writers(vault).await?.into_keys() {
        remains.extend(Remains::find(vault, Sequence::ledger(&folder)).await?);
    }
    if remains.is_empty() {
        return Ok(());
    }
    let moved = remains.iter().flat_map(Remains::moved).map(str::to_owned).collect();
    let mut sets = lost_sets(sound, vault, moved).await?.into_iter();
    for remains in remains {
        let substitutes = sets.by_ref().map(|set| Substitute {
            at_ms: set.summary.committed_at_ms,
            action: Action::AddSet(ledger::added(&set)),
            cure: Cure::Relisted,
        });
        report.repaired.extend(remains.repair(vault, substitutes).await?);
    }
    // Of a ledger that is gone altogether nothing tells how long it was.
    for mut set in sets {
        let object = set.manifests.first().map(|(_, object)| object.name);
        let object = object.map(|name| key_of(ObjectType::Manifest, &name)).unwrap_or_default();
        set.summary.fencing_token =
            Sequence::ledger(&vault.ledger_folder()).newest_token(vault).await.unwrap_or(0);
        ledger::copy_set(vault, set).await?;
        report.repaired.push(Repaired { object, kind: ProblemKind::Ledger, cure: Cure::Relisted });
    }
    Ok(())
}

async fn registry(
    sound: &VaultInner,
    vault: &Arc<VaultInner>,
    report: &mut RepairReport,
) -> Result<(), VaultError> {
    let Some(remains) = Remains::find(vault, Sequence::registry()).await? else {
        return Ok(());
    };
    let registered = writers(vault).await?;
    let mut elsewhere = writers(sound).await?;
    elsewhere.insert(vault.ledger_folder(), vault.context.writer_id.clone());
    let mut missing = Vec::new();
    for folder in ledgers_of(vault, elsewhere.keys()).await? {
        if !registered.contains_key(&folder) {
            let writer_id = elsewhere.get(&folder).cloned().unwrap_or_default();
            missing.push(RegisterWriter { writer_id, ledger: folder });
        }
    }
    let mut missing = missing.into_iter();
    let at_ms = vault.context.clock.now_ms();
    let substitutes = missing.by_ref().map(|writer| Substitute {
        action: Action::RegisterWriter(writer),
        at_ms,
        cure: Cure::Registered,
    });
    report.repaired.extend(remains.repair(vault, substitutes).await?);
    for writer in missing {
        let draft = Draft { fencing_token: 0, action: Action::RegisterWriter(writer) };
        Sequence::registry().append(vault, draft).await?;
    }
    Ok(())
}

/// Ledgers that the registry tells of, each with its writer.
async fn writers(vault: &VaultInner) -> Result<BTreeMap<String, String>, VaultError> {
    let read = Sequence::registry().read(vault, Reading::Bundled, false).await?;
    let writer = |read: crate::ledger::sequence::ReadEntry| match read.entry.action {
        Some(Action::RegisterWriter(writer)) => Some((writer.ledger, writer.writer_id)),
        _ => None,
    };
    Ok(read.entries.into_iter().filter_map(writer).collect())
}

/// Ledgers that lie in the store, registered or not: those of writers known elsewhere, and what a
/// listing proposes.
async fn ledgers_of<'k>(
    vault: &VaultInner,
    known: impl Iterator<Item = &'k String> + Send,
) -> Result<BTreeSet<String>, VaultError> {
    let keys = vault.store.list("ledger/").await?;
    let folder = |key: &String| Some(key.strip_prefix("ledger/")?.split_once('/')?.0.to_owned());
    let mut folders: BTreeSet<String> = keys.iter().filter_map(folder).collect();
    folders.extend(known.cloned());
    let mut found = BTreeSet::new();
    for folder in folders {
        let read = Sequence::ledger(&folder).read(vault, Reading::Bundled, false).await?;
        // Whoever writes to the store may put names there, but nothing that opens.
        let sound = read.problems.is_empty() && !read.keys.is_empty();
        if sound || !read.entries.is_empty() {
            found.insert(folder);
        }
    }
    Ok(found)
}

/// Sets that the other store lists and this one does not, although it holds manifests of them: they
/// were listed here once. A set that was removed here, or is `known` otherwise, is none of them.
async fn lost_sets(
    sound: &VaultInner,
    vault: &VaultInner,
    mut known: BTreeSet<String>,
) -> Result<Vec<ListedSet>, VaultError> {
    let here = ledger::read(vault).await?;
    let removed = here.removed.iter().map(|(_, set)| set);
    known.extend(here.sets.iter().chain(removed).map(|set| set.summary.id.clone()));
    let mut lost = Vec::new();
    for set in ledger::read(sound).await?.sets {
        if known.contains(&set.summary.id) {
            continue;
        }
        for (_, object) in &set.manifests {
            let key = key_of(ObjectType::Manifest, &object.name);
            if vault.store.stat(&key).await?.is_some() {
                lost.push(set);
                break;
            }
        }
    }
    Ok(lost)
}
