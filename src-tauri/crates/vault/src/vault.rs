//! An open vault.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::VaultError;
use crate::check::{self, CheckProgress, CheckReport, CheckRequest};
use crate::context::VaultContext;
use crate::crypto::names::{NameKeys, hex};
use crate::digest::{DigestKey, SetDigest};
use crate::key::keyring::{KEYRING, Keyring};
use crate::key::{self, KeyChange, KeyChanged, KeyProvider, KeyringView};
use crate::ledger::{self, Added, Catalog, Listing};
use crate::manifest;
use crate::prune::{self, PruneProgress, PruneReport, PruneRequest};
use crate::reach::{self, Tally, Usage};
use crate::set::writer::SetWriter;
use crate::set::{SetInfo, SetManifest, SetSummary};
use crate::store::{Backend, Store};

/// An open vault. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Vault {
    pub(crate) inner: Arc<VaultInner>,
}

pub(crate) struct VaultInner {
    pub(crate) store: Store,
    pub(crate) context: VaultContext,
    pub(crate) vault_id: [u8; 16],
    pub(crate) names: NameKeys,
    keyring: Arc<RwLock<Arc<Keyring>>>,
    /// What may open a keyring that another process writes.
    providers: Arc<RwLock<Vec<Arc<dyn KeyProvider>>>>,
    /// Held while this writer's ledger is appended to.
    pub(crate) appending: Arc<tokio::sync::Mutex<()>>,
    /// Held while the keyring is changed.
    pub(crate) changing: Arc<tokio::sync::Mutex<()>>,
}

impl std::fmt::Debug for VaultInner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VaultInner")
            .field("store", &self.store)
            .field("context", &self.context)
            .field("keyring", &self.keyring())
            .finish_non_exhaustive()
    }
}

impl VaultInner {
    /// The keyring as it is known at the moment.
    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        self.keyring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes over a newer keyring; one that was read before another took over is left alone.
    pub(crate) fn take_over(&self, keyring: Keyring) {
        let mut known = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        if keyring.revision > known.revision {
            *known = Arc::new(keyring);
        }
    }

    /// What is at hand to open and to wrap with.
    pub(crate) fn providers(&self) -> Vec<Arc<dyn KeyProvider>> {
        self.providers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps one more provider at hand.
    pub(crate) fn keep_at_hand(&self, provider: Arc<dyn KeyProvider>) {
        self.providers.write().unwrap_or_else(PoisonError::into_inner).push(provider);
    }

    /// Folder of this writer's ledger: a keyed hash, so that the writer's name shows nowhere.
    pub(crate) fn ledger_folder(&self) -> String {
        self.names.writer(&self.context.writer_id)
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
        let vault = Self::with(store, context, keyring, Vec::new());
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
        let keyring = Keyring::open(&find_keyring(&store).await?, provider).await?;
        Ok(Self::with(store, context, keyring, Vec::new()))
    }

    /// Opens a vault with the first of `providers` that can: a later one is tried where one does
    /// not fit, or where its server is away. They stay at hand, so that the vault follows changes
    /// of its keyring by other processes, and can make its root key anew.
    ///
    /// # Errors
    /// As [`Vault::open`]; what a provider said, where one could not work and none opened.
    pub async fn open_with_any(
        store: Store,
        providers: Vec<Arc<dyn KeyProvider>>,
        context: VaultContext,
    ) -> Result<Self, VaultError> {
        let bytes = find_keyring(&store).await?;
        let keyring = Keyring::open_with_any(&bytes, &providers).await?;
        Ok(Self::with(store, context, keyring, providers))
    }

    pub(crate) fn with(
        store: Store,
        context: VaultContext,
        keyring: Keyring,
        providers: Vec<Arc<dyn KeyProvider>>,
    ) -> Self {
        let inner = VaultInner {
            store,
            context,
            vault_id: keyring.vault_id,
            names: keyring.names.clone(),
            keyring: Arc::new(RwLock::new(Arc::new(keyring))),
            providers: Arc::new(RwLock::new(providers)),
            appending: Arc::default(),
            changing: Arc::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The same vault, whose store is asked through what `wrap` makes of it. Both share keys and
    /// ledger.
    #[must_use]
    pub fn through(&self, wrap: impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend>) -> Self {
        let inner = &self.inner;
        let inner = VaultInner {
            store: Store::with_backend(wrap(inner.store.backend())),
            context: inner.context.clone(),
            vault_id: inner.vault_id,
            names: inner.names.clone(),
            keyring: Arc::clone(&inner.keyring),
            providers: Arc::clone(&inner.providers),
            appending: Arc::clone(&inner.appending),
            changing: Arc::clone(&inner.changing),
        };
        Self { inner: Arc::new(inner) }
    }

    /// When this writer's ledger was written last, by the store's own clock, Unix time in
    /// milliseconds; none where the store tells no time or nothing was written.
    ///
    /// # Errors
    /// What the store fails with.
    pub async fn ledger_written_at(&self) -> Result<Option<i64>, VaultError> {
        let head = ledger::sequence::Sequence::ledger(&self.inner.ledger_folder()).head_key();
        Ok(self.inner.store.stat(&head).await?.and_then(|info| info.modified_ms))
    }

    /// Who may open the vault and which data keys it has, nothing of it secret.
    #[must_use]
    pub fn keys(&self) -> KeyringView {
        self.inner.keyring().view()
    }

    /// Takes over changes of the keyring by other processes. Reading and writing do so by
    /// themselves where they meet one.
    ///
    /// # Errors
    /// [`VaultError::KeysChanged`] when nothing at hand opens the newer keyring.
    pub async fn follow_keys(&self) -> Result<(), VaultError> {
        self.inner.learn().await
    }

    /// Changes who may open the vault, or the key that new objects are sealed under. Only the
    /// keyring is rewritten; every clone of this vault goes on with the new one.
    ///
    /// Where somebody may no longer open the vault, and where the data key is raised, the root key
    /// is made anew if what stands behind each key that stays is at hand (see
    /// [`Vault::open_with_any`]); else it stays, and [`KeyChanged::not_at_hand`] names those that
    /// it stayed for.
    ///
    /// # Errors
    /// [`VaultError::NoSuchKey`], [`VaultError::LastKey`], [`VaultError::KeysChanged`],
    /// [`VaultError::KeysBusy`], and what a provider or the store said.
    pub async fn change_keys(&self, change: KeyChange) -> Result<KeyChanged, VaultError> {
        key::change::run(&self.inner, change).await
    }

    /// An empty digest of documents under this vault's key, to compare live data with a stream.
    #[must_use]
    pub fn digest(&self) -> SetDigest {
        SetDigest::new(self.inner.names.documents().clone())
    }

    /// The key that documents are hashed under, to compare live ones with [`Vault::read_hashes`].
    #[must_use]
    pub fn document_key(&self) -> DigestKey {
        self.inner.names.documents().clone()
    }

    /// The vault's id as hex.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.inner.vault_id)
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

    /// All sets, oldest first, with their pins, and what is wrong with the ledgers that tell of them.
    ///
    /// # Errors
    /// What the store said.
    pub async fn catalog(&self) -> Result<Catalog, VaultError> {
        let listing = ledger::read(&self.inner).await?;
        let gone = listing.removed.iter().map(|(_, set)| set);
        let removed = gone.clone().map(|set| set.summary.id.clone()).collect();
        let mut history: Vec<_> = listing
            .sets
            .iter()
            .chain(gone)
            .map(|set| Added {
                at_ms: set.summary.committed_at_ms,
                stored_bytes: set.summary.stored_bytes,
                classes: set.summary.classes.clone(),
            })
            .collect();
        history.sort_by_key(|added| added.at_ms);
        Ok(Catalog {
            sets: listing.sets.into_iter().map(|set| set.summary).collect(),
            pins: listing.pins,
            history,
            removed,
            problems: listing.problems,
            unknown: listing.unknown,
        })
    }

    /// All sets, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] where a ledger is damaged; [`Vault::catalog`] shows the rest.
    pub async fn sets(&self) -> Result<Vec<SetSummary>, VaultError> {
        Ok(self.catalog().await?.sound()?.sets)
    }

    /// A set in full.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`], or [`VaultError::Damaged`] when one of its manifests is, or the
    /// ledger that may tell of it.
    pub async fn set(&self, id: &str) -> Result<SetManifest, VaultError> {
        self.set_of(ledger::read(&self.inner).await?, id).await
    }

    /// The set whose id `choose` finds among all, oldest first, in full. The ledgers are read once.
    ///
    /// # Errors
    /// As [`Vault::sets`] and [`Vault::set`], and what `choose` says.
    pub async fn chosen_set<E: From<VaultError>>(
        &self,
        choose: impl FnOnce(&[SetSummary]) -> Result<String, E>,
    ) -> Result<SetManifest, E> {
        let listing = ledger::read(&self.inner).await?;
        if let Some(problem) = listing.problems.first() {
            return Err(problem.to_error().into());
        }
        let sets: Vec<_> = listing.sets.iter().map(|set| set.summary.clone()).collect();
        let id = choose(&sets)?;
        Ok(self.set_of(listing, &id).await?)
    }

    async fn set_of(&self, listing: Listing, id: &str) -> Result<SetManifest, VaultError> {
        let found = listing.sets.iter().find(|set| set.summary.id == id).cloned();
        let no_such = || listing.no_such_set(id);
        manifest::read_set(&self.inner, found.ok_or_else(no_such)?).await
    }

    /// Removes a set from the list. Its objects stay until they are pruned.
    ///
    /// # Errors
    /// As [`Vault::drop_sets`].
    pub async fn drop_set(&self, id: &str, fencing_token: u64) -> Result<(), VaultError> {
        self.drop_sets(&[id.to_owned()], fencing_token).await
    }

    /// Removes sets from the list, one entry each. Objects stay until they are pruned.
    ///
    /// # Errors
    /// [`VaultError::NoSuchSet`] or [`VaultError::Pinned`], and then none is removed;
    /// [`VaultError::Fenced`].
    pub async fn drop_sets(&self, ids: &[String], fencing_token: u64) -> Result<(), VaultError> {
        let _appending = self.inner.appending.lock().await;
        let listing = ledger::read(&self.inner).await?;
        for id in ids {
            ensure_listed(&listing, id)?;
            if let Some(pin) = listing.pins.get(id).and_then(|pins| pins.last()) {
                let (set, reason) = (id.clone(), pin.reason.clone());
                return Err(VaultError::Pinned { set, actor: pin.actor.clone(), reason });
            }
        }
        for id in ids {
            ledger::remove_set(&self.inner, id, fencing_token).await?;
        }
        Ok(())
    }

    /// Deletes what nothing refers to, in two phases a grace period apart; see docs/format.md.
    ///
    /// # Errors
    /// [`VaultError::PruneRefused`] when something is damaged that could tell what is in use,
    /// [`VaultError::PruneRunning`], [`VaultError::NoStoreClock`], [`VaultError::Cancelled`], or
    /// what the store said.
    pub async fn prune(
        &self,
        request: PruneRequest,
        progress: &(dyn Fn(PruneProgress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<PruneReport, VaultError> {
        prune::run(&self.inner, request, progress, cancel).await
    }

    /// What the listed sets refer to, by type and by class.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] when a ledger, a manifest or a page is.
    pub async fn usage(&self) -> Result<Usage, VaultError> {
        reach::usage(&self.inner).await
    }

    /// What only these sets refer to: what their removal frees once it is pruned.
    ///
    /// # Errors
    /// As [`Vault::usage`].
    pub async fn exclusive(&self, ids: &[String]) -> Result<Tally, VaultError> {
        reach::exclusive(&self.inner, ids).await
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

async fn find_keyring(store: &Store) -> Result<Bytes, VaultError> {
    let not_a_vault = || VaultError::NotAVault { location: store.location() };
    store.find(KEYRING).await?.ok_or_else(not_a_vault)
}

pub(crate) fn ensure_listed(listing: &Listing, id: &str) -> Result<(), VaultError> {
    if listing.sets.iter().any(|set| set.summary.id == id) {
        return Ok(());
    }
    Err(listing.no_such_set(id))
}
