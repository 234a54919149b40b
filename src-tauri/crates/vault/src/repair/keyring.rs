//! The keyring: without it nothing else can be looked at.

use std::sync::Arc;

use super::{Cure, RepairReport, Repaired};
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::key::keyring::{KEYRING, Keyring, identity_of};
use crate::ledger::repair::put_aside;
use crate::replicate::open_keyring;
use crate::store::Store;
use crate::vault::{Vault, VaultInner};

/// Opens the damaged store, with the other store's keyring where its own is of no use. A newer one
/// that nothing at hand opens is left alone, and so is another vault's.
pub(super) async fn repair(
    sound: &Arc<VaultInner>,
    store: Store,
    report: &mut RepairReport,
) -> Result<Arc<VaultInner>, VaultError> {
    let known = sound.keyring();
    let open = |store: Store, keyring: Keyring| {
        Vault::with(store, sound.context.clone(), keyring, sound.providers()).inner
    };
    let wrong = match store.find(KEYRING).await? {
        None => ProblemKind::Missing,
        Some(bytes) => match open_keyring(sound, &store, &bytes).await {
            Ok(theirs) if theirs.revision >= known.revision => return Ok(open(store, theirs)),
            Ok(_) => ProblemKind::Ledger,
            Err(VaultError::WrongKey) if identity_of(&bytes)?.1 <= known.revision => {
                ProblemKind::Ledger
            }
            Err(VaultError::WrongKey) => return Err(VaultError::KeysChanged),
            Err(error) => Problem::from_error(error)?.kind,
        },
    };
    let bytes = sound.fetch(KEYRING).await?;
    known.verify(&bytes)?;
    let vault = open(store, Keyring::clone(&known));
    put_aside(&vault, KEYRING).await?;
    vault.store.put(KEYRING, bytes).await?;
    report.repaired.push(Repaired { object: KEYRING.to_owned(), kind: wrong, cure: Cure::Copied });
    Ok(vault)
}
