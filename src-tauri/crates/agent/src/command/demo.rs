//! `avault demo`: the whole story on private servers, each step printed, none believed unproven.

mod proof;
mod story;

use std::path::PathBuf;

use api::ApiError;
use api::service::SimulationScale;

use crate::arguments::Global;
use crate::failure::{Failure, could_not};
use crate::session::{Session, options};

/// Tells the story in a home folder of its own, which goes away with it unless one was named.
pub async fn run(global: &Global, games: u64) -> Result<(), Failure> {
    let mut options = options(global);
    let scratch = match global.home {
        Some(_) => None,
        None => Some(Scratch::make()?),
    };
    if let Some(scratch) = &scratch {
        options.home.clone_from(&scratch.0);
    }
    options.config = None;
    options.store = None;
    options.scale = SimulationScale { finished_games: games, ..SimulationScale::default() };
    let session = Session::open(options).await?;
    let told = tokio::select! {
        told = story::tell(&session) => told,
        _ = tokio::signal::ctrl_c() => {
            Err(ApiError::permanent("cancelled", "stopped on request").into())
        }
    };
    session.close().await;
    told
}

/// A folder that is removed when this value goes.
struct Scratch(PathBuf);

impl Scratch {
    fn make() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("avault-demo-{}", std::process::id()));
        // Not an existing one: it could be somebody else's.
        std::fs::create_dir(&folder)
            .map_err(|error| could_not("the demo has no place for its servers", error))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "the demo's folder stays");
        }
    }
}
