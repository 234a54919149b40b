//! BK-13: a backup whose process was killed goes on where it was, on a real server: what is stored is
//! not written again, and what was read is not read again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use acceptance::proxy::Proxy;
use acceptance::service::{DATABASE, Service, files, mongod_port};
use mongodb::bson::{Document, doc};
use serde_json::Value;

/// Documents of about a kilobyte each that do not compress to nothing.
const DOCUMENTS: i32 = 240_000;

fn document(at: i32) -> Document {
    let mut mixed = u64::try_from(at).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut text = String::with_capacity(960);
    while text.len() < 940 {
        mixed = mixed.rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5851;
        text.push_str(&format!("{mixed:016x}"));
    }
    doc! { "_id": at, "text": text }
}

async fn fill(service: &Service) {
    let collection = service.database().collection::<Document>("game_history");
    for from in (0..DOCUMENTS).step_by(8_000) {
        collection.insert_many((from..from + 8_000).map(document)).await.expect("documents");
    }
    service.fill(&["users"], 500, |name, at| doc! { "_id": format!("{name}{at}") }).await;
}

/// Documents that the server has returned since it started.
async fn returned(service: &Service) -> i64 {
    let status = service.client.database("admin").run_command(doc! { "serverStatus": 1 }).await;
    let status = status.expect("a status");
    let metrics = status.get_document("metrics").expect("metrics");
    metrics.get_document("document").and_then(|counts| counts.get_i64("returned")).expect("a count")
}

async fn newest_job(service: &Service) -> Option<Value> {
    service.avault(&["--json", "job", "list"]).await.ended(0).json_lines().into_iter().next()
}

/// Takes a backup in another process and kills it once it has read most of the documents, so many
/// that both halves, which are read at the same time, are past their first checkpoint by then. The
/// line to the server falls silent before the end, so that however fast the machine is, the backup
/// is not over.
async fn kill_in_the_middle(service: &Service) {
    let proxy = Proxy::to(mongod_port(&service.sandbox)).await;
    proxy.fall_silent_after_receiving(226_000_000);
    let through = format!("mongodb://127.0.0.1:{}/?directConnection=true", proxy.port());
    let mut backup = service.spawn_through(&through, &["backup", "create"]);
    until_read(service, 205_000_000).await;
    backup.kill().await.expect("it is killed");
}

/// Waits until a backup that runs in another process has read so many bytes.
async fn until_read(service: &Service, bytes: u64) {
    let mut looks = tokio::time::interval(Duration::from_millis(50));
    loop {
        looks.tick().await;
        let Some(job) = newest_job(service).await else { continue };
        assert!(job["finishedAt"].is_null(), "it ended too early: {job}");
        if job["progress"]["done"].as_u64().is_some_and(|done| done >= bytes) {
            return;
        }
    }
}

fn written(service: &Service) -> BTreeMap<PathBuf, SystemTime> {
    files(&service.store().join("segment"))
        .into_iter()
        .map(|path| {
            let modified = path.metadata().and_then(|metadata| metadata.modified());
            (path, modified.expect("a time"))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_13_a_killed_backup_goes_on_from_its_checkpoint() {
    let service = Service::start().await;
    fill(&service).await;
    service.init().await;

    kill_in_the_middle(&service).await;
    assert_eq!(newest_job(&service).await.expect("a job")["state"], "interrupted");
    let (before, read_before) = (written(&service), returned(&service).await);
    assert!(before.len() >= 20, "{} segments", before.len());

    // What happens meanwhile belongs to the set all the same.
    let history = service.database().collection::<Document>("game_history");
    history.delete_one(doc! { "_id": 5 }).await.expect("a deletion");
    history
        .update_one(doc! { "_id": 9 }, doc! { "$set": { "text": "new" } })
        .await
        .expect("an update");
    history.insert_one(doc! { "_id": -1 }).await.expect("an insertion");

    let set = service.backup().await;
    let read = returned(&service).await - read_before;
    let job = newest_job(&service).await.expect("a job");
    assert!(job["log"].to_string().contains("backup.resumed"), "{job}");
    // Where segments end is chance, and so is how many of them a checkpoint finds stored: where one
    // half is late, what the other has read is spared all the same.
    assert!(read < i64::from(DOCUMENTS) * 3 / 4, "{read} documents were read again");
    let after = written(&service);
    for (path, modified) in &before {
        assert_eq!(after.get(path), Some(modified), "{} was written again", path.display());
    }

    let live = service.documents(DATABASE).await;
    service.avault(&["restore", &set, "--database", "copy"]).await.ended(0);
    assert!(service.documents("copy").await == live);
    service.avault(&["backup", "verify", &set, "--level", "3"]).await.ended(0);

    // A second one has nothing to go on from, and, cut at the same places, stores only what changed.
    let before = written(&service).len();
    let again = service.backup().await;
    let new = written(&service).len() - before;
    let parts = service.avault(&["--json", "backup", "show", &again]).await.ended(0).json();
    assert!(new <= 2, "{new} segments were stored again: {}", parts["parts"]);
    let job = newest_job(&service).await.expect("a job");
    assert!(!job["log"].to_string().contains("backup.resumed"), "{job}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_13_what_no_longer_holds_is_read_again() {
    let service = Service::start().await;
    fill(&service).await;
    service.init().await;
    kill_in_the_middle(&service).await;
    // Another collection of the same name.
    let users = service.database().collection::<Document>("users");
    users.drop().await.expect("a drop");
    users.insert_one(doc! { "_id": "only" }).await.expect("an insertion");
    let set = service.backup().await;
    let job = newest_job(&service).await.expect("a job");
    assert!(!job["log"].to_string().contains("backup.resumed"), "{job}");
    let live = service.documents(DATABASE).await;
    service.avault(&["restore", &set, "--database", "copy"]).await.ended(0);
    assert!(service.documents("copy").await == live);
    service.stop().await;
}
