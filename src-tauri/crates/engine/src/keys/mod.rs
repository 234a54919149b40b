//! `keys`: who may open the vault, and the data keys of what is new.

mod add;
mod change_passphrase;
mod list;
pub mod outcome;
mod remove;
mod rotate;

pub use add::{NewKey, add};
pub use change_passphrase::change_passphrase;
pub use list::list;
pub use remove::remove;
pub use rotate::rotate;

use vault::{KeyChange, KeyChanged};

use crate::engine::Engine;
use crate::error::EngineError;
use outcome::KeysChanged;

/// Carries out a change that may have made the root key anew.
async fn change(engine: &Engine, change: KeyChange) -> Result<KeysChanged, EngineError> {
    let vault = engine.primary()?;
    let KeyChanged { root_renewed, not_at_hand, .. } = vault.change_keys(change).await?;
    Ok(KeysChanged {
        root_renewed,
        not_at_hand: not_at_hand.into_iter().map(list::key).collect(),
        present: list::present(&vault),
    })
}
