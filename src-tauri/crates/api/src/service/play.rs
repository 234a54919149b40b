//! The games of the sandbox.

use std::time::Duration;

use engine::EngineError;
use engine::job::Unit;
use engine::jobs::{JobHandle, Phase};
use engine::source::profile::Profile;
use simulator::{LiveReport, Modules, Simulator, SimulatorOptions};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::SimulationScale;
use crate::anomaly;
use crate::error::ApiError;
use crate::message::sandbox::{DamageLabel, DamageRequest};

/// Games between two looks at whether to go on.
const STEP: u64 = 50;
/// How long a first game is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// A game service on the sandbox's servers.
pub(super) struct Play {
    simulator: Simulator,
    scale: SimulationScale,
}

impl Play {
    /// Connects to the sandbox's servers.
    pub async fn new(mongodb: &str, redis: &str, scale: SimulationScale) -> Result<Self, ApiError> {
        let options = SimulatorOptions {
            seed: scale.seed,
            rate: scale.events_per_second,
            live_tables: scale.live_tables,
            modules: Modules::CommonBoards,
            ..SimulatorOptions::default()
        };
        let simulator = Simulator::new(mongodb, redis, Profile::default(), options).await?;
        Ok(Self { simulator, scale })
    }

    /// Fills the collections with finished games, the first time.
    pub async fn fill(&self, job: &JobHandle, present: u64) -> Result<(), EngineError> {
        let wanted = self.scale.finished_games.saturating_sub(present);
        job.phase(Phase { code: "games", unit: Unit::Steps, total: Some(wanted) });
        let mut done = 0;
        while done < wanted {
            job.check()?;
            let step = STEP.min(wanted - done);
            let played = self.simulator.bulk(step).await;
            played.map_err(|error| ApiError::from(error).in_job())?;
            done += step;
            job.advance(step);
        }
        Ok(())
    }

    /// Damages what is stored; games that go on are left alone.
    pub async fn damage(
        &self,
        request: DamageRequest,
        seed: u64,
    ) -> Result<Vec<DamageLabel>, ApiError> {
        anomaly::inject(&self.simulator, request.kind, request.count, seed).await
    }

    /// Keeps games being played until `cancel`; a failure of the servers is logged, not fatal.
    pub async fn go_on(self, cancel: CancellationToken, report: watch::Sender<LiveReport>) {
        if let Err(error) = self.simulator.play_live(cancel, report).await {
            tracing::error!(%error, "the sandbox's games stopped");
        }
    }
}

/// Waits until games are being played; soon enough is good enough.
pub(super) async fn under_way(mut report: watch::Receiver<LiveReport>) {
    let played = report.wait_for(|report| report.playing > 0);
    let under_way = tokio::time::timeout(PATIENCE, played).await.is_ok_and(|seen| seen.is_ok());
    if !under_way {
        tracing::warn!("no game is being played in the sandbox yet");
    }
}
