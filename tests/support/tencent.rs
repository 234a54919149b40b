//! A stand-in for Tencent Cloud KMS; the real one was never reached from here.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The identity that the server knows.
pub const SECRET_ID: &str = "AKIDmadeup0000000000000000000000001";
/// The secret that belongs to it.
pub const SECRET_KEY: &str = "a-secret-of-the-tests";
/// The region that it serves.
pub const REGION: &str = "ap-guangzhou";
/// The keys that it holds.
pub const KEYS: [&str; 2] =
    ["23e80852-1e38-11e9-b129-5cb9019b4b01", "23e80852-1e38-11e9-b129-5cb9019b4b02"];

/// The stand-in on a free loopback port; it ends with this value.
pub struct TencentKms {
    process: Child,
    port: u16,
}

impl TencentKms {
    /// Starts a server that takes requests without a token.
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts a server that takes requests with this token.
    pub async fn start_with(token: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/tencent_kms.py");
        let mut process = Command::new("python3")
            .arg(script)
            .args([SECRET_ID, SECRET_KEY, token])
            .args(KEYS)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the stand-in starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let port = lines.next_line().await.expect("its output").expect("a line");
        Self { process, port: port.parse().expect("a port") }
    }

    /// Where it is.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        self.process.kill().await.expect("the server stops");
    }
}
