//! One server process and its watchdog.
//!
//! The owner starts a small `sh` in a process group of its own, and that shell starts the server.
//! The shell's standard input is a pipe whose only writing end is in the owner: when the owner ends
//! in any way, SIGKILL included, the kernel closes it, the watchdog reads the end of the pipe,
//! sends SIGTERM and, after ten seconds, SIGKILL. An orderly stop goes the same way, as a word in
//! the pipe. The shell is the server's parent, so it holds the process id until it has seen it end,
//! and it compares the start time before each signal.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::SandboxError;

const WATCHDOG: &str = r#"
log=$1; shift
exec 3<&0
"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!
born() { read -r line <"/proc/$server/stat" && set -- $line && echo "${22}"; }
birth=$(born 2>/dev/null)
same() { kill -0 "$server" 2>/dev/null && [ "$(born 2>/dev/null)" = "$birth" ]; }
echo "$server"
exec >/dev/null 2>&1
(
  order=
  read -r order <&3
  if [ "$order" != kill ]; then
    same && kill -TERM "$server"
    tries=0
    while same && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  fi
  same && kill -KILL "$server"
) &
guard=$!
wait "$server"
status=$?
kill "$guard"
exit "$status"
"#;

/// What makes a process that one and no other: ids are reused, so the start time and the machine's
/// boot count too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Process id.
    pub pid: u32,
    /// Start time in clock ticks since boot (field 22 of `/proc/<pid>/stat`), 0 where unknown.
    pub start_time: u64,
    /// Id of the boot, empty where unknown.
    pub boot_id: String,
}

impl Identity {
    /// Identity of a running process.
    pub fn of(pid: u32) -> Option<Identity> {
        Some(Identity { pid, start_time: start_time(pid)?, boot_id: boot_id() })
    }

    /// Identity of this process.
    pub fn own() -> Identity {
        let pid = std::process::id();
        Identity { pid, start_time: start_time(pid).unwrap_or(0), boot_id: boot_id() }
    }

    /// True when the process with this id is still the one recorded.
    pub fn is_alive(&self) -> bool {
        self.boot_id == boot_id() && start_time(self.pid) == Some(self.start_time)
    }
}

fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

/// Start time of a process that has not ended (a zombie counts as ended).
fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command name in parentheses may hold spaces: fields are counted after the last one.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) {
        return None;
    }
    fields.get(19)?.parse().ok()
}

/// The arguments of a running process, as the kernel knows them.
pub(crate) fn command_line(pid: u32) -> Option<Vec<String>> {
    let raw = std::fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let text = String::from_utf8_lossy(&raw);
    Some(text.split('\0').filter(|arg| !arg.is_empty()).map(str::to_owned).collect())
}

/// Sends a signal by the shell's own `kill`. The caller has checked whom it hits.
pub(crate) fn signal(pid: u32, name: &str) -> bool {
    Command::new("sh")
        .args(["-c", "kill -s \"$1\" \"$2\"", "sh", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// How a server is started.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// Name for messages, such as `mongod 0`.
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    /// The server's log; its standard output goes there too.
    pub(crate) log: PathBuf,
}

/// A running server: dropping it ends the server at once.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) identity: Identity,
    orders: Option<ChildStdin>,
    ended: watch::Receiver<Option<i32>>,
}

impl Server {
    /// Starts the server under a watchdog. The file system must exist; readiness is not awaited.
    pub(crate) fn spawn(launch: &Launch) -> Result<Server, SandboxError> {
        let mut command = Command::new("sh");
        command.args(["-c", WATCHDOG, "avault-watchdog"]);
        command.arg(&launch.log).arg(&launch.program).args(&launch.args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            command.process_group(0);
        }
        let mut watchdog = command
            .spawn()
            .map_err(SandboxError::io("starting the watchdog `sh` for", &launch.program))?;
        let orders = watchdog.stdin.take();
        let pid = watchdog.stdout.take().and_then(read_pid);
        let (sender, ended) = watch::channel(None);
        // A plain thread: a blocking task of the runtime would hold up the runtime's own end.
        std::thread::spawn(move || {
            let code = watchdog.wait().ok().and_then(|status| status.code()).unwrap_or(-1);
            sender.send_replace(Some(code));
        });
        let pid = pid.ok_or_else(|| launch.failed("the watchdog did not report a process id"))?;
        let identity =
            Identity::of(pid).unwrap_or(Identity { pid, start_time: 0, boot_id: boot_id() });
        Ok(Server { identity, orders, ended })
    }

    /// True until the server has ended.
    pub(crate) fn is_running(&self) -> bool {
        self.ended.borrow().is_none()
    }

    /// Waits for the server's end; its exit code (128 + signal when killed).
    pub(crate) async fn ended(&self) -> i32 {
        let mut ended = self.ended.clone();
        let code = ended.wait_for(Option::is_some).await.ok().and_then(|code| *code);
        code.unwrap_or(-1)
    }

    /// Ends the server in order: SIGTERM, after ten seconds SIGKILL.
    pub(crate) async fn stop(&mut self) {
        self.order("stop");
        self.ended().await;
    }

    /// Ends the server with SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.order("kill");
        self.ended().await;
    }

    /// Gives the order without waiting. A watchdog that is gone has nothing left to end.
    pub(crate) fn order(&mut self, word: &str) {
        if let Some(mut pipe) = self.orders.take()
            && let Err(error) = writeln!(pipe, "{word}")
        {
            tracing::debug!(%error, pid = self.identity.pid, "the watchdog has already ended");
        }
    }
}

fn read_pid(stdout: impl std::io::Read) -> Option<u32> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).ok()?;
    line.trim().parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.order("kill");
    }
}

impl Launch {
    pub(crate) fn failed(&self, reason: &str) -> SandboxError {
        SandboxError::NotStarted {
            server: self.name.clone(),
            reason: reason.into(),
            log: self.log.clone(),
            tail: log_tail(&self.log),
        }
    }

    /// True when the log says that the port was lost to another program.
    pub(crate) fn lost_port(&self) -> bool {
        log_tail(&self.log).to_lowercase().contains("address already in use")
    }
}

/// The last few lines of a log, at most 2 KiB.
fn log_tail(path: &Path) -> String {
    use std::io::{Read, Seek, SeekFrom};
    let mut tail = Vec::new();
    let read = File::open(path).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(2048)))?;
        file.read_to_end(&mut tail)
    });
    match read {
        Ok(0) => "(empty)".into(),
        Ok(_) => String::from_utf8_lossy(&tail).trim().to_owned(),
        Err(error) => format!("(not readable: {error})"),
    }
}
