//! What vaults of the benchmarks are opened with.

use std::sync::Arc;

use engine::vault::{Resources, SystemClock, SystemEntropy, VaultContext};

/// The system's clock and randomness, and the default resources.
pub fn vault_context() -> VaultContext {
    VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id: "bench".to_owned(),
        tool_version: "bench".to_owned(),
        resources: Resources::default(),
    }
}
