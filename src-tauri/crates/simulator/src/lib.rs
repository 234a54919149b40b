//! A faithful Avalon game service on a real MongoDB and Redis, and the injector of labelled
//! anomalies.
//!
//! [`Simulator::bulk`] fills the collections with finished games; [`Simulator::play_live`] keeps
//! tables being played with the order of writes of the contract, heartbeats, and obedience to the
//! control stream; [`anomaly::inject`] damages the data and says exactly how.

pub mod anomaly;
mod board;
mod bulk;
mod cache;
mod clock;
mod configuration;
mod control;
mod error;
mod game;
mod live;
mod names;
mod options;
mod pace;
mod policy;
mod population;
mod random;
mod reference;
mod room;
mod standings;
mod statistics;
mod store;

use std::sync::Arc;

pub use bulk::BulkReport;
pub use clock::{Clock, SystemClock};
pub use error::SimulatorError;
pub use live::{Acknowledged, LiveReport};
pub use options::{Modules, SimulatorOptions};
pub use reference::{APPROVAL_BY_ATTEMPT, REFERENCE, Reference};
pub use statistics::{Comparison, Row, Statistics, played_statistics};

use cache::Cache;
use source::profile::Profile;
use store::Store;

/// The game service: connections, options, time.
#[derive(Clone)]
pub struct Simulator {
    store: Store,
    cache: Cache,
    options: SimulatorOptions,
    clock: Arc<dyn Clock>,
    redis_url: String,
}

impl Simulator {
    /// Connects to the two servers. `mongodb_uri` must name a replica set.
    ///
    /// # Errors
    /// A server does not answer, or the profile lacks a name that the game service needs.
    pub async fn new(
        mongodb_uri: &str,
        redis_url: &str,
        profile: Profile,
        options: SimulatorOptions,
    ) -> Result<Simulator, SimulatorError> {
        Simulator::with_clock(mongodb_uri, redis_url, profile, options, Arc::new(SystemClock)).await
    }

    /// [`Simulator::new`] on a clock of the caller's.
    ///
    /// # Errors
    /// As [`Simulator::new`].
    pub async fn with_clock(
        mongodb_uri: &str,
        redis_url: &str,
        profile: Profile,
        options: SimulatorOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Simulator, SimulatorError> {
        options.validate()?;
        let started = clock.now_ms().to_le_bytes();
        let process = std::process::id().to_le_bytes();
        // Two instances must differ even with the same seed.
        let unique = random::derived(options.seed, &[b"instance", &started, &process]);
        let suffix: String = unique.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let store = Store::connect(mongodb_uri, &profile).await?;
        let cache = Cache::connect(redis_url, profile, format!("sim-{suffix}")).await?;
        Ok(Simulator { store, cache, options, clock, redis_url: redis_url.into() })
    }

    /// Damages `count` things of one kind, chosen by the seed; says exactly which.
    ///
    /// # Errors
    /// There is nothing of the kind to damage, or MongoDB fails.
    pub async fn inject(
        &self,
        kind: anomaly::Kind,
        count: usize,
        seed: u64,
    ) -> Result<Vec<anomaly::Label>, SimulatorError> {
        anomaly::inject_into(&self.store, kind, count, seed).await
    }

    /// Creates collections, indexes and the configuration where they are missing.
    async fn prepare(&self) -> Result<(), SimulatorError> {
        self.store.prepare().await?;
        self.store.ensure_configuration(self.clock.now_ms()).await
    }
}
