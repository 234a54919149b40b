//! Runs a program and tells how long it took and how much memory it held at its peak.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// What one run of a program took.
#[derive(Debug, Clone)]
pub struct Run {
    /// Wall-clock time from start to exit.
    pub took: Duration,
    /// Peak resident memory in bytes, as the kernel counted it.
    pub peak_rss: u64,
    /// What it printed.
    pub printed: String,
}

/// Runs a program to its end; an exit status other than 0 is an error with what it printed.
pub async fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<Run> {
    let began = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("{program} does not start"))?;
    let id = child.id().context("the program ended before it could be watched")?;
    let stdout = child.stdout.take().context("no standard output")?;
    let stderr = child.stderr.take().context("no standard error")?;
    let reading = async { tokio::try_join!(read_all(stdout), read_all(stderr)) };
    tokio::pin!(reading);
    let mut peak_rss = 0;
    let (printed, complained) = loop {
        tokio::select! {
            read = &mut reading => break read?,
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                peak_rss = peak_rss.max(peak_of(id));
            }
        }
    };
    let status = child.wait().await?;
    let took = began.elapsed();
    if !status.success() {
        bail!("{program} {arguments:?} ended with {status}: {complained}");
    }
    Ok(Run { took, peak_rss, printed })
}

async fn read_all(mut from: impl AsyncRead + Unpin) -> Result<String> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `VmHWM` of a living process in bytes; 0 once it has gone.
fn peak_of(id: u32) -> u64 {
    status_kib(id, "VmHWM:") * 1024
}

/// Private memory (USS) of a living process in bytes.
pub fn private_of(id: u32) -> Result<u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup"))?;
    let kib: u64 = ["Private_Clean:", "Private_Dirty:"]
        .iter()
        .filter_map(|field| rollup.lines().find_map(|line| line.strip_prefix(field)))
        .filter_map(|value| value.split_whitespace().next()?.parse::<u64>().ok())
        .sum();
    Ok(kib * 1024)
}

fn status_kib(id: u32, field: &str) -> u64 {
    std::fs::read_to_string(format!("/proc/{id}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .and_then(|value| value.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
