//! Numeric fitting that the policies share.

/// Lower when a team is to be picked with fewer evil players: by quest, how much each further evil
/// member tells against a team (players learn as the game goes on).
const EVIL_PENALTY: [f64; 5] = [0.4, 1.0, 1.2, 0.95, 1.5];

/// The penalty of quest 1 to 5.
pub(super) fn evil_penalty(quest: u8) -> f64 {
    crate::reference::of_quest(&EVIL_PENALTY, quest)
}

/// The argument at which a falling or rising function takes a value, by bisection.
pub(super) fn solve(low: f64, high: f64, target: f64, function: impl Fn(f64) -> f64) -> f64 {
    let rising = function(high) > function(low);
    let (mut low, mut high) = (low, high);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if (function(middle) < target) == rising {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

pub(super) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

fn choose(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// Probability of 0, 1, … evil players among `size` picked from `evil` and `good`, where each evil
/// one is less likely by `exp(-penalty)`.
pub(super) fn evil_distribution(evil: usize, good: usize, size: usize, penalty: f64) -> Vec<f64> {
    let weights: Vec<f64> = (0..=evil.min(size))
        .map(|k| choose(evil, k) * choose(good, size - k) * (-penalty * k as f64).exp())
        .collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| if total > 0.0 { weight / total } else { 0.0 }).collect()
}
