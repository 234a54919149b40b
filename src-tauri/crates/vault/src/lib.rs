//! The backup store: segments, manifests, ledgers, keys and checks, knowing no database.
//!
//! Documents are opaque bytes with a sort key that the caller gives. The format, its invariants and
//! the order of writes stand in `docs/format.md`.

mod buffers;
pub mod check;
pub mod context;
mod crypto;
mod detached;
pub mod digest;
mod error;
pub mod key;
mod ledger;
mod log;
mod manifest;
mod objects;
mod proto;
mod prune;
mod reach;
mod read;
mod repair;
mod replicate;
mod segment;
pub mod set;
mod sound;
pub mod store;
pub mod testing;
mod vault;

pub use check::{
    CheckLevel, CheckProgress, CheckReport, CheckRequest, Coverage, Problem, ProblemKind,
};
pub use context::{Clock, Entropy, Resources, SystemClock, SystemEntropy, VaultContext};
pub use crypto::{ObjectType, verify_ciphertext};
pub use digest::{Digest, DigestKey, DocumentHash, SetDigest};
pub use error::VaultError;
pub use key::{
    Argon2Cost, AwsKmsOptions, AwsKmsProvider, EpochView, KeyChange, KeyChanged, KeyProvider,
    KeyView, KeyringOptions, KeyringProvider, KeyringView, PassphraseProvider, RecoveryKey,
    RecoveryKeyError, RecoveryProvider, TencentKmsOptions, TencentKmsProvider, TransitOptions,
    TransitProvider, WrappedKey,
};
pub use ledger::{Added, Catalog, NewPin, Pin};
pub use log::{Compacted, LogMark, LogReader, LogRecord, LogView, LogWriter, Topics};
pub use prune::{PRUNE_GRACE_MS, PruneProgress, PruneReport, PruneRequest};
pub use reach::{Tally, Usage};
pub use read::{
    BatchLookup, HashReader, HashedKey, PartReader, Record, StreamLookup, StreamReader,
};
pub use repair::{Cure, RepairReport, RepairRequest, Repaired};
pub use replicate::{
    Copied, CopiedSet, REPLICATED_AT, ReplicateProgress, ReplicateReport, ReplicateRequest,
};
pub use set::writer::{PartCheckpoint, PartWriter, SetWriter, StreamWriter};
pub use set::{
    ClassManifest, SetCommit, SetInfo, SetManifest, SetSummary, StreamInfo, StreamKind,
    StreamManifest, StreamStats,
};
pub use store::{Store, StoreCredentials, StoreError, StoreUrl};
pub use vault::Vault;
