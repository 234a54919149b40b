//! A primary with some sets, and copying them into a replica.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use vault::store::MemoryBackend;
use vault::{ReplicateReport, ReplicateRequest, SetSummary, Vault, VaultError};

use super::*;

pub fn changes(round: u32) -> Changes {
    (round..60).step_by(7).map(|n| (n.to_be_bytes().to_vec(), Some(document(n, round)))).collect()
}

/// A primary with a full, an increment over it, and another full.
pub async fn primary() -> (Arc<MemoryBackend>, Vault, Vec<SetSummary>) {
    let backend = Arc::new(MemoryBackend::default());
    create(&backend, 1).await;
    let vault = open_with(backend.clone(), &[passphrase(PASSPHRASE)], 2).await.unwrap();
    let mut sets = vec![back_up(&vault, &documents(0..60), &BTreeMap::new()).await.unwrap().0];
    sets.push(back_up_over(&vault, &sets[0].id, &changes(1)).await.unwrap().0);
    sets.push(back_up(&vault, &documents(0..80), &BTreeMap::new()).await.unwrap().0);
    (backend, vault, sets)
}

pub fn content(set: usize) -> Documents {
    match set {
        0 => documents(0..60),
        1 => merged(&documents(0..60), &changes(1)),
        _ => documents(0..80),
    }
}

pub fn ids(sets: &[SetSummary]) -> Vec<String> {
    sets.iter().map(|set| set.id.clone()).collect()
}

pub async fn copy(
    vault: &Vault,
    replica: &Vault,
    sets: &[SetSummary],
) -> Result<ReplicateReport, VaultError> {
    let request = ReplicateRequest { sets: ids(sets), fencing_token: 0 };
    vault.replicate(replica, &request, &|_| {}, &CancellationToken::new()).await
}
