//! What a check by sample can tell of what it did not read.

/// Segments there are, and how many of them were read, each chosen by chance and alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Coverage {
    /// Segments in reach of the check, each counted once.
    pub segments: u64,
    /// Of them, those whose bytes were read.
    pub read: u64,
}

impl Coverage {
    /// Whether nothing was left out.
    #[must_use]
    pub fn complete(self) -> bool {
        self.read >= self.segments
    }

    /// The probability, 0 to 1, that at least one of so many damaged segments was among those read.
    ///
    /// The segments read are any `read` of `segments` with equal probability, so the damage is missed
    /// with C(segments − damaged, read) / C(segments, read).
    #[must_use]
    pub fn finds(self, damaged: u64) -> f64 {
        if self.segments == 0 {
            return 1.0;
        }
        let unread = self.segments.saturating_sub(self.read);
        let mut missed = 1.0;
        for one in 0..damaged.min(self.segments) {
            missed *= as_f64(unread.saturating_sub(one)) / as_f64(self.segments - one);
            if missed == 0.0 {
                break;
            }
        }
        1.0 - missed
    }

    /// The fewest damaged segments of which at least one is found with `probability`; none when even
    /// damage to all would be missed.
    #[must_use]
    pub fn found_from(self, probability: f64) -> Option<u64> {
        if self.finds(self.segments) < probability {
            return None;
        }
        let (mut low, mut high) = (1, self.segments.max(1));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.finds(middle) >= probability { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }
}

/// Segments are far fewer than 2^53.
#[allow(clippy::cast_precision_loss)]
fn as_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    }

    #[test]
    fn the_probability_is_that_of_drawing_without_replacement() {
        let coverage = Coverage { segments: 10, read: 3 };
        near(coverage.finds(0), 0.0);
        near(coverage.finds(1), 0.3);
        // 1 − C(8,3)/C(10,3) = 1 − 56/120
        near(coverage.finds(2), 1.0 - 56.0 / 120.0);
        near(coverage.finds(8), 1.0);
        near(coverage.finds(99), 1.0);
        near(Coverage { segments: 10, read: 10 }.finds(1), 1.0);
        near(Coverage { segments: 10, read: 0 }.finds(10), 0.0);
        near(Coverage::default().finds(1), 1.0);
    }

    #[test]
    fn the_least_damage_that_is_found_is_told() {
        let coverage = Coverage { segments: 1000, read: 50 };
        let least = coverage.found_from(0.95).unwrap();
        assert!(coverage.finds(least) >= 0.95 && coverage.finds(least - 1) < 0.95, "{least}");
        assert_eq!(Coverage { segments: 10, read: 10 }.found_from(0.95), Some(1));
        assert_eq!(Coverage { segments: 10, read: 0 }.found_from(0.95), None);
    }
}
