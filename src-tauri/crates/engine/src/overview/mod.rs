//! `overview`: the state of things at a glance.

pub mod outcome;

use crate::engine::Engine;
use crate::error::EngineError;
use outcome::{Overview, ServiceStatus};

/// What is connected, and whether it answers.
///
/// # Errors
/// Never for a server that is down: that is its state.
pub async fn status(engine: &Engine) -> Result<ServiceStatus, EngineError> {
    let _ = engine;
    Err(EngineError::Worker {
        detail: "not built yet".into(),
    })
}

/// The overview.
///
/// # Errors
/// When the control store fails; servers that are down are shown as such.
pub async fn get(engine: &Engine) -> Result<Overview, EngineError> {
    let _ = engine;
    Err(EngineError::Worker {
        detail: "not built yet".into(),
    })
}
