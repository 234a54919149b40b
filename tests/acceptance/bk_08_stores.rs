//! BK-8: the whole story with its backups on a real S3 server.

use acceptance::s3::{ACCESS_KEY, S3Server, SECRET_KEY};
use acceptance::service::{DATABASE, Service};
use mongodb::bson::{Document, doc};
use vault::testing::{SeededEntropy, conformance};
use vault::{Store, StoreCredentials, StoreUrl};

const BUCKET: &str = "backups";

async fn service_on(s3: &S3Server, url: &str) -> Service {
    s3.create_bucket(BUCKET).await;
    let mut service = Service::start().await;
    service.write("store-secret", SECRET_KEY);
    service.keep_backups_at(
        url,
        &format!("access_key_id = \"{ACCESS_KEY}\"\nsecret_access_key_file = \"store-secret\"\n"),
    );
    let make = |name: &str, at| doc! { "_id": at, "name": format!("{name} {at}") };
    service.fill(&["users", "game_history"], 2_000, make).await;
    service.init().await;
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_an_s3_server_meets_the_contract_of_a_store() {
    let s3 = S3Server::start().await;
    s3.create_bucket(BUCKET).await;
    let url = StoreUrl::parse(&s3.url(BUCKET, "deep/inside")).expect("an address");
    let credentials = StoreCredentials {
        access_key_id: Some(ACCESS_KEY.to_owned()),
        secret_access_key: Some(SECRET_KEY.into()),
        session_token: None,
    };
    let store = Store::open(&url, credentials).expect("a store");
    conformance::run(&store).await.expect("the contract");
    let report = store.probe(&SeededEntropy::new(2)).await.expect("a probe");
    assert!(report.usable(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_backup_and_restore_on_an_s3_server() {
    let s3 = S3Server::start().await;
    let url = s3.url(BUCKET, "avalon");
    let service = service_on(&s3, &url).await;
    let before = service.documents(DATABASE).await;
    let id = service.backup().await;
    service.avault(&["backup", "verify", &id, "--level", "3"]).await.ended(0);
    service.database().collection::<Document>("users").drop().await.expect("a loss");
    service.avault(&["compare", &id]).await.ended(1);
    service.avault(&["restore", &id, "--yes", DATABASE]).await.ended(0);
    assert_eq!(service.documents(DATABASE).await, before);
    service.avault(&["compare", &id]).await.ended(0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_08_wrong_credentials_and_a_missing_bucket_are_named() {
    let s3 = S3Server::start().await;
    let url = s3.url(BUCKET, "avalon");
    let mut service = service_on(&s3, &url).await;
    let absent = s3.url("nowhere", "");
    let key =
        format!("access_key_id = \"{ACCESS_KEY}\"\nsecret_access_key_file = \"store-secret\"\n");
    service.keep_backups_at(&absent, &key);
    let output = service.avault(&["backup", "create"]).await.ended(2);
    assert!(output.stderr.contains("nowhere"), "{output:?}");
    service.write("store-secret", "not the secret");
    service.keep_backups_at(&url, &key);
    let output = service.avault(&["backup", "create"]).await.ended(2);
    assert!(output.stderr.contains(BUCKET), "{output:?}");
    assert!(!output.stderr.contains("not the secret"), "{output:?}");
    service.stop().await;
}
