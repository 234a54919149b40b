//! What a reading by sample tells, in numbers and as a sentence.

use vault::Coverage;

use crate::backup::outcome::{CoverageView, DamageChance};

/// Sizes of damage that a statement names, in segments.
const SIZES: [u64; 4] = [1, 3, 10, 100];
/// A damage that is found so surely counts as found.
const SURELY: f64 = 0.95;

impl CoverageView {
    pub(super) fn of(coverage: Coverage) -> Self {
        let chance = |damaged| DamageChance {
            damaged,
            per_ten_thousand: per_ten_thousand(coverage.finds(damaged)),
        };
        let sizes = SIZES.into_iter().filter(|size| *size <= coverage.segments);
        Self {
            segments: coverage.segments,
            read: coverage.read,
            complete: coverage.complete(),
            chances: sizes.map(chance).collect(),
            found_from: coverage.found_from(SURELY),
        }
    }

    /// The statement in English.
    #[must_use]
    pub fn statement(&self) -> String {
        if self.complete {
            return format!("all {} segments were read", self.segments);
        }
        let mut parts = vec![format!("of {} segments {} were read", self.segments, self.read)];
        for chance in &self.chances {
            let percent = f64::from(chance.per_ten_thousand) / 100.0;
            parts.push(match chance.damaged {
                1 => format!("a single damaged segment is found with probability {percent} %"),
                more => format!("a damage of {more} segments with {percent} %"),
            });
        }
        if let Some(least) = self.found_from {
            parts.push(format!("from {least} damaged segments on with 95 % or more"));
        }
        parts.join("; ")
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn per_ten_thousand(probability: f64) -> u32 {
    // A probability lies between 0 and 1.
    (probability * 10_000.0 + 1e-6).floor() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_states_what_it_covers() {
        let view = CoverageView::of(Coverage { segments: 200, read: 20 });
        assert_eq!(view.chances[0], DamageChance { damaged: 1, per_ten_thousand: 1_000 });
        assert_eq!(
            view.statement(),
            "of 200 segments 20 were read; a single damaged segment is found with probability 10 %; \
             a damage of 3 segments with 27.22 %; a damage of 10 segments with 66.02 %; \
             a damage of 100 segments with 99.99 %; \
             from 27 damaged segments on with 95 % or more"
        );
        let all = CoverageView::of(Coverage { segments: 2, read: 2 });
        assert_eq!(all.statement(), "all 2 segments were read");
    }
}
