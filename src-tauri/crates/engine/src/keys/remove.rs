use vault::KeyChange;

use super::outcome::KeysChanged;
use crate::engine::Engine;
use crate::error::EngineError;

/// Removes a way to open the vault, never the last one.
///
/// # Errors
/// When the vault is not connected, there is no such key or no other, the keys are being changed by
/// another process, or a provider or the store fails.
pub async fn remove(engine: &Engine, id: &str) -> Result<KeysChanged, EngineError> {
    super::change(engine, KeyChange::Remove { id: id.to_owned() }).await
}
