//! Tools for tests of the vault and of what is built on it: a clock and randomness that repeat, and
//! stores that misbehave.

pub mod conformance;
mod faults;
mod pressure;
mod stores;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub use faults::{FaultyStore, LockedStore, Method};
pub use pressure::{FullStore, SlowStore};
pub use stores::{ClockedStore, DyingStore, FlippingStore, StaleListStore};

use crate::VaultError;
use crate::context::{Clock, Entropy, Resources, VaultContext};
use crate::set::writer::PartWriter;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at `now_ms`, Unix time in milliseconds.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self(AtomicI64::new(now_ms))
    }

    /// Moves it by `by_ms` milliseconds.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    /// Each look moves it by a millisecond, so that what comes later also looks later.
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Randomness that repeats for a seed. Never for real data.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    calls: AtomicU64,
}

impl SeededEntropy {
    /// The sequence of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, calls: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes()).update(&call.to_le_bytes());
        hasher.finalize_xof().fill(bytes);
    }
}

/// Ends a part's segment at hand, however small it is.
///
/// # Errors
/// What went wrong with a segment on its way to the store.
pub async fn end_segment(part: &mut PartWriter) -> Result<(), VaultError> {
    part.end_segment().await
}

/// A context for tests: seeded randomness, a clock that starts later for a larger seed, as that of a
/// later run does, and bundles so small that a short ledger has some.
#[must_use]
pub fn context(writer_id: &str, seed: u64) -> VaultContext {
    VaultContext {
        clock: Arc::new(ManualClock::new(1_790_000_000_000 + 60_000 * (seed as i64))),
        entropy: Arc::new(SeededEntropy::new(seed)),
        writer_id: writer_id.to_owned(),
        tool_version: "test".to_owned(),
        resources: small_bundles(),
    }
}

/// The default, but bundles of three entries.
#[must_use]
pub fn small_bundles() -> Resources {
    Resources { bundle_entries: 3, ..Resources::default() }
}
