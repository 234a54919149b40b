//! An open vault.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::VaultError;
use crate::check::{self, CheckProgress, CheckReport, CheckRequest};
use crate::context::VaultContext;
use crate::crypto::names::hex;
use crate::digest::SetDigest;
use crate::key::KeyProvider;
use crate::key::keyring::{KEYRING, Keyring};
use crate::ledger::sequence::{Draft, Sequence};
use crate::ledger::{self, Catalog};
use crate::manifest;
use crate::proto::ChangeKeyring;
use crate::proto::entry::Action;
use crate::read::StreamReader;
use crate::set::writer::SetWriter;
use crate::set::{SetInfo, SetManifest, SetSummary};
use crate::store::Store;

/// An open vault. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    pub(crate) inner: Arc<VaultInner>,
}

#[derive(Debug)]
pub(crate) struct VaultInner {
    pub(crate) store: Store,
    pub(crate) context: VaultContext,
    pub(crate) keyring: Keyring,
    /// Held while this writer's ledger is appended to.
    pub(crate) appending: tokio::sync::Mutex<()>,
}

impl VaultInner {
    /// Folder of this writer's ledger: a keyed hash, so that the writer's name shows nowhere.
    pub(crate) fn ledger_folder(&self) -> String {
        self.keyring.names.writer(&self.context.writer_id)
    }
}

impl Vault {
    /// Creates a vault in a store and opens it. The vault exists from its keyring on.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] when the store holds one; what the provider or store said.
    pub async fn create(
        store: Store,
        provider: &dyn KeyProvider,
        context: VaultContext,
    ) -> Result<Self, VaultError> {
        let exists = |store: &Store| VaultError::AlreadyExists { location: store.location() };
        if store.stat(KEYRING).await?.is_some() {
            return Err(exists(&store));
        }
        let keyring = Keyring::generate(provider, &context).await?;
        let body = keyring.seal(&context)?;
        if !store.put_if_absent(KEYRING, body).await? {
            return Err(exists(&store));
        }
        let vault = Self::with(store, context, keyring);
        ledger::register(&vault.inner).await?;
        Ok(vault)
    }

    /// Opens a vault.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`], [`VaultError::WrongKey`] without a hint of what differs, or
    /// [`VaultError::Damaged`] when the keyring's own hash does not match.
    pub async fn open(
        store: Store,
        provider: &dyn KeyProvider,
        context: VaultContext,
    ) -> Result<Self, VaultError> {
        let Some(bytes) = store.find(KEYRING).await? else {
            return Err(VaultError::NotAVault { location: store.location() });
        };
        let keyring = Keyring::open(&bytes, provider).await?;
        Ok(Self::with(store, context, keyring))
    }

    fn with(store: Store, context: VaultContext, keyring: Keyring) -> Self {
        let appending = tokio::sync::Mutex::new(());
        Self { inner: Arc::new(VaultInner { store, context, keyring, appending }) }
    }

    /// Wraps the vault's keys anew by `provider`; only the keyring is rewritten, and what opened
    /// the vault before opens it no more. `current` must open it.
    ///
    /// # Errors
    /// As [`Vault::open`], and what the provider or the store said.
    pub async fn rewrap(
        &self,
        current: &dyn KeyProvider,
        provider: &dyn KeyProvider,
    ) -> Result<Self, VaultError> {
        let (store, context) = (self.inner.store.clone(), self.inner.context.clone());
        let mut vault = Self::open(store.clone(), current, context.clone()).await?;
        let inner = Arc::get_mut(&mut vault.inner)
            .ok_or_else(|| VaultError::Misuse("the keyring is in use".to_owned()))?;
        inner.keyring.rewrap(provider, &context).await?;
        store.put(KEYRING, inner.keyring.seal(&context)?).await?;
        ledger::register(&vault.inner).await?;
        let action = Action::ChangeKeyring(ChangeKeyring {});
        let own = Sequence::ledger(&vault.inner.ledger_folder());
        let token = own.newest_token(&vault.inner).await?;
        own.append(&vault.inner, Draft { fencing_token: token, action }).await?;
        Ok(vault)
    }

    /// An empty digest of documents under this vault's key, to compare live data with a stream.
    #[must_use]
    pub fn digest(&self) -> SetDigest {
        SetDigest::new(self.inner.keyring.names.documents().clone())
    }

    /// The vault's id as hex.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.inner.keyring.vault_id)
    }

    /// The store it lies in.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Begins a backup set. Nothing of it is listed before [`SetWriter::commit`].
    ///
    /// # Errors
    /// When the ledgers cannot be read.
    pub async fn begin_set(&self, info: SetInfo) -> Result<SetWriter, VaultError> {
        SetWriter::begin(self.clone(), info).await
    }

    /// All sets, oldest first, and what is wrong with the ledgers that tell of them.
    ///
    /// # Errors
    /// What the store said.
    pub async fn catalog(&self) -> Result<Catalog, VaultError> {
        let listing = ledger::read(&self.inner).await?;
        let sets = listing.sets.into_iter().map(|set| set.summary).collect();
        Ok(Catalog { sets, problems: listing.problems })
    }

    /// All sets, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] where a ledger is damaged; [`Vault::catalog`] shows the rest.
    pub async fn sets(&self) -> Result<Vec<SetSummary>, VaultError> {
        let catalog = self.catalog().await?;
        match catalog.problems.into_iter().next() {
            None => Ok(catalog.sets),
            Some(problem) => {
                Err(VaultError::damaged(&problem.object, problem.kind, problem.detail))
            }
        }
    }

    /// A set in full.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`], or [`VaultError::Damaged`] when one of its manifests is.
    pub async fn set(&self, id: &str) -> Result<SetManifest, VaultError> {
        let listing = ledger::read(&self.inner).await?;
        let no_such = || VaultError::NoSuchSet { set: id.to_owned() };
        let found = listing.sets.into_iter().find(|set| set.summary.id == id);
        manifest::read_set(&self.inner, found.ok_or_else(no_such)?).await
    }

    /// Removes a set from the list. Its objects stay until they are pruned.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`] or [`VaultError::Fenced`].
    pub async fn drop_set(&self, id: &str, fencing_token: u64) -> Result<(), VaultError> {
        let listing = ledger::read(&self.inner).await?;
        if !listing.sets.iter().any(|set| set.summary.id == id) {
            return Err(VaultError::NoSuchSet { set: id.to_owned() });
        }
        let _appending = self.inner.appending.lock().await;
        ledger::remove_set(&self.inner, id, fencing_token).await
    }

    /// Reads a stream of a set, deltas merged, in key order.
    ///
    /// # Errors
    /// [`VaultError::NoSuchStream`], or damage of an index page.
    pub async fn read_stream(
        &self,
        set: &SetManifest,
        class: &str,
        stream: &str,
    ) -> Result<StreamReader, VaultError> {
        let found = set.stream(class, stream).ok_or_else(|| VaultError::NoSuchStream {
            set: set.summary.id.clone(),
            class: class.to_owned(),
            stream: stream.to_owned(),
        })?;
        Ok(StreamReader::new(self.inner.clone(), found))
    }

    /// Checks one set or all of the store. Damage is told in the report, never as an error.
    ///
    /// # Errors
    /// What the store said, [`VaultError::NoSuchSet`], or [`VaultError::Cancelled`].
    pub async fn check(
        &self,
        request: &CheckRequest,
        progress: &(dyn Fn(CheckProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<CheckReport, VaultError> {
        check::run(self.inner.clone(), request, progress, cancel).await
    }
}
