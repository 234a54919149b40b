//! SN-3: snapshots lie in a collection of their own, by the indexes that are asked for; what is in
//! plain is what is searched for; they go when their time is over, all of a game together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use acceptance::games::{played, taken};
use acceptance::service::Service;
use futures::TryStreamExt;
use mongodb::IndexModel;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::change_stream::event::OperationType;

#[tokio::test(flavor = "multi_thread")]
async fn sn_03_snapshots_are_indexed_sealed_and_expire_on_a_real_server() {
    let service = Service::start().await;
    service.init().await;
    let games = played(&service, 2).await;
    taken(&service, &games, &[2, 9, 20]).await;
    let snapshots = service.database().collection::<Document>("snapshots");

    // Only what is searched for is in plain.
    let stored: Vec<Document> = snapshots.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert_eq!(stored.len(), 6);
    let members = [
        "_id",
        "body",
        "expireAt",
        "game_id",
        "metadata",
        "players",
        "room_id",
        "snapshot_type",
        "timestamp",
    ];
    for one in &stored {
        let named: BTreeSet<&str> = one.keys().map(String::as_str).collect();
        assert_eq!(named, members.into());
        let metadata: Vec<&String> = one.get_document("metadata").unwrap().keys().collect();
        assert_eq!(metadata, ["version"]);
    }

    // The compound index of the specification, the one that lets them expire, and their use.
    let indexes: Vec<IndexModel> =
        snapshots.list_indexes().await.unwrap().try_collect().await.unwrap();
    let has = |keys: Document| indexes.iter().find(|index| index.keys == keys);
    assert!(has(doc! { "game_id": 1, "snapshot_type": 1 }).is_some(), "{indexes:?}");
    let expiring = has(doc! { "expireAt": 1 }).unwrap().options.as_ref().unwrap();
    assert_eq!(expiring.expire_after.unwrap().as_secs(), 0);
    let find = doc! { "find": "snapshots",
    "filter": { "game_id": &games[0], "snapshot_type": "manual" } };
    let plan = service.database().run_command(doc! { "explain": find }).await.unwrap();
    let plan = plan.get_document("queryPlanner").unwrap().get_document("winningPlan").unwrap();
    let plan = plan.to_string();
    assert!(plan.contains("IXSCAN") && plan.contains("game_id"), "{plan}");
    assert!(!plan.contains("COLLSCAN"), "{plan}");

    // All of a game go at one moment, and the server really removes them.
    let of_game = |game: &String| {
        let times = stored.iter().filter(|one| one.get_str("game_id").unwrap() == game);
        times.map(|one| one.get_datetime("expireAt").unwrap().timestamp_millis()).collect()
    };
    for game in &games {
        let times: BTreeSet<i64> = of_game(game);
        assert_eq!(times.len(), 1, "{times:?}");
    }
    let admin = service.client.database("admin");
    let often = doc! { "setParameter": 1, "ttlMonitorSleepSecs": 1 };
    admin.run_command(often).await.unwrap();
    let mut changes = snapshots.watch().await.unwrap();
    let past = doc! { "$set": { "expireAt": DateTime::from_millis(1) } };
    snapshots.update_many(doc! { "game_id": &games[0] }, past).await.unwrap();
    let mut removed = 0;
    while removed < 3 {
        let change = changes.try_next().await.unwrap().unwrap();
        removed += usize::from(change.operation_type == OperationType::Delete);
    }
    let left = service.avault(&["--json", "snapshot", "list"]).await.ended(0).json_lines();
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|row| row["game"] == games[1].as_str()), "{left:?}");
    service.stop().await;
}
