//! The replica set: arguments, initiation, waiting for a primary.

use std::path::Path;
use std::time::Duration;

use mongodb::Client;
use mongodb::bson::{Document, doc};
use mongodb::error::ErrorKind;
use mongodb::options::{ClientOptions, ReadPreference, SelectionCriteria};

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

/// Initiates the set on new data.
pub(crate) async fn initiate(replica_set: &str, ports: &[u16]) -> Result<(), SandboxError> {
    let Some(first) = ports.first() else {
        return Ok(());
    };
    let member = Member::connect(*first).await?;
    let command = doc! { "replSetInitiate": new_config(replica_set, ports) };
    member.run("replSetInitiate", command).await.map(drop)
}

/// Gives the set of an earlier start its new addresses, where ports have changed.
pub(crate) async fn readdress(replica_set: &str, ports: &[u16]) -> Result<(), SandboxError> {
    let Some(first) = ports.first() else {
        return Ok(());
    };
    let member = Member::connect(*first).await?;
    let stored = member.stored_config().await?;
    let Some(stored) = stored else {
        return initiate(replica_set, ports).await;
    };
    if let Some(config) = with_ports(stored, ports) {
        member.await_config().await?;
        let command = doc! { "replSetReconfig": config, "force": true };
        member.run("replSetReconfig", command).await?;
    }
    Ok(())
}

/// One member, addressed alone.
struct Member {
    client: Client,
    name: String,
}

impl Member {
    async fn connect(port: u16) -> Result<Member, SandboxError> {
        let name = format!("mongod on port {port}");
        let uri = format!("mongodb://127.0.0.1:{port}/?directConnection=true");
        Ok(Member { client: connect(&uri, &name).await?, name })
    }

    async fn run(&self, name: &'static str, command: Document) -> Result<Document, SandboxError> {
        self.client.database("admin").run_command(command).await.map_err(|error| {
            SandboxError::Command {
                command: name,
                server: self.name.clone(),
                detail: error.to_string(),
            }
        })
    }

    /// Waits until the member has given up looking for itself at its old address.
    async fn await_config(&self) -> Result<(), SandboxError> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let admin = self.client.database("admin");
        while let Err(error) = admin.run_command(doc! { "replSetGetConfig": 1 }).await {
            let starting = matches!(error.kind.as_ref(), ErrorKind::Command(reply) if reply.code == NOT_YET_INITIALIZED);
            if !starting || tokio::time::Instant::now() > deadline {
                return Err(SandboxError::Command {
                    command: "replSetGetConfig",
                    server: self.name.clone(),
                    detail: error.to_string(),
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// The configuration on disk. Read as data: while a member looks for itself in an outdated
    /// configuration, `replSetGetConfig` says that there is none.
    async fn stored_config(&self) -> Result<Option<Document>, SandboxError> {
        let configs = self.client.database("local").collection::<Document>("system.replset");
        configs.find_one(doc! {}).await.map_err(|error| SandboxError::Command {
            command: "find",
            server: self.name.clone(),
            detail: error.to_string(),
        })
    }
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
fn with_ports(mut config: Document, ports: &[u16]) -> Option<Document> {
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
