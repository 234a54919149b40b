//! BK-3, BK-10, TC-05: a full backup is one moment of the database, and every byte of it returns.

use acceptance::corpus;
use acceptance::service::{DATABASE, Service};
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn bk_03_every_type_and_shape_returns_byte_for_byte() {
    let service = Service::start().await;
    let database = service.database();
    corpus::fill(&database).await;
    service.init().await;
    let (documents, metadata) =
        (service.documents(DATABASE).await, service.metadata(DATABASE).await);
    let id = service.backup().await;

    database.drop().await.expect("the database goes");
    service.avault(&["restore", &id, "--yes", DATABASE]).await.ended(0);

    for (name, expected) in &documents {
        let found = &service.documents(DATABASE).await[name];
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                found.as_bytes() == expected.as_bytes(),
                "{name}: {expected:?} came back as {found:?}"
            );
        }
    }
    assert_eq!(service.metadata(DATABASE).await, metadata);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_03_a_backup_under_a_writer_is_one_moment() {
    let service = Service::start().await;
    let database = service.database();
    let users = database.collection::<Document>("users");
    let rooms = database.collection::<Document>("rooms");
    let filler = "x".repeat(2_000);
    let many = (0..20_000).map(|at| doc! { "_id": at, "turn": 0_i64, "filler": &filler });
    users.insert_many(many.clone()).await.expect("users");
    rooms.insert_many(many).await.expect("rooms");
    service.init().await;

    // Each transaction moves one pair of documents to the same turn and makes a new pair, so at any
    // one moment the two collections are equal, and at no mixture of moments are they.
    let stop = CancellationToken::new();
    let writer = tokio::spawn(write_pairs(service.client.clone(), stop.clone()));
    let id = service.backup().await;
    stop.cancel();
    let turns = writer.await.expect("the writer ends");
    assert!(turns > 10, "the writer wrote only {turns} times during the backup");

    service.avault(&["restore", &id, "--database", "elsewhere"]).await.ended(0);
    let found = service.documents("elsewhere").await;
    assert!(found["users"].len() >= 20_000);
    assert!(found["users"] == found["rooms"], "the two collections are from different moments");
    service.stop().await;
}

async fn write_pairs(client: mongodb::Client, stop: CancellationToken) -> i64 {
    let database = client.database(DATABASE);
    let mut turn = 0_i64;
    while !stop.is_cancelled() {
        turn += 1;
        let mut session = client.start_session().await.expect("a session");
        session.start_transaction().await.expect("a transaction");
        for name in ["users", "rooms"] {
            let collection = database.collection::<Document>(name);
            let at = (turn * 7_919) % 20_000;
            let change = doc! { "$set": { "turn": turn } };
            collection
                .update_one(doc! { "_id": at }, change)
                .session(&mut session)
                .await
                .expect("an update");
            let new = doc! { "_id": 1_000_000 + turn, "turn": turn };
            collection.insert_one(new).session(&mut session).await.expect("an insert");
            let old = doc! { "_id": (turn * 104_729) % 20_000 };
            if turn % 3 == 0 {
                collection.delete_one(old).session(&mut session).await.expect("a deletion");
            }
        }
        session.commit_transaction().await.expect("a commit");
    }
    turn
}

#[tokio::test(flavor = "multi_thread")]
async fn tc_05_what_a_restore_replaces_can_be_brought_back() {
    let service = Service::start().await;
    let users = service.database().collection::<Document>("users");
    users.insert_many((0..100).map(|at| doc! { "_id": at, "rating": 1200 })).await.expect("users");
    service.init().await;
    let first = service.backup().await;
    users.update_many(doc! {}, doc! { "$set": { "rating": 1300 } }).await.expect("a change");

    let refused = service.avault(&["restore", &first]).await;
    assert_eq!(refused.code, 3, "a restore in place without the name is refused: {refused:?}");
    let wrong = service.avault(&["restore", &first, "--yes", "avalom"]).await;
    assert_eq!(wrong.code, 3, "{wrong:?}");
    let outcome =
        service.avault(&["--json", "restore", &first, "--yes", DATABASE]).await.ended(0).json();
    let back: Vec<Document> = users
        .find(doc! { "rating": 1200 })
        .await
        .expect("a cursor")
        .try_collect()
        .await
        .expect("users");
    assert_eq!(back.len(), 100);

    let pre_image = outcome["preImage"].as_str().expect("a pre-image").to_owned();
    let listed = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
    let kept = listed.iter().filter(|set| set["preImage"] == true);
    assert_eq!(kept.map(|set| &set["id"]).collect::<Vec<_>>(), [pre_image.as_str()]);
    assert_eq!(listed.len(), 2);
    service.avault(&["restore", &pre_image, "--yes", DATABASE]).await.ended(0);
    let again = users.count_documents(doc! { "rating": 1300 }).await.expect("a count");
    assert_eq!(again, 100);
    service.stop().await;
}
