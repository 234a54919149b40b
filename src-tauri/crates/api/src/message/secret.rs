//! Secrets in requests. They go one way: no response has a field of this type.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use ts_rs::TS;

/// A password, a passphrase, or a URI that may hold one. Neither printed nor serialised.
#[derive(Debug, Clone, TS)]
#[ts(type = "string")]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps a secret that came from elsewhere than a request.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// The secret in the clear.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The secret in the form that keys are made from.
    #[must_use]
    pub fn reveal(&self) -> &SecretString {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
