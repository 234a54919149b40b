//! Cluster time: a point in the oplog's order.

use std::fmt;
use std::str::FromStr;

use mongodb::bson::Timestamp;
use serde::{Deserialize, Serialize};

/// A point in the oplog's total order: seconds since the epoch and an ordinal within the second.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct ClusterTime {
    /// Seconds since 1970-01-01 UTC, by the primary's clock.
    pub time: u32,
    /// Ordinal of the operation within the second, from 1.
    pub increment: u32,
}

impl ClusterTime {
    /// Milliseconds since 1970-01-01 UTC of the second this point lies in.
    #[must_use]
    pub fn unix_ms(self) -> i64 {
        i64::from(self.time) * 1000
    }

    /// From the number of a BSON timestamp (`time` in the high half).
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self { time: (number >> 32) as u32, increment: number as u32 }
    }

    /// As the number of a BSON timestamp (`time` in the high half).
    #[must_use]
    pub fn to_number(self) -> u64 {
        u64::from(self.time) << 32 | u64::from(self.increment)
    }
}

impl From<Timestamp> for ClusterTime {
    fn from(value: Timestamp) -> Self {
        Self { time: value.time, increment: value.increment }
    }
}

impl From<ClusterTime> for Timestamp {
    fn from(value: ClusterTime) -> Self {
        Self { time: value.time, increment: value.increment }
    }
}

/// The form of the command line: `T,I`.
impl fmt::Display for ClusterTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.time, self.increment)
    }
}

/// Not a cluster time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a cluster time; write it as SECONDS,ORDINAL, for example 1767225600,1")]
pub struct ParseClusterTimeError(String);

impl FromStr for ClusterTime {
    type Err = ParseClusterTimeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseClusterTimeError(text.to_owned());
        let (time, increment) = text.split_once(',').ok_or_else(error)?;
        Ok(Self {
            time: time.trim().parse().map_err(|_| error())?,
            increment: increment.trim().parse().map_err(|_| error())?,
        })
    }
}
