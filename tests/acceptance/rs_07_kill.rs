//! RS-7, BK-14: SIGKILL at random moments of backup and restore loses and breaks nothing.

use std::time::Duration;

use acceptance::service::{DATABASE, Service};
use mongodb::bson::{Document, doc};

/// Rounds of each loop.
const ROUNDS: u64 = 25;

async fn filled() -> Service {
    let service = Service::start().await;
    let filler = "x".repeat(1_500);
    let names = ["users", "rooms", "game_history", "game_events", "stats"];
    let make =
        |_: &str, at| doc! { "_id": at, "gameId": at / 10, "seq": at % 10, "filler": &filler };
    service.fill(&names, 4_000, make).await;
    service.init().await;
    service
}

/// A moment within what a whole run takes, spread evenly but not in order.
fn moment(round: u64, whole: Duration) -> Duration {
    whole.mul_f64((round * 7 % ROUNDS) as f64 / ROUNDS as f64)
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_07_a_killed_backup_is_never_listed_and_hinders_nothing() {
    let service = filled().await;
    let began = std::time::Instant::now();
    service.backup().await;
    let whole = began.elapsed();
    for round in 0..ROUNDS {
        let listed =
            service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines().len();
        let change = doc! { "$set": { "round": round as i64 } };
        service
            .database()
            .collection::<Document>("users")
            .update_many(doc! {}, change)
            .await
            .expect("a change");
        let mut backup = service.spawn(&["backup", "create"]);
        let ended = tokio::time::timeout(moment(round, whole), backup.wait()).await;
        backup.kill().await.expect("SIGKILL");
        let now = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
        assert!(now.len() <= listed + 1, "round {round}: {now:?}");
        if ended.is_err() {
            for line in &now {
                let id = line["id"].as_str().expect("an id");
                service.avault(&["backup", "verify", id, "--level", "1"]).await.ended(0);
            }
        }
        let jobs = service.avault(&["--json", "job", "list"]).await.ended(0).json_lines();
        assert!(jobs.iter().all(|job| job["state"] != "running"), "round {round}: {jobs:?}");
    }
    let last = service.backup().await;
    service.avault(&["backup", "verify", &last, "--level", "3"]).await.ended(0);
    service.avault(&["check"]).await.ended(0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_07_a_killed_restore_leaves_all_as_before_or_all_restored() {
    let service = filled().await;
    let restored = service.documents(DATABASE).await;
    let id = service.backup().await;
    let began = std::time::Instant::now();
    service.avault(&["restore", &id, "--yes", DATABASE]).await.ended(0);
    let whole = began.elapsed();
    for round in 0..ROUNDS {
        damage(&service, round).await;
        let before = service.documents(DATABASE).await;
        let mut restore = service.spawn(&["restore", &id, "--yes", DATABASE]);
        // A restore that ended in time was not killed; both are what this loop is about.
        let _ended = tokio::time::timeout(moment(round, whole), restore.wait()).await;
        restore.kill().await.expect("SIGKILL");
        // Whatever is opened next rolls the journal forward or back.
        service.avault(&["job", "list"]).await.ended(0);
        let after = service.documents(DATABASE).await;
        assert!(after == before || after == restored, "round {round}: neither before nor restored");
    }
    damage(&service, ROUNDS).await;
    service.avault(&["restore", &id, "--yes", DATABASE]).await.ended(0);
    assert!(service.documents(DATABASE).await == restored);
    let left = service.database().list_collection_names().await.expect("names");
    assert!(left.iter().all(|name| !name.starts_with("__avault")), "left behind: {left:?}");
    service.stop().await;
}

async fn damage(service: &Service, round: u64) {
    let database = service.database();
    let users = database.collection::<Document>("users");
    users.delete_many(doc! { "_id": { "$lt": 100 + round as i64 } }).await.expect("a deletion");
    let rooms = database.collection::<Document>("rooms");
    rooms
        .update_many(doc! {}, doc! { "$set": { "broken": round as i64 } })
        .await
        .expect("a change");
}
