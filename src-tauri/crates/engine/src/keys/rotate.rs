use vault::KeyChange;

use super::outcome::KeysChanged;
use crate::engine::Engine;
use crate::error::EngineError;

/// Makes a new data key for everything that is sealed from now on. Nothing is rewritten.
///
/// # Errors
/// When the vault is not connected, the keys are being changed by another process, or a provider or
/// the store fails.
pub async fn rotate(engine: &Engine) -> Result<KeysChanged, EngineError> {
    super::change(engine, KeyChange::Rotate).await
}
