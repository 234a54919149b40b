//! PF-002: restore by the command line: of everything, beside the raw insert limit, and of a database in
//! which one document in a hundred was damaged, beside the least that the server needs for it.

use std::time::Duration;

use anyhow::{Context, Result};
use mongodb::{Client, Database};

use crate::increment::{Spread, change};
use crate::report::Row;
use crate::vault::MIB;
use crate::{DATABASE, limit, process};

/// Restores what differs as the oplog names it, then everything, then what differs as a comparison
/// finds it, because the collections are others than those backed up.
pub async fn measure<R>(mongodb: &str, bytes: u64, drain: f64, run: &R) -> Result<Vec<Row>>
where
    R: AsyncFn(&[&str]) -> Result<process::Run>,
{
    let database = Client::with_uri_str(mongodb).await?.database(DATABASE);
    let unlock = run(&["backup", "list"]).await?.took;
    let told = repair(&database, run, "latest").await?;

    let limit = limit::insert_and_index(mongodb, DATABASE, "bench_limit").await?;
    let restore = run(&["restore", "latest", "--database", "bench_restored"]).await?;
    let speed = bytes as f64 / 1e6 / restore.took.as_secs_f64();
    let full = restore.took.saturating_sub(unlock).as_secs_f64();
    let least = Pair {
        all_over: limit::replace_some(mongodb, DATABASE, Spread::AllOver).await?.as_secs_f64(),
        together: limit::replace_some(mongodb, DATABASE, Spread::Together).await?.as_secs_f64(),
    };

    let shown = run(&["backup", "show", "latest"]).await?.printed;
    let shown: serde_json::Value = serde_json::from_str(&shown)?;
    let set = shown["summary"]["id"].as_str().context("a backup has an id")?.to_owned();
    run(&["restore", &set, "--whole", "--yes", DATABASE]).await?;
    let compared = repair(&database, run, &set).await?;

    let all_read = bytes as f64 / 1e6 / drain;
    let most = told.peak_rss.max(compared.peak_rss);
    let mut rows = vec![
        Row::plain("raw insert and index limit", format!("{:.0} MB/s", limit.mb_per_second())),
        Row::plain("restore with indexes, verified", format!("{speed:.0} MB/s")),
        Row::at_least("restore of the limit", 100.0 * speed / limit.mb_per_second(), 85.0, "%"),
        Row::below("restore, peak memory", restore.peak_rss as f64 / MIB, 512.0, "MiB"),
        Row::plain("documents damaged, one in a hundred", told.documents.to_string()),
    ];
    rows.extend(told.rows("the oplog names it", unlock, full, &least, 5.0));
    let least = Pair { all_over: least.all_over + all_read, together: least.together + all_read };
    rows.extend(compared.rows("by comparing all", unlock, full, &least, 15.0));
    rows.push(Row::below("restore of damage, peak memory", most as f64 / MIB, 512.0, "MiB"));
    Ok(rows)
}

/// Of damage that lies all over, and of damage that lies together.
struct Pair<T> {
    all_over: T,
    together: T,
}

/// What restoring of damage took.
struct Repaired {
    documents: usize,
    took: Pair<Duration>,
    peak_rss: u64,
}

/// Damages the database in both ways, each after a backup, and restores what differs from `set`.
async fn repair<R>(database: &Database, run: &R, set: &str) -> Result<Repaired>
where
    R: AsyncFn(&[&str]) -> Result<process::Run>,
{
    run(&["backup", "create"]).await?;
    let documents = change(database, Spread::AllOver, "damage").await?;
    let all_over = run(&["restore", set, "--yes", DATABASE]).await?;
    run(&["backup", "create"]).await?;
    change(database, Spread::Together, "damage").await?;
    let together = run(&["restore", set, "--yes", DATABASE]).await?;
    Ok(Repaired {
        documents,
        took: Pair { all_over: all_over.took, together: together.took },
        peak_rss: all_over.peak_rss.max(together.peak_rss),
    })
}

impl Repaired {
    /// Its rows: seconds, and shares of a restore of everything, which took `full` seconds; key
    /// unlocking is not counted. `least` are the seconds of the server alone.
    fn rows(
        &self,
        how: &str,
        unlock: Duration,
        full: f64,
        least: &Pair<f64>,
        bar: f64,
    ) -> Vec<Row> {
        let lies = [
            ("all over", self.took.all_over, least.all_over),
            ("together", self.took.together, least.together),
        ];
        let rows = lies.into_iter().flat_map(|(lies, took, least)| {
            let took = took.saturating_sub(unlock).as_secs_f64();
            let (share, least_share) = (100.0 * took / full, 100.0 * least / full);
            [
                Row::plain(
                    format!("restore of damage {lies}, {how}"),
                    format!("{took:.1} s; least: {least:.1} s, {least_share:.1} %"),
                ),
                Row::below("the same of a restore of everything", share, bar, "%"),
            ]
        });
        rows.collect()
    }
}
