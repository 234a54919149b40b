//! Connections to a stand-alone server or to every node of a cluster.

use std::time::Duration;

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{Client, Cmd, ConnectionInfo, FromRedisValue, IntoConnectionInfo, Pipeline, Value};
use serde::Serialize;

use crate::SourceError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any blocking read of a control stream.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(30);

/// A Redis server or cluster. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct RedisSource {
    link: Link,
    /// How the first address was given: credentials and TLS for single nodes of a cluster.
    info: ConnectionInfo,
}

#[derive(Clone)]
enum Link {
    Single(ConnectionManager),
    Cluster(ClusterConnection),
}

/// What a Redis deployment is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedisInfo {
    /// Version, for example `7.0.15`.
    pub version: String,
    /// Whether it is a cluster.
    pub cluster: bool,
    /// `host:port` of the masters.
    pub masters: Vec<String>,
    /// Bytes in use over all masters.
    pub used_bytes: u64,
}

impl std::fmt::Debug for RedisSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSource")
            .field("address", &self.info.addr().to_string())
            .field("cluster", &self.is_cluster())
            .finish()
    }
}

impl RedisSource {
    /// Connects to `redis://[user:password@]host:port[/db]`. When the server is part of a cluster,
    /// or several addresses are given separated by commas, the whole cluster is used.
    ///
    /// # Errors
    /// Address, reachability or credentials; no message repeats the credentials.
    pub async fn connect(url: &str) -> Result<Self, SourceError> {
        let mut infos = Vec::new();
        for address in url.split(',').map(str::trim).filter(|address| !address.is_empty()) {
            infos.push(address.into_connection_info().map_err(|error| invalid(&error))?);
        }
        let Some(first) = infos.first().cloned() else {
            return Err(SourceError::InvalidAddress {
                what: "Redis",
                reason: "it is empty".into(),
                example: "redis://user:password@host:6379/0",
            });
        };
        let mut manager = open_single(&first).await?;
        if is_cluster_node(&mut manager, &first).await? {
            let link = Link::Cluster(open_cluster(infos, &first).await?);
            return Ok(Self { link, info: first });
        }
        Ok(Self { link: Link::Single(manager), info: first })
    }

    /// The same deployment over connections of its own: a call that blocks keeps nobody else waiting.
    ///
    /// # Errors
    /// Reachability or credentials.
    pub(crate) async fn apart(&self) -> Result<Self, SourceError> {
        let link = match &self.link {
            Link::Single(_) => Link::Single(open_single(&self.info).await?),
            Link::Cluster(_) => {
                Link::Cluster(open_cluster(vec![self.info.clone()], &self.info).await?)
            }
        };
        Ok(Self { link, info: self.info.clone() })
    }

    /// Whether this is a cluster.
    #[must_use]
    pub fn is_cluster(&self) -> bool {
        matches!(self.link, Link::Cluster(_))
    }

    /// What the deployment is.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn info(&self) -> Result<RedisInfo, SourceError> {
        let mut version = String::new();
        let mut used_bytes = 0;
        let mut masters = Vec::new();
        for (address, mut node) in self.masters().await? {
            let answer = node
                .req_packed_command(&redis::cmd("INFO"))
                .await
                .map_err(|error| SourceError::redis("asking what it is", &address, error))?;
            let text: String = convert("asking what it is", &address, answer)?;
            let field =
                |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            version = field("redis_version:").unwrap_or_default().to_owned();
            used_bytes += field("used_memory:").and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
            masters.push(address);
        }
        Ok(RedisInfo { version, cluster: self.is_cluster(), masters, used_bytes })
    }

    /// Sends a command and converts the answer.
    pub(crate) async fn call<T: FromRedisValue>(
        &self,
        doing: &'static str,
        on: &str,
        command: &Cmd,
    ) -> Result<T, SourceError> {
        let failed = |error| SourceError::redis(doing, on, error);
        let answer = match self.link.clone() {
            Link::Single(mut link) => link.req_packed_command(command).await,
            Link::Cluster(mut link) => link.req_packed_command(command).await,
        };
        convert(doing, on, answer.map_err(failed)?)
    }

    /// Sends commands on one key as one atomic step.
    pub(super) async fn call_atomic(
        &self,
        doing: &'static str,
        on: &str,
        pipeline: &Pipeline,
    ) -> Result<(), SourceError> {
        let done: Result<Value, _> = match self.link.clone() {
            Link::Single(mut link) => pipeline.query_async(&mut link).await,
            Link::Cluster(mut link) => pipeline.query_async(&mut link).await,
        };
        done.map(|_| ()).map_err(|error| SourceError::redis(doing, on, error))
    }

    /// A connection to each master, with its address.
    pub(super) async fn masters(&self) -> Result<Vec<(String, ConnectionManager)>, SourceError> {
        let addresses = match &self.link {
            Link::Single(link) => {
                return Ok(vec![(self.info.addr().to_string(), link.clone())]);
            }
            Link::Cluster(_) => self.master_addresses().await?,
        };
        let mut masters = Vec::with_capacity(addresses.len());
        for (host, port) in addresses {
            let address = format!("{host}:{port}");
            let info = self.info.clone().set_addr(at(self.info.addr(), host, port));
            masters.push((address, open_single(&info).await?));
        }
        Ok(masters)
    }

    async fn master_addresses(&self) -> Result<Vec<(String, u16)>, SourceError> {
        const DOING: &str = "asking for the cluster's nodes";
        let slots: Vec<Vec<Value>> =
            self.call(DOING, "the cluster", redis::cmd("CLUSTER").arg("SLOTS")).await?;
        let mut masters = std::collections::BTreeSet::new();
        for slot in slots {
            let Some(Value::Array(node)) = slot.into_iter().nth(2) else {
                continue;
            };
            let mut parts = node.into_iter();
            let host: String = convert(DOING, "the cluster", parts.next().unwrap_or_default())?;
            let port: u16 = convert(DOING, "the cluster", parts.next().unwrap_or_default())?;
            // An empty host means the one that answered.
            let host = if host.is_empty() { host_of(self.info.addr()) } else { host };
            masters.insert((host, port));
        }
        Ok(masters.into_iter().collect())
    }
}

pub(super) fn convert<T: FromRedisValue>(
    doing: &'static str,
    on: &str,
    value: Value,
) -> Result<T, SourceError> {
    redis::from_redis_value(value)
        .map_err(|error| SourceError::answer(doing, on, error.to_string()))
}

fn host_of(address: &redis::ConnectionAddr) -> String {
    match address {
        redis::ConnectionAddr::Tcp(host, _) | redis::ConnectionAddr::TcpTls { host, .. } => {
            host.clone()
        }
        _ => "localhost".to_owned(),
    }
}

/// Another node, reached in the same way.
fn at(like: &redis::ConnectionAddr, host: String, port: u16) -> redis::ConnectionAddr {
    match like {
        redis::ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
            redis::ConnectionAddr::TcpTls {
                host,
                port,
                insecure: *insecure,
                tls_params: tls_params.clone(),
            }
        }
        _ => redis::ConnectionAddr::Tcp(host, port),
    }
}

async fn open_single(info: &ConnectionInfo) -> Result<ConnectionManager, SourceError> {
    let client = Client::open(info.clone()).map_err(|error| invalid(&error))?;
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT))
        .set_number_of_retries(4);
    ConnectionManager::new_with_config(client, config).await.map_err(|error| classify(info, &error))
}

async fn open_cluster(
    infos: Vec<ConnectionInfo>,
    first: &ConnectionInfo,
) -> Result<ClusterConnection, SourceError> {
    let client = ClusterClient::builder(infos)
        .connection_timeout(CONNECT_TIMEOUT)
        .response_timeout(RESPONSE_TIMEOUT)
        .build()
        .map_err(|error| invalid(&error))?;
    client.get_async_connection().await.map_err(|error| classify(first, &error))
}

async fn is_cluster_node(
    link: &mut ConnectionManager,
    info: &ConnectionInfo,
) -> Result<bool, SourceError> {
    let answer = link
        .req_packed_command(redis::cmd("INFO").arg("cluster"))
        .await
        .map_err(|error| classify(info, &error))?;
    let text: String = convert("asking what it is", &info.addr().to_string(), answer)?;
    Ok(text.contains("cluster_enabled:1"))
}

fn invalid(error: &redis::RedisError) -> SourceError {
    SourceError::InvalidAddress {
        what: "Redis",
        reason: error.to_string(),
        example: "redis://user:password@host:6379/0",
    }
}

fn classify(info: &ConnectionInfo, error: &redis::RedisError) -> SourceError {
    let address = info.addr().to_string();
    let reason = error.to_string();
    let refused = error.kind() == redis::ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"));
    if refused {
        SourceError::Authentication { what: "Redis", address, reason }
    } else {
        SourceError::Unreachable { what: "Redis", address, reason }
    }
}
