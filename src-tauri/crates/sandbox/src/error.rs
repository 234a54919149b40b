//! What can go wrong, each with what to do about it.

use std::path::PathBuf;

/// Error of the sandbox. Each variant names the object and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A server's program is nowhere to be found.
    #[error(
        "the program `{name}` was not found on PATH nor in: {}. {install}",
        searched.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    ToolNotFound {
        /// Program name.
        name: String,
        /// Folders searched besides PATH.
        searched: Vec<PathBuf>,
        /// How to install it.
        install: String,
    },
    /// Options that cannot be served.
    #[error("the sandbox cannot be started: {0}")]
    Options(String),
    /// A file or folder could not be used.
    #[error("{action} {path} failed: {source}. Check that the folder exists and is writable")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The file system is full.
    #[error(
        "not enough disk space for the sandbox in {path}: {free_mib} MiB are free, {needed_mib} MiB are needed. Free some space or choose another folder"
    )]
    NoSpace {
        /// The sandbox folder.
        path: PathBuf,
        /// Free, MiB.
        free_mib: u64,
        /// Needed, MiB.
        needed_mib: u64,
    },
    /// A port is used by another program.
    #[error(
        "port {port} for {server} is used by another program. End that program, or remove the sandbox and start a new one"
    )]
    PortTaken {
        /// Which server wanted it.
        server: String,
        /// The port.
        port: u16,
    },
    /// A server ended while it was being started, or was never ready.
    #[error("{server} could not be started ({reason}). The end of its log {log}: {tail}")]
    NotStarted {
        /// Which server.
        server: String,
        /// Why.
        reason: String,
        /// Log file.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The folder belongs to a running sandbox.
    #[error(
        "the sandbox in {path} is in use by process {pid}. Stop it first (`avault sandbox down`) or choose another folder"
    )]
    InUse {
        /// The sandbox folder.
        path: PathBuf,
        /// The owner.
        pid: u32,
    },
    /// There is no sandbox in the folder.
    #[error("there is no sandbox in {0}. Start one with `avault sandbox up`")]
    NotASandbox(PathBuf),
    /// The state file is not readable.
    #[error(
        "the state file {path} is damaged: {detail}. Remove the folder and start a new sandbox"
    )]
    DamagedState {
        /// The state file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// No such member.
    #[error("the sandbox has no {0}")]
    NoSuchServer(String),
    /// A command to a server failed.
    #[error("the command {command} failed on {server}: {detail}")]
    Command {
        /// What was asked.
        command: &'static str,
        /// Of whom.
        server: String,
        /// The server's or driver's words.
        detail: String,
    },
}

impl SandboxError {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| SandboxError::Io { action, path, source }
    }
}
