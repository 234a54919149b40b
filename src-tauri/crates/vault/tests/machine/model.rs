//! What a vault must hold, kept in the simplest way there is.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::Documents;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSet {
    pub id: String,
    pub documents: Documents,
    pub full: bool,
}

/// What is known to be so, and what may be so because a process died before it knew.
#[derive(Debug, Default)]
pub struct Model {
    pub source: Documents,
    /// In the order in which they were committed.
    pub sets: Vec<KnownSet>,
    /// May be listed, or not: their ids were never learnt.
    pub unsure: Vec<KnownSet>,
    /// May be gone, or not.
    pub going: BTreeSet<String>,
    pub pinned: BTreeSet<String>,
    /// May be pinned, or not.
    pub pin_unsure: BTreeSet<String>,
    /// In the other store.
    pub copies: BTreeMap<String, Documents>,
    /// Removed there, and not to come back.
    pub copies_removed: BTreeSet<String>,
    /// Every set that was ever listed here.
    pub ever: BTreeMap<String, Documents>,
    /// What opens the vault, by label.
    pub keys: BTreeMap<String, String>,
    /// What once did and does no more.
    pub revoked: BTreeSet<String>,
    pub epochs: usize,
    /// A prune died and may still be respected, here and in the other store.
    pub prune_died: [bool; 2],
}

impl Model {
    /// One of the sets.
    pub fn pick(&self, which: u8) -> Option<KnownSet> {
        let number = usize::from(which).checked_rem(self.sets.len())?;
        self.sets.get(number).cloned()
    }

    pub fn newest_full(&self) -> Option<KnownSet> {
        self.sets.iter().rev().find(|set| set.full).cloned()
    }

    pub fn add(&mut self, set: KnownSet) {
        self.ever.insert(set.id.clone(), set.documents.clone());
        self.sets.push(set);
    }

    /// Takes over what a sound vault lists, where it may be so.
    pub fn settle(&mut self, listed: &[(String, Documents)]) {
        for (id, documents) in listed {
            if self.sets.iter().any(|set| set.id == *id) {
                continue;
            }
            let meant = self.unsure.iter().position(|set| set.documents == *documents);
            let set = self.unsure.remove(meant.expect("a set that nobody began"));
            self.add(KnownSet { id: id.clone(), ..set });
        }
        let (going, pinned) = (std::mem::take(&mut self.going), &mut self.pinned);
        self.sets.retain(|set| {
            let gone = listed.iter().all(|(id, _)| *id != set.id);
            assert!(!gone || going.contains(&set.id), "{} is not listed", set.id);
            if gone {
                pinned.remove(&set.id);
            }
            !gone
        });
        // A process that died wrote nothing afterwards.
        self.unsure.clear();
        let order: Vec<_> = listed.iter().map(|(id, _)| id.clone()).collect();
        let ids: Vec<_> = self.sets.iter().map(|set| set.id.clone()).collect();
        assert_eq!(ids, order, "sets are listed in the order of their commits");
    }
}
