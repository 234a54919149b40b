//! Snapshots of games whose events come from a Redis Cluster, also when a node of it dies.

use std::time::Duration;

use avalon::event::Envelope;
use engine::{Connections, listen};
use redis::AsyncCommands;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use sandbox::{RedisTopology, Sandbox, SandboxOptions, ServerKind};
use simulator::{Modules, SimulatorOptions};
use source::redis_source::RedisSource;

use crate::listen::{STREAM, due, logs, reaches, service, stop_at, taken};
use crate::support::Stage;

/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a client waits before it asks a cluster again that is electing.
const AGAIN: Duration = Duration::from_millis(100);

async fn connected(cluster: &Sandbox) -> ClusterConnection {
    let client = ClusterClient::builder(cluster.redis_urls())
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE)
        .build();
    client.unwrap().get_async_connection().await.unwrap()
}

async fn publish(redis: &mut ClusterConnection, events: impl IntoIterator<Item = &Envelope>) {
    for event in events {
        let text = serde_json::to_string(event).unwrap();
        while redis.xadd::<_, _, _, _, String>(STREAM, "*", &[("e", &text)]).await.is_err() {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn node(port: u16) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}")).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// The index and the port of the primary that holds the stream: every other node sends clients away.
async fn holder(cluster: &Sandbox) -> (usize, u16) {
    for server in cluster.state().servers.iter().filter(|one| one.kind == ServerKind::Redis) {
        if node(server.port).await.exists::<_, bool>(STREAM).await.is_ok_and(|there| there) {
            return (server.index, server.port);
        }
    }
    panic!("no node holds the stream");
}

/// Waits until the replica of a node has all that the node has: what it lacks dies with the node.
async fn replicated(port: u16) {
    let mut node = node(port).await;
    loop {
        let info = redis::cmd("INFO").arg("replication").take();
        let told: String = info.query_async(&mut node).await.unwrap();
        let all = told.lines().find_map(|line| line.trim().strip_prefix("master_repl_offset:"));
        let there = format!("state=online,offset={},", all.unwrap());
        if told.contains(&there) {
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_tells_each_moment_and_goes_on_without_the_node_that_held_the_stream() {
    let stage = Stage::empty().await;
    let options = SimulatorOptions { modules: Modules::All, ..SimulatorOptions::default() };
    service(&stage, options).await.bulk(4).await.unwrap();
    let logs = logs(&stage).await;
    let options = SandboxOptions { redis: RedisTopology::Cluster, ..SandboxOptions::default() };
    let mut cluster = Sandbox::start(options).await.unwrap();
    let source = RedisSource::connect(&cluster.redis_url()).await.unwrap();
    assert!(source.is_cluster());
    let engine = stage.engine().await;
    engine.connect(Connections { redis: Some(source), ..engine.connections() });

    let mut redis = connected(&cluster).await;
    let job = listen::start(&engine).await.unwrap();
    let half = logs.len() / 2;
    publish(&mut redis, logs.values().take(half).flatten()).await;
    let first = due(&logs.iter().take(half).map(|(id, log)| (id.clone(), log.clone())).collect());
    reaches(&engine, &job, first.len() as u64).await;

    let (index, port) = holder(&cluster).await;
    replicated(port).await;
    cluster.kill_redis_node(index).await.unwrap();
    publish(&mut redis, logs.values().skip(half).flatten()).await;
    let all = due(&logs);
    let told = stop_at(&engine, &job, all.len() as u64).await;
    assert_eq!(taken(&engine, &logs).await, all);
    assert_eq!((told.source.as_str(), told.unreadable), ("redis", 0));
    cluster.stop().await.unwrap();
    stage.stop().await;
}
