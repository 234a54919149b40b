//! What the vault may not have of its own: time, randomness, identity, resources.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rand::TryRng;
use ulid::Ulid;

/// A source of time.
pub trait Clock: Send + Sync {
    /// Unix time in milliseconds.
    fn now_ms(&self) -> i64;
}

/// A source of randomness fit for keys and salts.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's clock; for mains, never used by the vault on its own account.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random source; for mains.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// Ends the process when the system has no randomness: going on would seal data with a
    /// guessable key.
    fn fill(&self, bytes: &mut [u8]) {
        if rand::rngs::SysRng.try_fill_bytes(bytes).is_err() {
            tracing::error!("the operating system gives no randomness");
            std::process::abort();
        }
    }
}

/// How much a writer may use at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources {
    /// Segments sealed at the same time; at most the number of cores.
    pub sealing_workers: usize,
    /// Bytes of plaintext handed over to the workers and not yet stored.
    pub sealing_bytes: usize,
    /// Requests to the store at the same time while checking or committing.
    pub store_requests: usize,
    /// Entries of this writer's ledger that are put together in one bundle.
    pub bundle_entries: u64,
}

impl Default for Resources {
    fn default() -> Self {
        Self { sealing_workers: 2, sealing_bytes: 24 << 20, store_requests: 8, bundle_entries: 128 }
    }
}

/// What a vault is given by its caller.
#[derive(Clone)]
pub struct VaultContext {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Stable identity of this workstation or agent; it owns one ledger. Stored encrypted only.
    pub writer_id: String,
    /// The product's version, kept in what it writes.
    pub tool_version: String,
    /// Limits.
    pub resources: Resources,
}

impl VaultContext {
    /// A fresh ULID of this time.
    pub(crate) fn new_id(&self) -> String {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        let now = u64::try_from(self.clock.now_ms()).unwrap_or_default();
        Ulid::from_parts(now, u128::from_le_bytes(random)).to_string()
    }
}

impl std::fmt::Debug for VaultContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultContext")
            .field("writer_id", &self.writer_id)
            .field("tool_version", &self.tool_version)
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}
