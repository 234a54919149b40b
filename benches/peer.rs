//! The peer's way: one archive, gzip, AES-256 — where it is installed.

use std::time::Instant;

use anyhow::{Result, bail};
use tokio::process::Command;

use crate::report::Row;

/// What the peer reached on this class of machine with data of this kind, in MB/s of BSON.
const RECORDED: f64 = 60.0;

/// Compares the backup's speed in MB/s with `mongodump --archive --gzip | openssl enc`.
pub async fn measure(mongodb: &str, database: &str, bytes: u64, speed: f64) -> Result<Vec<Row>> {
    if !installed("mongodump").await || !installed("openssl").await {
        let what = "backup : mongodump --gzip | openssl (not installed; recorded 60 MB/s)";
        return Ok(vec![Row::plain(what, format!("{:.1} ×", speed / RECORDED))]);
    }
    let began = Instant::now();
    let pipe = format!(
        "mongodump --uri '{mongodb}' --db {database} --archive --gzip --quiet | \
         openssl enc -aes-256-ctr -pbkdf2 -pass pass:bench > /dev/null"
    );
    let status = Command::new("bash").args(["-o", "pipefail", "-c", &pipe]).status().await?;
    if !status.success() {
        bail!("mongodump ended with {status}");
    }
    let peer = bytes as f64 / 1e6 / began.elapsed().as_secs_f64();
    Ok(vec![
        Row::plain("mongodump --gzip | openssl", format!("{peer:.0} MB/s")),
        Row::at_least("backup : mongodump --gzip | openssl", speed / peer, 5.0, "×"),
    ])
}

async fn installed(program: &str) -> bool {
    let which = format!("command -v {program}");
    Command::new("sh").args(["-c", &which]).output().await.is_ok_and(|found| found.status.success())
}
