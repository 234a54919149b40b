//! Pins: a set that is pinned is neither removed nor expired, on any workstation.

use super::append;
use crate::VaultError;
use crate::proto::entry::Action;
use crate::proto::{PinSet, UnpinSet};
use crate::vault::{Vault, VaultInner, ensure_listed};

/// Why a set is to be kept, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPin {
    /// The reason, in the words of whoever gives it.
    pub reason: String,
    /// Who gives it.
    pub actor: String,
}

/// A pin that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// ULID.
    pub id: String,
    /// The reason given.
    pub reason: String,
    /// Who gave it.
    pub actor: String,
    /// Unix time in milliseconds of the ledger entry.
    pub at_ms: i64,
}

impl Pin {
    pub(super) fn new(pin: PinSet, at_ms: i64) -> Self {
        Self { id: pin.pin_id, reason: pin.reason, actor: pin.actor, at_ms }
    }
}

/// Appends a pin to this writer's ledger.
async fn pin_set(
    vault: &VaultInner,
    set_id: &str,
    pin: NewPin,
    fencing_token: u64,
) -> Result<(), VaultError> {
    let pin_id = vault.context.new_id();
    let NewPin { reason, actor } = pin;
    let action = Action::PinSet(PinSet { set_id: set_id.to_owned(), pin_id, reason, actor });
    append(vault, action, fencing_token).await
}

/// Lifts these pins, whoever set them.
async fn unpin_set(
    vault: &VaultInner,
    set_id: &str,
    pins: &[Pin],
    actor: &str,
    fencing_token: u64,
) -> Result<(), VaultError> {
    let pin_ids = pins.iter().map(|pin| pin.id.clone()).collect();
    let (set_id, actor) = (set_id.to_owned(), actor.to_owned());
    append(vault, Action::UnpinSet(UnpinSet { set_id, pin_ids, actor }), fencing_token).await
}

impl Vault {
    /// Pins a set: it is not removed before every pin of it is lifted.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`] or [`VaultError::Fenced`].
    pub async fn pin_set(
        &self,
        id: &str,
        pin: NewPin,
        fencing_token: u64,
    ) -> Result<(), VaultError> {
        let _appending = self.inner.appending.lock().await;
        ensure_listed(&super::read(&self.inner).await?, id)?;
        pin_set(&self.inner, id, pin, fencing_token).await
    }

    /// Lifts all pins of a set, whoever set them; none is no error.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`] or [`VaultError::Fenced`].
    pub async fn unpin_set(
        &self,
        id: &str,
        actor: &str,
        fencing_token: u64,
    ) -> Result<(), VaultError> {
        let _appending = self.inner.appending.lock().await;
        let listing = super::read(&self.inner).await?;
        ensure_listed(&listing, id)?;
        match listing.pins.get(id) {
            Some(pins) => unpin_set(&self.inner, id, pins, actor, fencing_token).await,
            None => Ok(()),
        }
    }
}
