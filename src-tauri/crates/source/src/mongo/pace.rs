//! Slowing reading down for the service that reads and writes beside it.

use std::fmt::Debug;

use async_trait::async_trait;

/// Tells a scan when it may go on.
#[async_trait]
pub trait Pace: Send + Sync + Debug {
    /// So many bytes were read; returns when more may be.
    async fn read(&self, bytes: u64);
}
