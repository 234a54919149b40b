//! What a policy will come to, over the bytes that were measured.

use std::collections::BTreeMap;

use source::profile::DataClass;

use super::outcome::{ClassForecast, PolicyForecast, RunCount};
use super::policy::{Policy, TierMethod};
use super::simulate::{Scenario, Simulation, simulate};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::number::{as_f64, as_u64};
use crate::statistics::{Measured, measure};

const DAY_MS: i64 = 24 * 3_600_000;

/// What `policy` comes to in `days`, beside `current`, the one in force. Without a vault only runs
/// and sets are told.
///
/// # Errors
/// When the policy cannot be carried out or the vault is damaged.
pub async fn forecast(
    engine: &Engine,
    policy: &Policy,
    current: &Policy,
    days: u32,
) -> Result<PolicyForecast, EngineError> {
    policy.validate()?;
    let measured = match engine.connections().vault {
        Some(vault) => measure(&vault).await?.by_class,
        None => BTreeMap::new(),
    };
    let start_ms = engine.context().now_ms();
    let scenario = Scenario { start_ms, days, ..Scenario::default() };
    let (policy, current) = (*policy, *current);
    // Hour by hour over years: not on a thread that answers others.
    let work = move || {
        let of = |policy| classes(&simulate(policy, &scenario), &scenario, &measured);
        (of(&policy), of(&current))
    };
    let (classes, now) = tokio::task::spawn_blocking(work).await?;
    let sum = |classes: &[ClassForecast]| classes.iter().filter_map(|class| class.bytes).sum();
    Ok(PolicyForecast {
        days,
        bytes: sum(&classes),
        current_bytes: sum(&now),
        classes,
        quota_bytes: policy.quota_bytes,
    })
}

fn classes(
    simulation: &Simulation,
    scenario: &Scenario,
    measured: &BTreeMap<DataClass, Measured>,
) -> Vec<ClassForecast> {
    let of_class = |class: DataClass| {
        let mut runs: BTreeMap<(TierMethod, bool), u64> = BTreeMap::new();
        for run in simulation.runs.iter().filter(|run| run.due.class == class) {
            *runs.entry((run.due.method, run.due.synthetic)).or_default() += 1;
        }
        let left = simulation.left.iter().filter(|set| set.class == class);
        let oldest_ms = left.clone().map(|set| set.taken_ms).min();
        let count = |(&(method, synthetic), &runs)| RunCount { method, synthetic, runs };
        ClassForecast {
            class,
            runs: runs.iter().map(count).collect(),
            expired: simulation.expiries.iter().filter(|set| set.class == class).count() as u64,
            left: left.count() as u64,
            bytes: measured.get(&class).map(|measured| bytes(measured, oldest_ms, scenario)),
        }
    };
    DataClass::ALL.into_iter().map(of_class).collect()
}

/// Segments that did not change are shared: what is kept takes the newest state once, and what was
/// replaced in the days that the oldest set reaches back.
fn bytes(measured: &Measured, oldest_ms: Option<i64>, scenario: &Scenario) -> u64 {
    let end_ms = scenario.start_ms + i64::from(scenario.days) * DAY_MS;
    let kept_ms = oldest_ms.map_or(0, |oldest_ms| end_ms - oldest_ms);
    let kept_days = as_f64(kept_ms.unsigned_abs()) / as_f64(DAY_MS.unsigned_abs());
    measured.newest_bytes + as_u64(measured.churn_per_day * kept_days)
}
