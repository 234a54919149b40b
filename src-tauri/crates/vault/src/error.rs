//! What can go wrong with a vault, said so that a reader can act on it.

use crate::{check::ProblemKind, key::RecoveryKeyError, store::StoreError};

/// Failure of an operation on a vault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store holds no vault.
    #[error(
        "no vault at {location}: there is no `keyring` object; create one with `init` or check the address"
    )]
    NotAVault {
        /// Where it was looked for.
        location: String,
    },
    /// The store holds a vault already.
    #[error("{location} holds a vault already; open it instead, or choose an empty place")]
    AlreadyExists {
        /// Where.
        location: String,
    },
    /// The store holds another vault.
    #[error(
        "{location} holds another vault, which is left alone; choose an empty place for the replica"
    )]
    OtherVault {
        /// Where.
        location: String,
    },
    /// The keyring of a replica is not an older one of the primary's.
    #[error(
        "the keyring at {location} has revision {found} and is not the primary's, which has {known}; the primary's may be an old one put back: check it, and repair it from this store"
    )]
    ReplicaAhead {
        /// Where the replica is.
        location: String,
        /// The revision there.
        found: u32,
        /// The primary's.
        known: u32,
    },
    /// The key provider could not open the keyring. Says nothing about what differs.
    #[error("the key does not open this vault")]
    WrongKey,
    /// A key provider failed.
    #[error("key provider `{provider}` failed: {detail}")]
    Key {
        /// The provider's kind.
        provider: String,
        /// What it said; never contains key material.
        detail: String,
    },
    /// A text is no recovery key.
    #[error(transparent)]
    RecoveryKey(#[from] RecoveryKeyError),
    /// The server that holds a key does not answer, or not now.
    #[error(
        "the key server {address} of provider `{provider}` does not serve: {detail}; bring it back, or open the vault with another of its keys"
    )]
    KeyServerDown {
        /// The provider's kind.
        provider: String,
        /// Where the server is.
        address: String,
        /// What happened.
        detail: String,
    },
    /// The server that holds a key refused the request.
    #[error(
        "the key server {address} of provider `{provider}` refuses: {detail}; renew the token or access key, and let its policy encrypt and decrypt with this key"
    )]
    KeyServerRefuses {
        /// The provider's kind.
        provider: String,
        /// Where the server is.
        address: String,
        /// What it said.
        detail: String,
    },
    /// The operating system's keyring does not serve.
    #[error(
        "the keyring of this system does not serve: {detail}; unlock it or log in to a session that has one, or open the vault with another of its keys"
    )]
    SystemKeyringAway {
        /// What happened.
        detail: String,
    },
    /// The operating system's keyring holds no key for the vault.
    #[error(
        "the keyring of this user on this machine holds no key called `{name}`; open the vault with another of its keys, then add one here with `avault key add keyring`"
    )]
    NotInSystemKeyring {
        /// The name of the entry.
        name: String,
    },
    /// No such way to open the vault.
    #[error("no key of this vault has the id `{id}`; list its keys to see what there is")]
    NoSuchKey {
        /// The id asked for.
        id: String,
    },
    /// The only way to open the vault must stay.
    #[error("this is the only key that opens the vault; add another before this one is removed")]
    LastKey,
    /// There are as many ways to open the vault as there may be.
    #[error("the vault has {limit} keys, the most there may be; remove one first")]
    TooManyKeys {
        /// The most there may be.
        limit: usize,
    },
    /// Somebody else changed the keyring.
    #[error("the vault's keys were changed after it was opened; open it again")]
    KeysChanged,
    /// Somebody else is changing the keyring.
    #[error(
        "another process is changing the vault's keys, or died while it did; try again in {seconds} seconds"
    )]
    KeysBusy {
        /// How long the other one's claim lasts.
        seconds: u64,
    },
    /// No such log.
    #[error("the store has no log `{log}`")]
    NoSuchLog {
        /// Its id.
        log: String,
    },
    /// Another process appended to the log.
    #[error("another process follows into log `{log}`; stop one of the two")]
    LogTaken {
        /// Its id.
        log: String,
    },
    /// An object is not what it must be.
    #[error(
        "object `{object}` is damaged ({kind}): {detail}; run a check of the store and restore it from a replica"
    )]
    Damaged {
        /// The object's key.
        object: String,
        /// What is wrong with it.
        kind: ProblemKind,
        /// What was found.
        detail: String,
    },
    /// The object was written by a newer version.
    #[error(
        "object `{object}` has format {found}, this version reads up to {known}; update the program"
    )]
    UnknownFormat {
        /// The object's key.
        object: String,
        /// Its format version.
        found: u8,
        /// The newest format known here.
        known: u8,
    },
    /// No such backup set.
    #[error("there is no backup set `{set}` in this vault; list the sets to see what there is")]
    NoSuchSet {
        /// The id asked for.
        set: String,
    },
    /// No such stream in the set.
    #[error("backup set `{set}` has no stream `{stream}` in class `{class}`")]
    NoSuchStream {
        /// The set.
        set: String,
        /// The class asked for.
        class: String,
        /// The stream asked for.
        stream: String,
    },
    /// Documents came out of key order.
    #[error("stream `{stream}`: keys must not go back within a part; read the source in key order")]
    OutOfOrder {
        /// The stream.
        stream: String,
    },
    /// A document or key is larger than a segment can hold.
    #[error("stream `{stream}`: a document of {bytes} bytes exceeds the limit of {limit}")]
    TooLarge {
        /// The stream.
        stream: String,
        /// The size met.
        bytes: usize,
        /// The size allowed.
        limit: usize,
    },
    /// A writer was used against its rules.
    #[error("{0}")]
    Misuse(String),
    /// The job is too old to commit segments that it reuses.
    #[error(
        "backup set `{set}` was begun {age_ms} ms ago, more than {limit_ms} ms: segments that it reuses may be pruned; start again, what is stored is reused"
    )]
    TooOld {
        /// The set.
        set: String,
        /// Its age.
        age_ms: i64,
        /// The age allowed.
        limit_ms: i64,
    },
    /// A prune deletes at the moment, and the set counts on objects that it had marked.
    #[error(
        "backup set `{set}` needs objects that a prune is deleting at this moment; nothing was committed, start again when the prune has ended"
    )]
    BeingPruned {
        /// The set.
        set: String,
    },
    /// A set that is pinned is not removed.
    #[error("backup set `{set}` is pinned by {actor}: {reason}; lift the pin first")]
    Pinned {
        /// The set.
        set: String,
        /// Who pinned it.
        actor: String,
        /// Why.
        reason: String,
    },
    /// What is in use cannot be told, so nothing is deleted.
    #[error(
        "nothing is pruned: `{object}` cannot be used ({kind}: {detail}), so it is not known what is still needed; check the store, and bring the object back from a replica or remove the set"
    )]
    PruneRefused {
        /// The object's key.
        object: String,
        /// What is wrong with it.
        kind: ProblemKind,
        /// What was found.
        detail: String,
    },
    /// Somebody else prunes this store.
    #[error(
        "another prune has been at work in this store since {since_ms} (Unix milliseconds); wait for it, a dead one is taken over after an hour"
    )]
    PruneRunning {
        /// By the store's clock.
        since_ms: i64,
    },
    /// The store does not tell when an object was written.
    #[error("{location} tells no modification times, without which nothing can be pruned safely")]
    NoStoreClock {
        /// The store.
        location: String,
    },
    /// Another writer with a newer token has taken over.
    #[error(
        "the lease was lost: fencing token {token} is older than {newest}; nothing was committed"
    )]
    Fenced {
        /// This writer's token.
        token: u64,
        /// The newest token seen.
        newest: u64,
    },
    /// Cancelled by the caller.
    #[error("cancelled")]
    Cancelled,
    /// A worker thread ended without an answer.
    #[error("a worker of the vault stopped unexpectedly: {0}")]
    Worker(String),
}

impl VaultError {
    /// True when the same call may succeed later without anything being changed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::KeyServerDown { .. }
            | Self::SystemKeyringAway { .. }
            | Self::KeysBusy { .. }
            | Self::BeingPruned { .. }
            | Self::PruneRunning { .. } => true,
            _ => false,
        }
    }

    /// True when a provider could not work, which says nothing about other ways to open the vault.
    pub(crate) fn is_of_key_provider(&self) -> bool {
        let down = matches!(self, Self::KeyServerDown { .. } | Self::KeyServerRefuses { .. });
        let absent =
            matches!(self, Self::SystemKeyringAway { .. } | Self::NotInSystemKeyring { .. });
        down || absent || matches!(self, Self::Key { .. })
    }

    pub(crate) fn damaged(object: &str, kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self::Damaged { object: object.to_owned(), kind, detail: detail.into() }
    }
}
