//! The pre-image and what is staged beside it: when one fails, nothing of either is left behind, the
//! live data are as they were, and what failed is told.

use std::path::{Path, PathBuf};

use engine::Engine;
use engine::job::{JobState, JobView};
use engine::restore::outcome::{RestoreMethod, RestoreRequest};
use mongodb::Database;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};
use source::profile::DataClass;

use crate::support::{Stage, back_up, finished, in_place, restore, traces};

/// Of the players alone, few of whom are harmed.
fn players(backup: &str) -> RestoreRequest {
    RestoreRequest { classes: vec![DataClass::Accounts], ..in_place(backup) }
}

async fn harm(database: &Database) {
    let users = database.collection::<Document>("users");
    let some = doc! { "_id": { "$gte": "P0295" } };
    users.update_many(some, doc! { "$set": { "rating": 1 } }).await.unwrap();
}

async fn harmed(database: &Database) -> u64 {
    database.collection::<Document>("users").count_documents(doc! { "rating": 1 }).await.unwrap()
}

/// Gives each player 4 KiB that do not compress, so that the end of their segment is not all of it.
async fn make_large(database: &Database) {
    let users = database.collection::<Document>("users");
    let mut state = 1_u64;
    for id in users.distinct("_id", doc! {}).await.unwrap() {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        };
        let bytes: Vec<u8> = (0..4_096).map(|_| next()).collect();
        let large = Binary { subtype: BinarySubtype::Generic, bytes };
        users.update_one(doc! { "_id": id }, doc! { "$set": { "text": large } }).await.unwrap();
    }
}

/// Restores the players; it must fail.
async fn failed(engine: &Engine, backup: &str) -> JobView {
    let plan = engine::restore::plan(engine, players(backup)).await.unwrap();
    assert!(plan.changes.iter().all(|change| change.method == RestoreMethod::Documents));
    let job = engine::restore::start(engine, &plan.id, "avalon").await.unwrap();
    let job = finished(engine, &job).await;
    assert_eq!(job.state, JobState::Failed, "{job:?}");
    job
}

/// Whether the job's log has a line of this code.
fn says(job: &JobView, code: &str) -> bool {
    job.log.iter().any(|line| line.code == code)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Turns a bit in the first quarter of each, and back.
fn flip(files: &[PathBuf]) {
    for file in files {
        let mut bytes = std::fs::read(file).unwrap();
        let at = bytes.len() / 4;
        bytes[at] ^= 1;
        std::fs::write(file, bytes).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pre_image_that_cannot_be_stored_ends_what_is_staged_beside_it() {
    let stage = Stage::filled().await;
    let (engine, database) = (stage.engine().await, stage.database().open().await);
    let backup = back_up(&engine, &[]).await.summary.id;
    harm(&database).await;
    // No increment was stored yet: its folder cannot be made where a file lies.
    let deltas = stage.folder.path().join("store/delta");
    std::fs::write(&deltas, "in the way").unwrap();

    let job = failed(&engine, &backup).await;
    assert!(!says(&job, "restore.pre_image"), "{job:?}");
    assert_ne!(job.error.unwrap().code, "cancelled", "what failed is told, not what was ended");
    assert_eq!(traces(&database).await, [""; 0]);
    assert_eq!(harmed(&database).await, 5);

    std::fs::remove_file(&deltas).unwrap();
    restore(&engine, players(&backup)).await;
    assert_eq!(harmed(&database).await, 0);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_staged_is_told_and_the_pre_image_beside_it_is_a_backup() {
    let stage = Stage::filled().await;
    let (engine, database) = (stage.engine().await, stage.database().open().await);
    make_large(&database).await;
    let backup = back_up(&engine, &[]).await.summary.id;
    harm(&database).await;
    // A plan reads the ends of segments alone, and so does an increment.
    let segments = files(&stage.folder.path().join("store/segment"));
    flip(&segments);

    let job = failed(&engine, &backup).await;
    assert!(says(&job, "restore.pre_image"), "{job:?}");
    assert_eq!(traces(&database).await, [""; 0]);
    assert_eq!(harmed(&database).await, 5);
    let kept = engine::backup::list(&engine).await.unwrap();
    assert_eq!(kept.iter().filter(|one| one.pre_image).count(), 1);

    flip(&segments);
    restore(&engine, players(&backup)).await;
    assert_eq!(harmed(&database).await, 0);
    stage.stop().await;
}
