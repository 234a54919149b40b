//! Changing who may open the vault, and keeping what the next start opens it with.

use engine::keys;
use engine::keys::outcome::{KeyAdded, KeysChanged};
use engine::vault::TransitOptions;

use super::{Shared, connect, settings};
use crate::connection::{Kept, KeptSecrets};
use crate::error::ApiError;
use crate::message::key::{KeyAddRequest, KeyPassphraseRequest, NewKey};
use crate::message::secret::Secret;
use crate::message::setup::Environment;

pub(super) async fn add(shared: &Shared, request: KeyAddRequest) -> Result<KeyAdded, ApiError> {
    let key = match request.key {
        NewKey::Passphrase { passphrase } => keys::NewKey::Passphrase(passphrase.reveal().clone()),
        NewKey::Recovery => keys::NewKey::Recovery,
        NewKey::Transit => keys::NewKey::Transit(transit(shared)?),
    };
    Ok(keys::add(&shared.engine, key, request.label).await?)
}

/// The key server's key that the configuration names.
fn transit(shared: &Shared) -> Result<TransitOptions, ApiError> {
    shared.config.transit(&|name| connect::variable(shared, name))?.ok_or_else(|| {
        ApiError::permanent("no_key_server", "the configuration names no key server")
            .hint("Name address and key in [key.transit]; docs/configuration.md shows how.")
    })
}

pub(super) async fn change_passphrase(
    shared: &Shared,
    request: KeyPassphraseRequest,
) -> Result<KeysChanged, ApiError> {
    let text = request.passphrase.reveal().clone();
    let changed = keys::change_passphrase(&shared.engine, request.id, text).await?;
    keep(shared, &request.passphrase).await?;
    Ok(changed)
}

/// Has the next start know the passphrase, where this console keeps the old one of this vault. A
/// configuration names a file of its owner's, which is left to its owner.
async fn keep(shared: &Shared, passphrase: &Secret) -> Result<(), ApiError> {
    let shown = shared.state.shown();
    if shown.environment == Some(Environment::Sandbox) {
        let path = shared.home.sandbox_key();
        return shared.home.write_secret(&path, passphrase.expose().as_bytes());
    }
    let kept = settings::read::<Kept>(shared, connect::KEPT).await?;
    let Some(Kept::Service { store_url, .. } | Kept::Vault { store_url }) = kept else {
        return Ok(());
    };
    if shown.store.is_none_or(|store| store.url != store_url) {
        return Ok(());
    }
    let Some(secrets) = KeptSecrets::load(&shared.home)? else { return Ok(()) };
    KeptSecrets { passphrase: passphrase.expose().to_owned(), ..secrets }.save(&shared.home)
}
