//! A sandbox owned by this process.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::attach::remove_folder;
use crate::layout::{planned_servers, prepare_folder, user_id};
use crate::process::{Launch, Server};
use crate::{
    Attached, RedisTopology, SandboxError, SandboxOptions, ServerKind, State, SweepReport, mongo,
    port, redis_server, sweep, tools,
};

const PORT_TRIES: usize = 8;
const READY_PATIENCE: Duration = Duration::from_secs(60);

/// Private servers that end with this value, with [`Sandbox::stop`], or with this process.
#[derive(Debug)]
pub struct Sandbox {
    folder: PathBuf,
    options: SandboxOptions,
    state: State,
    running: Vec<Option<Server>>,
}

impl Sandbox {
    /// Folder below which scratch folders are made: one for each user.
    pub fn default_root() -> PathBuf {
        std::env::temp_dir().join(format!("avalon-vault-{}", user_id()))
    }

    /// Starts the servers and waits until they accept writes.
    ///
    /// # Errors
    /// A program is missing, the folder is in use or full, or a server does not start; nothing is
    /// left running then.
    pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
        options.validate()?;
        if options.mongo_members > 0 {
            tools::find("mongod")?;
        }
        if options.redis != RedisTopology::None {
            tools::find("redis-server")?;
        }
        let (folder, earlier) = prepare_folder(&options).await?;
        let mut state = State::new(options.folder.is_none(), options.redis);
        state.servers = planned_servers(&options, &folder, earlier.as_ref())?;
        state.save(&folder)?;
        let running = state.servers.iter().map(|_| None).collect();
        // From here on an early return drops the sandbox, which ends what was started.
        let mut sandbox = Sandbox { folder, options, state, running };
        for slot in 0..sandbox.running.len() {
            sandbox.start_slot(slot, earlier.is_none()).await?;
        }
        sandbox.form_groups(earlier.is_none()).await?;
        sandbox.state.ready = true;
        sandbox.state.save(&sandbox.folder)?;
        Ok(sandbox)
    }

    /// A sandbox that another process started, by its folder.
    ///
    /// # Errors
    /// No sandbox there, or a damaged state file.
    pub fn attach(folder: &Path) -> Result<Attached, SandboxError> {
        Attached::load(folder)
    }

    /// Ends servers and removes scratch folders below `root` whose owner is dead.
    ///
    /// # Errors
    /// The root cannot be listed or a folder cannot be removed.
    pub async fn sweep(root: &Path) -> Result<SweepReport, SandboxError> {
        sweep::sweep(root).await
    }

    /// Connection string of the replica set; empty without MongoDB.
    pub fn mongodb_uri(&self) -> String {
        self.state.mongodb_uri()
    }

    /// URL of the (first) Redis server; empty without Redis.
    pub fn redis_url(&self) -> String {
        self.state.redis_urls().into_iter().next().unwrap_or_default()
    }

    /// URLs of all Redis servers (a cluster's nodes).
    pub fn redis_urls(&self) -> Vec<String> {
        self.state.redis_urls()
    }

    /// The folder that holds data, logs and the state file.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The recorded state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Ends all servers in order and removes a scratch folder.
    ///
    /// # Errors
    /// The folder could not be removed.
    pub async fn stop(mut self) -> Result<(), SandboxError> {
        let running: Vec<Server> = self.running.iter_mut().filter_map(Option::take).collect();
        // All at once: a member that steps down would otherwise wait for those already gone.
        let mut stopping = tokio::task::JoinSet::new();
        for mut server in running {
            stopping.spawn(async move { server.stop().await });
        }
        while stopping.join_next().await.is_some() {}
        self.state.ready = false;
        for server in &mut self.state.servers {
            server.process = None;
        }
        if self.state.ephemeral {
            remove_folder(&self.folder)
        } else {
            self.state.save(&self.folder)
        }
    }

    /// Ends a member of the replica set with SIGKILL.
    ///
    /// # Errors
    /// There is no such member.
    pub async fn kill_mongod(&mut self, index: usize) -> Result<(), SandboxError> {
        self.kill_slot(ServerKind::Mongod, index).await
    }

    /// Starts a member again on its data and port, and waits until the set has a primary.
    ///
    /// # Errors
    /// There is no such member, or it does not start.
    pub async fn restart_mongod(&mut self, index: usize) -> Result<(), SandboxError> {
        let slot = self.slot(ServerKind::Mongod, index)?;
        self.start_slot(slot, false).await?;
        mongo::wait_for_primary(&self.mongodb_uri()).await
    }

    /// Ends the (first) Redis server with SIGKILL.
    ///
    /// # Errors
    /// There is no Redis.
    pub async fn kill_redis(&mut self) -> Result<(), SandboxError> {
        self.kill_slot(ServerKind::Redis, 0).await
    }

    /// Ends a node of the Redis Cluster with SIGKILL.
    ///
    /// # Errors
    /// There is no such node.
    pub async fn kill_redis_node(&mut self, index: usize) -> Result<(), SandboxError> {
        self.kill_slot(ServerKind::Redis, index).await
    }

    /// Starts the (first) Redis server again on its data and port.
    ///
    /// # Errors
    /// There is no Redis, or it does not start.
    pub async fn restart_redis(&mut self) -> Result<(), SandboxError> {
        let slot = self.slot(ServerKind::Redis, 0)?;
        self.start_slot(slot, false).await
    }

    fn slot(&self, kind: ServerKind, index: usize) -> Result<usize, SandboxError> {
        let found = self
            .state
            .servers
            .iter()
            .position(|server| server.kind == kind && server.index == index);
        found.ok_or_else(|| SandboxError::NoSuchServer(format!("{kind:?} {index}")))
    }

    async fn kill_slot(&mut self, kind: ServerKind, index: usize) -> Result<(), SandboxError> {
        let slot = self.slot(kind, index)?;
        if let Some(mut server) = self.running.get_mut(slot).and_then(Option::take) {
            server.kill().await;
        }
        if let Some(record) = self.state.servers.get_mut(slot) {
            record.process = None;
        }
        self.state.save(&self.folder)
    }

    /// Starts one server and waits until it is ready. With `may_move`, a port lost to another
    /// program is replaced by a new one.
    async fn start_slot(&mut self, slot: usize, may_move: bool) -> Result<(), SandboxError> {
        for attempt in 1..=PORT_TRIES {
            let launch = self.launch(slot)?;
            match self.try_start(slot, &launch).await {
                Err(error) if launch.lost_port() => {
                    let Some(record) = self.state.servers.get_mut(slot) else {
                        return Err(error);
                    };
                    if !may_move || attempt == PORT_TRIES {
                        return Err(SandboxError::PortTaken {
                            server: launch.name,
                            port: record.port,
                        });
                    }
                    record.port = port::free(self.options.redis == RedisTopology::Cluster)?;
                    std::fs::remove_file(&launch.log)
                        .map_err(SandboxError::io("removing", &launch.log))?;
                }
                result => return result,
            }
        }
        Ok(())
    }

    async fn try_start(&mut self, slot: usize, launch: &Launch) -> Result<(), SandboxError> {
        let record = self.state.servers.get(slot).cloned();
        let record = record.ok_or_else(|| SandboxError::NoSuchServer(launch.name.clone()))?;
        if !port::is_free(record.port) {
            let error = SandboxError::PortTaken { server: launch.name.clone(), port: record.port };
            std::fs::write(&launch.log, "address already in use\n")
                .map_err(SandboxError::io("writing", &launch.log))?;
            return Err(error);
        }
        let server = Server::spawn(launch)?;
        if let Some(record) = self.state.servers.get_mut(slot) {
            record.process = Some(server.identity.clone());
        }
        self.state.save(&self.folder)?;
        tokio::select! {
            code = server.ended() => {
                return Err(launch.failed(&format!("it ended with code {code}")));
            }
            ready = wait_until_listening(record.port) => {
                if !ready {
                    return Err(launch.failed("it did not listen within a minute"));
                }
            }
        }
        if record.kind == ServerKind::Redis {
            redis_server::wait_until_ready(record.port).await?;
        }
        if !server.is_running() {
            return Err(launch.failed("it ended at once"));
        }
        if let Some(place) = self.running.get_mut(slot) {
            *place = Some(server);
        }
        Ok(())
    }

    fn launch(&self, slot: usize) -> Result<Launch, SandboxError> {
        let record = self
            .state
            .servers
            .get(slot)
            .ok_or_else(|| SandboxError::NoSuchServer(format!("server {slot}")))?;
        std::fs::create_dir_all(&record.folder)
            .map_err(SandboxError::io("creating", &record.folder))?;
        let log = record.folder.with_extension("log");
        let (program, args) = match record.kind {
            ServerKind::Mongod => (
                "mongod",
                mongo::arguments(
                    &self.options,
                    &self.state.replica_set,
                    &record.folder,
                    &log,
                    record.port,
                ),
            ),
            ServerKind::Redis => {
                let cluster = self.options.redis == RedisTopology::Cluster;
                (
                    "redis-server",
                    redis_server::arguments(&record.folder, &log, record.port, cluster),
                )
            }
        };
        let name = format!("{program} {}", record.index);
        Ok(Launch { name, program: tools::find(program)?, args, log })
    }

    async fn form_groups(&self, new: bool) -> Result<(), SandboxError> {
        let ports = |kind| -> Vec<u16> {
            let servers = self.state.servers.iter().filter(|server| server.kind == kind);
            servers.map(|server| server.port).collect()
        };
        if self.options.redis == RedisTopology::Cluster {
            redis_server::form_cluster(&ports(ServerKind::Redis)).await?;
        }
        if self.options.mongo_members > 0 {
            let (name, ports) = (&self.state.replica_set, ports(ServerKind::Mongod));
            if new {
                mongo::initiate(name, &ports).await?;
            } else {
                mongo::readdress(name, &ports).await?;
            }
            mongo::wait_for_primary(&self.mongodb_uri()).await?;
        }
        Ok(())
    }
}

impl Drop for Sandbox {
    /// Without [`Sandbox::stop`] the servers are killed, and a scratch folder is removed.
    fn drop(&mut self) {
        let mut running: Vec<Server> = self.running.iter_mut().filter_map(Option::take).collect();
        running.iter_mut().for_each(|server| server.order("kill"));
        for _ in 0..400 {
            if !running.iter().any(Server::is_running) {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.state.ephemeral
            && let Err(error) = remove_folder(&self.folder)
        {
            tracing::warn!(%error, "the sandbox folder stays until the next sweep");
        }
    }
}

async fn wait_until_listening(port: u16) -> bool {
    let listening = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    };
    tokio::time::timeout(READY_PATIENCE, listening).await.is_ok()
}
