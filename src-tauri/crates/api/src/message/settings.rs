//! Settings of the console.

use std::collections::BTreeSet;

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

/// Most views that are kept, and most bytes of a view's name and of its query.
const MOST_VIEWS: usize = 50;
const LONGEST_NAME: usize = 120;
const LONGEST_QUERY: usize = 2000;

/// A set of filters of the snapshots that was given a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    /// Its name; no other view has it.
    pub name: String,
    /// The filters as the window's address spells them.
    pub query: String,
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
    /// Views of the snapshots, in the order in which they were kept.
    pub snapshot_views: Vec<SavedView>,
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
    /// All views of the snapshots.
    pub snapshot_views: Option<Vec<SavedView>>,
}

impl Request for SettingsRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if self.time_zone.as_ref().is_some_and(|zone| !is_zone_name(zone)) {
            return Err(ApiError::invalid(
                "timeZone",
                "must be an IANA name such as Asia/Shanghai",
            ));
        }
        match &self.snapshot_views {
            Some(views) => check_views(views),
            None => Ok(()),
        }
    }
}

fn check_views(views: &[SavedView]) -> Result<(), ApiError> {
    let refused = |reason: &str| Err(ApiError::invalid("snapshotViews", reason));
    if views.len() > MOST_VIEWS {
        return refused("must be no more than 50");
    }
    let names: BTreeSet<&str> = views.iter().map(|view| view.name.trim()).collect();
    if names.len() < views.len() || names.contains("") {
        return refused("must each have a name of its own");
    }
    let fits =
        |view: &SavedView| view.name.len() <= LONGEST_NAME && view.query.len() <= LONGEST_QUERY;
    if views.iter().all(fits) { Ok(()) } else { refused("must not be longer than an address") }
}

/// The window resolves the name against its own zone database; here only the form is checked.
fn is_zone_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
}
