//! Simulated games beside real ones: what `avault simulate` runs.

use serde::Serialize;
use simulator::{Comparison, Modules, Simulator, SimulatorError, SimulatorOptions};

use crate::anomaly;
use crate::connection::GameService;
use crate::error::{ApiError, Retry};
use crate::message::sandbox::{DamageKind, DamageLabel};

pub use simulator::{Row, played_statistics};

/// What to simulate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Games to play.
    pub games: u64,
    /// Seed of every decision.
    pub seed: u64,
    /// Fewest and most players at a table.
    pub players: (u8, u8),
    /// Damage to do afterwards: kind and count.
    pub anomalies: Vec<(DamageKind, u32)>,
}

/// What was simulated.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulationOutcome {
    /// Games played.
    pub games: u64,
    /// Wall time, seconds.
    pub seconds: f64,
    /// Whether they were written to a database.
    pub written: bool,
    /// Figures beside those of real games.
    pub statistics: Comparison,
    /// What was damaged.
    pub anomalies: Vec<DamageLabel>,
}

impl Simulation {
    fn options(&self) -> SimulatorOptions {
        SimulatorOptions {
            seed: self.seed,
            players: self.players,
            modules: Modules::CommonBoards,
            ..SimulatorOptions::default()
        }
    }

    /// Plays without any server. Blocks: run it on a thread of its own.
    ///
    /// # Errors
    /// When the options make no sense, or damage is asked for, which needs a database.
    pub fn play(&self) -> Result<SimulationOutcome, ApiError> {
        if !self.anomalies.is_empty() {
            return Err(ApiError::permanent(
                "not_connected",
                "anomalies are put into a database, and none is named",
            )
            .hint(
                "Name one with AVAULT_MONGODB_URI and AVAULT_REDIS_URL, or in the configuration.",
            ));
        }
        let begun = std::time::Instant::now();
        let statistics = played_statistics(&self.options(), self.games)?;
        Ok(SimulationOutcome {
            games: self.games,
            seconds: begun.elapsed().as_secs_f64(),
            written: false,
            statistics,
            anomalies: Vec::new(),
        })
    }

    /// Plays and writes the finished games to a game service's database, then damages them.
    ///
    /// # Errors
    /// When a server does not answer, or other instances play there.
    pub async fn write(&self, service: &GameService) -> Result<SimulationOutcome, ApiError> {
        let redis = service.redis_url.as_ref().ok_or_else(|| {
            ApiError::permanent("not_connected", "a game service needs a Redis, and none is named")
                .hint("Name one with AVAULT_REDIS_URL, or in the configuration.")
        })?;
        let (mongodb, profile) = (service.mongodb_uri.expose(), service.profile.clone());
        let simulator = Simulator::new(mongodb, redis.expose(), profile, self.options()).await?;
        let report = simulator.bulk(self.games).await?;
        let mut anomalies = Vec::new();
        for (kind, count) in &self.anomalies {
            anomalies.extend(anomaly::inject(&simulator, *kind, *count, self.seed).await?);
        }
        Ok(SimulationOutcome {
            games: report.games,
            seconds: report.seconds,
            written: true,
            statistics: report.statistics,
            anomalies,
        })
    }
}

impl From<SimulatorError> for ApiError {
    fn from(error: SimulatorError) -> Self {
        let retry = if error.is_transient() { Retry::Transient } else { Retry::Permanent };
        Self { retry, ..Self::permanent("simulation_failed", error.to_string()) }
    }
}
