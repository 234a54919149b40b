//! Damage done to the sandbox on purpose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::contract::Request;
use crate::error::ApiError;

/// A kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DamageKind {
    /// Finished games disappear.
    DeleteGames,
    /// A field of a document is changed.
    DamageField,
    /// A player's counters no longer follow from the games.
    WrongStatistic,
    /// An event disappears from the middle of a game's log.
    MissingEvent,
    /// A document refers to one that does not exist.
    DanglingReference,
}

/// A request to damage the sandbox's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DamageRequest {
    /// What kind.
    pub kind: DamageKind,
    /// How many pieces, 1 to 1000.
    pub count: u32,
}

impl Request for DamageRequest {
    fn validate(&self) -> Result<(), ApiError> {
        if (1..=1000).contains(&self.count) {
            Ok(())
        } else {
            Err(ApiError::invalid("count", "must be 1 to 1000"))
        }
    }

    fn subject(&self) -> String {
        format!("{:?} × {}", self.kind, self.count)
    }
}

/// One piece of damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DamageLabel {
    /// What kind.
    pub kind: DamageKind,
    /// The collection.
    pub collection: String,
    /// The document.
    pub id: String,
    /// What was done, in English.
    pub detail: String,
}

/// What was damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DamageOutcome {
    /// Piece by piece.
    pub labels: Vec<DamageLabel>,
}
