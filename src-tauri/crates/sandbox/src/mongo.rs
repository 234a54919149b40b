//! The replica set: arguments, initiation, waiting for a primary.

use std::path::Path;
use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::{ClientOptions, ReadPreference, SelectionCriteria};
use mongodb::{Client, error::ErrorKind};

use crate::{SandboxError, SandboxOptions};

const NOT_YET_INITIALIZED: i32 = 94;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn arguments(
    options: &SandboxOptions,
    replica_set: &str,
    folder: &Path,
    log: &Path,
    port: u16,
) -> Vec<String> {
    let text = |value: &str| value.to_owned();
    vec![
        text("--replSet"),
        text(replica_set),
        text("--bind_ip"),
        text("127.0.0.1"),
        text("--port"),
        port.to_string(),
        text("--dbpath"),
        folder.to_string_lossy().into_owned(),
        text("--logpath"),
        log.to_string_lossy().into_owned(),
        text("--logappend"),
        text("--nounixsocket"),
        text("--wiredTigerCacheSizeGB"),
        options.cache_gb.to_string(),
        text("--oplogSize"),
        options.oplog_mb.to_string(),
        text("--setParameter"),
        text("diagnosticDataCollectionEnabled=false"),
        text("--setParameter"),
        text("shutdownTimeoutMillisForSignaledShutdown=500"),
    ]
}

/// Initiates the set on new data; on data of an earlier start whose ports have changed, gives it
/// the new addresses.
pub(crate) async fn initiate(replica_set: &str, ports: &[u16]) -> Result<(), SandboxError> {
    let Some(first) = ports.first() else {
        return Ok(());
    };
    let server = format!("mongod on port {first}");
    let client = connect(
        &format!("mongodb://127.0.0.1:{first}/?directConnection=true"),
        &server,
    )
    .await?;
    let admin = client.database("admin");
    let failed = |command: &'static str| {
        let server = server.clone();
        move |error: mongodb::error::Error| SandboxError::Command {
            command,
            server,
            detail: error.to_string(),
        }
    };
    match admin.run_command(doc! { "replSetGetConfig": 1 }).await {
        Ok(reply) => {
            if let Some(config) = with_ports(&reply, ports) {
                let command = doc! { "replSetReconfig": config, "force": true };
                admin
                    .run_command(command)
                    .await
                    .map_err(failed("replSetReconfig"))?;
            }
        }
        Err(error) if is_command_error(&error, NOT_YET_INITIALIZED) => {
            let command = doc! { "replSetInitiate": new_config(replica_set, ports) };
            admin
                .run_command(command)
                .await
                .map_err(failed("replSetInitiate"))?;
        }
        Err(error) => return Err(failed("replSetGetConfig")(error)),
    }
    Ok(())
}

/// Waits until the set has a primary that accepts writes.
pub(crate) async fn wait_for_primary(uri: &str) -> Result<(), SandboxError> {
    let client = connect(uri, "the replica set").await?;
    // The driver's server selection waits for the topology change that the members announce.
    client
        .database("admin")
        .run_command(doc! { "ping": 1 })
        .selection_criteria(SelectionCriteria::ReadPreference(ReadPreference::Primary))
        .await
        .map(drop)
        .map_err(|error| SandboxError::Command {
            command: "ping",
            server: "the primary of the replica set".into(),
            detail: error.to_string(),
        })
}

async fn connect(uri: &str, server: &str) -> Result<Client, SandboxError> {
    let failed = |error: mongodb::error::Error| SandboxError::Command {
        command: "connect",
        server: server.to_owned(),
        detail: error.to_string(),
    };
    let mut options = ClientOptions::parse(uri).await.map_err(failed)?;
    options.server_selection_timeout = Some(PATIENCE);
    options.heartbeat_freq = Some(Duration::from_millis(500));
    Client::with_options(options).map_err(failed)
}

fn new_config(replica_set: &str, ports: &[u16]) -> Document {
    let members: Vec<Document> = (0_i32..)
        .zip(ports)
        .map(|(id, port)| doc! { "_id": id, "host": format!("127.0.0.1:{port}") })
        .collect();
    // Short times: a drill that kills a member should not wait for the ten seconds of the default.
    doc! {
        "_id": replica_set,
        "members": members,
        "settings": { "electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 400 },
    }
}

/// The stored configuration with these ports; `None` when they are already in it.
fn with_ports(reply: &Document, ports: &[u16]) -> Option<Document> {
    let mut config = reply.get_document("config").ok()?.clone();
    let version = config.get_i32("version").ok()?;
    let members = config.get_array_mut("members").ok()?;
    let mut changed = false;
    for (member, port) in members.iter_mut().zip(ports) {
        let host = format!("127.0.0.1:{port}");
        let member = member.as_document_mut()?;
        changed |= member.get_str("host").ok() != Some(host.as_str());
        member.insert("host", host);
    }
    config.insert("version", version + 1);
    changed.then_some(config)
}

fn is_command_error(error: &mongodb::error::Error, code: i32) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if command.code == code)
}
