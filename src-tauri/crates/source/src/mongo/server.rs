//! What the server is and can do. Features are probed, not assumed.

use mongodb::Client;
use mongodb::bson::{Document, doc};
use serde::Serialize;

use super::patience::Patience;
use super::time::ClusterTime;
use crate::SourceError;

/// What a MongoDB deployment is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerInfo {
    /// Version, for example `6.0.5`.
    pub version: String,
    /// Version as numbers: major, minor, patch.
    pub version_numbers: (u32, u32, u32),
    /// Feature compatibility version, for example `6.0`; absent when it may not be read.
    pub feature_compatibility: Option<String>,
    /// Name of the replica set.
    pub replica_set: String,
    /// `host:port` of the primary, as the set calls it.
    pub primary: Option<String>,
    /// `host:port` of the data-bearing members.
    pub members: Vec<String>,
    /// Storage engine, for example `wiredTiger`.
    pub storage_engine: Option<String>,
    /// The oplog's reach; absent when the user may not read `local.oplog.rs`.
    pub oplog: Option<OplogWindow>,
}

/// How far the oplog reaches back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct OplogWindow {
    /// Its oldest entry.
    pub oldest: ClusterTime,
    /// Its newest majority-committed point.
    pub newest: ClusterTime,
}

impl OplogWindow {
    /// Seconds between the oldest and the newest entry.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.newest.time.saturating_sub(self.oldest.time)
    }
}

pub(super) async fn hello(client: &Client) -> Result<Document, SourceError> {
    admin(client, "asking who the server is", doc! { "hello": 1 }).await
}

async fn admin(
    client: &Client,
    doing: &'static str,
    command: Document,
) -> Result<Document, SourceError> {
    run(client, "admin", doing, command).await
}

/// Runs a command that may be repeated.
async fn run(
    client: &Client,
    database: &str,
    doing: &'static str,
    command: Document,
) -> Result<Document, SourceError> {
    let database = client.database(database);
    let mut patience = Patience::default();
    loop {
        match database.run_command(command.clone()).await {
            Ok(reply) => return Ok(reply),
            Err(error) => patience.wait(SourceError::mongo(doing, "the server", error)).await?,
        }
    }
}

pub(super) async fn probe(client: &Client) -> Result<ServerInfo, SourceError> {
    let hello = hello(client).await?;
    let me = hello.get_str("me").or_else(|_| hello.get_str("primary")).unwrap_or("the server");
    if hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid") {
        return Err(SourceError::Unsupported {
            what: "a sharded cluster (mongos)".into(),
            reason: "connect to a replica set; each shard's set is backed up by itself".into(),
        });
    }
    let Ok(replica_set) = hello.get_str("setName") else {
        return Err(SourceError::NotReplicaSet { address: me.to_owned() });
    };
    let build = admin(client, "reading the server's version", doc! { "buildInfo": 1 }).await?;
    let version = build.get_str("version").unwrap_or("0").to_owned();
    let version_numbers = parse_version(&version);
    if version_numbers < (5, 0, 0) {
        return Err(SourceError::Unsupported {
            what: format!("MongoDB {version}"),
            reason: "reads at a cluster time outside transactions need MongoDB 5.0 or newer".into(),
        });
    }
    Ok(ServerInfo {
        version,
        version_numbers,
        feature_compatibility: feature_compatibility(client).await,
        replica_set: replica_set.to_owned(),
        primary: hello.get_str("primary").ok().map(ToOwned::to_owned),
        members: strings(&hello, "hosts"),
        storage_engine: storage_engine(client).await,
        oplog: oplog_window(client).await,
    })
}

fn parse_version(version: &str) -> (u32, u32, u32) {
    let mut numbers = version.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next())
}

fn strings(document: &Document, key: &str) -> Vec<String> {
    let Ok(array) = document.get_array(key) else {
        return Vec::new();
    };
    array.iter().filter_map(|item| item.as_str().map(ToOwned::to_owned)).collect()
}

/// Absent when the user may not read it; nothing depends on it but the manifest.
async fn feature_compatibility(client: &Client) -> Option<String> {
    let command = doc! { "getParameter": 1, "featureCompatibilityVersion": 1 };
    let reply = client.database("admin").run_command(command).await.ok()?;
    let value = reply.get_document("featureCompatibilityVersion").ok()?;
    value.get_str("version").ok().map(ToOwned::to_owned)
}

/// Absent when the user may not read it; nothing depends on it but the manifest.
async fn storage_engine(client: &Client) -> Option<String> {
    let command = doc! { "serverStatus": 1, "repl": 0, "metrics": 0, "locks": 0 };
    let reply = client.database("admin").run_command(command).await.ok()?;
    let engine = reply.get_document("storageEngine").ok()?;
    engine.get_str("name").ok().map(ToOwned::to_owned)
}

async fn oplog_window(client: &Client) -> Option<OplogWindow> {
    let oldest = oldest_entry(client).await.ok()?;
    let newest = majority_time(client).await.ok()?;
    Some(OplogWindow { oldest, newest })
}

/// The oplog's oldest entry.
pub(super) async fn oldest_entry(client: &Client) -> Result<ClusterTime, SourceError> {
    const ON: &str = "local.oplog.rs";
    const DOING: &str = "reading the oldest oplog entry";
    let oplog = client.database("local").collection::<Document>("oplog.rs");
    let first = oplog
        .find_one(doc! {})
        .sort(doc! { "$natural": 1 })
        .projection(doc! { "ts": 1 })
        .await
        .map_err(|error| SourceError::mongo(DOING, ON, error))?
        .ok_or_else(|| SourceError::answer(DOING, ON, "the oplog is empty"))?;
    let ts = first
        .get_timestamp("ts")
        .map_err(|error| SourceError::answer(DOING, ON, error.to_string()))?;
    Ok(ts.into())
}

/// `lastWrite.majorityOpTime` of the primary.
pub(super) async fn majority_time(client: &Client) -> Result<ClusterTime, SourceError> {
    const DOING: &str = "reading the majority-committed time";
    let hello = hello(client).await?;
    let missing = || SourceError::answer(DOING, "hello", "lastWrite.majorityOpTime is missing");
    let last_write = hello.get_document("lastWrite").map_err(|_| missing())?;
    let time = last_write.get_document("majorityOpTime").map_err(|_| missing())?;
    Ok(time.get_timestamp("ts").map_err(|_| missing())?.into())
}

/// `lastWrite.opTime` of the primary, after waiting until a majority has committed it.
pub(super) async fn committed_now(client: &Client) -> Result<ClusterTime, SourceError> {
    const DOING: &str = "waiting for a majority";
    let hello = hello(client).await?;
    let missing = || SourceError::answer(DOING, "hello", "lastWrite.opTime is missing");
    let last_write = hello.get_document("lastWrite").map_err(|_| missing())?;
    let time = last_write.get_document("opTime").map_err(|_| missing())?;
    let time = time.get_timestamp("ts").map_err(|_| missing())?;
    // A majority read after a time returns only when that time is majority-committed. The oplog
    // is what the user may read anyway.
    let wait = doc! {
        "find": "oplog.rs",
        "limit": 1,
        "singleBatch": true,
        "readConcern": { "level": "majority", "afterClusterTime": time },
    };
    run(client, "local", DOING, wait).await?;
    Ok(time.into())
}
