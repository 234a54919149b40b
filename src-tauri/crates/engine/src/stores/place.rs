//! Where a store of the configuration is.

use std::num::NonZeroU64;

use vault::{Store, StoreCredentials, StoreUrl};

use super::outcome::Cycle;
use crate::error::EngineError;

/// A store of the configuration, opened when it is needed: one that is away keeps nobody back.
#[derive(Debug, Clone)]
pub struct StorePlace {
    /// Where.
    pub url: StoreUrl,
    /// Its own credentials.
    pub credentials: StoreCredentials,
    /// Bytes a second in each direction; none without a limit.
    pub bandwidth: Option<NonZeroU64>,
    /// How often sets are copied there; of no meaning for the primary.
    pub every: Cycle,
}

impl StorePlace {
    /// Connects to it; nothing is read yet.
    ///
    /// # Errors
    /// When the address cannot be used or the folder cannot be made.
    pub fn open(&self) -> Result<Store, EngineError> {
        let opened = Store::open(&self.url, self.credentials.clone());
        let store = opened.map_err(vault::VaultError::from)?;
        Ok(match self.bandwidth {
            Some(bytes_per_second) => store.limited(bytes_per_second),
            None => store,
        })
    }
}
