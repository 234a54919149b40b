//! Listing the backups of a store that has served for a year: with bundles, and entry by entry.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, ensure};
use vault::store::MemoryBackend;
use vault::{Resources, Store, Vault, VaultContext};

use crate::check::{context, lay, open, provider};

/// Seconds that a list takes.
pub struct Lists {
    pub bundled: f64,
    pub entry_by_entry: f64,
}

/// Makes two ledgers of so many entries in folders, one without bundles, and lists what they tell.
pub async fn measure(folder: &Path, entries: u64) -> Result<Lists> {
    let bundled = list(&folder.join("bundled"), entries, Resources::default()).await?;
    let none = Resources { bundle_entries: u64::MAX, ..Resources::default() };
    let entry_by_entry = list(&folder.join("entry-by-entry"), entries, none).await?;
    Ok(Lists { bundled, entry_by_entry })
}

async fn list(folder: &Path, entries: u64, resources: Resources) -> Result<f64> {
    let memory = Arc::new(MemoryBackend::default());
    let store = Store::with_backend(memory.clone());
    let context = VaultContext { resources, ..context() };
    let vault = Vault::create(store, &provider(), context).await?;
    let log = vault.begin_log(0, BTreeMap::new()).await?;
    for position in 1..entries {
        log.mark(position, vec![0x5a; 400]).await?;
    }
    lay(folder, &memory)?;
    let vault = open(folder).await?;
    let begun = Instant::now();
    let catalog = vault.catalog().await?;
    let took = begun.elapsed().as_secs_f64();
    ensure!(catalog.problems.is_empty(), "{:?}", catalog.problems.first());
    let logs = vault.logs().await?;
    ensure!(logs.len() == 1, "{} logs", logs.len());
    Ok(took)
}
