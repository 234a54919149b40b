//! One prune at a time, and the store's own time.

use std::sync::atomic::{AtomicI64, Ordering};

use prost::Message;

use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::proto;
use crate::store::StoreError;
use crate::vault::VaultInner;

/// There while somebody prunes.
const RUNNING: &str = "prune/running";
/// Written to learn what time it is where the store is.
const CLOCK: &str = "prune/clock";
/// A prune that has not told of itself for so long counts as dead.
const DEAD_AFTER_MS: i64 = 60 * 60 * 1000;
/// How often a prune tells of itself.
const TELL_EVERY_MS: i64 = 10 * 60 * 1000;

/// This process's prune.
pub(super) struct Running<'r> {
    vault: &'r VaultInner,
    id: [u8; 16],
    since_ms: i64,
    /// When it last told of itself, by the vault's clock.
    told_at_ms: AtomicI64,
}

impl<'r> Running<'r> {
    /// Says that a prune begins, unless another one is at work.
    pub(super) async fn begin(vault: &'r VaultInner) -> Result<Self, VaultError> {
        let mut id = [0; 16];
        vault.context.entropy.fill(&mut id);
        let since_ms = store_time(vault).await?;
        let told_at_ms = AtomicI64::new(vault.context.clock.now_ms());
        let running = Self { vault, id, since_ms, told_at_ms };
        if !vault.store.put_if_absent(RUNNING, running.body()?).await? {
            let found = vault.store.stat(RUNNING).await?.and_then(|info| info.modified_ms);
            match found {
                Some(other_ms) if since_ms - other_ms < DEAD_AFTER_MS => {
                    return Err(VaultError::PruneRunning { since_ms: other_ms });
                }
                _ => running.tell().await?,
            }
        }
        running.ensure_ours().await?;
        Ok(running)
    }

    /// When it began, by the store's clock.
    pub(super) fn since_ms(&self) -> i64 {
        self.since_ms
    }

    /// Goes on unless another prune took this one for dead; tells of itself from time to time.
    pub(super) async fn ensure_ours(&self) -> Result<(), VaultError> {
        let now_ms = self.vault.context.clock.now_ms();
        let silent_ms = now_ms - self.told_at_ms.load(Ordering::Relaxed);
        if silent_ms >= DEAD_AFTER_MS || !self.is_ours().await? {
            return Err(VaultError::PruneRunning { since_ms: self.since_ms });
        }
        if silent_ms >= TELL_EVERY_MS {
            self.tell().await?;
            self.told_at_ms.store(now_ms, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says that the prune has ended.
    pub(super) async fn end(&self) -> Result<(), VaultError> {
        if self.is_ours().await? {
            match self.vault.store.delete(RUNNING).await {
                // It counts as dead after a while, and the next one takes over.
                Err(error @ StoreError::Denied { .. }) => {
                    tracing::warn!(%error, "the store refuses to delete");
                }
                result => result?,
            }
        }
        Ok(())
    }

    async fn tell(&self) -> Result<(), VaultError> {
        Ok(self.vault.store.put(RUNNING, self.body()?).await?)
    }

    fn body(&self) -> Result<bytes::Bytes, VaultError> {
        let plain = proto::PruneRunning { id: self.id.to_vec() }.encode_to_vec();
        self.vault.seal(ObjectType::Prune, RUNNING, &plain)
    }

    async fn is_ours(&self) -> Result<bool, VaultError> {
        let Some(bytes) = self.vault.store.find(RUNNING).await? else {
            return Ok(false);
        };
        let plain = self.vault.unseal(ObjectType::Prune, RUNNING, &bytes)?;
        let message = proto::PruneRunning::decode(plain.as_slice());
        Ok(message.is_ok_and(|message| message.id == self.id))
    }
}

/// Whether somebody prunes, or died while pruning and not long ago. One that was taken for dead
/// stops by itself; it gets as long again for what it was doing at that moment.
pub(crate) async fn is_running(vault: &VaultInner) -> Result<bool, VaultError> {
    let Some(found) = vault.store.stat(RUNNING).await? else {
        return Ok(false);
    };
    let now_ms = store_time(vault).await?;
    Ok(found.modified_ms.is_none_or(|since_ms| now_ms - since_ms < 2 * DEAD_AFTER_MS))
}

/// The store's own time: that of an object just written.
async fn store_time(vault: &VaultInner) -> Result<i64, VaultError> {
    vault.store.put(CLOCK, vault.seal(ObjectType::Prune, CLOCK, &[])?).await?;
    let written = vault.store.stat(CLOCK).await?.and_then(|info| info.modified_ms);
    written.ok_or_else(|| VaultError::NoStoreClock { location: vault.store.location() })
}
