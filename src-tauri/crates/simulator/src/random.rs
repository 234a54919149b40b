//! Seeded randomness: each decision has a generator of its own, derived from the seed and a label.
//!
//! A decision therefore depends on nothing but the seed and what it is about: a game that is taken
//! over after a crash goes on as it would have, and the same seed gives the same games.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};

/// The generator for the decision that `labels` name.
pub(crate) fn generator(seed: u64, labels: &[&[u8]]) -> StdRng {
    StdRng::from_seed(derived(seed, labels))
}

/// 32 bytes derived from the seed and the labels (each prefixed by its length, so that no two
/// lists of labels run together).
pub(crate) fn derived(seed: u64, labels: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    for label in labels {
        hash.update((label.len() as u64).to_le_bytes());
        hash.update(label);
    }
    hash.finalize().into()
}

/// Index of one of `weights`, by weight; 0 when there is none above zero.
pub(crate) fn weighted(rng: &mut StdRng, weights: &[f64]) -> usize {
    let total: f64 = weights.iter().sum();
    let mut at = rng.random::<f64>() * total;
    for (index, weight) in weights.iter().enumerate() {
        at -= weight;
        if at < 0.0 {
            return index;
        }
    }
    weights.iter().rposition(|weight| *weight > 0.0).unwrap_or(0)
}

/// A factor around 1 with a long tail to the right (log-normal, median 1).
pub(crate) fn spread(rng: &mut StdRng, sigma: f64) -> f64 {
    // Sum of twelve uniform numbers less six: close to normal, without transcendental functions.
    let normal: f64 = (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0;
    (sigma * normal).exp()
}

/// Puts items into a random order.
pub(crate) fn shuffle<T>(rng: &mut StdRng, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, rng.random_range(0..=last));
    }
}
