//! A private OpenBao server with its transit engine.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::server::{self, free_ports, until_it_answers};

/// The token that may do everything.
pub const ROOT_TOKEN: &str = "avault-tests-root";
/// The transit key that is there from the start.
pub const KEY: &str = "avalon";

/// How long the server may take to answer; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(60);

/// What a token of the product needs, and no more.
const POLICY: &str = "policy=path \"transit/encrypt/avalon\" { capabilities = [\"update\"] } \
                      path \"transit/decrypt/avalon\" { capabilities = [\"update\"] }";

/// OpenBao in memory, on a free loopback port; it ends with this value.
pub struct BaoServer {
    process: Child,
    folder: TempDir,
    port: u16,
    tls: bool,
}

impl BaoServer {
    /// Starts a server with a transit key.
    pub async fn start() -> Self {
        Self::start_with(false).await
    }

    /// Starts a server that speaks TLS, with a certificate of an authority of its own.
    pub async fn start_tls() -> Self {
        Self::start_with(true).await
    }

    async fn start_with(tls: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [port] = free_ports().await;
        let process = start(&folder, port, tls);
        let server = Self { process, folder, port, tls };
        server.answer().await;
        server.bao(&["secrets", "enable", "transit"]).await;
        server.bao(&["write", "-f", &format!("transit/keys/{KEY}")]).await;
        server.bao(&["write", "sys/policies/acl/avault", POLICY]).await;
        server
    }

    /// Where it is.
    pub fn address(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port)
    }

    /// The certificate of the authority that issued the server's own.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("vault-ca.pem")
    }

    /// A token that may encrypt and decrypt with the key, and nothing else.
    pub async fn token(&self) -> String {
        let arguments = ["token", "create", "-format=json", "-policy=avault", "-no-default-policy"];
        let answer: Value = serde_json::from_str(&self.bao(&arguments).await).expect("JSON");
        answer["auth"]["client_token"].as_str().expect("a token").to_owned()
    }

    /// Adds a version to the key; older ones still decrypt.
    pub async fn rotate(&self) {
        self.bao(&["write", "-f", &format!("transit/keys/{KEY}/rotate")]).await;
    }

    /// Lets no older version than this one decrypt.
    pub async fn retire_before(&self, version: u32) {
        let path = format!("transit/keys/{KEY}/config");
        self.bao(&["write", &path, &format!("min_decryption_version={version}")]).await;
    }

    /// Locks the server until somebody unseals it.
    pub async fn seal(&self) {
        self.bao(&["operator", "seal"]).await;
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        self.process.kill().await.expect("the key server stops");
    }

    async fn answer(&self) {
        let answers =
            async || self.command(&["status"]).status().await.is_ok_and(|status| status.success());
        until_it_answers(self.folder.path(), START, answers).await;
    }

    /// Runs the server's own command line against it.
    async fn bao(&self, arguments: &[&str]) -> String {
        let mut command = self.command(arguments);
        let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().await;
        let output = output.expect("the key server's command line runs");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .env("HOME", self.folder.path())
            .env("BAO_ADDR", self.address())
            .env("BAO_TOKEN", ROOT_TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        if self.tls {
            command.env("BAO_CACERT", self.ca());
        }
        command
    }
}

fn start(folder: &TempDir, port: u16, tls: bool) -> Child {
    let mut command = Command::new(program());
    command
        .args(["server", "-dev", "-dev-no-store-token"])
        .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
        .arg(format!("-dev-root-token-id={ROOT_TOKEN}"));
    if tls {
        command.arg("-dev-tls").arg(format!("-dev-tls-cert-dir={}", folder.path().display()));
    }
    server::spawn(command.env("HOME", folder.path()), folder.path())
}

fn program() -> PathBuf {
    sandbox::tools::find("bao").expect("the key server's program")
}
