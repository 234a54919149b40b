use engine::EngineError;
use engine::backup::outcome::{BackupDetail, BackupRequest, Level, Method};
use engine::job::JobState;
use engine::verify::outcome::{VerifyOutcome, VerifyRequest};
use source::profile::DataClass;

use crate::support::{Stage, back_up, finished, outcome};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_backup_is_listed_shown_and_verified() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let detail = back_up(&engine, &[]).await;
    assert!(detail.summary.complete);
    assert_eq!(detail.summary.database, "avalon");
    assert_eq!(detail.mechanism, "oplog");
    assert_eq!(detail.summary.verification.as_ref().unwrap().level, Some(Level::L1));
    let users = detail.parts.iter().find(|part| part.class == DataClass::Accounts).unwrap();
    assert_eq!(users.collections[0].documents, 300);
    assert_eq!(users.collections[0].indexes, 1);

    let list = engine::backup::list(&engine).await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(engine::backup::show(&engine, "latest").await.unwrap().summary, list[0]);

    let request =
        VerifyRequest { backup: "latest".into(), level: Level::L3, sample_percent: 100.0 };
    let job = engine::verify::start(&engine, request).await.unwrap();
    let verified: VerifyOutcome = outcome(&engine, &job).await;
    assert!(verified.ok, "{:?}", verified.problems);
    assert_eq!(verified.level, Some(Level::L3));
    let shown = engine::backup::show(&engine, &detail.summary.id).await.unwrap();
    assert_eq!(shown.summary.verification.unwrap().level, Some(Level::L3));
    assert_eq!(shown.verifications.len(), 2);

    // The second backup finds its segments in the store.
    let again = back_up(&engine, &[]).await;
    let parts = again.parts.iter().flat_map(|part| &part.collections);
    assert!(parts.clone().all(|part| part.segments == part.reused_segments));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_is_the_newest_that_holds_everything() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let latest = || engine::backup::show(&engine, "latest");
    assert!(matches!(latest().await, Err(EngineError::NoBackup)));
    let part = back_up(&engine, &[DataClass::History]).await.summary.id;
    let refused = latest().await;
    let told = matches!(&refused, Err(EngineError::NoCompleteBackup { newest }) if *newest == part);
    assert!(told, "{refused:?}");
    let whole = back_up(&engine, &[]).await.summary.id;
    back_up(&engine, &[DataClass::History]).await;
    assert_eq!(latest().await.unwrap().summary.id, whole);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_the_store_lowers_the_level() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    flip_largest(&stage.folder.path().join("store"));
    let request = VerifyRequest { backup, level: Level::L3, sample_percent: 100.0 };
    let job = engine::verify::start(&engine, request).await.unwrap();
    let verified: VerifyOutcome = outcome(&engine, &job).await;
    assert!(!verified.ok);
    assert!(verified.level < Some(Level::L2));
    assert_eq!(finished(&engine, &job).await.state, JobState::DoneWithProblems);
    let list = engine::backup::list(&engine).await.unwrap();
    assert!(!list[0].verification.as_ref().unwrap().ok);

    // Nothing stands on it any more; a full reads what it reuses and mends what is damaged.
    let increment = BackupRequest { classes: vec![], method: Method::Incremental, impact: None };
    let job = engine::backup::start(&engine, increment).await.unwrap();
    let full: BackupDetail = outcome(&engine, &job).await;
    assert_eq!(full.summary.method, Method::Full);
    assert_eq!(full.summary.instead.unwrap().reason, "no_base");
    for backup in [full.summary.id, list[0].id.clone()] {
        let request = VerifyRequest { backup, level: Level::L3, sample_percent: 100.0 };
        let job = engine::verify::start(&engine, request).await.unwrap();
        let verified: VerifyOutcome = outcome(&engine, &job).await;
        assert!(verified.ok, "{:?}", verified.problems);
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_restore_reaches_the_fourth_level_and_tells_what_does_not_come_back() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[]).await;
    let increment = BackupRequest { classes: vec![], method: Method::Incremental, impact: None };
    let job = engine::backup::start(&engine, increment).await.unwrap();
    let backup = outcome::<BackupDetail>(&engine, &job).await.summary.id;
    // It needs no service, only the vault.
    let mut connections = engine.connections();
    connections.source = None;
    connections.redis = None;
    engine.connect(connections);
    let request = VerifyRequest { backup, level: Level::L4, sample_percent: 100.0 };
    let job = engine::verify::start(&engine, request.clone()).await.unwrap();
    let verified: VerifyOutcome = outcome(&engine, &job).await;
    assert!(verified.ok, "{:?}", verified.problems);
    assert_eq!(verified.level, Some(Level::L4));
    let list = engine::backup::list(&engine).await.unwrap();
    assert_eq!(list[0].verification.as_ref().unwrap().level, Some(Level::L4));

    // What is damaged is told by the check before it, and no servers are started.
    flip_largest(&stage.folder.path().join("store"));
    let job = engine::verify::start(&engine, request).await.unwrap();
    let verified: VerifyOutcome = outcome(&engine, &job).await;
    assert!(!verified.ok && verified.level < Some(Level::L2));
    stage.stop().await;
}

/// Flips a byte in the middle of the largest file below a folder.
fn flip_largest(folder: &std::path::Path) {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => files.push((entry.metadata().unwrap().len(), entry.path())),
            }
        }
    }
    let (_, largest) = files.into_iter().max().unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&largest, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_backup_lists_nothing() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let request = BackupRequest { classes: vec![], method: Method::Full, impact: None };
    let job = engine::backup::start(&engine, request).await.unwrap();
    engine.jobs().cancel(&job).await.unwrap();
    let view = finished(&engine, &job).await;
    assert_eq!(view.state, JobState::Cancelled);
    assert_eq!(engine::backup::list(&engine).await.unwrap(), []);
    assert!(engine::backup::show(&engine, "latest").await.is_err());
    stage.stop().await;
}
