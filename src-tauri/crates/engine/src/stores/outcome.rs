//! Stores as they are named and shown.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::overview::outcome::Health;
use crate::verify::outcome::ObjectProblem;

/// A store of the configuration.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum StoreName {
    /// Where backups are written.
    #[default]
    Primary,
    /// The independent copy, weekly unless said otherwise.
    Replica,
    /// The copy at another place, monthly unless said otherwise.
    Offsite,
}

impl StoreName {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Primary, Self::Replica, Self::Offsite];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Replica => "replica",
            Self::Offsite => "offsite",
        }
    }

    /// The store called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|store| store.name() == name)
    }
}

/// How often sets are copied into a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Cycle {
    /// One set a day.
    Day,
    /// One a week, which begins on Monday, UTC.
    Week,
    /// One a calendar month, UTC.
    Month,
}

/// Why a store is not apart from what it is to outlive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeparationWarning {
    /// The store.
    pub store: StoreName,
    /// Stable code: `with_mongodb`, `same_place`, `same_disk`, `same_credentials`.
    pub code: String,
    /// What it is not apart from: MongoDB's host, or another store's name.
    pub from: String,
    /// A sentence, in English.
    pub message: String,
}

/// The last check of a whole store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreChecked {
    /// Unix time in milliseconds.
    pub at: i64,
    /// True when nothing was wrong, or everything was repaired.
    pub ok: bool,
    /// How many problems it left.
    pub problems: u64,
}

/// A store and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreView {
    /// Its name.
    pub name: StoreName,
    /// Where it is, without credentials.
    pub url: String,
    /// Whether this is the store that is read and written at the moment.
    pub connected: bool,
    /// How often sets are copied there; none for the primary.
    pub every: Option<Cycle>,
    /// Bytes a second in each direction; none without a limit.
    pub bandwidth: Option<u64>,
    /// Whether it answers and its ledgers are sound; `absent` while nothing was copied there.
    pub health: Health,
    /// What is wrong, in English; empty when nothing is.
    pub detail: String,
    /// Sets listed there.
    pub backups: u64,
    /// Bytes that its sets added to it.
    pub bytes: u64,
    /// The newest moment that can be restored from it, Unix time in milliseconds.
    pub newest: Option<i64>,
    /// When a set was last copied there, Unix time in milliseconds.
    pub replicated_at: Option<i64>,
    /// Sets that a replication would copy now.
    pub behind: u64,
    /// Whether its cycle's time has come.
    pub due: bool,
    /// The last check of all of it.
    pub checked: Option<StoreChecked>,
    /// What it is not apart from.
    pub warnings: Vec<SeparationWarning>,
}

/// One thing that a probe tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProbeStepView {
    /// Stable name: `read_after_write`, `stat`, `put_if_absent`, `overwrite`, `list`,
    /// `no_versions`, `delete`.
    pub name: String,
    /// True when the store behaved as wished.
    pub ok: bool,
    /// What was seen when it did not, in English.
    pub detail: Option<String>,
}

/// What a store really does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProbeView {
    /// The store.
    pub store: StoreName,
    /// Where it is.
    pub location: String,
    /// True when a vault can live there.
    pub usable: bool,
    /// What was tried, in order.
    pub steps: Vec<ProbeStepView>,
}

/// A request to copy sets into another store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplicateRequest {
    /// Where to.
    pub to: StoreName,
    /// Ids of sets, or `latest`; empty for what the store's cycle asks for.
    pub backups: Vec<String>,
    /// Every set of the primary instead.
    pub all: bool,
}

/// A set and what became of its copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplicatedBackup {
    /// The set.
    pub backup: String,
    /// Stable code: `copied`, `present`, `removed`, `failed`.
    pub result: String,
    /// Objects written.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that lay there already.
    pub present: u64,
    /// Why it failed.
    pub problem: Option<ObjectProblem>,
}

/// What a replication did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplicateOutcome {
    /// Where to.
    pub to: StoreName,
    /// Where that is.
    pub location: String,
    /// What the store really does; tried before its first use.
    pub probe: Option<ProbeView>,
    /// The sets.
    pub backups: Vec<ReplicatedBackup>,
    /// Objects written.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// True when every set asked for is there.
    pub ok: bool,
}

/// A request to repair one store from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreRepairRequest {
    /// The store that is damaged.
    pub store: StoreName,
    /// The store that heals it.
    pub from: StoreName,
    /// Tell what would be done and write nothing.
    pub dry_run: bool,
}

/// An object that was damaged and is sound now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RepairedObject {
    /// Its key in the store.
    pub object: String,
    /// What was wrong, as in [`ObjectProblem`].
    pub kind: String,
    /// Stable code of how it came back: `copied`, `moved`, `chained`, `relisted`, `registered`,
    /// `blank`.
    pub cure: String,
}

/// What a repair of a store did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StoreRepairOutcome {
    /// The store.
    pub store: StoreName,
    /// The store that healed it.
    pub from: StoreName,
    /// True when nothing was written.
    pub dry_run: bool,
    /// Objects looked at.
    pub objects: u64,
    /// Bytes read while looking.
    pub bytes: u64,
    /// What is sound again, or would be.
    pub repaired: Vec<RepairedObject>,
    /// What nothing heals.
    pub left: Vec<ObjectProblem>,
    /// True when nothing is wrong any more.
    pub ok: bool,
}
