//! Changing the keyring: who may open the vault, and the data key of new objects.
//!
//! Order of writes: claim on the next revision, keyring, `ChangeKeyring` entry. The claim decides
//! between processes that change the keyring at once: without it the later write would undo the
//! earlier one, and with it take away a data key that objects are sealed under already.

use std::sync::Arc;

use bytes::Bytes;
use prost::Message;

use super::KeyProvider;
use super::keyring::{KEYRING, Keyring, MOST_WRAPS, random_key};
use super::wrap::{KeyView, Wrap};
use crate::VaultError;
use crate::crypto::names::hex;
use crate::crypto::object::ObjectType;
use crate::ledger;
use crate::ledger::sequence::{Draft, Sequence};
use crate::proto::entry::Action;
use crate::proto::{ChangeKeyring, Entry};
use crate::vault::VaultInner;

/// Folder of the claims on revisions of the keyring.
const CLAIMS: &str = "keyring-change";
/// How long others respect a claim.
const CLAIM_MS: i64 = 60_000;
/// How long after its claim a process may still write the keyring: well before others step in.
const WRITE_WITHIN_MS: i64 = 20_000;
/// Claims of processes that died, in a row, that a change steps over.
const DEAD_CLAIMS: usize = 64;

/// A change of the keyring.
pub enum KeyChange {
    /// One more way to open the vault.
    Add {
        /// Who may open it.
        provider: Arc<dyn KeyProvider>,
        /// What its owner calls it.
        label: String,
    },
    /// One way less; never the last one.
    Remove {
        /// The key's id.
        id: String,
    },
    /// Another passphrase, or another key of a key server, in place of one; id and label stay.
    Replace {
        /// The key's id.
        id: String,
        /// Who may open the vault instead.
        provider: Arc<dyn KeyProvider>,
    },
    /// A new data key for new objects.
    Rotate,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyChanged {
    /// The id of the key that was added, removed or replaced; none for a new data key.
    pub id: Option<String>,
    /// True when the root key is new: an old copy of the keyring opens the present one no more.
    pub root_renewed: bool,
    /// The keys that the root key stayed for, because what they stand for was not at hand.
    pub not_at_hand: Vec<KeyView>,
}

/// Changes the keyring of an open vault.
pub(crate) async fn run(vault: &VaultInner, change: KeyChange) -> Result<KeyChanged, VaultError> {
    let _changing = vault.changing.lock().await;
    let opened = present(vault).await?;
    let known = vault.keyring();
    let mut next = Keyring::clone(&known);
    let mut fresh = None;
    let (id, not_at_hand) = match change {
        // Whoever may open the vault from now on learns the root key anyway: it stays.
        KeyChange::Add { provider, label } => {
            let id = add(&mut next, provider.as_ref(), label, vault).await?;
            fresh = Some(provider);
            (Some(id), Vec::new())
        }
        KeyChange::Remove { id } => {
            let place = next.position(&id)?;
            if next.wraps.len() == 1 {
                return Err(VaultError::LastKey);
            }
            next.wraps.remove(place);
            (Some(id), renew(&mut next, None, vault).await?)
        }
        KeyChange::Replace { id, provider } => {
            let place = next.position(&id)?;
            let missing = renew(&mut next, Some((place, &provider)), vault).await?;
            fresh = Some(provider);
            (Some(id), missing)
        }
        KeyChange::Rotate => {
            next.raise_epoch(&vault.context);
            (None, renew(&mut next, None, vault).await?)
        }
    };
    let root_renewed = *next.root != *known.root;
    publish(vault, &opened, next).await?;
    if let Some(provider) = fresh {
        vault.keep_at_hand(provider);
    }
    tell_ledger(vault).await?;
    Ok(KeyChanged { id, root_renewed, not_at_hand })
}

/// The keyring as it lies in the store, which is the one that is open from here on.
async fn present(vault: &VaultInner) -> Result<Bytes, VaultError> {
    vault.learn().await?;
    let bytes = vault.fetch(KEYRING).await?;
    vault.keyring().verify(&bytes)?;
    // A change of an older one put back would count as newer than the right one, which a replica may
    // still hold, and the data keys that only that one has would be lost.
    ledger::read(vault).await?.ensure_keyring_is_newest()?;
    Ok(bytes)
}

async fn add(
    next: &mut Keyring,
    provider: &dyn KeyProvider,
    label: String,
    vault: &VaultInner,
) -> Result<String, VaultError> {
    if next.wraps.len() >= MOST_WRAPS {
        return Err(VaultError::TooManyKeys { limit: MOST_WRAPS });
    }
    let wrap = Wrap::make(&next.vault_id, &next.root, provider, label, &vault.context).await?;
    let id = hex(&wrap.id);
    next.wraps.push(wrap);
    Ok(id)
}

/// Makes a new root key and has every provider wrap it; where one of them is not at hand the root
/// key stays, and the wraps in question are returned. `fresh` takes the place of a wrap.
async fn renew(
    next: &mut Keyring,
    fresh: Option<(usize, &Arc<dyn KeyProvider>)>,
    vault: &VaultInner,
) -> Result<Vec<KeyView>, VaultError> {
    let (context, vault_id) = (&vault.context, next.vault_id);
    let at_hand = vault.providers();
    let mut makers = Vec::with_capacity(next.wraps.len());
    let mut missing = Vec::new();
    for (place, wrap) in next.wraps.iter().enumerate() {
        let maker = match fresh {
            Some((at, provider)) if at == place => Some(Arc::clone(provider)),
            _ => maker_of(wrap, next, &at_hand).await?,
        };
        if maker.is_none() {
            missing.push(wrap.view(wrap.id == next.opened_by));
        }
        makers.push(maker);
    }
    if missing.is_empty() {
        next.root = random_key(context);
    } else {
        // The others still wrap this root key; only what takes another's place wraps it anew.
        for (place, maker) in makers.iter_mut().enumerate() {
            maker.take_if(|_| fresh.is_none_or(|(at, _)| at != place));
        }
    }
    for (wrap, maker) in next.wraps.iter_mut().zip(makers) {
        if let Some(maker) = maker {
            wrap.key = maker.wrap(&vault_id, &next.root, &random_key(context)).await?;
        }
    }
    if let Some((at, provider)) = fresh
        && let Some(wrap) = next.wraps.get_mut(at)
    {
        wrap.provider = provider.kind().to_owned();
        wrap.created_at_ms = context.clock.now_ms();
    }
    Ok(missing)
}

/// Which of the providers at hand made a wrap.
async fn maker_of(
    wrap: &Wrap,
    keyring: &Keyring,
    at_hand: &[Arc<dyn KeyProvider>],
) -> Result<Option<Arc<dyn KeyProvider>>, VaultError> {
    for provider in at_hand {
        if wrap.is_of(provider.as_ref(), &keyring.vault_id, &keyring.root).await? {
            return Ok(Some(Arc::clone(provider)));
        }
    }
    Ok(None)
}

/// Claims a revision and writes the keyring under it.
async fn publish(vault: &VaultInner, opened: &Bytes, mut next: Keyring) -> Result<(), VaultError> {
    let clock = &vault.context.clock;
    let (revision, claimed_at) = claim(vault).await?;
    next.revision = revision;
    // Somebody may have finished a change after the keyring was looked at.
    if vault.fetch(KEYRING).await? != *opened {
        return Err(VaultError::KeysChanged);
    }
    let body = next.seal(&vault.context)?;
    let held = claimed_at + CLAIM_MS - clock.now_ms();
    if held < CLAIM_MS - WRITE_WITHIN_MS {
        return Err(VaultError::KeysBusy { seconds: seconds(held) });
    }
    vault.store.put(KEYRING, body).await?;
    vault.take_over(next);
    Ok(())
}

/// Has this writer's ledger know of the new revision, so that an old keyring put back is noticed.
pub(crate) async fn tell_ledger(vault: &VaultInner) -> Result<(), VaultError> {
    let _appending = vault.appending.lock().await;
    ledger::register(vault).await?;
    let own = Sequence::ledger(&vault.ledger_folder());
    let fencing_token = own.newest_token(vault).await?;
    let action = Action::ChangeKeyring(ChangeKeyring {});
    own.append(vault, Draft { fencing_token, action }).await.map(drop)
}

/// Claims the next revision that nobody has claimed, and tells it with the time of the claim.
async fn claim(vault: &VaultInner) -> Result<(u32, i64), VaultError> {
    let known = vault.keyring().revision;
    for revision in (known + 1..).take(DEAD_CLAIMS) {
        let key = format!("{CLAIMS}/{revision:010}");
        let at_ms = vault.context.clock.now_ms();
        let claim = Entry {
            sequence: CLAIMS.to_owned(),
            number: u64::from(revision),
            at_ms,
            keyring_revision: known,
            action: Some(Action::ChangeKeyring(ChangeKeyring {})),
            ..Entry::default()
        };
        let body = vault.seal(ObjectType::Entry, &key, &claim.encode_to_vec())?;
        // A retried request may find its own first try; anything else is another process.
        if vault.store.put_if_absent(&key, body.clone()).await? || vault.fetch(&key).await? == body
        {
            return Ok((revision, at_ms));
        }
        let held = claimed_at(vault, &key).await? + CLAIM_MS - at_ms;
        if held > 0 {
            return Err(VaultError::KeysBusy { seconds: seconds(held) });
        }
    }
    Err(VaultError::KeysBusy { seconds: seconds(CLAIM_MS) })
}

/// When a claim was made; one that is damaged holds nobody back.
async fn claimed_at(vault: &VaultInner, key: &str) -> Result<i64, VaultError> {
    let bytes = vault.fetch(key).await?;
    let plain = vault.unseal(ObjectType::Entry, key, &bytes);
    let claim = plain.ok().and_then(|plain| Entry::decode(plain.as_slice()).ok());
    Ok(claim.map_or(i64::MIN / 2, |claim| claim.at_ms))
}

/// Whole seconds, rounded up: who waits that long need not come again.
fn seconds(ms: i64) -> u64 {
    ms.max(1).unsigned_abs().div_ceil(1000)
}
