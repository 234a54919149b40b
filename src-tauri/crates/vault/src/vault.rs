//! An open vault.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::check::{CheckProgress, CheckReport, CheckRequest};
use crate::context::VaultContext;
use crate::digest::SetDigest;
use crate::key::KeyProvider;
use crate::ledger::Catalog;
use crate::read::StreamReader;
use crate::set::writer::SetWriter;
use crate::set::{SetInfo, SetManifest, SetSummary};
use crate::store::Store;
use crate::VaultError;

/// An open vault. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    pub(crate) inner: Arc<VaultInner>,
}

#[derive(Debug)]
pub(crate) struct VaultInner {
    pub(crate) store: Store,
    pub(crate) context: VaultContext,
}

impl Vault {
    /// Creates a vault in an empty store and opens it.
    pub async fn create(
        store: Store,
        provider: &dyn KeyProvider,
        context: VaultContext,
    ) -> Result<Self, VaultError> {
        todo!()
    }
    /// Opens a vault.
    pub async fn open(
        store: Store,
        provider: &dyn KeyProvider,
        context: VaultContext,
    ) -> Result<Self, VaultError> {
        todo!()
    }
    /// An empty digest of documents under this vault's key, to compare live data with a stream.
    pub fn digest(&self) -> SetDigest {
        todo!()
    }
    /// The vault's id as hex.
    pub fn id(&self) -> String {
        todo!()
    }
    /// The store it lies in.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }
    /// Begins a backup set. Nothing of it is listed before [`SetWriter::commit`].
    pub async fn begin_set(&self, info: SetInfo) -> Result<SetWriter, VaultError> {
        todo!()
    }
    /// All sets, oldest first, and what is wrong with the ledgers that tell of them.
    pub async fn catalog(&self) -> Result<Catalog, VaultError> {
        todo!()
    }
    /// All sets, oldest first. Fails where a ledger is damaged; [`Vault::catalog`] shows the rest.
    pub async fn sets(&self) -> Result<Vec<SetSummary>, VaultError> {
        todo!()
    }
    /// A set in full.
    pub async fn set(&self, id: &str) -> Result<SetManifest, VaultError> {
        todo!()
    }
    /// Removes a set from the list. Its objects stay until they are pruned.
    pub async fn drop_set(&self, id: &str, fencing_token: u64) -> Result<(), VaultError> {
        todo!()
    }
    /// Reads a stream of a set, deltas merged, in key order.
    pub async fn read_stream(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
    ) -> Result<StreamReader, VaultError> {
        todo!()
    }
    /// Checks one set or all of the store.
    pub async fn check(
        &self,
        request: &CheckRequest,
        progress: &(dyn Fn(CheckProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<CheckReport, VaultError> {
        todo!()
    }
}
