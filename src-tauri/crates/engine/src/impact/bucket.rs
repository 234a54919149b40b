//! A token bucket that may go into debt: what was read is paid for before more is read.

use std::time::Duration;

/// What may be saved up while nothing is read, as time at the rate of the moment.
const SAVED: f64 = 0.05;

#[derive(Debug)]
pub(super) struct Bucket {
    /// Bytes a second.
    rate: f64,
    /// Bytes that may be read; negative: a debt.
    level: f64,
    at: Duration,
    /// Until when nothing is read.
    held: Duration,
}

impl Bucket {
    pub(super) fn new(at: Duration, rate: f64) -> Self {
        Self { rate, level: 0.0, at, held: at }
    }

    pub(super) fn set_rate(&mut self, at: Duration, rate: f64) {
        self.refill(at);
        self.rate = rate;
    }

    /// Reads nothing until then.
    pub(super) fn hold(&mut self, until: Duration) {
        self.held = self.held.max(until);
    }

    /// So many bytes were read; how long to wait before more are.
    pub(super) fn charge(&mut self, at: Duration, bytes: u64) -> Duration {
        self.refill(at);
        self.level -= bytes as f64;
        let debt = (-self.level).max(0.0) / self.rate;
        self.held.saturating_sub(at).max(Duration::from_secs_f64(debt.min(3_600.0)))
    }

    fn refill(&mut self, at: Duration) {
        let passed = at.saturating_sub(self.at).as_secs_f64();
        self.at = self.at.max(at);
        self.level = (self.level + passed * self.rate).min(self.rate * SAVED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_held_bucket_waits_and_saves_little() {
        let mut bucket = Bucket::new(Duration::ZERO, 1_000.0);
        assert_eq!(bucket.charge(Duration::ZERO, 500), Duration::from_millis(500));
        // An hour later no more than the slice of a moment is there at once.
        let hour = Duration::from_secs(3_600);
        assert_eq!(bucket.charge(hour, 1_050), Duration::from_secs(1));
        bucket.hold(hour + Duration::from_secs(9));
        assert_eq!(bucket.charge(hour, 0), Duration::from_secs(9));
    }

    proptest! {
        /// Whoever waits as told reads no faster than the rate, whatever the slices.
        #[test]
        fn the_rate_is_kept(slices in prop::collection::vec(1_u64..2_000_000, 1..200), rate in 1e5..1e8) {
            let mut bucket = Bucket::new(Duration::ZERO, rate);
            let mut now = Duration::ZERO;
            let mut read = 0;
            for slice in slices {
                read += slice;
                now += bucket.charge(now, slice);
                let most = rate * (now.as_secs_f64() + SAVED) + 1.0;
                prop_assert!(read as f64 <= most, "{read} bytes after {now:?}");
            }
            let least = rate * now.as_secs_f64() - rate * 0.001;
            prop_assert!(read as f64 >= least, "it is slower than the rate: {read} after {now:?}");
        }
    }
}
