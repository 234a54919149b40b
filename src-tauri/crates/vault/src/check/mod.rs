//! Checks of what is stored, levels L0 to L3 of the ladder.

mod coverage;
mod log;
mod run;
mod segment;

use std::fmt;

use crate::VaultError;
use crate::store::StoreError;

pub use coverage::Coverage;
pub(crate) use run::run;

/// How deep a check goes; each level includes those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckLevel {
    /// Every object is present with its size.
    L0,
    /// Ledgers, manifests and index pages are sound and agree.
    L1,
    /// Every object's bytes match their hash.
    L2,
    /// Everything decrypts, decompresses, parses, and matches its document hashes and digest.
    L3,
}

/// What to check.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    /// One set, or all of the store.
    pub set: Option<String>,
    /// How deep.
    pub level: CheckLevel,
    /// Percent of the segments read at L2 and L3, above 0 and up to 100, chosen at random.
    /// Everything else is always read.
    pub sample_percent: f64,
}

/// Stable kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The object is absent.
    Missing,
    /// It has another size than recorded.
    Size,
    /// Its bytes do not match their hash.
    Hash,
    /// It does not decrypt or authenticate.
    Decrypt,
    /// It decrypts and cannot be decoded, or its content is not what it must be.
    Decode,
    /// A ledger is not contiguous, chained or up to date.
    Ledger,
    /// A manifest or index page contradicts what refers to it or what it refers to.
    Manifest,
}

impl ProblemKind {
    /// The kind as it is written out: `missing`, `size`, `hash` …
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Size => "size",
            Self::Hash => "hash",
            Self::Decrypt => "decrypt",
            Self::Decode => "decode",
            Self::Ledger => "ledger",
            Self::Manifest => "manifest",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One object that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The object's key in the store.
    pub object: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// What was found.
    pub detail: String,
}

impl Problem {
    pub(crate) fn new(object: &str, kind: ProblemKind, detail: &str) -> Self {
        Self { object: object.to_owned(), kind, detail: detail.to_owned() }
    }

    /// The error of whoever cannot go on because of it.
    pub(crate) fn to_error(&self) -> VaultError {
        VaultError::damaged(&self.object, self.kind, self.detail.clone())
    }

    /// What an error says about one object; any other error is handed back.
    pub(crate) fn from_error(error: VaultError) -> Result<Self, VaultError> {
        match error {
            VaultError::Damaged { object, kind, detail } => Ok(Self { object, kind, detail }),
            VaultError::UnknownFormat { object, found, .. } => {
                let detail = format!("it has the unknown format {found}");
                Ok(Self { object, kind: ProblemKind::Decode, detail })
            }
            // A bad sector must not end the check of everything else.
            VaultError::Store(StoreError::Failed { key, detail, .. }) => {
                let detail = format!("it cannot be read: {detail}");
                Ok(Self { object: key, kind: ProblemKind::Missing, detail })
            }
            error => Err(error),
        }
    }
}

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckProgress {
    /// Objects looked at.
    pub objects: u64,
    /// Objects there are to look at, as far as known.
    pub total: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Objects looked at.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// How many of the segments were read; below L2 none is.
    pub coverage: Coverage,
    /// What was wrong, sorted by object.
    pub problems: Vec<Problem>,
}

impl CheckReport {
    /// True when nothing was wrong.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.problems.is_empty()
    }
}
