//! Benchmarks against peers and limits, in one run.
//!
//! Ratios to what the machine can do in the same minute are what counts; megabytes a second are
//! printed beside them. Figures are kept in `docs/benchmarks.md`.

mod check;
mod data;
mod game;
mod impact;
mod increment;
mod limit;
mod log;
mod peer;
mod process;
mod queue;
mod report;
mod restore;
mod vault;
mod window;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use engine::impact::Impact;
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
    /// Leave out the window
    #[arg(long)]
    no_window: bool,
    /// Measure nothing: fill the servers, say where they are, and keep them until interrupted
    #[arg(long)]
    hold: bool,
    /// Measure only what a gentle backup costs a live workload
    #[arg(long)]
    impact: bool,
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
    let mut rows = Vec::new();

    let options = SandboxOptions { cache_gb: 4.0, oplog_mb: 8_000, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).await?;
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let simulator =
        Simulator::new(&mongodb, &redis, Profile::default(), SimulatorOptions::default()).await?;
    let bulk = simulator.bulk(arguments.games).await?;
    if arguments.impact {
        let wanted = (arguments.gigabytes * 1e9) as u64;
        data::multiply(&mongodb, DATABASE, wanted).await?;
        let rows = impact::measure(&mongodb, folder.path()).await?;
        sandbox.stop().await?;
        report::print(&rows);
        return Ok(());
    }
    rows.push(report::Row::at_least(
        "bulk generation",
        bulk.games_per_minute(),
        5_000.0,
        "games/min",
    ));

    rows.extend(game::measure(&mongodb, folder.path()).await?);
    let wanted = (arguments.gigabytes * 1e9) as u64;
    let bytes = data::multiply(&mongodb, DATABASE, wanted).await?;
    rows.push(report::Row::plain("data", format!("{:.2} GB of BSON", bytes as f64 / 1e9)));
    if arguments.hold {
        println!("{mongodb} {redis} {}", folder.path().display());
        tokio::signal::ctrl_c().await?;
        return Ok(sandbox.stop().await?);
    }
    rows.extend(vault::measure(&mongodb, &redis, bytes, folder.path()).await?);
    rows.extend(vault::checks(folder.path()).await?);
    rows.extend(log::measure(&mongodb, folder.path()).await?);
    rows.extend(queue::measure(&mongodb, folder.path()).await?);
    rows.extend(impact::measure(&mongodb, folder.path()).await?);
    sandbox.stop().await?;
    if !arguments.no_window {
        rows.extend(window::measure(folder.path()).await?);
    }
    report::print(&rows);
    Ok(())
}
