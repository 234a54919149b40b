//! Pins: a set that is kept whatever the policy says.

use vault::{NewPin, Pin};

use super::outcome::{BackupView, PinView};
use crate::engine::Engine;
use crate::error::EngineError;

/// Pins a set, for a reason that every workstation shows.
///
/// # Errors
/// When there is no such set, or the vault is not connected.
pub async fn pin(engine: &Engine, id: &str, reason: &str) -> Result<BackupView, EngineError> {
    let vault = engine.vault()?;
    let set = super::resolve_summary(engine, id).await?.id;
    let pin = NewPin { reason: reason.to_owned(), actor: engine.context().actor.clone() };
    vault.pin_set(&set, pin, 0).await?;
    super::list::view(engine, &set).await
}

/// Lifts every pin of a set, whoever set it.
///
/// # Errors
/// When there is no such set, or the vault is not connected.
pub async fn unpin(engine: &Engine, id: &str) -> Result<BackupView, EngineError> {
    let vault = engine.vault()?;
    let set = super::resolve_summary(engine, id).await?.id;
    vault.unpin_set(&set, &engine.context().actor, 0).await?;
    super::list::view(engine, &set).await
}

/// The newest of a set's pins.
pub(super) fn pin_view(pins: Option<&Vec<Pin>>) -> Option<PinView> {
    let newest = pins?.last()?;
    Some(PinView { reason: newest.reason.clone(), actor: newest.actor.clone(), at: newest.at_ms })
}
