use std::sync::Arc;

use secrecy::SecretString;
use vault::{Argon2Cost, KeyChange, KeyView, PassphraseProvider};

use super::outcome::KeysChanged;
use crate::engine::Engine;
use crate::error::EngineError;

const PASSPHRASE: &str = "passphrase";

/// Puts another passphrase in the place of one: of the one that `id` names, else of the one that
/// the vault is open with, else of the only one that there is.
///
/// # Errors
/// When the vault is not connected, it is not clear which passphrase is meant, the keys are being
/// changed by another process, or a provider or the store fails.
pub async fn change_passphrase(
    engine: &Engine,
    id: Option<String>,
    passphrase: SecretString,
) -> Result<KeysChanged, EngineError> {
    let id = match id {
        Some(id) => id,
        None => meant(engine.vault()?.keys().keys)?,
    };
    let provider = Arc::new(PassphraseProvider::new(passphrase, Argon2Cost::default()));
    super::change(engine, KeyChange::Replace { id, provider }).await
}

fn meant(keys: Vec<KeyView>) -> Result<String, EngineError> {
    let mut passphrases: Vec<KeyView> =
        keys.into_iter().filter(|key| key.provider == PASSPHRASE).collect();
    if passphrases.len() > 1 && passphrases.iter().any(|key| key.in_use) {
        passphrases.retain(|key| key.in_use);
    }
    match passphrases.as_slice() {
        [only] => Ok(only.id.clone()),
        [] => Err(EngineError::Invalid {
            field: "id",
            reason: "no passphrase opens this vault; add one instead".to_owned(),
        }),
        _ => Err(EngineError::Invalid {
            field: "id",
            reason: "several passphrases open this vault; name one by its id".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, provider: &str, in_use: bool) -> KeyView {
        KeyView {
            id: id.to_owned(),
            provider: provider.to_owned(),
            label: String::new(),
            created_at_ms: 1,
            parameters: Default::default(),
            in_use,
        }
    }

    #[test]
    fn the_passphrase_in_use_is_meant_else_the_only_one() {
        let recovery = key("r", "recovery", true);
        assert_eq!(meant(vec![key("a", PASSPHRASE, false), recovery.clone()]).unwrap(), "a");
        let two = vec![key("a", PASSPHRASE, false), key("b", PASSPHRASE, true)];
        assert_eq!(meant(two).unwrap(), "b");
        let unclear = vec![key("a", PASSPHRASE, false), key("b", PASSPHRASE, false), recovery];
        assert!(matches!(meant(unclear), Err(EngineError::Invalid { field: "id", .. })));
        assert!(meant(Vec::new()).is_err());
    }
}
