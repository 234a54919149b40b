//! Random sequences of everything that is done to a vault, by several processes that may die at any
//! write, agree with a naive model: fulls, increments, differentials, synthetic fulls, retention, pins,
//! prunes, restores, changes of keys, and a replica.
//!
//! More cases by the environment variable `PROPTEST_CASES`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod acts;
mod keys;
mod model;
#[path = "../support/mod.rs"]
mod support;
mod world;

use acts::{Act, By, Edits, act};
use model::KnownSet;
use proptest::prelude::*;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::{CheckLevel, Copied, NewPin, ReplicateRequest, SetSummary, Store, VaultError};
use world::{Session, World, changes};

impl World {
    async fn act(&mut self, act: Act) {
        match act {
            Act::Change(edits) => self.model.source = merged(&self.model.source, &changes(&edits)),
            Act::Full { by, meanwhile } => self.full(by, &meanwhile).await,
            Act::Increment { by, base } => {
                let base = self.model.pick(base);
                self.over(by, base).await;
            }
            Act::Differential { by } => {
                let base = self.model.newest_full();
                self.over(by, base).await;
            }
            Act::Synthetic { by, base } => self.synthetic(by, base).await,
            Act::Retain { by, keep } => self.retain(by, keep.into()).await,
            Act::RetainCopies { keep } => self.retain_copies(keep.into()).await,
            Act::Pin { by, set } => self.pin(by, set, true).await,
            Act::Unpin { by, set } => self.pin(by, set, false).await,
            Act::Restore { by, set, from } => self.restore(by, set, from).await,
            Act::Prune { by, replica } => self.prune_as(by, replica).await,
            Act::Keys { by, change, at_hand } => self.change_keys(by, change, at_hand).await,
            Act::Replicate { by, only } => self.replicate(by, only).await,
            Act::Hold => {
                let at_hand = self.all_keys();
                let vault = self.open(self.stores[0].clone(), "a", &at_hand).await.unwrap();
                self.held = Some((vault, at_hand));
            }
            Act::Wait(hours) => self.clock.advance(i64::from(hours) * HOUR_MS),
        }
    }

    fn committed(
        &mut self,
        session: &Session,
        done: Result<SetSummary, VaultError>,
        documents: Documents,
        full: bool,
    ) {
        let known = |id| KnownSet { id, documents, full };
        match done {
            Ok(set) => {
                self.seen.insert(if full { "a full" } else { "an increment" });
                self.model.add(known(set.id));
            }
            Err(error) => {
                self.may_fail(session, &error);
                self.model.unsure.push(known(String::new()));
            }
        }
    }

    async fn full(&mut self, by: By, meanwhile: &Edits) {
        let session = self.session(by).await;
        let deltas = changes(meanwhile);
        let after = merged(&self.model.source, &deltas);
        let done = back_up(&session.vault, &self.model.source, &deltas).await;
        if let Ok((_, stats)) = &done {
            let mut digest = session.vault.digest();
            after.iter().for_each(|(key, doc)| digest.add(key, doc));
            assert_eq!((stats.documents, stats.digest), (after.len() as u64, digest.value()));
        }
        self.model.source = after.clone();
        self.committed(&session, done.map(|(set, _)| set), after, true);
    }

    async fn over(&mut self, by: By, base: Option<KnownSet>) {
        let Some(base) = base else { return };
        let session = self.session(by).await;
        let changes = difference(&base.documents, &self.model.source, |key| key[0] % 16 == 0);
        let done = back_up_over(&session.vault, &base.id, &changes).await.map(|(set, _)| set);
        self.committed(&session, done, self.model.source.clone(), false);
    }

    async fn synthetic(&mut self, by: By, base: u8) {
        let Some(base) = self.model.pick(base) else { return };
        let session = self.session(by).await;
        let made = async {
            let manifest = session.vault.set(&base.id).await?;
            let mut reader = session.vault.read_stream(&manifest, "history", "games").await?;
            let set = session.vault.begin_set(set_info()).await?;
            let mut stream = set.stream(stream_info("games")).await?;
            while let Some(batch) = reader.next_batch().await? {
                for record in batch {
                    stream.push(&record.key, &record.doc).await?;
                }
            }
            stream.finish().await?;
            set.commit(set_commit()).await
        };
        let done = made.await;
        self.committed(&session, done, base.documents, true);
    }

    async fn retain(&mut self, by: By, keep: usize) {
        let session = self.session(by).await;
        let older = self.model.sets.len().saturating_sub(keep);
        let going: Vec<_> = self.model.sets[..older]
            .iter()
            .filter(|set| !self.model.pinned.contains(&set.id))
            .map(|set| set.id.clone())
            .collect();
        self.model.going.extend(going.iter().cloned());
        if let Err(error) = session.vault.drop_sets(&going, 0).await {
            self.may_fail(&session, &error);
        } else {
            self.model.sets.retain(|set| !going.contains(&set.id));
            if !going.is_empty() {
                self.seen.insert("a set was removed");
            }
        }
    }

    async fn retain_copies(&mut self, keep: usize) {
        let at_hand = self.all_keys();
        let found = self.open(self.stores[1].clone(), "a", &at_hand).await;
        // There is none yet, or its keyring is an old one until the next replication.
        let Ok(replica) = found else { return };
        let older = self.model.copies.len().saturating_sub(keep);
        let going: Vec<_> = self.model.copies.keys().take(older).cloned().collect();
        replica.drop_sets(&going, 0).await.unwrap();
        self.model.copies.retain(|id, _| !going.contains(id));
        self.model.copies_removed.extend(going);
    }

    async fn pin(&mut self, by: By, set: u8, pin: bool) {
        let Some(KnownSet { id, .. }) = self.model.pick(set) else { return };
        let session = self.session(by).await;
        let new = NewPin { reason: "dispute".to_owned(), actor: "kay".to_owned() };
        let done = match pin {
            true => session.vault.pin_set(&id, new, 0).await,
            false => session.vault.unpin_set(&id, "kay", 0).await,
        };
        match done {
            Ok(()) if pin => drop(self.model.pinned.insert(id)),
            Ok(()) => drop(self.model.pinned.remove(&id)),
            Err(error) => {
                self.may_fail(&session, &error);
                self.model.pin_unsure.insert(id);
            }
        }
        if let Some(pinned) = self.model.pinned.first().cloned() {
            let refused = session.vault.drop_set(&pinned, 0).await;
            match refused {
                Err(VaultError::Pinned { .. }) => drop(self.seen.insert("a pin held")),
                Err(error) => self.may_fail(&session, &error),
                Ok(()) => assert!(self.model.pin_unsure.contains(&pinned), "it was pinned"),
            }
            self.model.going.insert(pinned);
        }
    }

    async fn restore(&mut self, by: By, set: u8, from: u8) {
        let Some(set) = self.model.pick(set) else { return };
        let session = self.session(By { dies_at: None, ..by }).await;
        let from = vec![from];
        let read = async {
            let manifest = session.vault.set(&set.id).await?;
            let start = from.clone().into();
            let reader = session.vault.read_stream_from(&manifest, "history", "games", &start);
            let (mut reader, mut found) = (reader.await?, Documents::new());
            while let Some(batch) = reader.next_batch().await? {
                found.extend(batch.iter().map(|one| (one.key.to_vec(), one.doc.to_vec())));
            }
            Ok::<_, VaultError>(found)
        };
        match read.await {
            Ok(mut found) => {
                // A segment may begin before the key that was asked for.
                found.retain(|key, _| *key >= from);
                let expected: Documents =
                    set.documents.range(from..).map(|(k, d)| (k.clone(), d.clone())).collect();
                assert!(found == expected, "{}", set.id);
            }
            Err(error) => self.may_fail(&session, &error),
        }
    }

    async fn prune_as(&mut self, by: By, replica: bool) {
        let which = usize::from(replica);
        if replica && !self.has_replica {
            return;
        }
        let session = match replica {
            false => self.session(by).await,
            true => {
                let at_hand = self.all_keys();
                let found = self.open(self.stores[1].clone(), "a", &at_hand).await;
                // Its keyring is an old one until the next replication.
                let Ok(found) = found else { return };
                // What was let go of there is marked, and due at the next one.
                for _ in 0..2 {
                    self.clock.advance(25 * HOUR_MS);
                    match prune(&found).await {
                        Ok(report) if report.deleted.objects > 0 => {
                            self.seen.insert("a prune of the replica deleted");
                        }
                        Ok(_) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                self.clock.advance(25 * HOUR_MS);
                self.fresh(by, at_hand, 1).await
            }
        };
        match prune(&session.vault).await {
            Ok(report) => {
                self.model.prune_died[which] = false;
                if report.deleted.objects > 0 {
                    self.seen.insert("a prune deleted");
                }
            }
            Err(VaultError::PruneRunning { .. }) => {
                assert!(self.model.prune_died[which]);
                self.seen.insert("a prune waited for another");
            }
            Err(error) => {
                self.may_fail(&session, &error);
                self.model.prune_died[which] |= session.died();
            }
        }
    }

    async fn replicate(&mut self, by: By, only: Option<u8>) {
        // What dies is the process, at a write to the other store.
        let session = self.session(By { dies_at: None, ..by }).await;
        let dying = by.dies_at.map(|dies_at| self.dying(1, dies_at));
        let there = match &dying {
            Some(dying) => Store::with_backend(dying.clone()),
            None => Store::with_backend(self.stores[1].clone()),
        };
        self.has_replica = true;
        let wanted: Vec<_> = match only {
            Some(which) => self.model.pick(which).into_iter().map(|set| set.id).collect(),
            None => self.model.sets.iter().map(|set| set.id.clone()).collect(),
        };
        let request = ReplicateRequest { sets: wanted.clone(), fencing_token: 0 };
        let never = CancellationToken::new();
        let done = async {
            let replica = session.vault.make_replica(there).await?;
            session.vault.replicate(&replica, &request, &|_| {}, &never).await
        };
        match done.await {
            Ok(report) => {
                let removed = &self.model.copies_removed;
                for set in &report.sets {
                    match set.result {
                        Copied::Done | Copied::Present => assert!(!removed.contains(&set.set)),
                        Copied::Removed => assert!(removed.contains(&set.set)),
                        Copied::Failed(_) => panic!("{report:?}"),
                    }
                }
                if report.copied().objects > 0 {
                    self.seen.insert("sets were copied");
                }
                for id in wanted.into_iter().filter(|id| !removed.contains(id)) {
                    let documents = self.model.ever[&id].clone();
                    self.model.copies.insert(id, documents);
                }
            }
            Err(_) if dying.is_some_and(|dying| dying.is_dead()) => {
                self.seen.insert("a copy died");
            }
            Err(VaultError::BeingPruned { .. }) if self.model.prune_died[1] => {}
            Err(error) => self.may_fail(&session, &error),
        }
    }
}

async fn run(acts: Vec<Act>) -> std::collections::BTreeSet<&'static str> {
    let mut world = World::new().await;
    for act in acts {
        world.act(act).await;
        world.judge(CheckLevel::L1).await;
    }
    world.judge(CheckLevel::L3).await;
    world.settle().await;
    world.judge(CheckLevel::L3).await;
    world.seen
}

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { 160 };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_vault_and_its_replica_agree_with_a_model(acts in proptest::collection::vec(act(), 1..32)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(acts));
    }
}

/// What never happens proves nothing: among these sequences everything does.
#[test]
fn all_that_may_happen_happens() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let sequences = proptest::collection::vec(act(), 24..40);
    let mut missing: Vec<_> = ALL.to_vec();
    for _ in 0..300 {
        let acts = sequences.new_tree(&mut runner).unwrap().current();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let seen = runtime.block_on(run(acts));
        missing.retain(|what| !seen.contains(what));
        if missing.is_empty() {
            return;
        }
    }
    panic!("{missing:?}");
}

const ALL: [&str; 19] = [
    "a full",
    "an increment",
    "a process died",
    "a set of a process that died is listed",
    "a set of a process that died is not listed",
    "a set was removed",
    "a pin held",
    "a prune deleted",
    "a prune of the replica deleted",
    "a prune waited for another",
    "sets were copied",
    "a copy died",
    "a key was added",
    "a key was removed",
    "a passphrase was changed",
    "a data key was added",
    "a change of keys died and is done",
    "a change of keys died and is not done",
    "an open vault was shut out",
];
