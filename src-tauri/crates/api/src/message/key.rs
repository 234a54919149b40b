//! Who may open the vault.

use serde::Deserialize;
use ts_rs::TS;

use super::not_empty;
use super::secret::Secret;
use crate::contract::Request;
use crate::error::ApiError;

/// Most characters of a label.
const LABEL: usize = 64;

/// A way to open the vault that is to be added.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum NewKey {
    /// A passphrase.
    Passphrase {
        /// The passphrase.
        passphrase: Secret,
    },
    /// A recovery key, made by the engine and told once.
    Recovery,
    /// The key that the configuration names at a Vault or OpenBao server.
    Transit,
    /// The key of AWS KMS that the configuration names.
    AwsKms,
    /// The key of Tencent Cloud KMS that the configuration names.
    TencentKms,
    /// The key that the configuration names in the keyring of this system.
    Keyring,
}

/// A request to add a way to open the vault.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct KeyAddRequest {
    /// What is added.
    pub key: NewKey,
    /// What its owner calls it; may be empty.
    pub label: String,
}

impl Request for KeyAddRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if self.label.chars().count() > LABEL || self.label.chars().any(char::is_control) {
            return Err(ApiError::invalid("label", "must be one line of at most 64 characters"));
        }
        match &self.key {
            NewKey::Passphrase { passphrase } => not_empty("passphrase", passphrase.expose()),
            NewKey::Recovery
            | NewKey::Transit
            | NewKey::AwsKms
            | NewKey::TencentKms
            | NewKey::Keyring => Ok(()),
        }
    }

    fn subject(&self) -> String {
        let provider = match &self.key {
            NewKey::Passphrase { .. } => "passphrase",
            NewKey::Recovery => "recovery",
            NewKey::Transit => "transit",
            NewKey::AwsKms => "aws-kms",
            NewKey::TencentKms => "tencent-kms",
            NewKey::Keyring => "keyring",
        };
        format!("{provider} {}", self.label).trim_end().to_owned()
    }
}

/// A request to put another passphrase in the place of one.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct KeyPassphraseRequest {
    /// Which one; none means the one in use, else the only one.
    pub id: Option<String>,
    /// The new passphrase.
    pub passphrase: Secret,
}

impl Request for KeyPassphraseRequest {
    fn validate(&self) -> Result<(), ApiError> {
        not_empty("passphrase", self.passphrase.expose())
    }

    fn subject(&self) -> String {
        self.id.clone().unwrap_or_default()
    }
}
