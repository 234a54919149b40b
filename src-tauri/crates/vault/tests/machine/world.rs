//! The vault, its replica, and the processes that work on them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vault::store::{Backend, MemoryBackend};
use vault::testing::{ClockedStore, DyingStore, ManualClock};
use vault::{CheckLevel, KeyProvider, Store, Vault, VaultContext, VaultError};

use crate::acts::{By, Edits, Who};
use crate::model::Model;
use crate::support::*;

pub struct World {
    pub clock: Arc<ManualClock>,
    memory: [Arc<MemoryBackend>; 2],
    pub stores: [Arc<dyn Backend>; 2],
    pub model: Model,
    /// A vault that was opened earlier, with what was at hand then.
    pub held: Option<(Vault, Vec<String>)>,
    pub has_replica: bool,
    seed: u64,
    /// Number of the next passphrase.
    pub words: u32,
    /// What happened, so that it can be told whether everything does.
    pub seen: BTreeSet<&'static str>,
}

/// A process at work on the vault.
pub struct Session {
    pub vault: Vault,
    /// What it can open the vault with.
    pub at_hand: Vec<String>,
    dying: Option<Arc<DyingStore>>,
}

impl Session {
    /// Whether its process has died.
    pub fn died(&self) -> bool {
        self.dying.as_ref().is_some_and(|store| store.is_dead())
    }
}

pub fn changes(edits: &Edits) -> Changes {
    let image = |(number, version): &(u8, Option<u16>)| {
        (vec![*number], version.map(|version| document((*number).into(), version.into())))
    };
    edits.iter().map(image).collect()
}

impl World {
    pub async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(1_790_000_000_000));
        let memory = [Arc::<MemoryBackend>::default(), Arc::<MemoryBackend>::default()];
        let clocked = |memory: &Arc<MemoryBackend>| -> Arc<dyn Backend> {
            Arc::new(ClockedStore::new(memory.clone(), clock.clone()))
        };
        let stores = [clocked(&memory[0]), clocked(&memory[1])];
        let keys = BTreeMap::from([(String::new(), PASSPHRASE.to_owned())]);
        let model = Model { keys, epochs: 1, ..Model::default() };
        let (held, has_replica, seed, words) = (None, false, 0, 0);
        let mut world = Self {
            clock,
            memory,
            stores,
            model,
            held,
            has_replica,
            seed,
            words,
            seen: BTreeSet::new(),
        };
        let store = Store::with_backend(world.stores[0].clone());
        Vault::create(store, &provider(), world.context("a")).await.unwrap();
        world
    }

    fn context(&mut self, writer: &str) -> VaultContext {
        self.seed += 1;
        context_at(&self.clock, writer, self.seed)
    }

    /// A store that dies when it is told to.
    pub fn dying(&self, which: usize, dies_at: u8) -> Arc<DyingStore> {
        Arc::new(DyingStore::new(self.stores[which].clone(), dies_at.into(), dies_at % 2 == 0))
    }

    pub async fn open(
        &mut self,
        backend: Arc<dyn Backend>,
        writer: &str,
        at_hand: &[String],
    ) -> Result<Vault, VaultError> {
        let providers: Vec<Arc<dyn KeyProvider>> =
            at_hand.iter().map(|text| passphrase(text)).collect();
        let context = self.context(writer);
        Vault::open_with_any(Store::with_backend(backend), providers, context).await
    }

    /// All passphrases that open the vault.
    pub fn all_keys(&self) -> Vec<String> {
        self.model.keys.values().cloned().collect()
    }

    pub async fn session(&mut self, by: By) -> Session {
        if by.who == Who::Held
            && let Some((vault, at_hand)) = self.held.clone()
        {
            let dying = by.dies_at.map(|dies_at| self.dying(0, dies_at));
            let vault = match &dying {
                Some(store) => vault.through(|_| store.clone()),
                None => vault,
            };
            return Session { vault, at_hand, dying };
        }
        self.fresh(by, self.all_keys(), 0).await
    }

    pub async fn fresh(&mut self, by: By, at_hand: Vec<String>, which: usize) -> Session {
        let dying = by.dies_at.map(|dies_at| self.dying(which, dies_at));
        let backend = match &dying {
            Some(store) => store.clone(),
            None => self.stores[which].clone(),
        };
        let writer = if by.who == Who::B { "b" } else { "a" };
        let vault = self.open(backend, writer, &at_hand).await.unwrap();
        Session { vault, at_hand, dying }
    }

    /// Whether a failure is one that may be: the process died, or nothing that it has at hand opens the
    /// vault any more.
    pub fn may_fail(&mut self, session: &Session, error: &VaultError) {
        if session.died() {
            self.seen.insert("a process died");
            return;
        }
        match error {
            VaultError::KeysChanged => {
                let opens = |text: &String| self.model.keys.values().any(|key| key == text);
                assert!(!session.at_hand.iter().any(opens), "it has what opens the vault");
                self.held = None;
                self.seen.insert("an open vault was shut out");
            }
            // A dead prune is respected for two hours.
            VaultError::BeingPruned { .. } if self.model.prune_died[0] => {
                self.seen.insert("a set waited for a prune");
            }
            error => panic!("{error}"),
        }
    }

    /// All that is listed is what was committed, and nothing that was committed is missing.
    pub async fn judge(&mut self, level: CheckLevel) {
        let at_hand = self.all_keys();
        let vault = self.open(self.stores[0].clone(), "a", &at_hand[..1]).await.unwrap();
        let catalog = vault.catalog().await.unwrap();
        assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
        let mut listed = Vec::new();
        for set in &catalog.sets {
            let known = self.model.sets.iter().find(|known| known.id == set.id);
            let documents = match known.filter(|_| level < CheckLevel::L3) {
                Some(known) => known.documents.clone(),
                None => read_all(&vault, &set.id).await.unwrap(),
            };
            assert!(known.is_none_or(|known| known.documents == documents), "{}", set.id);
            listed.push((set.id.clone(), documents));
        }
        let before = (self.model.sets.len(), self.model.unsure.is_empty());
        self.model.settle(&listed);
        if self.model.sets.len() > before.0 {
            self.seen.insert("a set of a process that died is listed");
        } else if !before.1 {
            self.seen.insert("a set of a process that died is not listed");
        }
        let pins: Vec<_> = catalog.pins.keys().cloned().collect();
        for id in std::mem::take(&mut self.model.pin_unsure) {
            match pins.contains(&id) {
                true => self.model.pinned.insert(id),
                false => self.model.pinned.remove(&id),
            };
        }
        assert_eq!(pins, self.model.pinned.iter().cloned().collect::<Vec<_>>());
        assert_eq!(vault.keys().epochs.len(), self.model.epochs);
        let report = check(&vault, level).await;
        assert!(report.ok(), "{:?}", report.problems);
        if self.has_replica {
            self.judge_replica(&vault, level).await;
        }
    }

    async fn judge_replica(&mut self, vault: &Vault, level: CheckLevel) {
        let replica = match vault.replica(Store::with_backend(self.stores[1].clone())).await {
            Ok(replica) => replica,
            // Its maker died before it was one.
            Err(VaultError::NotAVault { .. }) => return,
            // Its keyring is an old one until the next replication.
            Err(VaultError::WrongKey) => return,
            Err(error) => panic!("{error}"),
        };
        let catalog = replica.catalog().await.unwrap();
        assert!(catalog.problems.is_empty(), "{:?}", catalog.problems);
        for id in self.model.copies.keys() {
            assert!(catalog.sets.iter().any(|set| set.id == *id), "the copy of {id} is gone");
        }
        for set in &catalog.sets {
            assert!(!self.model.copies_removed.contains(&set.id), "{} came back", set.id);
            let documents = &self.model.ever[&set.id];
            if level == CheckLevel::L3 || !self.model.copies.contains_key(&set.id) {
                assert!(read_all(&replica, &set.id).await.unwrap() == *documents, "{}", set.id);
            }
            self.model.copies.insert(set.id.clone(), documents.clone());
        }
        let report = check(&replica, level).await;
        assert!(report.ok(), "{:?}", report.problems);
    }

    /// After enough time only what is in use is left, here and in the other store.
    pub async fn settle(&mut self) {
        let at_hand = self.all_keys();
        for (which, memory) in self.memory.clone().iter().enumerate() {
            if which == 1 && !self.has_replica {
                continue;
            }
            let backend = self.stores[which].clone();
            let vault = match self.open(backend, "b", &at_hand).await {
                Ok(vault) => vault,
                Err(VaultError::WrongKey | VaultError::NotAVault { .. }) if which == 1 => continue,
                Err(error) => panic!("{error}"),
            };
            for _ in 0..3 {
                self.clock.advance(25 * HOUR_MS);
                prune(&vault).await.unwrap();
            }
            let used = vault.usage().await.unwrap().total().objects;
            let folders = ["manifest/", "page/", "segment/", "delta/"];
            let objects = memory.snapshot();
            let of_content = |key: &&String| folders.iter().any(|folder| key.starts_with(folder));
            assert_eq!(objects.keys().filter(of_content).count() as u64, used);
            assert!(!objects.contains_key("prune/mark") && !objects.contains_key("prune/running"));
        }
    }
}
