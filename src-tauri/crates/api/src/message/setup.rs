//! The first run: what to connect to.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::not_empty;
use super::secret::Secret;
use crate::contract::Request;
use crate::error::ApiError;

/// How far the first run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SetupStage {
    /// Nothing is connected: the window shows the choices.
    Choose,
    /// A service or a vault is connected.
    Ready,
}

/// Whether something is connected, and whether the sandbox can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SetupStatus {
    /// How far the first run has come.
    pub stage: SetupStage,
    /// True when the private servers can be started here.
    pub sandbox_available: bool,
    /// Why not, or why what was connected before is not now; in English.
    pub reason: Option<String>,
}

/// What kind of service is connected; decides how loudly the window warns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The console's own private servers.
    Sandbox,
    /// A developer's servers.
    Development,
    /// A test system.
    Test,
    /// Players' data.
    Production,
}

impl Environment {
    /// The stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Development => "development",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

/// A request to connect to a game service and a store.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectRequest {
    /// MongoDB's connection string.
    pub mongodb_uri: Secret,
    /// Redis's URL; empty without Redis.
    pub redis_url: Secret,
    /// The game database.
    pub database: String,
    /// The store; created when there is no vault in it yet.
    pub store_url: String,
    /// The vault's passphrase.
    pub passphrase: Secret,
    /// What kind of service it is.
    pub environment: Environment,
}

impl Request for ConnectRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("mongodbUri", self.mongodb_uri.expose())?;
        not_empty("database", &self.database)?;
        not_empty("storeUrl", &self.store_url)?;
        not_empty("passphrase", self.passphrase.expose())?;
        if self.environment == Environment::Sandbox {
            return Err(ApiError::invalid(
                "environment",
                "sandbox is kept for the console's own private servers",
            ));
        }
        Ok(())
    }

    fn subject(&self) -> String {
        self.database.clone()
    }
}

/// A request to open a store alone.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenVaultRequest {
    /// The store.
    pub store_url: String,
    /// The vault's passphrase.
    pub passphrase: Secret,
}

impl Request for OpenVaultRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("storeUrl", &self.store_url)?;
        not_empty("passphrase", self.passphrase.expose())
    }

    fn subject(&self) -> String {
        self.store_url.clone()
    }
}
