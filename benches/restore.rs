//! Restore by the command line: of everything, beside the raw insert limit, and of a database in
//! which one document in a hundred was damaged.

use std::time::Duration;

use anyhow::{Context, Result};
use mongodb::Client;

use crate::increment::change;
use crate::report::Row;
use crate::vault::MIB;
use crate::{DATABASE, limit, process};

/// Restores what differs as the oplog names it, then everything, then what differs as a comparison
/// finds it, because the collections are others than those backed up.
pub async fn measure<R>(mongodb: &str, bytes: u64, run: &R) -> Result<Vec<Row>>
where
    R: AsyncFn(&[&str]) -> Result<process::Run>,
{
    let database = Client::with_uri_str(mongodb).await?.database(DATABASE);
    let unlock = run(&["backup", "list"]).await?.took;
    let damaged = change(&database, "damage").await?;
    let told = run(&["restore", "latest", "--yes", DATABASE]).await?;

    let limit = limit::insert_and_index(mongodb, DATABASE, "bench_limit").await?;
    let restore = run(&["restore", "latest", "--database", "bench_restored"]).await?;
    let speed = bytes as f64 / 1e6 / restore.took.as_secs_f64();

    let shown = run(&["backup", "show", "latest"]).await?.printed;
    let shown: serde_json::Value = serde_json::from_str(&shown)?;
    let set = shown["summary"]["id"].as_str().context("a backup has an id")?.to_owned();
    run(&["restore", &set, "--whole", "--yes", DATABASE]).await?;
    run(&["backup", "create"]).await?;
    change(&database, "more damage").await?;
    let compared = run(&["restore", &set, "--yes", DATABASE]).await?;

    let share = |took: Duration| {
        let full = restore.took.saturating_sub(unlock).as_secs_f64();
        100.0 * took.saturating_sub(unlock).as_secs_f64() / full
    };
    let seconds = |run: &process::Run| format!("{:.1} s", run.took.as_secs_f64());
    let most = compared.peak_rss.max(told.peak_rss);
    Ok(vec![
        Row::plain("raw insert and index limit", format!("{:.0} MB/s", limit.mb_per_second())),
        Row::plain("restore with indexes, verified", format!("{speed:.0} MB/s")),
        Row::at_least("restore of the limit", 100.0 * speed / limit.mb_per_second(), 85.0, "%"),
        Row::below("restore, peak memory", restore.peak_rss as f64 / MIB, 512.0, "MiB"),
        Row::plain("damaged documents, one in a hundred all over", damaged.to_string()),
        Row::plain("restore of the damage, the oplog names it", seconds(&told)),
        Row::below("the same of a restore of everything", share(told.took), 5.0, "%"),
        Row::plain("restore of the damage, by comparing all", seconds(&compared)),
        Row::below("the same of a restore of everything", share(compared.took), 15.0, "%"),
        Row::below("restore of the damage, peak memory", most as f64 / MIB, 512.0, "MiB"),
    ])
}
