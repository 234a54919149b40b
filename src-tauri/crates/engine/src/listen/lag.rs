//! How long after its event a snapshot was there.

use super::outcome::ListenOutcome;

/// Lags of more are counted together.
const MOST_MS: usize = 10_000;

/// Counts of lags by the millisecond: memory does not grow with what was measured.
#[derive(Debug)]
pub(super) struct Lags {
    counts: Vec<u64>,
    most: u64,
}

impl Default for Lags {
    fn default() -> Self {
        Self { counts: vec![0; MOST_MS + 1], most: 0 }
    }
}

impl Lags {
    /// Adds a lag; a clock behind the sender's counts as none.
    pub(super) fn add(&mut self, ms: i64) {
        let ms = u64::try_from(ms).unwrap_or(0);
        self.most = self.most.max(ms);
        let place = usize::try_from(ms).unwrap_or(MOST_MS).min(MOST_MS);
        if let Some(count) = self.counts.get_mut(place) {
            *count += 1;
        }
    }

    /// The lag that so many of 100 snapshots do not exceed; none before the first.
    fn percentile(&self, of_100: u64) -> Option<u64> {
        let all: u64 = self.counts.iter().sum();
        let wanted = (all * of_100).div_ceil(100).max(1);
        let mut seen = 0;
        let place = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        })?;
        Some((place as u64).min(self.most))
    }

    /// Writes what was measured into an outcome.
    pub(super) fn tell(&self, outcome: &mut ListenOutcome) {
        outcome.lag_p50_ms = self.percentile(50);
        outcome.lag_p99_ms = self.percentile(99);
        outcome.lag_max_ms = self.percentile(100).map(|_| self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lags: &Lags) -> [Option<u64>; 3] {
        let mut outcome = ListenOutcome::default();
        lags.tell(&mut outcome);
        [outcome.lag_p50_ms, outcome.lag_p99_ms, outcome.lag_max_ms]
    }

    #[test]
    fn percentiles_are_those_of_what_was_added() {
        let mut lags = Lags::default();
        assert_eq!(told(&lags), [None; 3]);
        for ms in 1..=100 {
            lags.add(ms);
        }
        assert_eq!(told(&lags), [Some(50), Some(99), Some(100)]);
        lags.add(-5);
        lags.add(60_000);
        assert_eq!(told(&lags)[2], Some(60_000));
    }
}
