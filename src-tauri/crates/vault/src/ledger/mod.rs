//! Ledgers: what exists. A set exists from its entry on, not before.

pub(crate) mod sequence;

use std::collections::BTreeSet;

use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::key::keyring::KEYRING;
use crate::objects::ObjectRef;
use crate::proto::entry::Action;
use crate::proto::{AddSet, Entry, ManifestRef, RegisterWriter, RemoveSet};
use crate::set::SetSummary;
use crate::vault::VaultInner;
use sequence::{Draft, Sequence};

/// What the ledgers tell.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Sets, oldest first.
    pub sets: Vec<SetSummary>,
    /// What is wrong with the ledgers; a set whose entry is damaged is not among `sets`.
    pub problems: Vec<Problem>,
}

/// A set with the manifests that its entry names.
#[derive(Debug, Clone)]
pub(crate) struct ListedSet {
    pub(crate) summary: SetSummary,
    pub(crate) manifests: Vec<(String, ObjectRef)>,
}

/// Everything that the ledgers tell.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) sets: Vec<ListedSet>,
    pub(crate) problems: Vec<Problem>,
    /// Keys of all objects of the registry and the ledgers.
    pub(crate) keys: Vec<String>,
}

/// Reads the registry and every ledger by key.
pub(crate) async fn read(vault: &VaultInner) -> Result<Listing, VaultError> {
    let registry = Sequence::registry().read(vault, false).await?;
    let mut listing =
        Listing { keys: registry.keys, problems: registry.problems, ..Listing::default() };
    let mut revision = 0;
    let mut registered = BTreeSet::new();
    for read in &registry.entries {
        revision = revision.max(read.entry.keyring_revision);
        if let Some(Action::RegisterWriter(writer)) = &read.entry.action {
            registered.insert(writer.ledger.clone());
        }
    }
    // This writer's own ledger is found even where its registration was taken away.
    let mut ledgers = registered.clone();
    ledgers.insert(vault.ledger_folder());
    let mut removed = BTreeSet::new();
    for ledger in &ledgers {
        let read = Sequence::ledger(ledger).read(vault, registered.contains(ledger)).await?;
        listing.keys.extend(read.keys);
        listing.problems.extend(read.problems);
        let mut newest_token = 0;
        for read in read.entries {
            revision = revision.max(read.entry.keyring_revision);
            // A writer that had lost its lease; what it appended does not count.
            if read.entry.fencing_token < newest_token {
                continue;
            }
            newest_token = read.entry.fencing_token;
            let key = Sequence::ledger(ledger).entry_key(read.entry.number);
            take(read.entry, &key, &mut listing, &mut removed);
        }
    }
    if revision > vault.keyring().revision {
        // Another process may have changed the keyring since this one opened it.
        vault.learn().await?;
    }
    if revision > vault.keyring().revision {
        let detail = "it is older than the ledgers; a newer one was put in its place before";
        listing.problems.push(Problem::new(KEYRING, ProblemKind::Ledger, detail));
    }
    listing.sets.retain(|set| !removed.contains(&set.summary.id));
    listing.sets.sort_by(|a, b| {
        let order = |set: &ListedSet| (set.summary.committed_at_ms, set.summary.id.clone());
        order(a).cmp(&order(b))
    });
    Ok(listing)
}

fn take(entry: Entry, key: &str, listing: &mut Listing, removed: &mut BTreeSet<String>) {
    let (at_ms, token) = (entry.at_ms, entry.fencing_token);
    match entry.action {
        Some(Action::AddSet(add)) => match listed(add, at_ms, token) {
            Some(set) => listing.sets.push(set),
            None => {
                let detail = "a reference to a manifest is not sound";
                listing.problems.push(Problem::new(key, ProblemKind::Decode, detail));
            }
        },
        Some(Action::RemoveSet(remove)) => {
            removed.insert(remove.set_id);
        }
        Some(Action::RegisterWriter(_) | Action::ChangeKeyring(_)) => {}
        None => {
            let detail = "it holds no action that this version knows";
            listing.problems.push(Problem::new(key, ProblemKind::Decode, detail));
        }
    }
}

fn listed(add: AddSet, committed_at_ms: i64, fencing_token: u64) -> Option<ListedSet> {
    let manifests: Option<Vec<_>> = add
        .manifests
        .into_iter()
        .map(|m| Some((m.class, ObjectRef::from_message(m.object.as_ref())?)))
        .collect();
    let manifests = manifests?;
    let summary = SetSummary {
        id: add.set_id,
        started_at_ms: add.started_at_ms,
        committed_at_ms,
        cluster_time: add.cluster_time,
        consistent_at_ms: add.consistent_at_ms,
        classes: manifests.iter().map(|(class, _)| class.clone()).collect(),
        documents: add.documents,
        bytes: add.bytes,
        stored_bytes: add.stored_bytes,
        key_epoch: add.key_epoch,
        tool_version: add.tool_version,
        writer_id: add.writer_id,
        fencing_token,
        attributes: add.attributes,
    };
    Some(ListedSet { summary, manifests })
}

/// Makes sure that this writer is registered and has a ledger: ledger's head first, then the
/// registration.
pub(crate) async fn register(vault: &VaultInner) -> Result<(), VaultError> {
    let registry = Sequence::registry();
    let ledger = vault.ledger_folder();
    registry.create(vault).await?;
    let read = registry.read(vault, true).await?;
    let known = read.entries.iter().any(
        |read| matches!(&read.entry.action, Some(Action::RegisterWriter(w)) if w.ledger == ledger),
    );
    if known {
        return Ok(());
    }
    if let Some(problem) = read.problems.into_iter().next() {
        return Err(VaultError::damaged(&problem.object, problem.kind, problem.detail));
    }
    Sequence::ledger(&ledger).create(vault).await?;
    let writer_id = vault.context.writer_id.clone();
    let action = Action::RegisterWriter(RegisterWriter { writer_id, ledger });
    registry.append(vault, Draft { fencing_token: 0, action }).await?;
    Ok(())
}

/// Appends the entry from which on the set exists.
pub(crate) async fn add_set(vault: &VaultInner, set: ListedSet) -> Result<SetSummary, VaultError> {
    // Where conditional writes are missing, another writer may have taken this one's place in the
    // registry since: a ledger that nobody finds must not be written to.
    register(vault).await?;
    let ListedSet { mut summary, manifests } = set;
    let add = AddSet {
        set_id: summary.id.clone(),
        started_at_ms: summary.started_at_ms,
        cluster_time: summary.cluster_time.clone(),
        consistent_at_ms: summary.consistent_at_ms,
        documents: summary.documents,
        bytes: summary.bytes,
        stored_bytes: summary.stored_bytes,
        key_epoch: summary.key_epoch,
        tool_version: summary.tool_version.clone(),
        writer_id: summary.writer_id.clone(),
        attributes: summary.attributes.clone(),
        manifests: manifests
            .into_iter()
            .map(|(class, object)| ManifestRef { class, object: Some(object.to_message()) })
            .collect(),
    };
    let draft = Draft { fencing_token: summary.fencing_token, action: Action::AddSet(add) };
    let entry = Sequence::ledger(&vault.ledger_folder()).append(vault, draft).await?;
    summary.committed_at_ms = entry.at_ms;
    Ok(summary)
}

/// Appends the entry from which on the set is gone.
pub(crate) async fn remove_set(
    vault: &VaultInner,
    set_id: &str,
    fencing_token: u64,
) -> Result<(), VaultError> {
    register(vault).await?;
    let action = Action::RemoveSet(RemoveSet { set_id: set_id.to_owned() });
    let draft = Draft { fencing_token, action };
    Sequence::ledger(&vault.ledger_folder()).append(vault, draft).await?;
    Ok(())
}
