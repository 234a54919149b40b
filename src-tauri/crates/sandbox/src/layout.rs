//! Where a sandbox lies and which servers it is planned to have.

use std::path::{Path, PathBuf};

use crate::sweep::PREFIX;
use crate::{
    RedisTopology, Sandbox, SandboxError, SandboxOptions, ServerKind, ServerRecord, State, port,
    redis_server, sweep,
};

/// Free space below which servers are not even started.
const NEEDED_MIB: u64 = 256;

/// The folder, and the state of an earlier sandbox in it whose data are to be continued.
pub(crate) async fn prepare_folder(
    options: &SandboxOptions,
) -> Result<(PathBuf, Option<State>), SandboxError> {
    let Some(folder) = &options.folder else {
        let root = Sandbox::default_root();
        std::fs::create_dir_all(&root).map_err(SandboxError::io("creating", &root))?;
        sweep::sweep(&root).await?;
        require_space(&root)?;
        let scratch = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(&root)
            .map_err(SandboxError::io("creating a folder in", &root))?;
        return Ok((scratch.keep(), None));
    };
    let folder =
        std::path::absolute(folder).map_err(SandboxError::io("resolving the path", folder))?;
    std::fs::create_dir_all(&folder).map_err(SandboxError::io("creating", &folder))?;
    require_space(&folder)?;
    let earlier = match State::load(&folder) {
        Ok(state) => state,
        Err(SandboxError::NotASandbox(_)) => return Ok((folder, None)),
        Err(error) => return Err(error),
    };
    if earlier.owner.is_alive() && earlier.servers.iter().any(ServerRecord::is_running) {
        return Err(SandboxError::InUse { path: folder, pid: earlier.owner.pid });
    }
    for server in &earlier.servers {
        crate::attach::end_server(server).await?;
    }
    Ok((folder, Some(earlier)))
}

pub(crate) fn planned_servers(
    options: &SandboxOptions,
    folder: &Path,
    earlier: Option<&State>,
) -> Result<Vec<ServerRecord>, SandboxError> {
    let redis_count = match options.redis {
        RedisTopology::None => 0,
        RedisTopology::Standalone => 1,
        RedisTopology::Cluster => redis_server::CLUSTER_NODES,
    };
    let mongod = (0..usize::from(options.mongo_members)).map(|index| (ServerKind::Mongod, index));
    let redis = (0..redis_count).map(|index| (ServerKind::Redis, index));
    let mut servers: Vec<ServerRecord> = Vec::new();
    for (kind, index) in mongod.chain(redis) {
        let before = earlier.and_then(|state| {
            state.servers.iter().find(|server| server.kind == kind && server.index == index)
        });
        let port = match before.map(|server| server.port).filter(|port| port::is_free(*port)) {
            Some(port) => port,
            None => unused_port(&servers, options.redis == RedisTopology::Cluster)?,
        };
        let name =
            format!("{}-{index}", if kind == ServerKind::Mongod { "mongod" } else { "redis" });
        let folder = folder.join(name);
        servers.push(ServerRecord { kind, index, port, process: None, folder });
    }
    Ok(servers)
}

fn unused_port(planned: &[ServerRecord], cluster_bus: bool) -> Result<u16, SandboxError> {
    loop {
        let port = port::free(cluster_bus)?;
        let clashes = planned.iter().any(|server| {
            server.port == port || server.port.abs_diff(port) == port::CLUSTER_BUS_OFFSET
        });
        if !clashes {
            return Ok(port);
        }
    }
}

/// Refuses to start on a nearly full disk: a server that runs full half-way leaves a mess.
fn require_space(folder: &Path) -> Result<(), SandboxError> {
    let output = std::process::Command::new("df").arg("-Pk").arg(folder).output();
    let Ok(output) = output else { return Ok(()) };
    let text = String::from_utf8_lossy(&output.stdout);
    let free =
        text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    match free.map(|kib| kib / 1024) {
        Some(free_mib) if free_mib < NEEDED_MIB => {
            Err(SandboxError::NoSpace { path: folder.into(), free_mib, needed_mib: NEEDED_MIB })
        }
        _ => Ok(()),
    }
}

#[cfg(unix)]
pub(crate) fn user_id() -> String {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or_else(|_| "user".into(), |meta| meta.uid().to_string())
}

#[cfg(not(unix))]
pub(crate) fn user_id() -> String {
    std::env::var("USERNAME").unwrap_or_else(|_| "user".into())
}
