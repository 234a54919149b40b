//! `games`: listed, and shown at any moment through anyone's eyes.

pub mod outcome;

use crate::engine::Engine;
use crate::error::EngineError;
use outcome::{GameListRequest, GamePage, GameShowRequest, GameView};

/// A page of live or finished games, newest first.
///
/// # Errors
/// When MongoDB is not connected or does not answer.
pub async fn list(engine: &Engine, request: &GameListRequest) -> Result<GamePage, EngineError> {
    let _ = (engine, request);
    Err(EngineError::Worker {
        detail: "not built yet".into(),
    })
}

/// One game after an event, as the viewer may see it.
///
/// # Errors
/// When MongoDB is not connected, or there is no such game.
pub async fn show(engine: &Engine, request: &GameShowRequest) -> Result<GameView, EngineError> {
    let _ = (engine, request);
    Err(EngineError::Worker {
        detail: "not built yet".into(),
    })
}
