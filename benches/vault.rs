//! PF-001: backup by the command line, beside the raw drain.

use std::path::Path;

use anyhow::{Context, Result};

use crate::increment::{self, Full};
use crate::report::Row;
use crate::{DATABASE, check, ledger, limit, peer, process, restore};

/// Bytes in a MiB.
pub const MIB: f64 = 1_048_576.0;

/// Backs the game database up beside the limit of the same minutes, then what stands on that.
pub async fn measure(mongodb: &str, redis: &str, bytes: u64, folder: &Path) -> Result<Vec<Row>> {
    let avault = std::env::current_exe()?.with_file_name("avault");
    let avault = avault.to_str().context("the path of avault is not text")?;
    let config = configuration(mongodb, redis, folder)?;
    let home = folder.join("home").display().to_string();
    let store = folder.join("store").display().to_string();
    let run = async |arguments: &[&str]| {
        let mut all = vec!["--config", &config, "--home", &home, "--json"];
        all.extend(arguments);
        process::run(avault, &all, &[]).await
    };
    run(&["init", "--store", &store]).await?;

    let unlock = run(&["backup", "list"]).await?.took;
    let drain = limit::best_drain(mongodb, DATABASE).await?;
    let backup = first_full(folder, &store, &run).await?;
    let stored = folder_bytes(Path::new(&store))?;
    let speed = bytes as f64 / 1e6 / backup.took.as_secs_f64();
    let working = backup.took.saturating_sub(unlock).as_secs_f64();
    let unlocked_speed = bytes as f64 / 1e6 / working;
    let mut rows = vec![
        Row::plain("raw drain, best", format!("{:.0} MB/s", drain.mb_per_second())),
        Row::plain(
            "backup, median of three",
            format!("{speed:.0} MB/s, {:.0} MB stored", stored as f64 / 1e6),
        ),
        Row::at_least("backup of the raw drain", 100.0 * speed / drain.mb_per_second(), 30.0, "%"),
        Row::plain(
            "the same, key unlocking excluded",
            format!(
                "{:.1} % ({:.2} s of {:.2} are unlocking)",
                100.0 * unlocked_speed / drain.mb_per_second(),
                unlock.as_secs_f64(),
                backup.took.as_secs_f64()
            ),
        ),
        Row::below("backup, peak memory", backup.peak_rss as f64 / MIB, 400.0, "MiB"),
    ];
    rows.extend(peer::measure(mongodb, DATABASE, bytes, speed).await?);

    let again = run(&["backup", "create"]).await?;
    let added = folder_bytes(Path::new(&store))? - stored;
    rows.push(Row::plain(
        "second full, nothing changed",
        format!("{:.1} s, {:.2} MB added", again.took.as_secs_f64(), added as f64 / 1e6),
    ));
    let full = Full { took: backup.took, stored };
    rows.extend(increment::measure(mongodb, Path::new(&store), &full, &run).await?);
    let verify = run(&["backup", "verify", "latest", "--level", "3"]).await?;
    rows.push(Row::plain(
        "verify to L3",
        format!("{:.0} MB/s of BSON", bytes as f64 / 1e6 / verify.took.as_secs_f64()),
    ));
    rows.extend(restore::measure(mongodb, bytes, drain.mb_per_second(), &run).await?);
    Ok(rows)
}

/// Backups into stores that hold nothing: how many.
const FULLS: usize = 3;
/// Entries that hourly increments, compactions and removals add to a ledger in a year.
const YEAR: u64 = 30_000;

/// Backs everything up into an empty store, several times: the drain beside it is the best of
/// several too. Returns the run of median time, with the most memory of all; the last store stays.
async fn first_full<R>(folder: &Path, store: &str, run: &R) -> Result<process::Run>
where
    R: AsyncFn(&[&str]) -> Result<process::Run>,
{
    let mut fulls = Vec::new();
    for _ in 0..FULLS {
        std::fs::remove_dir_all(store)?;
        std::fs::remove_dir_all(folder.join("home"))?;
        run(&["init", "--store", store]).await?;
        fulls.push(run(&["backup", "create"]).await?);
    }
    let most = fulls.iter().map(|full| full.peak_rss).max().unwrap_or_default();
    fulls.sort_by_key(|full| full.took);
    let median = fulls.swap_remove(FULLS / 2);
    Ok(process::Run { peak_rss: most, ..median })
}

/// Checks of a vault by itself: no rules of games are judged.
pub async fn checks(folder: &Path) -> Result<Vec<Row>> {
    let rates = check::measure(&folder.join("checked"), 200_000, 600).await?;
    let lists = ledger::measure(&folder.join("listed"), YEAR).await?;
    Ok(vec![
        Row::at_least("check, structure only", rates.objects_per_second, 100_000.0, "objects/s"),
        Row::plain("check of all bytes", format!("{:.0} MB/s of documents", rates.bytes_only)),
        Row::at_least("check of all content", rates.all_content, 400.0, "MB/s of documents"),
        Row::plain(
            "list of backups after a year",
            format!(
                "{:.0} ms; {:.0} ms entry by entry",
                lists.bundled * 1e3,
                lists.entry_by_entry * 1e3
            ),
        ),
    ])
}

fn configuration(mongodb: &str, redis: &str, folder: &Path) -> Result<String> {
    std::fs::write(folder.join("passphrase"), "a passphrase of the benchmark")?;
    let store = folder.join("store");
    let text = format!(
        "environment = \"test\"\n[service]\nmongodb = \"{mongodb}\"\nredis = \"{redis}\"\n\
         database = \"{DATABASE}\"\n[store]\nurl = \"{}\"\n[key]\npassphrase_file = \"passphrase\"\n",
        std::path::absolute(store)?.display()
    );
    let path = folder.join("avault.toml");
    std::fs::write(&path, text)?;
    Ok(path.display().to_string())
}

/// Bytes of all files below a folder.
pub fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.metadata()?;
        bytes += if kind.is_dir() { folder_bytes(&entry.path())? } else { kind.len() };
    }
    Ok(bytes)
}
