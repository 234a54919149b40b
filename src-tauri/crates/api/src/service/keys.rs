//! Changing who may open the vault, and keeping what the next start opens it with.

use engine::keys;
use engine::keys::outcome::{KeyAdded, KeysChanged};

use super::{Shared, connect, settings};
use crate::connection::{Kept, KeptSecrets, Variables};
use crate::error::ApiError;
use crate::message::key::{KeyAddRequest, KeyPassphraseRequest, NewKey};
use crate::message::secret::Secret;
use crate::message::setup::Environment;

pub(super) async fn add(shared: &Shared, request: KeyAddRequest) -> Result<KeyAdded, ApiError> {
    let config = &shared.config;
    let variables: Variables<'_> = &|name| connect::variable(shared, name);
    let key = match request.key {
        NewKey::Passphrase { passphrase } => keys::NewKey::Passphrase(passphrase.reveal().clone()),
        NewKey::Recovery => keys::NewKey::Recovery,
        NewKey::Transit => {
            keys::NewKey::Transit(configured(config.transit(variables)?, "transit")?)
        }
        NewKey::Keyring => keys::NewKey::Keyring(configured(config.keyring(), "keyring")?),
        NewKey::TencentKms => {
            keys::NewKey::TencentKms(configured(config.tencent_kms(variables)?, "tencent_kms")?)
        }
        NewKey::AwsKms => keys::NewKey::AwsKms(configured(config.aws_kms(variables)?, "aws_kms")?),
    };
    Ok(keys::add(&shared.engine, key, request.label).await?)
}

/// What the configuration says of `[key.<table>]`.
fn configured<T>(options: Option<T>, table: &str) -> Result<T, ApiError> {
    options.ok_or_else(|| {
        let message = format!("the configuration has no [key.{table}]");
        ApiError::permanent("no_key_server", message)
            .hint(format!("Describe the key in [key.{table}]; docs/configuration.md shows how."))
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
