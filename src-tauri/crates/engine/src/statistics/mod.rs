//! `statistics`: what the store holds, how it grows, and when it is full.

mod measure;
pub mod outcome;

pub(crate) use measure::{Measured, measure};

use vault::PruneRequest;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::number::as_f64;
use crate::retention::Policy;
use outcome::{ClassBytes, DayGrowth, StoreStatistics, TypeBytes};

const DAY_MS: i64 = 24 * 3_600_000;
/// Days over which growth is averaged.
const AVERAGED_DAYS: i64 = 30;

/// Statistics of the store; `policy` tells the quota.
///
/// # Errors
/// When the vault is not connected, is damaged, or cannot be read.
pub async fn get(engine: &Engine, policy: &Policy) -> Result<StoreStatistics, EngineError> {
    let vault = engine.vault()?;
    let measured = measure(&vault).await?;
    let dry = PruneRequest { dry_run: true };
    let cancel = tokio_util::sync::CancellationToken::new();
    // A store without times of its own cannot be pruned and still has statistics.
    let unused = match vault.prune(dry, &|_| {}, &cancel).await {
        Ok(report) => Some(report),
        Err(vault::VaultError::NoStoreClock { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let sum =
        |of: fn(&vault::PruneReport) -> vault::Tally| unused.as_ref().map(of).unwrap_or_default();
    let parts =
        [sum(|report| report.deleted), sum(|report| report.marked), sum(|report| report.young)];
    let unused_bytes = parts.iter().map(|tally| tally.bytes).sum();
    let total = measured.usage.total();
    let growth = growth(&measured.history);
    let bytes_per_day = average(&growth, engine.context().now_ms());
    let used = total.bytes + unused_bytes;
    let left = policy.quota_bytes.map(|quota| as_f64(quota.saturating_sub(used)));
    Ok(StoreStatistics {
        backups: measured.sets,
        objects: total.objects,
        stored_bytes: total.bytes,
        unused_objects: parts.iter().map(|tally| tally.objects).sum(),
        unused_bytes,
        logical_bytes: measured.usage.logical_bytes,
        deduplication: as_f64(measured.usage.logical_bytes) / as_f64(total.bytes.max(1)),
        by_type: measured
            .usage
            .by_type
            .iter()
            .map(|(kind, tally)| TypeBytes {
                kind: (*kind).to_owned(),
                objects: tally.objects,
                bytes: tally.bytes,
            })
            .collect(),
        by_class: measured
            .by_class
            .iter()
            .map(|(class, measured)| ClassBytes {
                class: *class,
                bytes: measured.bytes,
                newest_bytes: measured.newest_bytes,
                churn_per_day: measured.churn_per_day,
            })
            .collect(),
        days_until_quota: left.filter(|_| bytes_per_day > 0.0).map(|left| left / bytes_per_day),
        growth,
        bytes_per_day,
        quota_bytes: policy.quota_bytes,
    })
}

/// What was added to the store on each day on which anything was, oldest first.
fn growth(history: &[vault::Added]) -> Vec<DayGrowth> {
    let mut days: Vec<DayGrowth> = Vec::new();
    for added in history {
        let day = added.at_ms - added.at_ms.rem_euclid(DAY_MS);
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => {
                last.bytes += added.stored_bytes;
                last.backups += 1;
            }
            None => days.push(DayGrowth { day, bytes: added.stored_bytes, backups: 1 }),
        }
    }
    days
}

/// Bytes added a day over the last days. The very first backup is no growth.
fn average(growth: &[DayGrowth], now_ms: i64) -> f64 {
    let Some(first) = growth.first() else { return 0.0 };
    let from = (now_ms - AVERAGED_DAYS * DAY_MS).max(first.day + DAY_MS);
    let bytes: u64 = growth.iter().filter(|day| day.day >= from).map(|day| day.bytes).sum();
    let days = as_f64((now_ms - from).max(0).unsigned_abs()) / as_f64(DAY_MS.unsigned_abs());
    if days > 0.0 { as_f64(bytes) / days.max(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(day: i64, stored_bytes: u64) -> vault::Added {
        vault::Added { at_ms: day * DAY_MS + 5, stored_bytes, classes: Vec::new() }
    }

    #[test]
    fn growth_is_counted_by_day_and_the_first_backup_is_none() {
        let days = growth(&[added(3, 1000), added(4, 10), added(4, 20), added(6, 30)]);
        let shown: Vec<_> =
            days.iter().map(|day| (day.day / DAY_MS, day.bytes, day.backups)).collect();
        assert_eq!(shown, [(3, 1000, 1), (4, 30, 2), (6, 30, 1)]);
        assert_eq!(average(&days, 7 * DAY_MS), 20.0);
        assert_eq!(average(&days, 3 * DAY_MS + 50), 0.0);
        assert_eq!(average(&[], 9), 0.0);
    }
}
