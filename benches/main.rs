//! Benchmarks against peers and limits, in one run.
//!
//! Ratios to what the machine can do in the same minute are what counts; megabytes a second are
//! printed beside them. Figures are kept in `docs/benchmarks.md`.

mod check;
mod context;
mod data;
mod game;
mod impact;
mod increment;
mod ledger;
mod limit;
mod log;
mod peer;
mod process;
mod queue;
mod report;
mod restore;
mod snapshot;
mod vault;
mod window;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Parser;
use engine::impact::Impact;
use report::Row;
use sandbox::{Sandbox, SandboxOptions};
use simulator::{Simulator, SimulatorOptions};
use source::profile::Profile;

/// Measures avalon-vault against peers and limits
#[derive(Parser)]
struct Arguments {
    /// Gigabytes of mixed game data
    #[arg(long, default_value_t = 1.2)]
    gigabytes: f64,
    /// Simulated games that the data are made from
    #[arg(long, default_value_t = 1_500)]
    games: u64,
    /// Gigabytes at which backup and restore alone are measured too
    #[arg(long, value_delimiter = ',', value_name = "GB")]
    also: Vec<f64>,
    /// Measure backup and restore alone
    #[arg(long)]
    only_vault: bool,
    /// Leave out the window
    #[arg(long)]
    no_window: bool,
    /// Measure nothing: fill the servers, say where they are, and keep them until interrupted
    #[arg(long)]
    hold: bool,
    /// Measure only what a gentle backup costs a live workload
    #[arg(long)]
    impact: bool,
    /// Measure only snapshots
    #[arg(long)]
    snapshots: bool,
    /// Be the process that backs up beside the live workload, into this folder
    #[arg(long, hide = true, value_name = "FOLDER", requires_all = ["mongodb", "how"])]
    backs_up_in: Option<PathBuf>,
    /// MongoDB for it
    #[arg(long, hide = true)]
    mongodb: Option<String>,
    /// How much it may slow the service down
    #[arg(long, hide = true)]
    how: Option<Impact>,
}

/// The database of the default profile.
const DATABASE: &str = "avalon";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    // Only the first install counts, and this is the first.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let (Some(folder), Some(uri), Some(how)) =
        (&arguments.backs_up_in, &arguments.mongodb, arguments.how)
    {
        return impact::worker::follow(folder.clone(), uri, how).await;
    }
    let folder = tempfile::Builder::new().prefix("avault-bench-").tempdir_in("target")?;
    let mut rows = match (arguments.only_vault, arguments.snapshots) {
        (true, _) => at_size(arguments.gigabytes, arguments.games).await?,
        (false, true) => snapshot::measure(folder.path()).await?,
        (false, false) => all(&arguments, folder.path()).await?,
    };
    for gigabytes in &arguments.also {
        rows.extend(at_size(*gigabytes, arguments.games).await?);
    }
    report::print(&rows);
    Ok(())
}

/// A server and a Redis of their own with simulated games.
async fn servers() -> Result<(Sandbox, Simulator)> {
    let options = SandboxOptions { cache_gb: 4.0, oplog_mb: 8_000, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).await?;
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let simulator =
        Simulator::new(&mongodb, &redis, Profile::default(), SimulatorOptions::default()).await?;
    Ok((sandbox, simulator))
}

/// Backup and restore alone, of so many gigabytes.
async fn at_size(gigabytes: f64, games: u64) -> Result<Vec<Row>> {
    let folder = tempfile::Builder::new().prefix("avault-bench-").tempdir_in("target")?;
    let (sandbox, simulator) = servers().await?;
    simulator.bulk(games).await?;
    let mongodb = sandbox.mongodb_uri();
    let bytes = data::multiply(&mongodb, DATABASE, (gigabytes * 1e9) as u64).await?;
    let rows = vault::measure(&mongodb, &sandbox.redis_url(), bytes, folder.path()).await?;
    sandbox.stop().await?;
    let size = format!("{:.2} GB", bytes as f64 / 1e9);
    Ok(rows.into_iter().map(|row| Row { what: format!("{size}: {}", row.what), ..row }).collect())
}

async fn all(arguments: &Arguments, folder: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let (sandbox, simulator) = servers().await?;
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let bulk = simulator.bulk(arguments.games).await?;
    let wanted = (arguments.gigabytes * 1e9) as u64;
    if arguments.impact {
        data::multiply(&mongodb, DATABASE, wanted).await?;
        let rows = impact::measure(&mongodb, folder).await?;
        sandbox.stop().await?;
        return Ok(rows);
    }
    rows.push(Row::at_least("bulk generation", bulk.games_per_minute(), 5_000.0, "games/min"));

    rows.extend(game::measure(&mongodb, folder).await?);
    let bytes = data::multiply(&mongodb, DATABASE, wanted).await?;
    rows.push(Row::plain("data", format!("{:.2} GB of BSON", bytes as f64 / 1e9)));
    if arguments.hold {
        println!("{mongodb} {redis} {}", folder.display());
        tokio::signal::ctrl_c().await?;
        sandbox.stop().await?;
        return Ok(Vec::new());
    }
    rows.extend(vault::measure(&mongodb, &redis, bytes, folder).await?);
    rows.extend(vault::checks(folder).await?);
    rows.extend(log::measure(&mongodb, folder).await?);
    rows.extend(queue::measure(&mongodb, folder).await?);
    rows.extend(impact::measure(&mongodb, folder).await?);
    sandbox.stop().await?;
    rows.extend(snapshot::measure(folder).await?);
    if !arguments.no_window {
        rows.extend(window::measure(folder).await?);
    }
    Ok(rows)
}
