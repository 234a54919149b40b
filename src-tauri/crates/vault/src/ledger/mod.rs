//! Ledgers: what exists. A set exists from its entry on, not before.

mod bundle;
mod log;
mod lost;
mod pin;
pub(crate) mod repair;
pub(crate) mod sequence;
pub(crate) mod slots;

use std::collections::{BTreeMap, BTreeSet};

pub use log::LogMark;
pub(crate) use log::{ListedLog, PackRef, begin_log, compact_log, mark_log, trim_log};
pub use pin::{NewPin, Pin};

use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::key::keyring::KEYRING;
use crate::objects::ObjectRef;
use crate::proto::entry::Action;
use crate::proto::{AddSet, Entry, ManifestRef, RegisterWriter, RemoveSet};
use crate::set::SetSummary;
use crate::vault::VaultInner;
use sequence::{Draft, Sequence};
use slots::Reading;

/// What the ledgers tell.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Sets, oldest first.
    pub sets: Vec<SetSummary>,
    /// Pins that hold, by the set's id, oldest first.
    pub pins: BTreeMap<String, Vec<Pin>>,
    /// What every set that was ever added stored, removed ones included, oldest first.
    pub history: Vec<Added>,
    /// Ids of sets that were removed again.
    pub removed: BTreeSet<String>,
    /// What is wrong with the ledgers; a set whose entry is damaged is not among `sets`.
    pub problems: Vec<Problem>,
    /// Entries of a later version, whose meaning is not known here.
    pub unknown: Vec<Problem>,
}

impl Catalog {
    /// The catalog, unless a ledger is damaged. Entries of a later version are no damage: what
    /// this version knows is listed without them.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] naming the first damaged object.
    pub fn sound(self) -> Result<Self, VaultError> {
        match self.problems.first() {
            None => Ok(self),
            Some(problem) => Err(problem.to_error()),
        }
    }
}

/// A set's arrival in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Unix time in milliseconds of the ledger entry.
    pub at_ms: i64,
    /// Bytes that it added to the store.
    pub stored_bytes: u64,
    /// Its classes, sorted.
    pub classes: Vec<String>,
}

/// A set with the manifests that its entry names.
#[derive(Debug, Clone)]
pub(crate) struct ListedSet {
    pub(crate) summary: SetSummary,
    pub(crate) manifests: Vec<(String, ObjectRef)>,
}

impl ListedSet {
    /// The manifest of a class; none where the set does not hold it.
    pub(crate) fn manifest_of(&self, class: &str) -> Option<&ObjectRef> {
        self.manifests.iter().find(|(of, _)| of == class).map(|(_, object)| object)
    }
}

/// Everything that the ledgers tell.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) sets: Vec<ListedSet>,
    /// Sets that were removed again, each with the ledger and the number of the entry that added it.
    pub(crate) removed: Vec<((String, u64), ListedSet)>,
    pub(crate) pins: BTreeMap<String, Vec<Pin>>,
    /// By position.
    pub(crate) logs: Vec<ListedLog>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) unknown: Vec<Problem>,
    /// Keys of all objects of the registry and the ledgers.
    pub(crate) keys: Vec<String>,
    /// How far each ledger was read.
    pub(crate) reach: BTreeMap<String, u64>,
}

/// What the entries say, before what takes back what is settled.
#[derive(Default)]
struct Told {
    added: Vec<((String, u64), ListedSet)>,
    removed: BTreeSet<String>,
    pins: Vec<(String, Pin)>,
    lifted: BTreeSet<String>,
    logs: log::ToldLogs,
}

/// Reads the registry and every ledger by key, what bundles hold from these.
pub(crate) async fn read(vault: &VaultInner) -> Result<Listing, VaultError> {
    read_as(vault, Reading::Bundled).await
}

/// As [`read`], and looks at every entry and every bundle.
pub(crate) async fn read_whole(vault: &VaultInner) -> Result<Listing, VaultError> {
    read_as(vault, Reading::Whole).await
}

async fn read_as(vault: &VaultInner, reading: Reading) -> Result<Listing, VaultError> {
    let registry = Sequence::registry().read(vault, reading, false).await?;
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
    let mut told = Told::default();
    for ledger in &ledgers {
        let sequence = Sequence::ledger(ledger);
        let read = sequence.read(vault, reading, registered.contains(ledger)).await?;
        listing.keys.extend(read.keys);
        listing.problems.extend(read.problems);
        let last = read.entries.last().map_or(0, |last| last.entry.number);
        listing.reach.insert(ledger.clone(), last);
        let mut newest_token = 0;
        for read in read.entries {
            revision = revision.max(read.entry.keyring_revision);
            // A writer that had lost its lease; what it appended does not count.
            if read.entry.fencing_token < newest_token {
                continue;
            }
            newest_token = read.entry.fencing_token;
            take(read.entry, ledger, &mut listing, &mut told);
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
    let some_opened = !registry.entries.is_empty() || listing.reach.values().any(|last| *last > 0);
    if let Some(unfit) = lost::unfit_keyring(vault, &listing.problems, some_opened).await? {
        // It is what everything else is wrong for.
        listing.problems.insert(0, unfit);
    }
    settle(told, &mut listing);
    Ok(listing)
}

fn take(entry: Entry, ledger: &str, listing: &mut Listing, told: &mut Told) {
    let (at_ms, token) = (entry.at_ms, entry.fencing_token);
    let key = || Sequence::ledger(ledger).entry_key(entry.number);
    match entry.action {
        Some(Action::AddSet(add)) => match listed(add, at_ms, token) {
            Some(set) => told.added.push(((ledger.to_owned(), entry.number), set)),
            None => {
                let detail = "a reference to a manifest is not sound";
                listing.problems.push(Problem::new(&key(), ProblemKind::Decode, detail));
            }
        },
        Some(Action::RemoveSet(remove)) => {
            told.removed.insert(remove.set_id);
        }
        Some(Action::PinSet(pin)) => told.pins.push((pin.set_id.clone(), Pin::new(pin, at_ms))),
        Some(Action::UnpinSet(unpin)) => told.lifted.extend(unpin.pin_ids),
        Some(Action::BeginLog(begin)) => told.logs.begin(begin, at_ms),
        Some(Action::MarkLog(mark)) => told.logs.mark(mark),
        Some(Action::CompactLog(compact)) => {
            listing.problems.extend(told.logs.compact(&compact, &key()));
        }
        Some(Action::TrimLog(trim)) => told.logs.trim(&trim),
        Some(Action::RegisterWriter(_) | Action::ChangeKeyring(_)) => {}
        None => {
            let detail = "it holds no action that this version knows; a later one wrote it";
            listing.unknown.push(Problem::new(&key(), ProblemKind::Decode, detail));
        }
    }
}

fn settle(told: Told, listing: &mut Listing) {
    let Told { added, removed, pins, lifted, logs } = told;
    listing.logs = logs.settle();
    for (entry, set) in added {
        if removed.contains(&set.summary.id) {
            listing.removed.push((entry, set));
        } else {
            listing.sets.push(set);
        }
    }
    listing.sets.sort_by(|a, b| {
        let order = |set: &ListedSet| (set.summary.committed_at_ms, set.summary.id.clone());
        order(a).cmp(&order(b))
    });
    // Two writers may have copied the same set into a replica at once.
    listing.sets.dedup_by(|a, b| a.summary.id == b.summary.id);
    for (set, pin) in pins {
        if !lifted.contains(&pin.id) && !removed.contains(&set) {
            listing.pins.entry(set).or_default().push(pin);
        }
    }
    for pins in listing.pins.values_mut() {
        pins.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
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
    let read = registry.read(vault, Reading::Bundled, true).await?;
    let known = read.entries.iter().any(
        |read| matches!(&read.entry.action, Some(Action::RegisterWriter(w)) if w.ledger == ledger),
    );
    if known {
        return Ok(());
    }
    if let Some(error) = lost::unusable_registry(vault, &read).await? {
        return Err(error);
    }
    Sequence::ledger(&ledger).create(vault).await?;
    let writer_id = vault.context.writer_id.clone();
    let action = Action::RegisterWriter(RegisterWriter { writer_id, ledger });
    registry.append(vault, Draft { fencing_token: 0, action }).await?;
    Ok(())
}

/// Appends the entry from which on the set exists.
pub(crate) async fn add_set(vault: &VaultInner, set: ListedSet) -> Result<SetSummary, VaultError> {
    let at_ms = vault.context.clock.now_ms();
    add_set_at(vault, set, at_ms).await
}

/// As [`add_set`], for a set that was committed elsewhere: its entry has the time of that commit, so
/// that sets have the same order in every store.
pub(crate) async fn copy_set(vault: &VaultInner, set: ListedSet) -> Result<SetSummary, VaultError> {
    let at_ms = set.summary.committed_at_ms;
    add_set_at(vault, set, at_ms).await
}

async fn add_set_at(
    vault: &VaultInner,
    mut set: ListedSet,
    at_ms: i64,
) -> Result<SetSummary, VaultError> {
    // Where conditional writes are missing, another writer may have taken this one's place in the
    // registry since: a ledger that nobody finds must not be written to.
    register(vault).await?;
    let action = Action::AddSet(added(&set));
    let draft = Draft { fencing_token: set.summary.fencing_token, action };
    let entry = Sequence::ledger(&vault.ledger_folder()).append_at(vault, draft, at_ms).await?;
    set.summary.committed_at_ms = entry.at_ms;
    Ok(set.summary)
}

/// What an entry says of a set.
pub(crate) fn added(set: &ListedSet) -> AddSet {
    let ListedSet { summary, manifests } = set;
    AddSet {
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
            .iter()
            .map(|(class, object)| ManifestRef {
                class: class.clone(),
                object: Some(object.to_message()),
            })
            .collect(),
    }
}

/// Appends the entry from which on the set is gone.
pub(crate) async fn remove_set(
    vault: &VaultInner,
    set_id: &str,
    fencing_token: u64,
) -> Result<(), VaultError> {
    append(vault, Action::RemoveSet(RemoveSet { set_id: set_id.to_owned() }), fencing_token).await
}

/// Appends an entry to this writer's ledger.
async fn append(vault: &VaultInner, action: Action, fencing_token: u64) -> Result<(), VaultError> {
    register(vault).await?;
    let draft = Draft { fencing_token, action };
    Sequence::ledger(&vault.ledger_folder()).append(vault, draft).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_version_wrote_is_no_damage_and_no_set() {
        let (mut listing, mut told) = (Listing::default(), Told::default());
        take(Entry { number: 7, ..Entry::default() }, "w", &mut listing, &mut told);
        settle(told, &mut listing);
        assert!(listing.problems.is_empty() && listing.sets.is_empty());
        assert_eq!(listing.unknown[0].object, "ledger/w/0000000007");
    }
}
