//! A replica's keyring: a copy of the primary's, which follows its changes.

use std::sync::Arc;

use crate::VaultError;
use crate::key::change::tell_ledger;
use crate::key::keyring::{KEYRING, Keyring, identity_of};
use crate::ledger;
use crate::store::Store;
use crate::vault::{Vault, VaultInner};

/// How often the keyring is looked at again after it was changed meanwhile.
const ATTEMPTS: usize = 8;

/// Opens the replica that lies in a store.
pub(crate) async fn open(primary: &Arc<VaultInner>, store: Store) -> Result<Vault, VaultError> {
    let not_a_vault = || VaultError::NotAVault { location: store.location() };
    let bytes = store.find(KEYRING).await?.ok_or_else(not_a_vault)?;
    let keyring = open_keyring(primary, &store, &bytes).await?;
    Ok(Vault::with(store, primary.context.clone(), keyring, primary.providers()))
}

/// Opens a keyring of the same vault by the root key at hand, else by what opened that vault.
pub(crate) async fn open_keyring(
    known: &VaultInner,
    store: &Store,
    bytes: &[u8],
) -> Result<Keyring, VaultError> {
    let keyring = known.keyring();
    if identity_of(bytes)?.0 != known.vault_id {
        return Err(VaultError::OtherVault { location: store.location() });
    }
    let opened = match keyring.open_newer(bytes) {
        Err(VaultError::WrongKey) => Keyring::open_with_any(bytes, &known.providers()).await?,
        opened => opened?,
    };
    if keyring.is_same_vault(&opened) {
        return Ok(opened);
    }
    Err(VaultError::OtherVault { location: store.location() })
}

/// Opens the replica, made first where there is none, with a keyring that is the primary's.
pub(crate) async fn make(primary: &Arc<VaultInner>, store: Store) -> Result<Vault, VaultError> {
    // One that is not this vault's, or an old one put back, must not spread.
    ledger::read(primary).await?.ensure_keyring_is_newest()?;
    let followed = follow(primary, &store).await?;
    let replica = open(primary, store).await?;
    ledger::register(&replica.inner).await?;
    if followed == Followed::Newer {
        // So that the older keyring is noticed if it is put back.
        tell_ledger(&replica.inner).await?;
    }
    Ok(replica)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Followed {
    Same,
    Made,
    Newer,
}

/// Puts the primary's keyring into the store, where there is none or an older one. No key is needed
/// for the old one: a passphrase that was changed since opens it no more.
async fn follow(primary: &VaultInner, store: &Store) -> Result<Followed, VaultError> {
    let mut followed = Followed::Same;
    for _ in 0..ATTEMPTS {
        primary.learn().await?;
        let ours = primary.fetch(KEYRING).await?;
        primary.keyring().verify(&ours)?;
        let Some(theirs) = store.find(KEYRING).await? else {
            if store.put_if_absent(KEYRING, ours).await? {
                followed = Followed::Made;
            }
            continue;
        };
        // Also after a write: what was copied may have been changed at that very moment.
        if theirs == ours {
            return Ok(followed);
        }
        let (vault_id, found) = identity_of(&theirs)?;
        if vault_id != primary.vault_id {
            return Err(VaultError::OtherVault { location: store.location() });
        }
        let known = primary.keyring().revision;
        if found >= known {
            return Err(VaultError::ReplicaAhead { location: store.location(), found, known });
        }
        store.put(KEYRING, ours).await?;
        followed = Followed::Newer;
    }
    Err(VaultError::KeysChanged)
}
