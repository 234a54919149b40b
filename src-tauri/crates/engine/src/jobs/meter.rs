//! Progress: cheap to tell from many tasks, turned into a rate at each tick.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::job::{Progress, Throttling, Unit};
use crate::number::as_f64;

/// How far back the rate looks, in milliseconds.
const WINDOW_MS: i64 = 5_000;

#[derive(Debug)]
struct Current {
    phase: String,
    unit: Unit,
    total: Option<u64>,
    detail: Option<String>,
}

/// What a running job has told of its progress.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    done: AtomicU64,
    current: Mutex<Option<Current>>,
    samples: Mutex<VecDeque<(i64, u64)>>,
    throttling: Mutex<Option<Throttling>>,
    held: Mutex<Option<String>>,
}

impl Meter {
    pub(crate) fn begin(&self, phase: &str, unit: Unit, total: Option<u64>) {
        let mut current = lock(&self.current);
        lock(&self.samples).clear();
        self.done.store(0, Ordering::Relaxed);
        *current = Some(Current { phase: phase.to_owned(), unit, total, detail: None });
    }

    pub(crate) fn advance(&self, amount: u64) {
        self.done.fetch_add(amount, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, done: u64, total: Option<u64>) {
        self.done.store(done, Ordering::Relaxed);
        if let Some(current) = lock(&self.current).as_mut() {
            current.total = total.or(current.total);
        }
    }

    pub(crate) fn detail(&self, detail: &str) {
        if let Some(current) = lock(&self.current).as_mut() {
            current.detail = Some(detail.to_owned());
        }
    }

    /// Shown beside phases that read bytes.
    pub(crate) fn throttling(&self, throttling: Throttling) {
        *lock(&self.throttling) = Some(throttling);
    }

    pub(crate) fn held(&self, phase: Option<&str>) {
        *lock(&self.held) = phase.map(str::to_owned);
    }

    /// The progress now, with the rate over the last seconds.
    pub(crate) fn read(&self, now_ms: i64) -> Option<Progress> {
        let current = lock(&self.current);
        let current = current.as_ref()?;
        let done = self.done.load(Ordering::Relaxed);
        let rate = self.rate(now_ms, done);
        let left = current.total.map(|total| total.saturating_sub(done));
        Some(Progress {
            phase: lock(&self.held).clone().unwrap_or_else(|| current.phase.clone()),
            done,
            total: current.total,
            unit: current.unit,
            rate_per_second: rate,
            eta_seconds: left.filter(|_| rate > 0.0).map(|left| as_f64(left) / rate),
            detail: current.detail.clone(),
            throttling: lock(&self.throttling).clone().filter(|_| current.unit == Unit::Bytes),
        })
    }

    fn rate(&self, now_ms: i64, done: u64) -> f64 {
        let mut samples = lock(&self.samples);
        samples.push_back((now_ms, done));
        while samples.len() > 2 && samples.front().is_some_and(|(at, _)| now_ms - at > WINDOW_MS) {
            samples.pop_front();
        }
        match samples.front() {
            Some((at, before)) if now_ms > *at => {
                as_f64(done.saturating_sub(*before)) * 1000.0 / as_f64((now_ms - at).unsigned_abs())
            }
            _ => 0.0,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_looks_at_the_last_seconds_only() {
        let meter = Meter::default();
        assert_eq!(meter.read(0), None);
        meter.begin("scan", Unit::Bytes, Some(1_000));
        meter.advance(100);
        meter.read(1_000);
        meter.advance(100);
        let progress = meter.read(2_000).unwrap();
        assert!((progress.rate_per_second - 100.0).abs() < 1e-9);
        assert_eq!(progress.eta_seconds, Some(8.0));
        for at in 3..30 {
            meter.read(at * 1_000);
        }
        let stalled = meter.read(30_000).unwrap();
        assert!(stalled.rate_per_second.abs() < 1e-9);
        assert_eq!(stalled.eta_seconds, None);
        meter.begin("commit", Unit::Steps, None);
        assert_eq!(meter.read(31_000).unwrap().done, 0);
    }
}
