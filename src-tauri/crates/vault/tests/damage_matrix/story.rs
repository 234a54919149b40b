//! A vault with at least one object of every type that the format knows, and what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;
use vault::testing::DyingStore;
use vault::{
    KeyChange, LogRecord, LogWriter, NewPin, ReplicateRequest, SetSummary, Store, Vault, VaultError,
};

use crate::shelf::{Shelf, Shelved};
use crate::support::*;

/// Where the log that is kept begins and ends after the story.
pub const LOG: (u64, u64) = (140, 280);

/// Everything that was committed, and what lies in the store.
pub struct Story {
    pub objects: Shelved,
    pub replica: Shelved,
    /// The first version of what was written again.
    pub older: BTreeMap<String, Bytes>,
    /// What each object is, by its key.
    pub kinds: BTreeMap<String, String>,
    pub sets: Vec<(SetSummary, Documents)>,
    /// Sets that were removed: what is listed again when the removal is lost.
    pub removed: Vec<SetSummary>,
    /// What a prune deletes now.
    pub garbage: BTreeSet<String>,
    pub log: String,
    pub now_ms: i64,
}

pub async fn open_as(shelf: &Arc<Shelf>, writer: &str, seed: u64) -> Result<Vault, VaultError> {
    let at_hand = vec![passphrase(PASSPHRASE), passphrase("excalibur")];
    Vault::open_with_any(shelf.store(), at_hand, context_at(&shelf.clock, writer, seed)).await
}

pub fn record(position: u64) -> LogRecord {
    LogRecord { position, body: Bytes::from(format!("{{\"seq\":{position},\"by\":\"GALAHAD\"}}")) }
}

async fn follow(log: &mut LogWriter, moments: u64) {
    for _ in 0..moments {
        let from = log.to();
        log.append(from + 10, &[record(from + 3), record(from + 7)]).await.unwrap();
    }
}

pub fn changed(version: u32) -> Changes {
    [
        (12_u32.to_be_bytes().to_vec(), None),
        (17_u32.to_be_bytes().to_vec(), Some(document(17, version))),
        (33_u32.to_be_bytes().to_vec(), Some(document(33, version))),
    ]
    .into()
}

/// Names what is new in the store.
fn note(kinds: &mut BTreeMap<String, String>, shelf: &Shelf, action: &str) {
    for key in shelf.objects().keys() {
        if kinds.contains_key(key) {
            continue;
        }
        let (folder, last) = (key.split('/').next().unwrap(), key.rsplit('/').next().unwrap());
        let kind = match (folder, last) {
            ("ledger" | "registry" | "log", "head") => format!("{folder} head"),
            ("ledger", _) if key.contains("/bundle/") => "ledger bundle".to_owned(),
            ("ledger" | "registry", _) => format!("{folder} {action}"),
            ("log", _) => "log chunk".to_owned(),
            ("prune", which) => format!("prune {which}"),
            _ => folder.to_owned(),
        };
        kinds.insert(key.clone(), kind);
    }
}

/// Tells the story; another seed makes another vault in which the same happened.
pub async fn tell(seed: u64) -> Story {
    let shelf = Shelf::new(1_790_000_000_000, Shelved::new());
    let mut kinds = BTreeMap::new();
    let mut step = |action: &str| note(&mut kinds, &shelf, action);
    Vault::create(shelf.store(), &provider(), context_at(&shelf.clock, "a", seed)).await.unwrap();
    step("writer");
    let vault = open_as(&shelf, "a", seed + 1).await.unwrap();
    let other = KeyChange::Add { provider: passphrase("excalibur"), label: "other".to_owned() };
    vault.change_keys(other).await.unwrap();
    step("keys changed");
    let none = Changes::new();
    let first = back_up(&vault, &documents(0..40), &none).await.unwrap().0;
    let second = back_up_over(&vault, &first.id, &changed(1)).await.unwrap().0;
    step("set");
    vault.change_keys(KeyChange::Rotate).await.unwrap();
    step("keys changed");
    let guest = open_as(&shelf, "b", seed + 2).await.unwrap();
    let third = back_up(&guest, &documents(10..60), &none).await.unwrap().0;
    step("set");
    let pin = |reason: &str| NewPin { reason: reason.to_owned(), actor: "kay".to_owned() };
    vault.pin_set(&first.id, pin("season end"), 0).await.unwrap();
    vault.pin_set(&second.id, pin("dispute"), 0).await.unwrap();
    step("pin");
    vault.unpin_set(&second.id, "kay", 0).await.unwrap();
    step("unpin");
    let log = keep_log(&vault, &mut step).await;

    // Two generations of what nobody needs: the first is swept, the second is marked.
    let mut removed = Vec::new();
    let mut garbage = BTreeSet::new();
    for round in 0..2 {
        let before: BTreeSet<_> = shelf.objects().keys().cloned().collect();
        let start = 1000 + round * 100;
        let set = back_up(&vault, &documents(start..start + 30), &none).await.unwrap().0;
        step("set");
        garbage = shelf.objects().keys().cloned().collect::<BTreeSet<_>>();
        garbage.retain(|key| !before.contains(key) && !key.starts_with("ledger/"));
        vault.drop_set(&set.id, 0).await.unwrap();
        step("removal");
        removed.push(set);
        if round == 1 {
            vault.trim_log(&log, 145).await.unwrap();
            step("log let go");
        }
        shelf.clock.advance(26 * HOUR_MS);
        prune(&vault).await.unwrap();
        step("");
    }
    let fourth = back_up_over(&guest, &third.id, &changed(2)).await.unwrap().0;
    step("set");
    // What a repair had put aside, and what a prune that died leaves.
    let aside = Bytes::from_static(b"replaced by a repair");
    shelf.store().put("damaged/ledger/0/0000000001", aside).await.unwrap();
    let dying = Arc::new(DyingStore::new(shelf.clone(), 2, false));
    let at_hand = vec![passphrase(PASSPHRASE)];
    let dead = Store::with_backend(dying);
    let dead =
        Vault::open_with_any(dead, at_hand, context_at(&shelf.clock, "a", seed + 3)).await.unwrap();
    prune(&dead).await.unwrap_err();
    step("");

    let contents = [
        documents(0..40),
        merged(&documents(0..40), &changed(1)),
        documents(10..60),
        merged(&documents(10..60), &changed(2)),
    ];
    let sets: Vec<_> = [first, second, third, fourth].into_iter().zip(contents).collect();
    let elsewhere = Shelf::new(1_790_000_000_000, Shelved::new());
    let replica = vault.make_replica(elsewhere.store()).await.unwrap();
    let request = ReplicateRequest {
        sets: sets.iter().map(|(set, _)| set.id.clone()).collect(),
        fencing_token: 0,
    };
    let copied = vault.replicate(&replica, &request, &|_| {}, &CancellationToken::new()).await;
    assert!(copied.unwrap().ok());

    garbage.extend(let_go(&shelf, &vault, &log).await);
    for key in &garbage {
        let kind = kinds.get_mut(key).unwrap();
        *kind = format!("{kind}, let go");
    }
    garbage.insert("damaged/ledger/0/0000000001".to_owned());
    shelf.clock.advance(25 * HOUR_MS);
    let (objects, older) = (shelf.objects().clone(), shelf.older());
    let now_ms = vault::Clock::now_ms(&*shelf.clock);
    let replica = elsewhere.objects().clone();
    Story { objects, replica, older, kinds, sets, removed, garbage, log, now_ms }
}

/// A log with packs, one of them let go of, loose chunks, and a head that is behind them.
async fn keep_log(vault: &Vault, step: &mut impl FnMut(&str)) -> String {
    let mut log = vault.begin_log(100, BTreeMap::new()).await.unwrap();
    step("log begun");
    follow(&mut log, 4).await;
    log.mark(133, b"defined anew".to_vec()).await.unwrap();
    step("log mark");
    for _ in 0..3 {
        log.compact().await.unwrap();
        step("log compacted");
        follow(&mut log, 4).await;
        log.tell().await.unwrap();
        step("");
    }
    follow(&mut log, 2).await;
    step("");
    log.id().to_owned()
}

/// The packs that are marked: those that were let go of.
async fn let_go(shelf: &Arc<Shelf>, vault: &Vault, log: &str) -> Vec<String> {
    let copy = Shelf::new(vault::Clock::now_ms(&*shelf.clock), shelf.objects().clone());
    copy.clock.advance(25 * HOUR_MS);
    let swept = open_as(&copy, "a", 77).await.unwrap();
    prune(&swept).await.unwrap();
    let view = vault.logs().await.unwrap().remove(0);
    assert_eq!((view.id.as_str(), view.from, view.to), (log, LOG.0, LOG.1));
    let kept = copy.objects().clone();
    let gone = |key: &&String| key.starts_with("pack/") && !kept.contains_key(*key);
    shelf.objects().keys().filter(gone).cloned().collect()
}
