//! The connection that was made last, kept for the next start.

use serde::{Deserialize, Serialize};

use super::Home;
use crate::error::ApiError;
use crate::message::setup::Environment;

/// What is kept in the settings: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kept {
    /// The console's own private servers.
    Sandbox,
    /// A service and a store.
    Service {
        /// What kind of service it is.
        environment: Environment,
        /// The game database.
        database: String,
        /// The store, without credentials.
        store_url: String,
    },
    /// A store alone.
    Vault {
        /// The store, without credentials.
        store_url: String,
    },
}

/// What is kept in a file that only its owner may read.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptSecrets {
    /// MongoDB's connection string; empty for a store alone.
    pub mongodb_uri: String,
    /// Redis's URL; empty without Redis.
    pub redis_url: String,
    /// The vault's passphrase.
    pub passphrase: String,
}

impl KeptSecrets {
    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&self, home: &Home) -> Result<(), ApiError> {
        let bytes = serde_json::to_vec(self).map_err(|error| ApiError::unwritable(&error))?;
        home.write_secret(&home.secrets(), &bytes)
    }

    /// Reads the file; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn load(home: &Home) -> Result<Option<Self>, ApiError> {
        let path = home.secrets();
        let Some(text) = home.read_secret(&path)? else {
            return Ok(None);
        };
        serde_json::from_str(&text).map(Some).map_err(|_unshown| {
            // The parser's message could quote the secret.
            ApiError::permanent(
                "key_file_unreadable",
                format!("the key file {} is damaged", path.display()),
            )
            .hint("Connect again; the file is written anew.")
            .with("path", path.display().to_string())
        })
    }

    /// Removes the file.
    ///
    /// # Errors
    /// When it stays.
    pub fn forget(home: &Home) -> Result<(), ApiError> {
        home.forget_secret(&home.secrets())
    }
}

impl std::fmt::Debug for KeptSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptSecrets(…)")
    }
}
