//! A private S3 server.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::server::{self, free_ports, until_it_answers};

/// The access key that the server knows.
pub const ACCESS_KEY: &str = "avault-tests";
/// The secret that belongs to it.
pub const SECRET_KEY: &str = "a-secret-of-the-tests";

/// How long the server may take to answer; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(90);

/// SeaweedFS with its S3 interface, on free loopback ports; it ends with this value.
pub struct S3Server {
    _process: Child,
    folder: TempDir,
    port: u16,
    filer: u16,
}

impl S3Server {
    /// Starts a server that holds nothing yet.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let identities = serde_json::json!({ "identities": [{
            "name": "avault",
            "credentials": [{ "accessKey": ACCESS_KEY, "secretKey": SECRET_KEY }],
            "actions": ["Read", "List", "Write"],
        }]});
        let config = folder.path().join("s3.json");
        std::fs::write(&config, identities.to_string()).expect("the identities");
        let ports: [u16; 8] = free_ports().await;
        let [port, filer, ..] = ports;
        let process = start(folder.path(), &config, ports);
        let server = Self { _process: process, folder, port, filer };
        server.answer().await;
        server
    }

    /// Makes a bucket.
    pub async fn create_bucket(&self, name: &str) {
        let status = request(self.filer, "POST", &format!("/buckets/{name}/")).await;
        assert_eq!(status, Some(201), "the bucket is made");
    }

    /// The address of a place in a bucket, as a configuration names it.
    pub fn url(&self, bucket: &str, prefix: &str) -> String {
        let port = self.port;
        format!("s3://{bucket}/{prefix}?endpoint=http://127.0.0.1:{port}&region=us-east-1")
    }

    /// The port of the S3 interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the S3 interface answers and the storage behind it takes writes.
    async fn answer(&self) {
        let answers = async || {
            request(self.port, "GET", "/status").await == Some(200)
                && request(self.filer, "POST", "/ready/").await == Some(201)
        };
        until_it_answers(self.folder.path(), START, answers).await;
    }
}

fn start(folder: &Path, config: &Path, ports: [u16; 8]) -> Child {
    let weed = sandbox::tools::find("weed").expect("the S3 server's program");
    let [s3, filer, master, volume, s3_rpc, filer_rpc, master_rpc, volume_rpc] = ports;
    let mut command = Command::new(weed);
    command.arg("-logtostderr=true").arg("server").arg(format!("-dir={}", folder.display()));
    command.args(["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer=true", "-s3=true"]);
    command.args(["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=32"]);
    command.args(["-s3.port.iceberg=0", "-s3.port.lance=0"]);
    command.arg(format!("-s3.config={}", config.display()));
    for (name, port) in [
        ("s3.port", s3),
        ("s3.port.grpc", s3_rpc),
        ("filer.port", filer),
        ("filer.port.grpc", filer_rpc),
        ("master.port", master),
        ("master.port.grpc", master_rpc),
        ("volume.port", volume),
        ("volume.port.grpc", volume_rpc),
    ] {
        command.arg(format!("-{name}={port}"));
    }
    server::spawn(&mut command, folder)
}

/// The status of a request without a body; none when nobody answers.
async fn request(port: u16, method: &str, path: &str) -> Option<u16> {
    Some(server::request(port, method, path, "", "").await?.0)
}
