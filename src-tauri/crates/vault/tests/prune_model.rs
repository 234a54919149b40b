//! Random sequences of backups, drops, prunes and deaths, by several writers: what is listed always
//! opens to L3, and in the end nothing is left that nobody refers to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{ClockedStore, DyingStore, ManualClock};
use vault::{CheckLevel, PruneRequest, SetWriter, Store, Vault, VaultContext, VaultError};

const WRITERS: [&str; 3] = ["a", "b", "c"];

/// What is done next; `u8`s choose among what there is.
#[derive(Debug, Clone)]
enum Act {
    /// A writer backs up one of a few contents, so that objects come, go and come again.
    BackUp { writer: u8, content: u8, dies_at: Option<u8> },
    /// A writer takes an increment over one of the sets.
    Increment { writer: u8, base: u8, content: u8, dies_at: Option<u8> },
    /// A writer begins an increment over one of the sets; it is committed later, or never.
    BeginOver { writer: u8, base: u8, content: u8 },
    /// A writer begins a set and stores its stream; it is committed later, or never.
    Begin { writer: u8, content: u8 },
    /// One of the begun sets is committed.
    Commit(u8),
    /// One of the sets is dropped.
    Drop { writer: u8, set: u8 },
    /// A writer prunes, and perhaps dies at one of its writes.
    Prune { writer: u8, dies_at: Option<u8> },
    /// Time passes.
    Wait(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let dies = || proptest::option::weighted(0.3, 0..30_u8);
    prop_oneof![
        4 => (any::<u8>(), any::<u8>(), dies())
            .prop_map(|(writer, content, dies_at)| Act::BackUp { writer, content, dies_at }),
        4 => (any::<u8>(), any::<u8>(), any::<u8>(), dies()).prop_map(
            |(writer, base, content, dies_at)| Act::Increment { writer, base, content, dies_at }
        ),
        2 => (any::<u8>(), any::<u8>(), any::<u8>())
            .prop_map(|(writer, base, content)| Act::BeginOver { writer, base, content }),
        2 => (any::<u8>(), any::<u8>())
            .prop_map(|(writer, content)| Act::Begin { writer, content }),
        2 => any::<u8>().prop_map(Act::Commit),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(writer, set)| Act::Drop { writer, set }),
        5 => (any::<u8>(), dies()).prop_map(|(writer, dies_at)| Act::Prune { writer, dies_at }),
        6 => (1..30_u8).prop_map(Act::Wait),
    ]
}

/// Contents overlap, so that sets share objects.
fn content(number: u8) -> Documents {
    let start = u32::from(number % 4) * 40;
    documents(start..start + 60 + u32::from(number % 3) * 20)
}

struct World {
    clock: Arc<ManualClock>,
    memory: Arc<MemoryBackend>,
    backend: Arc<dyn Backend>,
    seed: u64,
    listed: Vec<(String, Documents)>,
    begun: Vec<(SetWriter, Documents)>,
    /// A set of an earlier act may be listed although its writer died before it knew.
    unsure: Vec<Documents>,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::new(1_790_000_000_000));
        let memory = Arc::new(MemoryBackend::default());
        let backend: Arc<dyn Backend> = Arc::new(ClockedStore::new(memory.clone(), clock.clone()));
        let (listed, begun, unsure) = (Vec::new(), Vec::new(), Vec::new());
        let mut world = Self { clock, memory, backend, seed: 0, listed, begun, unsure };
        let store = Store::with_backend(world.backend.clone());
        let context = world.context(0);
        Vault::create(store, &provider(), context).await.unwrap();
        world
    }

    fn context(&mut self, writer: u8) -> VaultContext {
        self.seed += 1;
        context_at(&self.clock, WRITERS[usize::from(writer) % WRITERS.len()], self.seed)
    }

    async fn vault(&mut self, writer: u8, dies_at: Option<u8>) -> Vault {
        let backend: Arc<dyn Backend> = match dies_at {
            Some(writes) => {
                Arc::new(DyingStore::new(self.backend.clone(), writes.into(), writes % 2 == 0))
            }
            None => self.backend.clone(),
        };
        let context = self.context(writer);
        Vault::open(Store::with_backend(backend), &provider(), context).await.unwrap()
    }

    /// One of the listed sets and what it holds.
    fn base(&self, which: u8) -> Option<(String, Documents)> {
        let number = usize::from(which).checked_rem(self.listed.len())?;
        self.listed.get(number).cloned()
    }

    async fn act(&mut self, act: Act) {
        match act {
            Act::BackUp { writer, content: number, dies_at } => {
                let vault = self.vault(writer, dies_at).await;
                let documents = content(number);
                let done = back_up(&vault, &documents, &BTreeMap::new()).await;
                self.committed(done.map(|(set, _)| set.id), documents, dies_at.is_some());
            }
            Act::Increment { writer, base, content: number, dies_at } => {
                let Some((base, then)) = self.base(base) else { return };
                let vault = self.vault(writer, dies_at).await;
                let documents = content(number);
                let done =
                    back_up_over(&vault, &base, &difference(&then, &documents, |_| false)).await;
                self.committed(done.map(|(set, _)| set.id), documents, dies_at.is_some());
            }
            Act::BeginOver { writer, base, content: number } => {
                let Some((base, then)) = self.base(base) else { return };
                let vault = self.vault(writer, None).await;
                let documents = content(number);
                let changes = difference(&then, &documents, |_| false);
                let (set, _) = begin_over(&vault, &base, &changes).await.unwrap();
                self.begun.push((set, documents));
            }
            Act::Begin { writer, content: number } => {
                let vault = self.vault(writer, None).await;
                let set = vault.begin_set(set_info()).await.unwrap();
                let mut stream = set.stream(stream_info("games")).await.unwrap();
                let documents = content(number);
                for (key, doc) in &documents {
                    stream.push(key, doc).await.unwrap();
                }
                stream.finish().await.unwrap();
                self.begun.push((set, documents));
            }
            Act::Commit(which) => {
                if !self.begun.is_empty() {
                    let (set, documents) = self.begun.remove(usize::from(which) % self.begun.len());
                    let done = set.commit(set_commit()).await;
                    self.committed(done.map(|set| set.id), documents, false);
                }
            }
            Act::Drop { writer, set } => {
                if !self.listed.is_empty() {
                    let (id, _) = self.listed.remove(usize::from(set) % self.listed.len());
                    self.vault(writer, None).await.drop_set(&id, 0).await.unwrap();
                }
            }
            Act::Prune { writer, dies_at } => {
                let vault = self.vault(writer, dies_at).await;
                let cancel = CancellationToken::new();
                let done = vault.prune(PruneRequest::default(), &|_| {}, &cancel).await;
                let expected = match &done {
                    Ok(_) | Err(VaultError::PruneRunning { .. }) => true,
                    Err(_) => dies_at.is_some(),
                };
                assert!(expected, "{done:?}");
            }
            Act::Wait(hours) => self.clock.advance(i64::from(hours) * HOUR_MS),
        }
    }

    fn committed(&mut self, id: Result<String, VaultError>, documents: Documents, dying: bool) {
        match id {
            Ok(id) => self.listed.push((id, documents)),
            Err(VaultError::TooOld { .. } | VaultError::BeingPruned { .. }) => {}
            // What it had counted on went before it was done: nothing is listed.
            Err(VaultError::Damaged { kind: vault::ProblemKind::Missing, .. }) => {}
            Err(error) => {
                assert!(dying, "{error}");
                self.unsure.push(documents);
            }
        }
    }

    /// All that is listed opens, and is what it was.
    async fn judge(&mut self) {
        let vault = self.vault(0, None).await;
        let sets = vault.sets().await.unwrap();
        for set in &sets {
            let read = read_all(&vault, &set.id).await.unwrap();
            match self.listed.iter().find(|(id, _)| *id == set.id) {
                Some((_, documents)) => assert!(read == *documents, "{}", set.id),
                None => {
                    let known = self.unsure.iter().position(|documents| *documents == read);
                    self.unsure.remove(known.expect("a set that nobody began"));
                    self.listed.push((set.id.clone(), read));
                }
            }
        }
        let missing = self.listed.iter().find(|(id, _)| sets.iter().all(|set| set.id != *id));
        assert!(missing.is_none(), "{missing:?} is not listed");
        let report = check(&vault, CheckLevel::L3).await;
        assert!(report.ok(), "{:?}", report.problems);
    }

    /// After enough time only what is in use is left.
    async fn settle(&mut self) {
        self.begun.clear();
        for _ in 0..3 {
            self.clock.advance(25 * HOUR_MS);
            self.act(Act::Prune { writer: 1, dies_at: None }).await;
        }
        let used = self.vault(0, None).await.usage().await.unwrap().total().objects;
        let folders = ["manifest/", "page/", "segment/", "delta/"];
        let objects = self.memory.snapshot();
        let lying =
            objects.keys().filter(|key| folders.iter().any(|folder| key.starts_with(folder)));
        assert_eq!(lying.count() as u64, used);
        assert!(!objects.contains_key("prune/mark") && !objects.contains_key("prune/running"));
    }
}

async fn run(acts: Vec<Act>) {
    let mut world = World::new().await;
    for act in acts {
        world.act(act).await;
        world.judge().await;
    }
    world.settle().await;
    world.judge().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_listed_opens_and_what_nobody_needs_goes(
        acts in proptest::collection::vec(act(), 1..24)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(acts));
    }
}
