//! The catalogue of invariants: one table per section, each entry with its id, statement, severity
//! and repair class, and the finding that a check hands back when one does not hold.

pub mod assassination;
pub mod configuration;
pub mod connection;
pub mod elsewhere;
pub mod import;
pub mod knowledge;
pub mod leader;
pub mod log;
pub mod mission;
pub mod modules;
pub mod proposal;
pub mod roles;
pub mod seats;
pub mod time;
pub mod vote;

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::sentence::Sentence;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub enum Severity {
    /// Information only.
    I,
    /// Legal but odd, or a house rule.
    W,
    /// A rule is broken.
    E,
    /// Fatal: integrity or a secret is broken.
    F,
}

impl Severity {
    /// True when a log with such a finding cannot be called sound.
    #[must_use]
    pub fn is_failure(self) -> bool {
        self >= Self::E
    }
}

/// What may be done about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub enum Repair {
    /// Recompute from the log and append a correction.
    #[serde(rename = "AUTO")]
    Auto,
    /// Show the choices; a person decides.
    #[serde(rename = "HUMAN")]
    Human,
    /// Freeze the game read-only, keep its bytes, offer the last good snapshot.
    #[serde(rename = "QUAR")]
    Quarantine,
    /// Report only.
    #[serde(rename = "NONE")]
    None,
}

/// What an invariant is judged from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The events of one game.
    Log,
    /// A stored state or document beside the events of its game.
    Stored,
    /// Several games together.
    Corpus,
    /// What leaves the service: a slice shown to a viewer, or bytes at rest.
    Export,
    /// A foreign record before its conversion to events.
    Source,
    /// Judged where snapshots, backups and client connections are kept, not in this crate.
    Elsewhere,
}

/// One invariant of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invariant {
    /// Stable id, for example `V-MAJORITY`.
    pub id: &'static str,
    /// Title of its section.
    pub section: &'static str,
    /// What must hold.
    pub statement: &'static str,
    /// How bad it is when it does not hold.
    pub severity: Severity,
    /// Repair class of a finding unless the finding says otherwise.
    pub repair: Repair,
    /// The repair in full, with its conditions.
    pub repair_note: &'static str,
    /// What it is judged from.
    pub basis: Basis,
}

impl Invariant {
    /// A finding against this invariant; `seq` is the event it is pinned to, if any.
    #[must_use]
    pub fn finding(&self, seq: impl Into<Option<u64>>, sentence: Sentence) -> Finding {
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            seq: seq.into(),
            repair: self.repair,
            detail: sentence.to_string(),
            sentence,
        }
    }

    /// The same, where the situation calls for another class of repair than the usual one.
    #[must_use]
    pub fn finding_with(
        &self,
        repair: Repair,
        seq: impl Into<Option<u64>>,
        sentence: Sentence,
    ) -> Finding {
        Finding { repair, ..self.finding(seq, sentence) }
    }
}

/// An invariant that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Finding {
    /// Id of the invariant.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// `seq` of the event that shows it; null where no single event does.
    #[ts(type = "number | null")]
    pub seq: Option<u64>,
    /// What may be done.
    pub repair: Repair,
    /// What was found, in one English sentence.
    pub detail: String,
    /// The same as a form and its values, for other languages.
    #[serde(default)]
    pub sentence: Sentence,
}

impl Finding {
    /// The same finding, told otherwise.
    #[must_use]
    pub fn told(self, sentence: Sentence) -> Self {
        Self { detail: sentence.to_string(), sentence, ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "{} at seq {seq}: {}", self.id, self.detail),
            None => write!(f, "{}: {}", self.id, self.detail),
        }
    }
}

/// Declares the invariants of one section as constants and lists them in `ALL`.
macro_rules! invariants {
    ($($name:ident = $id:literal, $severity:ident, $repair:ident, $basis:ident, $section:literal,
        $statement:literal, $note:literal;)+) => {
        $(
            #[doc = $statement]
            pub const $name: $crate::invariant::Invariant = $crate::invariant::Invariant {
                id: $id,
                section: $section,
                statement: $statement,
                severity: $crate::invariant::Severity::$severity,
                repair: $crate::invariant::Repair::$repair,
                repair_note: $note,
                basis: $crate::invariant::Basis::$basis,
            };
        )+
        /// Every invariant of this section, in catalogue order.
        pub const ALL: &[$crate::invariant::Invariant] = &[$($name),+];
    };
}
use invariants;

/// The sections in catalogue order.
pub const CATALOGUE: &[&[Invariant]] = &[
    configuration::ALL,
    seats::ALL,
    roles::ALL,
    knowledge::ALL,
    leader::ALL,
    proposal::ALL,
    vote::ALL,
    mission::ALL,
    modules::ALL,
    assassination::ALL,
    log::ALL,
    time::ALL,
    connection::ALL,
    elsewhere::ALL,
    import::ALL,
];

/// All invariants in catalogue order.
pub fn all() -> impl Iterator<Item = &'static Invariant> {
    CATALOGUE.iter().flat_map(|section| section.iter())
}

/// The invariant with this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Invariant> {
    all().find(|invariant| invariant.id == id)
}
