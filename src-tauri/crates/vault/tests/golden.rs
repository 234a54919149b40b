//! A vault written in any format is read for ever.
//!
//! `tests/fixtures/vault-format-<n>` at the root of the repository were written by the ignored tests
//! below; their passphrase is the one in `support`. They are never written again: a change of format
//! gets a fixture of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use support::*;
use vault::testing::context;
use vault::{CheckLevel, LogRecord, Store, StoreCredentials, StoreUrl, Vault};

fn fixture(format: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures");
    fixtures.join(format!("vault-format-{format}"))
}

fn deltas() -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
    [
        (3_u32.to_be_bytes().to_vec(), None),
        (7_u32.to_be_bytes().to_vec(), Some(document(7, 1))),
        (900_u32.to_be_bytes().to_vec(), Some(document(900, 1))),
    ]
    .into()
}

/// Copies the fixture, so that nothing can be written to it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the fixture, which is sound.
async fn opened(format: &str) -> (tempfile::TempDir, Vault) {
    let scratch = tempfile::tempdir().unwrap();
    copy(&fixture(format), scratch.path());
    let url = StoreUrl::Folder(scratch.path().to_owned());
    let store = Store::open(&url, StoreCredentials::default()).unwrap();
    let vault = Vault::open(store, &provider(), context("reader", 5)).await.unwrap();
    let report = check(&vault, CheckLevel::L3).await;
    assert!(report.ok(), "{:?}", report.problems);
    (scratch, vault)
}

#[tokio::test]
async fn format_1_is_read_and_continued() {
    let (_scratch, vault) = opened("1").await;
    let sets = vault.sets().await.unwrap();
    assert_eq!(sets.len(), 2);
    assert_eq!(read_all(&vault, &sets[0].id).await.unwrap(), documents(0..300));
    let expected = merged(&documents(0..310), &deltas());
    assert_eq!(read_all(&vault, &sets[1].id).await.unwrap(), expected);
    let manifest = vault.set(&sets[1].id).await.unwrap();
    let stream = manifest.stream("history", "games").unwrap();
    assert_eq!(stream.metadata, b"options and indexes");
    // The digest is part of the format: stored ones stay comparable.
    assert_eq!(stream.stats.digest.to_string(), include_str!("golden.digest").trim());
    back_up(&vault, &documents(0..320), &BTreeMap::new()).await.unwrap();
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn format_2_is_read_and_continued() {
    let (_scratch, vault) = opened("2").await;
    let sets = vault.sets().await.unwrap();
    let mut state = documents(0..300);
    assert_eq!(read_all(&vault, &sets[0].id).await.unwrap(), state);
    for (round, set) in sets[1..].iter().enumerate() {
        state = merged(&state, &increment(round as u32));
        assert_eq!(read_all(&vault, &set.id).await.unwrap(), state);
    }
    assert_eq!(sets.len(), 4);
    back_up_over(&vault, &sets[3].id, &increment(3)).await.unwrap();
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn format_3_is_read_and_continued() {
    let (_scratch, vault) = opened("3").await;
    let sets = vault.sets().await.unwrap();
    assert_eq!(read_all(&vault, &sets[0].id).await.unwrap(), documents(0..300));
    let log = vault.logs().await.unwrap().remove(0);
    assert_eq!((log.from, log.to, log.loose, log.objects), (10, 90, 2, 3));
    assert_eq!(log.attributes["database"], "avalon");
    assert_eq!(log.marks[0].body, b"definitions");
    let mut reader = vault.read_log(&log.id, log.from, log.to).await.unwrap();
    let mut found = Vec::new();
    while let Some(batch) = reader.next_batch().await.unwrap() {
        found.extend(batch);
    }
    assert_eq!(found, (1..9).flat_map(moment).collect::<Vec<_>>());
    let mut log = vault.resume_log(&log.id).await.unwrap();
    log.append(100, &moment(9)).await.unwrap();
    log.compact().await.unwrap();
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn bundles_of_entries_are_read_and_continued() {
    let (scratch, vault) = opened("3-bundles").await;
    let bundles = || -> usize {
        let ledgers = std::fs::read_dir(scratch.path().join("ledger")).unwrap();
        let bundles = ledgers.map(|ledger| ledger.unwrap().path().join("bundle"));
        bundles.filter_map(|bundles| Some(std::fs::read_dir(bundles).ok()?.count())).sum()
    };
    assert_eq!(bundles(), 2);
    let catalog = vault.catalog().await.unwrap().sound().unwrap();
    let set = &catalog.sets[0].id;
    assert_eq!(read_all(&vault, set).await.unwrap(), documents(0..20));
    let reasons: Vec<_> = catalog.pins[set].iter().map(|pin| pin.reason.as_str()).collect();
    assert_eq!(reasons, ["season 1", "season 2", "season 3", "season 4", "season 5", "season 6"]);
    vault.unpin_set(set, "bors", 0).await.unwrap();
    assert!(vault.catalog().await.unwrap().sound().unwrap().pins.is_empty());
    for season in 7..10 {
        pin(&vault, set, &format!("season {season}")).await.unwrap();
    }
    assert_eq!(bundles(), 3, "the second writer's first");
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
#[ignore = "writes the fixture; only for a new format"]
async fn write_the_fixture_of_bundles() {
    let vault = created("3-bundles").await;
    let set = back_up(&vault, &documents(0..20), &BTreeMap::new()).await.unwrap().0;
    for season in 1..=6 {
        pin(&vault, &set.id, &format!("season {season}")).await.unwrap();
    }
}

/// What happened between two positions of the log.
fn moment(number: u64) -> Vec<LogRecord> {
    let record = |step: u64| LogRecord {
        position: number * 10 + step.div_ceil(2),
        body: document(number as u32, step as u32).into(),
    };
    (1..7).map(record).collect()
}

/// The vault that is to be the fixture.
async fn created(format: &str) -> Vault {
    let store = Store::open(&StoreUrl::Folder(fixture(format)), StoreCredentials::default());
    Vault::create(store.unwrap(), &provider(), context("golden", 1)).await.unwrap()
}

#[tokio::test]
#[ignore = "writes the fixture; only for a new format"]
async fn write_the_fixture_of_format_3() {
    let vault = created("3").await;
    back_up(&vault, &documents(0..300), &BTreeMap::new()).await.unwrap();
    let attributes = [("database".to_owned(), "avalon".to_owned())].into();
    let mut log = vault.begin_log(10, attributes).await.unwrap();
    for number in 1..9 {
        if number == 4 {
            log.mark(44, b"definitions".to_vec()).await.unwrap();
        }
        if number == 7 {
            log.compact().await.unwrap();
        }
        log.append(number * 10 + 10, &moment(number)).await.unwrap();
    }
    log.tell().await.unwrap();
}

fn increment(round: u32) -> Changes {
    (round..320)
        .step_by(11)
        .map(|n| {
            let image = (n % 3 != 0).then(|| document(n, round + 1));
            (n.to_be_bytes().to_vec(), image)
        })
        .collect()
}

#[tokio::test]
#[ignore = "writes the fixture; only for a new format"]
async fn write_the_fixture_of_format_2() {
    let vault = created("2").await;
    let (full, _) = back_up(&vault, &documents(0..300), &BTreeMap::new()).await.unwrap();
    let mut base = full.id;
    for round in 0..3 {
        base = back_up_over(&vault, &base, &increment(round)).await.unwrap().0.id;
    }
}

#[tokio::test]
#[ignore = "writes the fixture; only for a new format"]
async fn write_the_fixture() {
    let vault = created("1").await;
    back_up(&vault, &documents(0..300), &BTreeMap::new()).await.unwrap();
    let (_, stats) = back_up(&vault, &documents(0..310), &deltas()).await.unwrap();
    let digest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden.digest");
    std::fs::write(digest, format!("{}\n", stats.digest)).unwrap();
}
