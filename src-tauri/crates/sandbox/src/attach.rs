//! A sandbox seen from a process that does not own it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{SandboxError, ServerKind, ServerRecord, State, process};

/// State of one server, for `status`.
#[derive(Debug, Clone, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MemberStatus {
    /// Kind of server.
    pub kind: ServerKind,
    /// 0-based index among its kind.
    pub index: usize,
    /// Loopback port.
    pub port: u16,
    /// Process id of the running server.
    pub pid: Option<u32>,
}

/// A sandbox that some process started.
#[derive(Debug, Clone)]
pub struct Attached {
    folder: PathBuf,
    state: State,
}

impl Attached {
    pub(crate) fn load(folder: &Path) -> Result<Attached, SandboxError> {
        let folder =
            std::path::absolute(folder).map_err(SandboxError::io("resolving the path", folder))?;
        let state = State::load(&folder)?;
        Ok(Attached { folder, state })
    }

    /// Connection string of the replica set; empty without MongoDB.
    pub fn mongodb_uri(&self) -> String {
        self.state.mongodb_uri()
    }

    /// URL of the (first) Redis server; empty without Redis.
    pub fn redis_url(&self) -> String {
        self.state.redis_urls().into_iter().next().unwrap_or_default()
    }

    /// URLs of all Redis servers.
    pub fn redis_urls(&self) -> Vec<String> {
        self.state.redis_urls()
    }

    /// The folder that holds the data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The recorded state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// True while the owning process runs and every server was ready.
    pub fn is_up(&self) -> bool {
        self.state.ready
            && self.state.owner.is_alive()
            && self.state.servers.iter().all(ServerRecord::is_running)
    }

    /// State of each server now.
    pub fn status(&self) -> Vec<MemberStatus> {
        let status = |server: &ServerRecord| MemberStatus {
            kind: server.kind,
            index: server.index,
            port: server.port,
            pid: server
                .process
                .as_ref()
                .filter(|_| server.is_running())
                .map(|identity| identity.pid),
        };
        self.state.servers.iter().map(status).collect()
    }

    /// Ends the servers (only those whose identity and command line match) and, when the sandbox
    /// is ephemeral, removes its folder.
    ///
    /// # Errors
    /// The folder could not be removed, or a server did not end.
    pub async fn stop(self) -> Result<(), SandboxError> {
        for server in &self.state.servers {
            end_server(server).await?;
        }
        if self.state.ephemeral {
            remove_folder(&self.folder)?;
        }
        Ok(())
    }
}

/// Ends one recorded server if it is still that one: SIGTERM, after ten seconds SIGKILL.
pub(crate) async fn end_server(server: &ServerRecord) -> Result<(), SandboxError> {
    let Some(identity) = &server.process else {
        return Ok(());
    };
    for (name, rounds) in [("TERM", 500_u32), ("KILL", 250)] {
        if !server.is_running() {
            return Ok(());
        }
        process::signal(identity.pid, name);
        for _ in 0..rounds {
            if !identity.is_alive() {
                return Ok(());
            }
            // Another process's child cannot be waited for: its end is polled.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    Err(SandboxError::NoSuchServer(format!("way to end process {}", identity.pid)))
}

pub(crate) fn remove_folder(folder: &Path) -> Result<(), SandboxError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(SandboxError::io("removing", folder)(error))
        }
        _ => Ok(()),
    }
}
