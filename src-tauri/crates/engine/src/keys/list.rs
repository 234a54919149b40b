use vault::Vault;

use super::outcome::{DataKeyEntry, KeyEntry, KeyList};
use crate::engine::Engine;
use crate::error::EngineError;

/// Lists the ways to open the vault, and its data keys; nothing of it is secret.
///
/// # Errors
/// When the vault is not connected, or its keys were changed so that nothing at hand opens it.
pub async fn list(engine: &Engine) -> Result<KeyList, EngineError> {
    let vault = engine.vault()?;
    // Other processes change keys too.
    vault.follow_keys().await?;
    Ok(present(&vault))
}

pub(super) fn present(vault: &Vault) -> KeyList {
    let view = vault.keys();
    KeyList {
        revision: view.revision,
        keys: view.keys.into_iter().map(key).collect(),
        data_keys: view
            .epochs
            .into_iter()
            .map(|epoch| DataKeyEntry { epoch: epoch.epoch, created_at: epoch.created_at_ms })
            .collect(),
    }
}

pub(super) fn key(view: vault::KeyView) -> KeyEntry {
    KeyEntry {
        id: view.id,
        provider: view.provider,
        label: view.label,
        created_at: Some(view.created_at_ms).filter(|at| *at > 0),
        parameters: view.parameters,
        in_use: view.in_use,
    }
}
