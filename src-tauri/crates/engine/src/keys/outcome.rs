//! What is told of keys. Only the recovery key, at the moment it is made, is a secret.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A way to open the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyEntry {
    /// Its id; stays when the passphrase behind it is changed.
    pub id: String,
    /// Its kind: `passphrase`, `recovery`, `transit`, `aws-kms`,
    /// `tencent-kms` or `keyring`.
    pub provider: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was made, Unix time in milliseconds; none where that was not recorded.
    pub created_at: Option<i64>,
    /// What its provider needs to know again, by name; nothing secret.
    pub parameters: BTreeMap<String, String>,
    /// True for the one that the vault is open with.
    pub in_use: bool,
}

/// A key that objects are sealed under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DataKeyEntry {
    /// Its number, from 1.
    pub epoch: u32,
    /// When it was made, Unix time in milliseconds.
    pub created_at: i64,
}

/// The keys of a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyList {
    /// Rises with each change of the keyring.
    pub revision: u32,
    /// The ways to open the vault, oldest first.
    pub keys: Vec<KeyEntry>,
    /// Data keys, oldest first; what is new is sealed under the last.
    pub data_keys: Vec<DataKeyEntry>,
}

/// A way to open the vault was added.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyAdded {
    /// Its id.
    pub id: String,
    /// The recovery key, where one was made. It is told this once and kept nowhere.
    pub recovery_key: Option<String>,
    /// The keys as they are now.
    pub present: KeyList,
}

impl std::fmt::Debug for KeyAdded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyAdded").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeysChanged {
    /// True when the root key is new: an old copy of the keyring with an old key opens nothing new.
    pub root_renewed: bool,
    /// The keys that the root key stayed for, because what they stand for was not at hand.
    pub not_at_hand: Vec<KeyEntry>,
    /// The keys as they are now.
    pub present: KeyList,
}
