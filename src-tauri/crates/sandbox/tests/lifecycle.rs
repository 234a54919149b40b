//! Real servers from start to end.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use mongodb::Client;
use mongodb::bson::{Document, doc};
use sandbox::{RedisTopology, Sandbox, SandboxError, SandboxOptions, ServerKind};

async fn write_and_count(uri: &str) -> u64 {
    let client = Client::with_uri_str(uri).await.unwrap();
    let marks = client.database("trial").collection::<Document>("marks");
    marks.insert_one(doc! { "mark": 1 }).await.unwrap();
    marks.count_documents(doc! {}).await.unwrap()
}

async fn redis_connection(url: &str) -> redis::aio::MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test]
async fn one_member_serves_transactions_and_leaves_nothing_behind() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let client = Client::with_uri_str(sandbox.mongodb_uri()).await.unwrap();
    let mut session = client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    let marks = client.database("trial").collection::<Document>("marks");
    marks.insert_one(doc! { "mark": 1 }).session(&mut session).await.unwrap();
    session.commit_transaction().await.unwrap();

    let mut redis = redis_connection(&sandbox.redis_url()).await;
    let _: () = redis::cmd("SET").arg("k").arg("v").query_async(&mut redis).await.unwrap();

    let folder = sandbox.folder().to_owned();
    let attached = Sandbox::attach(&folder).unwrap();
    assert!(attached.is_up());
    assert_eq!(attached.mongodb_uri(), sandbox.mongodb_uri());
    assert_eq!(attached.status().iter().filter(|server| server.pid.is_some()).count(), 2);

    sandbox.stop().await.unwrap();
    assert!(attached.status().iter().all(|server| server.pid.is_none()));
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_named_folder_is_continued_and_guarded() {
    let parent = tempfile::tempdir().unwrap();
    let options =
        SandboxOptions { folder: Some(parent.path().join("kept")), ..SandboxOptions::default() };
    let first = Sandbox::start(options.clone()).await.unwrap();
    assert_eq!(write_and_count(&first.mongodb_uri()).await, 1);
    assert!(matches!(Sandbox::start(options.clone()).await, Err(SandboxError::InUse { .. })));
    let old_port = first.state().servers[0].port;
    first.stop().await.unwrap();

    // The old port is taken meanwhile: the replica set gets its new address.
    let squatter = std::net::TcpListener::bind(("127.0.0.1", old_port)).unwrap();
    std::thread::spawn(move || squatter.incoming().for_each(drop));
    let second = Sandbox::start(options).await.unwrap();
    assert_ne!(second.state().servers[0].port, old_port);
    assert_eq!(write_and_count(&second.mongodb_uri()).await, 2);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn three_members_survive_the_primary() {
    let options = SandboxOptions {
        mongo_members: 3,
        redis: RedisTopology::None,
        ..SandboxOptions::default()
    };
    let mut sandbox = Sandbox::start(options).await.unwrap();
    assert!(sandbox.redis_url().is_empty());
    assert_eq!(write_and_count(&sandbox.mongodb_uri()).await, 1);
    let client = Client::with_uri_str(sandbox.mongodb_uri()).await.unwrap();
    let hello = client.database("admin").run_command(doc! { "hello": 1 }).await.unwrap();
    let primary = hello.get_str("primary").unwrap().to_owned();
    let index = sandbox
        .state()
        .servers
        .iter()
        .position(|server| primary.ends_with(&format!(":{}", server.port)))
        .unwrap();
    sandbox.kill_mongod(index).await.unwrap();
    assert_eq!(write_and_count(&sandbox.mongodb_uri()).await, 2);
    sandbox.restart_mongod(index).await.unwrap();
    assert_eq!(write_and_count(&sandbox.mongodb_uri()).await, 3);
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn killed_servers_come_back_with_their_data() {
    let mut sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    write_and_count(&sandbox.mongodb_uri()).await;
    let mut redis = redis_connection(&sandbox.redis_url()).await;
    let _: () = redis::cmd("SET").arg("k").arg("v").query_async(&mut redis).await.unwrap();
    sandbox.kill_mongod(0).await.unwrap();
    sandbox.kill_redis().await.unwrap();
    let attached = Sandbox::attach(sandbox.folder()).unwrap();
    assert!(!attached.is_up());
    sandbox.restart_mongod(0).await.unwrap();
    sandbox.restart_redis().await.unwrap();
    assert_eq!(write_and_count(&sandbox.mongodb_uri()).await, 2);
    let mut redis = redis_connection(&sandbox.redis_url()).await;
    let value: String = redis::cmd("GET").arg("k").query_async(&mut redis).await.unwrap();
    assert_eq!(value, "v");
    assert!(matches!(sandbox.kill_mongod(7).await, Err(SandboxError::NoSuchServer(_))));
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn a_cluster_of_six_serves_every_slot() {
    let options = SandboxOptions {
        mongo_members: 0,
        redis: RedisTopology::Cluster,
        ..SandboxOptions::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    assert_eq!(sandbox.redis_urls().len(), 6);
    assert!(sandbox.mongodb_uri().is_empty());
    let client = redis::cluster::ClusterClient::new(sandbox.redis_urls()).unwrap();
    let mut connection = client.get_async_connection().await.unwrap();
    for key in 0..200 {
        let _: () = redis::cmd("SET")
            .arg(format!("k{key}"))
            .arg(key)
            .query_async(&mut connection)
            .await
            .unwrap();
    }
    sandbox.stop().await.unwrap();
}

#[tokio::test]
async fn dropping_a_sandbox_ends_its_servers() {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    let folder = sandbox.folder().to_owned();
    let servers = sandbox.state().servers.clone();
    drop(sandbox);
    assert!(servers.iter().all(|server| !server.is_running()));
    assert!(servers.iter().any(|server| server.kind == ServerKind::Mongod));
    assert!(!folder.exists());
}

#[tokio::test]
async fn impossible_options_are_refused() {
    let options = SandboxOptions { mongo_members: 2, ..SandboxOptions::default() };
    assert!(matches!(Sandbox::start(options).await, Err(SandboxError::Options(_))));
    let error = Sandbox::attach(std::path::Path::new("/nonexistent")).unwrap_err();
    assert!(error.to_string().contains("no sandbox"), "{error}");
}

#[test]
fn a_missing_program_is_named_with_the_remedy() {
    let error = sandbox::tools::find("no-such-server").unwrap_err().to_string();
    assert!(error.contains("no-such-server") && error.contains("AVAULT_TOOLS"), "{error}");
}
