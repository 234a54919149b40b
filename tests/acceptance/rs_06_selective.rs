//! RS-6: a restore of some classes only, and onto another server.

use acceptance::service::{DATABASE, Service};
use mongodb::bson::{Document, doc};
use mongodb::{Client, IndexModel};
use sandbox::{Sandbox, SandboxOptions};

/// A service with two classes of data, and a backup of it.
async fn service_with_a_backup() -> (Service, String) {
    let service = Service::start().await;
    let names = ["users", "game_history"];
    let make = |name: &str, at| doc! { "_id": at, "name": format!("{name} {at}") };
    service.fill(&names, 500, make).await;
    for name in names {
        let collection = service.database().collection::<Document>(name);
        let index = IndexModel::builder().keys(doc! { "name": 1 }).build();
        collection.create_index(index).await.expect("an index");
    }
    service.init().await;
    let id = service.backup().await;
    (service, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_06_one_class_alone_comes_back() {
    let (service, id) = service_with_a_backup().await;
    let before = service.documents(DATABASE).await;
    let change = doc! { "$set": { "name": "changed" } };
    for name in ["users", "game_history"] {
        let collection = service.database().collection::<Document>(name);
        collection.update_many(doc! {}, change.clone()).await.expect("a change");
    }
    let changed = service.documents(DATABASE).await;
    service.avault(&["restore", &id, "--class", "accounts", "--yes", DATABASE]).await.ended(0);
    let after = service.documents(DATABASE).await;
    assert_eq!(after["users"], before["users"]);
    assert_eq!(after["game_history"], changed["game_history"], "the other class stays as it is");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_06_another_server_gets_everything_and_this_one_stays() {
    let (service, id) = service_with_a_backup().await;
    let other = Sandbox::start(SandboxOptions::default()).await.expect("another server");
    service.write("other-uri", &other.mongodb_uri());
    service.configure("\n[targets.staging]\nmongodb_uri_file = \"other-uri\"\n");
    let (documents, definitions) =
        (service.documents(DATABASE).await, service.metadata(DATABASE).await);
    let users = service.database().collection::<Document>("users");
    users.delete_many(doc! {}).await.expect("a loss");

    service.avault(&["restore", &id, "--to", "staging", "--plan"]).await.ended(0);
    let there = Client::with_uri_str(other.mongodb_uri()).await.expect("a client");
    let names = there.database(DATABASE).list_collection_names().await.expect("names");
    assert!(names.is_empty(), "a plan writes nothing: {names:?}");

    service.avault(&["restore", &id, "--to", "staging", "--yes", DATABASE]).await.ended(0);
    assert_eq!(Service::documents_of(&there, DATABASE).await, documents);
    assert_eq!(Service::metadata_of(&there, DATABASE).await, definitions);
    assert_eq!(
        users.count_documents(doc! {}).await.expect("a count"),
        0,
        "this server is as it was"
    );
    service.avault(&["restore", &id, "--to", "nowhere", "--plan"]).await.ended(2);
    other.stop().await.expect("the other server stops");
    service.stop().await;
}
