//! `stores`: the primary store and its replicas, where they are and how they do.

mod choose;
mod list;
pub mod outcome;
mod place;
mod probe;
mod separation;

pub(crate) use choose::due;
pub use list::list;
pub use place::StorePlace;
pub use probe::probe;
pub(crate) use probe::usable;
pub use separation::{Separation, examine};

use vault::{Store, Vault};

use crate::engine::Engine;
use crate::error::EngineError;
use outcome::StoreName;

/// Where a store is, ready for use.
///
/// # Errors
/// [`EngineError::NoSuchStore`]; when its address cannot be used.
pub(crate) fn store_of(engine: &Engine, name: StoreName) -> Result<Store, EngineError> {
    let connections = engine.connections();
    if name == connections.store {
        return Ok(engine.vault()?.store().clone());
    }
    let no_such = || EngineError::NoSuchStore { name: name.name() };
    connections.others.get(&name).ok_or_else(no_such)?.open()
}

/// The vault in a store, opened with the keys at hand.
///
/// # Errors
/// As [`store_of`]; [`vault::VaultError::NotAVault`] where nothing was copied to yet.
pub(crate) async fn vault_of(engine: &Engine, name: StoreName) -> Result<Vault, EngineError> {
    let connected = engine.vault()?;
    if name == engine.connections().store {
        return Ok(connected);
    }
    Ok(connected.replica(store_of(engine, name)?).await?)
}

/// Refuses to write backups in production where a store is not apart from what it is to outlive.
///
/// # Errors
/// [`EngineError::NotSeparated`].
pub(crate) fn ensure_separated(engine: &Engine, store: StoreName) -> Result<(), EngineError> {
    let connections = engine.connections();
    let found = connections.warnings.iter().find(|warning| warning.store == store);
    match found {
        Some(warning) if connections.environment == "production" => {
            let (store, detail) = (store.name(), warning.message.clone());
            Err(EngineError::NotSeparated { store, detail })
        }
        _ => Ok(()),
    }
}
