//! What sets refer to in the store: each object once, however many sets share it.

use std::collections::{BTreeMap, HashSet};

use crate::VaultError;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::ledger::{self, ListedLog, ListedSet, Listing};
use crate::manifest::{self, PageRef, read_page};
use crate::objects::ObjectRef;
use crate::set::StreamManifest;
use crate::vault::VaultInner;

/// Objects and their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Objects.
    pub objects: u64,
    /// Bytes as they lie in the store.
    pub bytes: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }
}

/// What the listed sets refer to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// By type: `manifest`, `page`, `segment`, `delta`, `pack`.
    pub by_type: BTreeMap<&'static str, Tally>,
    /// By class; what two classes share counts for the first by name.
    pub by_class: BTreeMap<String, Tally>,
    /// What the newest set of each class refers to.
    pub newest: BTreeMap<String, Tally>,
    /// Bytes of all the sets' documents before compression, each set counted in full.
    pub logical_bytes: u64,
}

impl Usage {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.by_type.values().fold(Tally::default(), |sum, tally| Tally {
            objects: sum.objects + tally.objects,
            bytes: sum.bytes + tally.bytes,
        })
    }
}

/// The index pages of a stream, each with the type of the segments that it tells of. Whatever a
/// stream refers to is found through this function alone.
pub(crate) fn pages(stream: &StreamManifest) -> impl Iterator<Item = (ObjectType, &PageRef)> {
    let base = stream.base_pages().map(|page| (ObjectType::Segment, page));
    base.chain(stream.layer_pages().map(|page| (ObjectType::Delta, page)))
}

/// An object that a set refers to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached<'r> {
    pub(crate) object_type: ObjectType,
    pub(crate) object: &'r ObjectRef,
    pub(crate) class: &'r str,
}

/// Stands for a class where a log is met.
pub(crate) const LOG: &str = "log";

/// Objects met so far, by halves of their names: sets share most of them.
#[derive(Debug, Default)]
pub(crate) struct Reach(HashSet<[u8; 16]>);

impl Reach {
    pub(crate) fn holds(&self, name: &ContentName) -> bool {
        self.0.contains(&half(name))
    }

    /// Walks a set and shows `visit` each object that was not met before.
    pub(crate) async fn walk(
        &mut self,
        vault: &VaultInner,
        set: &ListedSet,
        visit: &mut (dyn FnMut(Reached<'_>) + Send),
    ) -> Result<(), VaultError> {
        for (class, object) in &set.manifests {
            self.meet(ObjectType::Manifest, object, class, visit);
            let manifest = manifest::read_class(vault, &set.summary.id, class, object).await?;
            for stream in &manifest.streams {
                for (object_type, page) in pages(stream) {
                    self.page(vault, object_type, page, class, visit).await?;
                }
            }
        }
        Ok(())
    }

    /// Shows `visit` each pack of a log that was not met before.
    pub(crate) fn walk_log(
        &mut self,
        log: &ListedLog,
        visit: &mut (dyn FnMut(Reached<'_>) + Send),
    ) {
        for pack in &log.packs {
            self.meet(ObjectType::Pack, &pack.object, LOG, visit);
        }
    }

    async fn page(
        &mut self,
        vault: &VaultInner,
        object_type: ObjectType,
        page: &PageRef,
        class: &str,
        visit: &mut (dyn FnMut(Reached<'_>) + Send),
    ) -> Result<(), VaultError> {
        // A page's name follows from the segments that it tells of: they were met with it.
        if !self.meet(ObjectType::Page, &page.object, class, visit) {
            return Ok(());
        }
        for segment in read_page(vault, page).await? {
            self.meet(object_type, &segment.object, class, visit);
        }
        Ok(())
    }

    fn meet(
        &mut self,
        object_type: ObjectType,
        object: &ObjectRef,
        class: &str,
        visit: &mut (dyn FnMut(Reached<'_>) + Send),
    ) -> bool {
        let first = self.0.insert(half(&object.name));
        if first {
            visit(Reached { object_type, object, class });
        }
        first
    }
}

pub(crate) fn half(name: &ContentName) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&name.0[..16]);
    half
}

pub(crate) async fn usage(vault: &VaultInner) -> Result<Usage, VaultError> {
    let (mut usage, mut reach) = (Usage::default(), Reach::default());
    let listing = sound(vault).await?;
    for log in &listing.logs {
        let visit = &mut |reached: Reached<'_>| {
            let bytes = reached.object.size;
            usage.by_type.entry(reached.object_type.name()).or_default().add(bytes);
            usage.by_class.entry(LOG.to_owned()).or_default().add(bytes);
        };
        reach.walk_log(log, visit);
    }
    // From the newest back: what is met in a class's first set is what its newest state takes.
    let mut begun: HashSet<String> = HashSet::new();
    for set in listing.sets.iter().rev() {
        usage.logical_bytes += set.summary.bytes;
        let visit = &mut |reached: Reached<'_>| {
            let bytes = reached.object.size;
            usage.by_type.entry(reached.object_type.name()).or_default().add(bytes);
            usage.by_class.entry(reached.class.to_owned()).or_default().add(bytes);
            if !begun.contains(reached.class) {
                usage.newest.entry(reached.class.to_owned()).or_default().add(bytes);
            }
        };
        reach.walk(vault, set, visit).await?;
        begun.extend(set.summary.classes.iter().cloned());
    }
    Ok(usage)
}

pub(crate) async fn exclusive(vault: &VaultInner, ids: &[String]) -> Result<Tally, VaultError> {
    let sets = sound(vault).await?.sets;
    if let Some(id) = ids.iter().find(|id| sets.iter().all(|set| set.summary.id != **id)) {
        return Err(VaultError::NoSuchSet { set: id.clone() });
    }
    let (going, staying): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(|set| ids.contains(&set.summary.id));
    let (mut reach, mut tally) = (Reach::default(), Tally::default());
    for set in &staying {
        reach.walk(vault, set, &mut |_| {}).await?;
    }
    for set in &going {
        reach.walk(vault, set, &mut |reached| tally.add(reached.object.size)).await?;
    }
    Ok(tally)
}

async fn sound(vault: &VaultInner) -> Result<Listing, VaultError> {
    let listing = ledger::read(vault).await?;
    match listing.problems.first().cloned() {
        None => Ok(listing),
        Some(problem) => Err(VaultError::damaged(&problem.object, problem.kind, problem.detail)),
    }
}
