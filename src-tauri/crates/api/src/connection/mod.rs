//! What to connect to, and where the secrets for it come from.
//!
//! Three sources give a connection: the configuration file with its environment variables, what a
//! person entered in the window (kept in the home folder), and the sandbox. Secrets come from
//! files, the environment, or a person; never from a command line.

mod address;
mod config;
mod home;
mod kept;
mod keys;

pub use address::{has_credentials, hosts};
pub use config::Config;
pub use home::Home;
pub use kept::{Kept, KeptSecrets};
pub use keys::VaultKeys;

use std::collections::BTreeMap;

use engine::source::profile::Profile;
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
    /// The primary store.
    pub store: VaultPlace,
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
    /// What opens the vault.
    pub keys: VaultKeys,
}
