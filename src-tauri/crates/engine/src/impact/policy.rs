//! What an operator says about impact.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// Lowest rate of a gentle job unless the operator sets another, bytes of BSON a second.
pub const FLOOR: u64 = 21_000_000;

/// How a job treats the service that it reads from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(tag = "mode", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Impact {
    /// As fast as it can.
    #[default]
    Off,
    /// As fast as the service's latency allows, at low priority.
    Gentle,
    /// At most so fast, at low priority.
    Fixed {
        /// Bytes of BSON a second.
        max_read: u64,
    },
}

impl FromStr for Impact {
    type Err = ReadRateError;

    /// `gentle`, `off`, or a rate such as `40MB/s`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "gentle" => Ok(Self::Gentle),
            rate => Ok(Self::Fixed { max_read: rate.parse::<ReadRate>()?.0 }),
        }
    }
}

/// How much latency a gentle job may add: the larger of the two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LatencyGoal {
    /// In percent of the latency before the job began.
    pub percent: f64,
    /// In milliseconds.
    pub ms: f64,
}

impl Default for LatencyGoal {
    fn default() -> Self {
        Self { percent: 10.0, ms: 0.25 }
    }
}

/// What the configuration says of impact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImpactPolicy {
    /// How jobs that read live data behave.
    pub impact: Impact,
    /// Lowest rate of a gentle job, bytes of BSON a second.
    pub min_read: u64,
    /// Highest rate of a gentle job, bytes of BSON a second; none: no limit of its own.
    pub max_read: Option<u64>,
    /// What a gentle job may add to the latency.
    pub goal: LatencyGoal,
    /// Whether a job that is not `off` reads from a secondary where one is fit.
    pub secondary: bool,
}

impl Default for ImpactPolicy {
    fn default() -> Self {
        Self {
            impact: Impact::Off,
            min_read: FLOOR,
            max_read: None,
            goal: LatencyGoal::default(),
            secondary: true,
        }
    }
}

impl ImpactPolicy {
    /// The default for an environment: gentle in `production`, off elsewhere.
    #[must_use]
    pub fn for_environment(name: &str) -> Self {
        let impact = if name == "production" { Impact::Gentle } else { Impact::Off };
        Self { impact, ..Self::default() }
    }

    /// The policy for a job that may ask for something else.
    #[must_use]
    pub fn for_job(self, asked: Option<Impact>) -> Self {
        Self { impact: asked.unwrap_or(self.impact), ..self }
    }
}

/// Bytes a second, written like `40MB/s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadRate(pub u64);

/// A text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rate; write for example 40MB/s")]
pub struct ReadRateError(String);

impl FromStr for ReadRate {
    type Err = ReadRateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ReadRateError(text.to_owned());
        let size = text.trim().strip_suffix("/s").ok_or_else(wrong)?;
        let bytes = size.parse::<bytesize::ByteSize>().map_err(|_| wrong())?.as_u64();
        if bytes == 0 { Err(wrong()) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Display for ReadRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", bytesize::ByteSize(self.0).display().si())
    }
}

impl<'de> Deserialize<'de> for ReadRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operator_writes_is_understood() {
        assert_eq!("40MB/s".parse(), Ok(Impact::Fixed { max_read: 40_000_000 }));
        assert_eq!("512 KiB/s".parse(), Ok(ReadRate(524_288)));
        assert_eq!("gentle".parse(), Ok(Impact::Gentle));
        assert_eq!("off".parse(), Ok(Impact::Off));
        for wrong in ["40", "40MB", "0MB/s", "fast", "MB/s", ""] {
            assert!(wrong.parse::<Impact>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn production_is_treated_gently_and_a_job_may_ask_for_something_else() {
        let policy = ImpactPolicy::for_environment("production");
        assert_eq!(policy.impact, Impact::Gentle);
        assert_eq!(policy.for_job(Some(Impact::Off)).impact, Impact::Off);
        assert_eq!(policy.for_job(None), policy);
        for other in ["sandbox", "development", "test", ""] {
            assert_eq!(ImpactPolicy::for_environment(other).impact, Impact::Off);
        }
    }
}
