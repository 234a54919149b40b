//! What to connect to, and where the secrets for it come from.
//!
//! Three sources give a connection: the configuration file with its environment variables, what a
//! person entered in the window (kept in the home folder), and the sandbox. Secrets come from
//! files, the environment, or a person; never from a command line.

mod address;
mod config;
mod home;
mod impact;
mod kept;
mod key_section;
mod keys;
mod stores;

pub use address::{has_credentials, hosts};
pub use config::{Config, Variables};
pub use home::Home;
pub use kept::{Kept, KeptSecrets};
pub use keys::VaultKeys;
pub use stores::StoreSection;

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use engine::impact::ImpactPolicy;
use engine::snapshot::SnapshotPolicy;
use engine::source::profile::Profile;
use engine::stores::StorePlace;
use engine::stores::outcome::StoreName;
use engine::vault::StoreCredentials;

use crate::message::secret::Secret;
use crate::message::setup::Environment;

/// Everything needed to connect.
#[derive(Debug, Clone)]
pub struct Connection {
    /// What kind of service it is.
    pub environment: Environment,
    /// The game service; none when only a vault is opened.
    pub service: Option<GameService>,
    /// The store to read and write.
    pub store: VaultPlace,
    /// Which one of the configuration that is.
    pub name: StoreName,
    /// The other stores of the configuration.
    pub others: BTreeMap<StoreName, StorePlace>,
    /// How much jobs may slow the game service down.
    pub impact: ImpactPolicy,
    /// What snapshots are taken of by themselves, and how long they are kept.
    pub snapshots: SnapshotPolicy,
    /// Servers that data may be restored to, by name.
    pub targets: BTreeMap<String, Secret>,
}

/// A game service's servers.
#[derive(Debug, Clone)]
pub struct GameService {
    /// MongoDB's connection string.
    pub mongodb_uri: Secret,
    /// Redis's URL, where there is a Redis.
    pub redis_url: Option<Secret>,
    /// RabbitMQ's URL; absent when the service publishes nothing there.
    pub rabbitmq_url: Option<Secret>,
    /// What the database holds and what it is called.
    pub profile: Profile,
}

/// A store and what opens the vault in it.
#[derive(Debug, Clone)]
pub struct VaultPlace {
    /// Where, without credentials.
    pub url: String,
    /// The store's own credentials.
    pub credentials: StoreCredentials,
    /// Bytes a second in each direction; none without a limit.
    pub bandwidth: Option<NonZeroU64>,
    /// What opens the vault.
    pub keys: VaultKeys,
}
