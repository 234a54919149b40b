//! The state file: what another process needs to attach to a sandbox or to clean up after it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::process::{self, Identity};
use crate::{RedisTopology, SandboxError};

pub(crate) const FILE: &str = "sandbox.json";
const VERSION: u32 = 1;

/// Kind of server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerKind {
    /// Member of the replica set.
    Mongod,
    /// Redis server.
    Redis,
}

/// One server as it was started.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerRecord {
    /// Kind of server.
    pub kind: ServerKind,
    /// 0-based index among its kind.
    pub index: usize,
    /// Loopback port.
    pub port: u16,
    /// Its process; `None` while it is down.
    pub process: Option<Identity>,
    /// Its data folder, which is part of its command line.
    pub folder: PathBuf,
}

impl ServerRecord {
    /// True when the recorded process runs and its command line names this folder and port.
    pub fn is_running(&self) -> bool {
        let Some(identity) = self.process.as_ref().filter(|identity| identity.is_alive()) else {
            return false;
        };
        let folder = self.folder.to_string_lossy();
        let port = self.port.to_string();
        let redis_title = format!(":{port}");
        process::command_line(identity.pid).is_some_and(|args| {
            // redis-server rewrites its title to `redis-server 127.0.0.1:<port> [cluster]`.
            let titled = args.iter().any(|arg| arg.contains(&redis_title) && arg.contains("redis"));
            let named = args.iter().any(|arg| *arg == folder) && args.contains(&port);
            named || (self.kind == ServerKind::Redis && titled)
        })
    }
}

/// Content of the state file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Version of this file's format.
    pub version: u32,
    /// The process that owns the servers.
    pub owner: Identity,
    /// True when the folder goes away with the sandbox.
    pub ephemeral: bool,
    /// True once every server is ready.
    pub ready: bool,
    /// Name of the replica set.
    pub replica_set: String,
    /// Redis topology.
    pub redis: RedisTopology,
    /// All servers.
    pub servers: Vec<ServerRecord>,
}

impl State {
    pub(crate) fn new(ephemeral: bool, redis: RedisTopology) -> State {
        State {
            version: VERSION,
            owner: Identity::own(),
            ephemeral,
            ready: false,
            replica_set: "rs".into(),
            redis,
            servers: Vec::new(),
        }
    }

    /// Reads the state of the sandbox in a folder.
    ///
    /// # Errors
    /// No sandbox there, or a damaged file.
    pub fn load(folder: &Path) -> Result<State, SandboxError> {
        let path = folder.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SandboxError::NotASandbox(folder.into()));
            }
            Err(error) => return Err(SandboxError::io("reading", path)(error)),
        };
        let state: State = serde_json::from_slice(&bytes).map_err(|error| {
            SandboxError::DamagedState { path: path.clone(), detail: error.to_string() }
        })?;
        if state.version != VERSION {
            let detail = format!("format version {} is not known", state.version);
            return Err(SandboxError::DamagedState { path, detail });
        }
        Ok(state)
    }

    /// Replaces the state file in one step, so that a reader never sees half of it.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), SandboxError> {
        let path = folder.join(FILE);
        let next = folder.join(format!("{FILE}.new"));
        let text = serde_json::to_vec_pretty(self).map_err(|error| SandboxError::DamagedState {
            path: path.clone(),
            detail: error.to_string(),
        })?;
        std::fs::write(&next, text).map_err(SandboxError::io("writing", &next))?;
        std::fs::rename(&next, &path).map_err(SandboxError::io("writing", &path))
    }

    /// Connection string of the replica set; empty without MongoDB.
    pub fn mongodb_uri(&self) -> String {
        let hosts: Vec<String> = self.addresses(ServerKind::Mongod);
        if hosts.is_empty() {
            return String::new();
        }
        format!("mongodb://{}/?replicaSet={}", hosts.join(","), self.replica_set)
    }

    /// URLs of all Redis servers, without the replicas' distinction.
    pub fn redis_urls(&self) -> Vec<String> {
        let addresses = self.addresses(ServerKind::Redis);
        addresses.into_iter().map(|address| format!("redis://{address}/")).collect()
    }

    fn addresses(&self, kind: ServerKind) -> Vec<String> {
        self.servers
            .iter()
            .filter(|server| server.kind == kind)
            .map(|server| format!("127.0.0.1:{}", server.port))
            .collect()
    }
}
