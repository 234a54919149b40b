//! PF-004: what a gentle backup costs a live workload of 500 operations a second on the same
//! processors, in windows with and without it, by turns.

pub mod live;
pub mod worker;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::report::Row;
use live::{Live, OPERATIONS};
use worker::Worker;

/// The variable that chooses the windows: `short`, or pairs and seconds such as `9x30`.
const VARIABLE: &str = "AVAULT_BENCH_IMPACT";
/// A folder in memory, where the system has one.
const IN_MEMORY: &str = "/dev/shm";
/// Before each window, so that it begins in a steady state.
const SETTLE: Duration = Duration::from_secs(2);

/// How many windows, how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    pairs: usize,
    each: Duration,
    short: bool,
}

impl Plan {
    const WHOLE: Self = Self { pairs: 9, each: Duration::from_secs(30), short: false };
    const SHORT: Self = Self { pairs: 3, each: Duration::from_secs(10), short: true };

    fn chosen(text: Option<&str>) -> Result<Self> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Self::WHOLE) };
        if text == "short" {
            return Ok(Self::SHORT);
        }
        let numbers = text.split_once('x').and_then(|(pairs, seconds)| {
            Some((pairs.parse::<usize>().ok()?, seconds.parse::<u64>().ok()?))
        });
        match numbers {
            Some((pairs, seconds)) if pairs > 0 && seconds > 0 => {
                let each = Duration::from_secs(seconds);
                Ok(Self {
                    pairs,
                    each,
                    short: pairs < Self::WHOLE.pairs || each < Self::WHOLE.each,
                })
            }
            _ => bail!("{VARIABLE} is `short` or pairs and seconds such as 9x30, not `{text}`"),
        }
    }

    fn text(self) -> String {
        let form = if self.short { ", the short form: see make bench-impact" } else { "" };
        format!("{} pairs of {} s{form}", self.pairs, self.each.as_secs())
    }
}

/// What windows without and with a backup by turns told, pair by pair.
#[derive(Default)]
struct Pairs {
    alone: Vec<f64>,
    added: Vec<f64>,
    lost: Vec<f64>,
    rates: Vec<f64>,
}

/// Measures beside a store that shares no disk with the server, as one on another host does not, and
/// for comparison beside one on the server's own disk.
pub async fn measure(mongodb: &str, folder: &Path) -> Result<Vec<Row>> {
    let plan = Plan::chosen(std::env::var(VARIABLE).ok().as_deref())?;
    let live = Live::fill(mongodb).await?;
    let memory = Path::new(IN_MEMORY);
    let (place, shown) = match memory.is_dir() {
        true => (memory, "store in memory"),
        false => (folder, "store on the server's disk"),
    };
    let store = tempfile::Builder::new().prefix("avault-bench-").tempdir_in(place)?;
    let apart = pairs(&live, mongodb, store.path(), plan).await?;
    let few = Plan { pairs: plan.pairs.min(Plan::SHORT.pairs), ..plan };
    let shared = pairs(&live, mongodb, folder, few).await?;
    let unspared = unspared(&live, mongodb, folder, plan.each).await?;
    let alone = median(apart.alone).context("no window")?;
    // Hundredths are enough to print.
    let limit = ((alone * 10.0).round() / 100.0).max(0.5);
    let median_of = |values| median(values).context("no window");
    let shared = median_of(shared.added)?;
    Ok(vec![
        Row::plain(format!("live workload, {OPERATIONS} operations/s; {shown}"), plan.text()),
        Row::plain("its p99 without a backup", format!("{alone:.2} ms")),
        Row::below("p99 added by a gentle backup, median", median_of(apart.added)?, limit, "ms"),
        Row::below("throughput lost to it, median", median_of(apart.lost)?, 5.0, "%"),
        Row::at_least("gentle backup meanwhile, median", median_of(apart.rates)?, 20.0, "MB/s"),
        Row::plain(
            "p99 added where the store is on the server's own disk",
            format!("{shared:.1} ms, median of {} pairs", few.pairs),
        ),
        Row::plain(
            "p99 beside a backup there that spares nobody, one window",
            format!("{unspared:.2} ms"),
        ),
    ])
}

/// Windows without and with a backup by turns.
async fn pairs(live: &Live, mongodb: &str, folder: &Path, plan: Plan) -> Result<Pairs> {
    let mut worker = Worker::start(mongodb, folder, "gentle")?;
    live.window(SETTLE).await?;
    let mut pairs = Pairs::default();
    for pair in 0..plan.pairs {
        live.window(SETTLE).await?;
        let without = live.window(plan.each).await?;
        worker.begin().await?;
        live.window(SETTLE).await?;
        let from = worker.bytes().await?;
        let beside = live.window(plan.each).await?;
        let read = worker.bytes().await? - from;
        worker.end().await?;
        let (alone, busy) = (without.p99_ms(), beside.p99_ms());
        eprintln!("impact, pair {}: p99 {alone:.2} ms alone, {busy:.2} ms beside", pair + 1);
        pairs.alone.push(alone);
        pairs.added.push(busy - alone);
        pairs.lost.push(100.0 * (1.0 - beside.per_second() / without.per_second()));
        pairs.rates.push(read as f64 / 1e6 / plan.each.as_secs_f64());
    }
    worker.finish().await?;
    Ok(pairs)
}

/// For comparison: the p99 beside a backup with impact control off.
async fn unspared(live: &Live, mongodb: &str, folder: &Path, each: Duration) -> Result<f64> {
    let mut worker = Worker::start(mongodb, folder, "off")?;
    worker.begin().await?;
    let p99 = live.window(each.min(Duration::from_secs(10))).await?.p99_ms();
    worker.end().await?;
    worker.finish().await?;
    Ok(p99)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    values.get(middle - 1).map(|lower| f64::midpoint(*lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_windows_are_chosen_by_a_word() {
        assert_eq!(Plan::chosen(None).unwrap(), Plan::WHOLE);
        assert_eq!(Plan::chosen(Some("short")).unwrap(), Plan::SHORT);
        assert!(Plan::chosen(Some("2x5")).unwrap().short);
        assert!(!Plan::chosen(Some("12x40")).unwrap().short);
        assert!(Plan::chosen(Some("0x5")).is_err() && Plan::chosen(Some("long")).is_err());
    }

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(vec![]), None);
    }
}
