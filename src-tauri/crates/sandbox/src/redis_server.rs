//! Redis: arguments, readiness, forming a cluster of three primaries with a replica each.

use std::path::Path;
use std::time::Duration;

use redis::aio::MultiplexedConnection;

use crate::SandboxError;

const SLOTS: usize = 16_384;
const PRIMARIES: usize = 3;
/// Nodes of a cluster: each primary has one replica.
pub(crate) const CLUSTER_NODES: usize = 6;
const POLL: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn arguments(folder: &Path, log: &Path, port: u16, cluster: bool) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let log = log.to_string_lossy();
    let port = port.to_string();
    // Every command is in the append-only file before it is answered, so SIGKILL loses nothing.
    let pairs = [
        ("--port", port.as_str()),
        ("--bind", "127.0.0.1"),
        ("--dir", folder.as_ref()),
        ("--logfile", log.as_ref()),
        ("--daemonize", "no"),
        ("--save", ""),
        ("--appendonly", "yes"),
        ("--appendfsync", "everysec"),
    ];
    let clustered = [
        ("--cluster-enabled", "yes"),
        ("--cluster-config-file", "nodes.conf"),
        ("--cluster-node-timeout", "2000"),
        // Replicas have the data at once, or they could not take over.
        ("--repl-diskless-sync-delay", "0"),
    ];
    let extra: &[(&str, &str)] = if cluster { &clustered } else { &[] };
    pairs
        .iter()
        .chain(extra)
        .flat_map(|(key, value)| [(*key).to_owned(), (*value).to_owned()])
        .collect()
}

/// Waits until the server answers PING (it refuses commands while it loads its data).
pub(crate) async fn wait_until_ready(port: u16) -> Result<(), SandboxError> {
    let mut connection = connect(port).await?;
    let ready = async {
        while redis::cmd("PING").query_async::<String>(&mut connection).await.is_err() {
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready)
        .await
        .map_err(|_| command_error("PING", port, "no answer within a minute"))
}

/// Forms the cluster on new nodes and waits until every slot is served.
pub(crate) async fn form_cluster(ports: &[u16]) -> Result<(), SandboxError> {
    let mut nodes = Vec::with_capacity(ports.len());
    for port in ports {
        nodes.push((*port, connect(*port).await?));
    }
    let known = cluster_info(&mut nodes, "cluster_known_nodes").await?;
    if known.iter().all(|count| count == "1") {
        assign_slots(&mut nodes).await?;
        introduce(&mut nodes, ports).await?;
        await_info(&mut nodes, "cluster_known_nodes", &ports.len().to_string()).await?;
        attach_replicas(&mut nodes).await?;
    }
    await_info(&mut nodes, "cluster_state", "ok").await?;
    await_replicas(&mut nodes).await
}

type Node = (u16, MultiplexedConnection);

async fn connect(port: u16) -> Result<MultiplexedConnection, SandboxError> {
    let failed = |error: redis::RedisError| command_error("connect", port, &error.to_string());
    let client = redis::Client::open(format!("redis://127.0.0.1:{port}/")).map_err(failed)?;
    client.get_multiplexed_async_connection().await.map_err(failed)
}

fn command_error(command: &'static str, port: u16, detail: &str) -> SandboxError {
    SandboxError::Command {
        command,
        server: format!("redis-server on port {port}"),
        detail: detail.into(),
    }
}

async fn query<T: redis::FromRedisValue>(
    node: &mut Node,
    command: &'static str,
    args: &[String],
) -> Result<T, SandboxError> {
    let mut request = redis::cmd("CLUSTER");
    request.arg(command).arg(args);
    request
        .query_async(&mut node.1)
        .await
        .map_err(|error| command_error(command, node.0, &error.to_string()))
}

async fn assign_slots(nodes: &mut [Node]) -> Result<(), SandboxError> {
    for (index, node) in nodes.iter_mut().take(PRIMARIES).enumerate() {
        let range = SLOTS * index / PRIMARIES..SLOTS * (index + 1) / PRIMARIES;
        let slots: Vec<String> = range.map(|slot| slot.to_string()).collect();
        query::<()>(node, "ADDSLOTS", &slots).await?;
        query::<()>(node, "SET-CONFIG-EPOCH", &[(index + 1).to_string()]).await?;
    }
    Ok(())
}

async fn introduce(nodes: &mut [Node], ports: &[u16]) -> Result<(), SandboxError> {
    let Some((first, _)) = nodes.split_first_mut() else {
        return Ok(());
    };
    for port in ports.iter().skip(1) {
        query::<()>(first, "MEET", &["127.0.0.1".into(), port.to_string()]).await?;
    }
    Ok(())
}

async fn attach_replicas(nodes: &mut [Node]) -> Result<(), SandboxError> {
    let (primaries, replicas) = nodes.split_at_mut(PRIMARIES);
    for (primary, replica) in primaries.iter_mut().zip(replicas) {
        let id: String = query(primary, "MYID", &[]).await?;
        query::<()>(replica, "REPLICATE", &[id]).await?;
    }
    Ok(())
}

async fn cluster_info(nodes: &mut [Node], field: &str) -> Result<Vec<String>, SandboxError> {
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes.iter_mut() {
        let info: String = query(node, "INFO", &[]).await?;
        let value = info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        values.push(value.unwrap_or_default().trim().to_owned());
    }
    Ok(values)
}

async fn await_info(nodes: &mut [Node], field: &str, wanted: &str) -> Result<(), SandboxError> {
    let port = nodes.first().map_or(0, |node| node.0);
    let agreed = async {
        while cluster_info(nodes, field).await?.iter().any(|value| value != wanted) {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, agreed)
        .await
        .map_err(|_| command_error("CLUSTER INFO", port, "the nodes did not agree in a minute"))?
}

/// Waits until every replica is known as such to the first node: failover works from then on.
async fn await_replicas(nodes: &mut [Node]) -> Result<(), SandboxError> {
    let Some(first) = nodes.first_mut() else {
        return Ok(());
    };
    let port = first.0;
    let complete = async {
        loop {
            let table: String = query(first, "NODES", &[]).await?;
            if table.lines().filter(|line| line.contains("slave")).count() == PRIMARIES {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
    };
    tokio::time::timeout(PATIENCE, complete)
        .await
        .map_err(|_| command_error("CLUSTER NODES", port, "replicas did not join in a minute"))?
}
