//! Settings of the console.

pub use engine::wording::Language;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Request;
use crate::error::ApiError;

/// The theme of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// What the desktop says.
    System,
}

/// The game service's servers, without their credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSettings {
    /// MongoDB's hosts.
    pub mongodb_address: String,
    /// The game database.
    pub database: String,
    /// Redis's host; empty without Redis.
    pub redis_address: String,
    /// True when a password is kept for either.
    pub has_password: bool,
}

/// The primary store, without its credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreSettings {
    /// Where it is.
    pub url: String,
    /// What wraps its data keys, for example `passphrase`.
    pub key_provider: String,
}

/// The settings as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SettingsView {
    /// The language of the window.
    pub language: Language,
    /// The theme of the window.
    pub theme: Theme,
    /// IANA name of the zone that times are shown in.
    pub time_zone: String,
    /// The game service; none before the first run and when only a vault is open.
    pub connection: Option<ConnectionSettings>,
    /// The primary store; none before the first run.
    pub store: Option<StoreSettings>,
}

/// A change of settings; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(optional_fields)]
pub struct SettingsRequest {
    /// The language of the window.
    pub language: Option<Language>,
    /// The theme of the window.
    pub theme: Option<Theme>,
    /// IANA name of the zone that times are shown in.
    pub time_zone: Option<String>,
}

impl Request for SettingsRequest {
    fn validate(&self) -> Result<(), ApiError> {
        match &self.time_zone {
            Some(zone) if !is_zone_name(zone) => {
                Err(ApiError::invalid("timeZone", "must be an IANA name such as Asia/Shanghai"))
            }
            _ => Ok(()),
        }
    }
}

/// The window resolves the name against its own zone database; here only the form is checked.
fn is_zone_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
}
