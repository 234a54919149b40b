//! A private Secret Service: gnome-keyring on a message bus of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// What unlocks the keyring.
const PASSWORD: &[u8] = b"a password of the tests";
/// How long a service may take to come up; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(30);
/// The name that the Secret Service takes on the bus.
const NAME: &str = "org.freedesktop.secrets";

/// The keyring of one user on one machine; it ends with this value.
pub struct SystemKeyring {
    _bus: Child,
    daemon: Child,
    folder: TempDir,
}

impl SystemKeyring {
    /// Starts an empty keyring and unlocks it, as a login does.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let own = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder.path(), own).expect("a folder of one's own");
        let configuration = folder.path().join("bus.conf");
        std::fs::write(&configuration, bus_configuration(folder.path())).expect("a configuration");
        let bus = command("dbus-daemon", folder.path())
            .args(["--nofork", "--nopidfile"])
            .arg(format!("--config-file={}", configuration.display()))
            .spawn()
            .expect("a message bus");
        let begun = Instant::now();
        while !folder.path().join("bus").exists() {
            assert!(begun.elapsed() < START, "no message bus");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let daemon = daemon(folder.path(), true).await;
        Self { _bus: bus, daemon, folder }
    }

    /// The variable that leads to it.
    pub fn variable(&self) -> (&'static str, String) {
        ("DBUS_SESSION_BUS_ADDRESS", address(self.folder.path()))
    }

    /// Locks it: a service that nobody gave the password.
    pub async fn lock(&mut self) {
        self.restart(false).await;
    }

    /// Unlocks it.
    pub async fn unlock(&mut self) {
        self.restart(true).await;
    }

    /// Ends the service; the bus stays.
    pub async fn stop(&mut self) {
        self.daemon.kill().await.expect("the service ends");
        present(self.folder.path(), false).await;
    }

    async fn restart(&mut self, unlocked: bool) {
        self.stop().await;
        self.daemon = daemon(self.folder.path(), unlocked).await;
    }
}

async fn daemon(folder: &Path, unlocked: bool) -> Child {
    let mut command = command("gnome-keyring-daemon", folder);
    command.args(["--foreground", "--components=secrets"]);
    if unlocked {
        command.arg("--unlock").stdin(Stdio::piped());
    }
    let mut child = command.spawn().expect("a keyring");
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(PASSWORD).await.expect("the password is taken");
    }
    present(folder, true).await;
    child
}

/// Waits until the service has its name on the bus, or has it no more.
async fn present(folder: &Path, wanted: bool) {
    let begun = Instant::now();
    loop {
        let asked = command("dbus-send", folder)
            .args(["--session", "--print-reply", "--dest=org.freedesktop.DBus"])
            .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
            .arg(format!("string:{NAME}"))
            .stdout(Stdio::piped())
            .output()
            .await
            .expect("the bus is asked");
        let answer = String::from_utf8_lossy(&asked.stdout).into_owned();
        if asked.status.success() && answer.contains("boolean true") == wanted {
            return;
        }
        assert!(begun.elapsed() < START, "{NAME} stays as it is: {answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A bus that starts nothing by itself: neither the service anew nor a prompter.
fn bus_configuration(folder: &Path) -> String {
    format!(
        "<busconfig><type>session</type><listen>{}</listen><policy context=\"default\">\
         <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
         <allow own=\"*\"/></policy></busconfig>",
        address(folder)
    )
}

fn address(folder: &Path) -> String {
    format!("unix:path={}/bus", folder.display())
}

/// A program on this bus. It has no screen: a prompt fails at once, as on a server.
fn command(program: &str, folder: &Path) -> Command {
    let program = sandbox::tools::find(program).expect("a program of the keyring");
    let mut command = Command::new(program);
    command
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("DBUS_SESSION_BUS_ADDRESS", address(folder))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}
