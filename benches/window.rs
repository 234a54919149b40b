//! How soon the window is there, and how much memory its backend holds when idle.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::process;
use crate::report::Row;

/// What the shell logs once the window has been answered for the first time.
const READY: &str = "ready";
/// Starts measured; the first one warms the disk's cache and is left out.
const STARTS: usize = 6;

/// Starts the release build of the window several times on a screen of its own.
pub async fn measure(folder: &Path) -> Result<Vec<Row>> {
    let binary = std::env::current_exe()?.with_file_name("avalon-vault");
    if !binary.exists() || std::env::var_os("DISPLAY").is_none() {
        return Ok(vec![Row::plain("window", "not measured: no release build or no display")]);
    }
    let mut times = Vec::new();
    let mut private = 0;
    for start in 0..STARTS {
        let home = folder.join(format!("window-{start}"));
        let (took, held) = start_once(&binary, &home).await?;
        if start > 0 {
            times.push(took);
            private = private.max(held);
        }
    }
    times.sort();
    let median = times[times.len() / 2].as_secs_f64();
    Ok(vec![
        Row::below("window, cold start to interactive, median", median, 2.0, "s"),
        Row::below(
            "window's backend, private memory idle",
            private as f64 / 1_048_576.0,
            100.0,
            "MiB",
        ),
    ])
}

async fn start_once(binary: &Path, home: &Path) -> Result<(Duration, u64)> {
    let began = Instant::now();
    let mut child = Command::new(binary)
        .arg("--home")
        .arg(home)
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("GALLIUM_DRIVER", "softpipe")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let id = child.id().context("the window ended at once")?;
    let mut lines = BufReader::new(child.stderr.take().context("no standard error")?).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await? {
            if line.contains(READY) {
                return Ok(began.elapsed());
            }
        }
        anyhow::bail!("the window ended before it was interactive")
    };
    let took = tokio::time::timeout(Duration::from_secs(60), ready).await??;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let held = process::private_of(id)?;
    child.kill().await?;
    Ok((took, held))
}
