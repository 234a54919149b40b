//! What the service is connected to, as it is shown.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, SetOnce};

use super::sandbox::Running;
use crate::connection::{Connection, Home, has_credentials, hosts};
use crate::message::settings::{ConnectionSettings, StoreSettings};
use crate::message::setup::Environment;

/// The part of the service that changes.
#[derive(Debug, Default)]
pub(crate) struct State {
    connected: Mutex<Shown>,
    /// Set once the connection of the start was tried, where there is one.
    pub(super) attempted: SetOnce<()>,
    /// Held while servers, stores and vaults are exchanged.
    pub(super) exchange: AsyncMutex<()>,
    /// The sandbox, while this process runs it.
    pub(super) sandbox: AsyncMutex<Option<Running>>,
    /// The job that starts the sandbox, while it runs.
    pub(super) sandbox_job: AsyncMutex<Option<String>>,
}

/// What is shown of the connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shown {
    /// What kind of service it is; none when nothing is connected.
    pub environment: Option<Environment>,
    /// The game service.
    pub connection: Option<ConnectionSettings>,
    /// The store.
    pub store: Option<StoreSettings>,
    /// Why something that should be connected is not.
    pub reason: Option<String>,
}

impl Shown {
    /// What may be shown of `connection`, whose vault a key of this kind opened.
    pub fn of(connection: &Connection, key_provider: &str) -> Self {
        let service = connection.service.as_ref().map(|service| {
            let redis = service.redis_url.as_ref().map_or("", |url| url.expose());
            ConnectionSettings {
                mongodb_address: hosts(service.mongodb_uri.expose()),
                database: service.profile.database.clone(),
                redis_address: hosts(redis),
                has_password: has_credentials(service.mongodb_uri.expose())
                    || has_credentials(redis),
            }
        });
        Self {
            environment: Some(connection.environment),
            connection: service,
            store: Some(StoreSettings {
                url: connection.store.url.clone(),
                key_provider: key_provider.to_owned(),
            }),
            reason: None,
        }
    }
}

impl State {
    /// What is connected now.
    pub fn shown(&self) -> Shown {
        self.lock().clone()
    }

    /// Replaces what is shown.
    pub fn show(&self, shown: Shown) {
        *self.lock() = shown;
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        self.connected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The sandbox's place, for its settings.
pub(crate) fn sandbox_store(home: &Home) -> String {
    home.sandbox_vault().display().to_string()
}
