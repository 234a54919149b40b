//! Logs: nothing acknowledged is lost, wherever the process dies and whatever is compacted, and
//! damage is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use support::*;
use tokio_util::sync::CancellationToken;
use vault::store::{Backend, MemoryBackend};
use vault::testing::{ClockedStore, DyingStore, FaultyStore, ManualClock, Method, SeededEntropy};
use vault::{
    CheckLevel, CheckRequest, LogReader, LogRecord, LogWriter, PruneRequest, Resources, Store,
    Topics, Vault, VaultContext, VaultError,
};

fn record(position: u64, number: u64) -> LogRecord {
    let body = format!("{{\"seq\":{number},\"player\":\"MERLIN-{number}\"}}");
    LogRecord { position, body: Bytes::from(body) }
}

/// What a chunk from position `from` to `from + 10` holds: some positions with several records.
fn moment(from: u64) -> Vec<LogRecord> {
    (1..=9).flat_map(|n| (0..n % 3).map(move |twin| record(from + n, from * 100 + twin))).collect()
}

async fn begin(vault: &Vault) -> LogWriter {
    vault.begin_log(100, [("database".to_owned(), "avalon".to_owned())].into()).await.unwrap()
}

async fn follow(log: &mut LogWriter, moments: u64) -> Result<(), VaultError> {
    for _ in 0..moments {
        let from = log.to();
        log.append(from + 10, &moment(from)).await?;
    }
    Ok(())
}

async fn read(vault: &Vault, id: &str, from: u64, to: u64) -> Result<Vec<LogRecord>, VaultError> {
    all(vault.read_log(id, from, to).await?).await
}

async fn all(mut reader: LogReader) -> Result<Vec<LogRecord>, VaultError> {
    let mut records = Vec::new();
    while let Some(batch) = reader.next_batch().await? {
        records.extend(batch);
    }
    Ok(records)
}

fn expected(from: u64, to: u64) -> Vec<LogRecord> {
    let moments = (100..to).step_by(10).flat_map(moment);
    moments.filter(|record| record.position > from && record.position <= to).collect()
}

#[tokio::test]
async fn what_is_followed_is_read_back_between_any_two_positions() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    follow(&mut log, 7).await.unwrap();
    log.mark(133, b"defined anew".to_vec()).await.unwrap();
    assert_eq!(log.compact().await.unwrap().chunks, 7);
    follow(&mut log, 20).await.unwrap();
    // A moment in which nothing happened moves the end.
    log.append(400, &[]).await.unwrap();
    let views = open(&backend, 2).await.unwrap().logs().await.unwrap();
    let view = &views[0];
    assert_eq!((view.from, view.to, view.loose), (100, 400, 21));
    assert_eq!(view.attributes["database"], "avalon");
    assert_eq!(view.marks[0].body, b"defined anew");
    for (from, to) in [(100, 370), (100, 400), (105, 106), (168, 172), (171, 399), (250, 250)] {
        assert_eq!(read(&vault, log.id(), from, to).await.unwrap(), expected(from, to.min(370)));
    }
    let beyond = read(&vault, log.id(), 100, 401).await;
    assert!(matches!(beyond, Err(VaultError::Damaged { .. })), "{beyond:?}");
    let before = read(&vault, log.id(), 99, 200).await;
    assert!(matches!(before, Err(VaultError::Damaged { .. })), "{before:?}");
    for level in [CheckLevel::L0, CheckLevel::L1, CheckLevel::L2, CheckLevel::L3] {
        let report = check(&vault, level).await;
        assert!(report.ok() && report.objects > 22, "{:?}", report.problems);
    }
}

/// Follows so many moments that are all about one thing.
async fn follow_about(log: &mut LogWriter, topic: &str, moments: u64) {
    let mut topics = Topics::default();
    topics.add(topic.as_bytes());
    for _ in 0..moments {
        let from = log.to();
        log.append_about(from + 10, &moment(from), Some(&topics)).await.unwrap();
    }
}

#[tokio::test]
async fn who_looks_for_one_thing_passes_over_what_holds_none_of_it() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    // Three packs: about two things, about another, and one that does not tell.
    follow_about(&mut log, "g1", 2).await;
    follow_about(&mut log, "g2", 2).await;
    log.compact().await.unwrap();
    let one = backend.snapshot();
    follow_about(&mut log, "g3", 4).await;
    log.compact().await.unwrap();
    let other = backend.snapshot();
    follow_about(&mut log, "g3", 2).await;
    follow(&mut log, 2).await.unwrap();
    log.compact().await.unwrap();
    // And loose chunks: g3, g1, g3, and a moment in which nothing happened.
    follow_about(&mut log, "g3", 3).await;
    follow_about(&mut log, "g1", 1).await;
    follow_about(&mut log, "g3", 1).await;
    log.append(280, &[]).await.unwrap();
    let about = async |vault: &Vault, topic: &str, from: u64| {
        all(vault.read_log_about(log.id(), from, 280, topic.as_bytes()).await?).await
    };
    let parts = |parts: &[(u64, u64)]| -> Vec<_> {
        parts.iter().flat_map(|(from, to)| expected(*from, *to)).collect()
    };
    let untold = (180, 220);
    assert_eq!(
        about(&vault, "g1", 100).await.unwrap(),
        parts(&[(100, 140), untold, (250, 260)]),
        "whole packs, and chunks by themselves"
    );
    assert_eq!(about(&vault, "g3", 100).await.unwrap(), parts(&[(140, 250), (260, 270)]));
    assert_eq!(about(&vault, "g4", 105).await.unwrap(), parts(&[untold]));
    assert_eq!(read(&vault, log.id(), 100, 280).await.unwrap(), expected(100, 270));
    assert!(check(&vault, CheckLevel::L3).await.ok());

    // What is passed over is not even opened.
    let pack = other.keys().find(|key| key.starts_with("pack/") && !one.contains_key(*key));
    backend.delete(pack.unwrap()).await.unwrap();
    let vault = open(&backend, 2).await.unwrap();
    assert_eq!(about(&vault, "g1", 100).await.unwrap().len(), 9 * 9);
    let missing = about(&vault, "g3", 100).await;
    assert!(matches!(missing, Err(VaultError::Damaged { .. })), "{missing:?}");
}

#[tokio::test]
async fn loose_chunks_before_what_is_wanted_are_leapt_over() {
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    let store = Arc::new(FaultyStore::new(backend.clone(), Method::Get, u64::MAX, 0, false));
    let vault = open_over(store.clone(), 2).await.unwrap();
    let mut log = begin(&vault).await;
    follow(&mut log, 5).await.unwrap();
    log.compact().await.unwrap();
    follow(&mut log, 500).await.unwrap();
    for from in [151, 160, 161, 2_999, 4_444, 5_139, 5_140, 5_149] {
        assert_eq!(read(&vault, log.id(), from, 5_150).await.unwrap(), expected(from, 5_150));
        assert_eq!(read(&vault, log.id(), from, from + 1).await.unwrap(), expected(from, from + 1));
    }
    let calls = store.calls();
    read(&vault, log.id(), 5_120, 5_150).await.unwrap();
    assert!(store.calls() - calls < 60, "{}", store.calls() - calls);
}

#[tokio::test]
async fn a_sample_of_a_sound_log_finds_nothing() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    follow(&mut log, 40).await.unwrap();
    for _ in 0..10 {
        let request = CheckRequest { set: None, level: CheckLevel::L3, sample_percent: 50.0 };
        let report = vault.check(&request, &|_| {}, &CancellationToken::new()).await.unwrap();
        assert!(report.ok(), "{:?}", report.problems);
    }
}

#[tokio::test]
async fn a_writer_that_slept_while_another_compacted_learns_of_it() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut asleep = begin(&vault).await;
    follow(&mut asleep, 2).await.unwrap();
    let mut awake = vault.resume_log(asleep.id()).await.unwrap();
    follow(&mut awake, 3).await.unwrap();
    awake.compact().await.unwrap();
    let refused = asleep.compact().await;
    assert!(matches!(refused, Err(VaultError::LogTaken { .. })), "{refused:?}");
}

#[tokio::test]
async fn killed_at_any_write_it_goes_on_and_has_lost_nothing_acknowledged() {
    let start = Arc::new(MemoryBackend::default());
    create(&start, 1).await;
    let start = start.snapshot();
    for lands in [false, true] {
        for writes in 0.. {
            let backend = Arc::new(MemoryBackend::from_snapshot(start.clone()));
            let dying: Arc<dyn Backend> = Arc::new(DyingStore::new(backend.clone(), writes, lands));
            let vault = open_over(dying, 2).await.unwrap();
            let (acknowledged, ended) = story(&vault).await;
            let vault = open(&backend, 3).await.unwrap();
            let logs = vault.logs().await.unwrap();
            if let Some(view) = logs.first() {
                assert_eq!(view.problem, None);
                assert!(view.to >= acknowledged, "{} < {acknowledged}", view.to);
                let mut log = vault.resume_log(&view.id).await.unwrap();
                assert_eq!(log.to(), view.to);
                follow(&mut log, 3).await.unwrap();
                log.compact().await.unwrap();
                log.compact().await.unwrap();
                follow(&mut log, 2).await.unwrap();
                let to = log.to();
                assert_eq!(read(&vault, log.id(), 100, to).await.unwrap(), expected(100, to));
                let loose = backend.snapshot().keys().filter(|key| key.starts_with("log/")).count();
                // Two chunks, and the head; what was compacted is gone.
                assert!(loose <= 3, "{loose}");
            } else {
                assert_eq!(acknowledged, 0);
            }
            let report = check(&vault, CheckLevel::L3).await;
            assert!(report.ok(), "{:?}", report.problems);
            if ended {
                assert!(writes > 40, "{writes}");
                break;
            }
        }
    }
}

/// Follows, marks and compacts; returns up to where it was acknowledged, and whether it ended.
async fn story(vault: &Vault) -> (u64, bool) {
    let Ok(mut log) = vault.begin_log(100, BTreeMap::new()).await else { return (0, false) };
    for round in 0..3 {
        if follow(&mut log, 9).await.is_err()
            || log.mark(log.to() + round, Vec::new()).await.is_err()
            || log.compact().await.is_err()
        {
            return (log.to(), false);
        }
    }
    let told = log.tell().await.is_ok();
    (log.to(), told)
}

#[tokio::test]
async fn a_try_that_was_not_acknowledged_is_not_written_twice() {
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    // Registration takes six writes, the beginning three; then the chunk lands and nobody learns.
    for writes in 0..20 {
        let dying = Arc::new(DyingStore::new(
            Arc::new(MemoryBackend::from_snapshot(backend.snapshot())),
            writes,
            true,
        ));
        let vault = open_over(dying.clone(), 2).await.unwrap();
        let Ok(mut log) = vault.begin_log(100, BTreeMap::new()).await else { continue };
        let Err(_) = log.append(110, &moment(100)).await else { continue };
        assert!(log.to() == 100 && dying.is_dead());
        return;
    }
    panic!("no append died");
}

#[tokio::test]
async fn of_two_who_follow_into_one_log_the_second_learns_of_it() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut first = begin(&vault).await;
    follow(&mut first, 2).await.unwrap();
    let mut second = vault.resume_log(first.id()).await.unwrap();
    // The same moment twice is one moment.
    first.append(130, &moment(120)).await.unwrap();
    second.append(130, &moment(120)).await.unwrap();
    first.append(140, &moment(130)).await.unwrap();
    let taken = second.append(141, &moment(130)).await;
    assert!(matches!(taken, Err(VaultError::LogTaken { .. })), "{taken:?}");
    let mut again = vault.resume_log(first.id()).await.unwrap();
    again.append(150, &moment(140)).await.unwrap();
    again.compact().await.unwrap();
    let behind = first.compact().await;
    assert!(matches!(behind, Err(VaultError::LogTaken { .. })), "{behind:?}");
    assert_eq!(read(&vault, first.id(), 100, 150).await.unwrap(), expected(100, 150));
    assert!(check(&vault, CheckLevel::L3).await.ok());
}

#[tokio::test]
async fn damage_of_any_object_of_a_log_is_found() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    follow(&mut log, 5).await.unwrap();
    log.compact().await.unwrap();
    follow(&mut log, 5).await.unwrap();
    log.tell().await.unwrap();
    let sound = backend.snapshot();
    let pack = sound.keys().find(|key| key.starts_with("pack/")).unwrap().clone();
    let chunk = |number: u64| format!("log/{}/{number:010}", log.id());
    let other = chunk(8);
    for key in [pack, chunk(6)] {
        let bytes = sound[&key].to_vec();
        let mut flipped = bytes.clone();
        flipped[bytes.len() / 2] ^= 1;
        let damages = [
            ("delete", None),
            ("truncate", Some(bytes[..bytes.len() - 9].to_vec())),
            ("flip", Some(flipped)),
            ("swap", Some(sound[&other].to_vec())),
            ("zero", Some(vec![0; bytes.len()])),
            ("empty", Some(Vec::new())),
        ];
        for (name, damage) in damages {
            let mut objects = sound.clone();
            match damage {
                Some(bytes) => objects.insert(key.clone(), Bytes::from(bytes)),
                None => objects.remove(&key),
            };
            let damaged = Arc::new(MemoryBackend::from_snapshot(objects));
            let vault = open(&damaged, 3).await.unwrap();
            let report = check(&vault, CheckLevel::L3).await;
            assert!(!report.ok(), "{name} of {key}");
            assert!(report.problems.iter().all(|p| p.object == key), "{:?}", report.problems);
            let found = read(&vault, log.id(), 100, log.to()).await;
            assert!(matches!(found, Err(VaultError::Damaged { .. })), "{name} of {key}");
        }
    }
}

#[tokio::test]
async fn an_older_chunk_put_in_the_place_of_a_newer_one_is_found() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    follow(&mut log, 1).await.unwrap();
    let key = backend
        .snapshot()
        .into_keys()
        .find(|key| key.ends_with("/0000000001") && key.starts_with("log/"))
        .unwrap();
    let stale = backend.snapshot()[&key].clone();
    // The store was rolled back and followed again: the chunk has another successor.
    backend.delete(&key).await.unwrap();
    let mut again = vault.resume_log(log.id()).await.unwrap();
    again.append(115, &moment(100)).await.unwrap();
    again.append(125, &[]).await.unwrap();
    backend.put(&key, stale).await.unwrap();
    let report = check(&vault, CheckLevel::L3).await;
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
}

#[tokio::test]
async fn the_end_of_a_log_that_cannot_be_read_is_told_and_not_built_on() {
    let backend = Arc::new(MemoryBackend::default());
    let vault = create(&backend, 1).await;
    let mut log = begin(&vault).await;
    follow(&mut log, 4).await.unwrap();
    let last = format!("log/{}/{:010}", log.id(), 4);
    backend.put(&last, Bytes::from_static(b"torn")).await.unwrap();
    let view = vault.logs().await.unwrap().remove(0);
    assert_eq!(view.problem.unwrap().object, last);
    assert_eq!(view.to, 130);
    assert!(vault.resume_log(log.id()).await.is_err());
    assert_eq!(read(&vault, log.id(), 100, 130).await.unwrap(), expected(100, 130));
}

#[tokio::test]
async fn packs_are_pruned_once_they_are_let_go_of_and_not_before() {
    const DAY_MS: i64 = 24 * 3_600_000;
    let clock = Arc::new(ManualClock::new(1_790_000_000_000));
    let memory = Arc::new(MemoryBackend::default());
    let clocked: Arc<dyn Backend> = Arc::new(ClockedStore::new(memory.clone(), clock.clone()));
    let context = VaultContext {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(4)),
        writer_id: "a".to_owned(),
        tool_version: "test".to_owned(),
        resources: Resources::default(),
    };
    let store = Store::with_backend(clocked);
    let vault = Vault::create(store, &provider(), context).await.unwrap();
    let mut log = begin(&vault).await;
    follow(&mut log, 4).await.unwrap();
    log.compact().await.unwrap();
    follow(&mut log, 4).await.unwrap();
    log.compact().await.unwrap();
    let prune = async || {
        clock.advance(2 * DAY_MS);
        let never = CancellationToken::new();
        vault.prune(PruneRequest::default(), &|_| {}, &never).await.unwrap()
    };
    for _ in 0..2 {
        assert_eq!(prune().await.deleted.objects, 0);
    }
    vault.trim_log(log.id(), 150).await.unwrap();
    let view = vault.logs().await.unwrap().remove(0);
    assert_eq!((view.from, view.to, view.objects), (140, 180, 1));
    prune().await;
    assert_eq!(prune().await.deleted.objects, 1);
    assert_eq!(read(&vault, log.id(), 140, 180).await.unwrap(), expected(140, 180));
    assert!(read(&vault, log.id(), 100, 180).await.is_err());
    assert!(check(&vault, CheckLevel::L3).await.ok());
    let no_such = vault.trim_log("01", 1).await;
    assert!(matches!(no_such, Err(VaultError::NoSuchLog { .. })));
}
