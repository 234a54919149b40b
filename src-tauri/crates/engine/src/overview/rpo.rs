//! How much of a class is at risk, against what the policy allows.

use super::outcome::RpoState;
use crate::retention::{ClassPolicy, Frequency};

const HOUR: i64 = 3_600;
/// So much of the allowed age, in percent, is at risk.
const AT_RISK: i64 = 80;

/// The greatest age in seconds that the policy allows a class's newest backup; none for what is
/// taken on change.
pub(super) const fn target_seconds(policy: &ClassPolicy) -> Option<i64> {
    match policy.every {
        Frequency::Event => Some(1),
        Frequency::Hour => Some(HOUR),
        Frequency::Day => Some(24 * HOUR),
        Frequency::Week => Some(7 * 24 * HOUR),
        Frequency::Change => None,
    }
}

/// Where an age stands against its target.
pub(super) const fn state(age: Option<i64>, target: Option<i64>) -> RpoState {
    match (age, target) {
        (None, _) => RpoState::Never,
        (Some(age), Some(target)) if age > target => RpoState::Late,
        (Some(age), Some(target)) if age * 100 > target * AT_RISK => RpoState::AtRisk,
        _ => RpoState::Met,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retention::Policy;

    #[test]
    fn an_age_is_held_against_the_policy() {
        let policy = Policy::default();
        assert_eq!(target_seconds(&policy.rooms), Some(3_600));
        assert_eq!(target_seconds(&policy.configuration), None);
        let of = |age| state(Some(age), Some(1_000));
        assert_eq!([of(0), of(800), of(801)], [RpoState::Met, RpoState::Met, RpoState::AtRisk]);
        assert_eq!([of(1_000), of(1_001)], [RpoState::AtRisk, RpoState::Late]);
        assert_eq!(state(None, Some(1)), RpoState::Never);
        assert_eq!(state(Some(1 << 40), None), RpoState::Met);
    }
}
