//! The part `[impact]` of the configuration (docs/impact.md).

use engine::impact::{Impact, ImpactPolicy, LatencyGoal, ReadRate};
use serde::Deserialize;

use crate::message::setup::Environment;

/// How much jobs that read the game database may slow it down.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImpactSection {
    /// Whether a service is spared; absent: in production.
    pub mode: Option<ImpactMode>,
    /// The highest rate, for example `40MB/s`; by itself it is the rate.
    pub max_read: Option<ReadRate>,
    /// The lowest rate of a gentle job.
    pub min_read: Option<ReadRate>,
    /// What a gentle job may add to the latency: the larger of this, in percent …
    pub latency_percent: Option<f64>,
    /// … and this, in milliseconds.
    pub latency_ms: Option<f64>,
    /// Whether a secondary is read where one is fit.
    pub secondary: Option<bool>,
}

/// Whether a service is spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImpactMode {
    /// As its latency allows.
    Gentle,
    /// Not at all.
    Off,
}

impl ImpactSection {
    /// What it comes to in an environment.
    pub(super) fn policy(&self, environment: Environment) -> ImpactPolicy {
        let default = ImpactPolicy::for_environment(environment.name());
        let impact = match (self.mode, self.max_read) {
            (Some(ImpactMode::Off), _) => Impact::Off,
            (Some(ImpactMode::Gentle), _) => Impact::Gentle,
            (None, Some(rate)) => Impact::Fixed { max_read: rate.0 },
            (None, None) => default.impact,
        };
        ImpactPolicy {
            impact,
            min_read: self.min_read.map_or(default.min_read, |rate| rate.0),
            max_read: self.max_read.map(|rate| rate.0),
            goal: LatencyGoal {
                percent: self.latency_percent.unwrap_or(default.goal.percent),
                ms: self.latency_ms.unwrap_or(default.goal.ms),
            },
            secondary: self.secondary.unwrap_or(default.secondary),
        }
    }

    /// Why it is refused, if it is.
    pub(super) fn refused(&self) -> Option<&'static str> {
        let negative =
            |value: Option<f64>| value.is_some_and(|value| value.is_nan() || value < 0.0);
        if negative(self.latency_percent) || negative(self.latency_ms) {
            return Some("[impact] latency_percent and latency_ms must not be negative");
        }
        let rates = self.min_read.zip(self.max_read);
        let crossed = rates.is_some_and(|(least, most)| least.0 > most.0);
        crossed.then_some("[impact] min_read is above max_read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::Config;
    use crate::error::ApiError;

    #[test]
    fn production_is_spared_and_the_file_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("p"), "x").unwrap();
        let policy = |text: &str| {
            let key = "[store]\nurl = \"/x\"\n[key]\npassphrase_file = \"p\"\n";
            let text = format!("environment = \"production\"\n{key}{text}");
            let config = Config::parse(&text, folder.path().to_owned())?;
            Ok::<_, ApiError>(config.connection(&|_| None)?.unwrap().impact)
        };
        assert_eq!(policy("").unwrap(), ImpactPolicy::for_environment("production"));
        assert_eq!(policy("[impact]\nmode = \"off\"\n").unwrap().impact, Impact::Off);
        let fixed = policy("[impact]\nmax_read = \"40MB/s\"\nsecondary = false\n").unwrap();
        assert_eq!(fixed.impact, Impact::Fixed { max_read: 40_000_000 });
        assert!(!fixed.secondary);
        let text = "[impact]\nmode = \"gentle\"\nmin_read = \"5MB/s\"\nmax_read = \"40MB/s\"\n";
        let gentle = policy(text).unwrap();
        assert_eq!((gentle.impact, gentle.min_read), (Impact::Gentle, 5_000_000));
        for wrong in [
            "mode = \"slow\"",
            "max_read = \"fast\"",
            "latency_ms = -1.0",
            "min_read = \"9MB/s\"\nmax_read = \"8MB/s\"",
            "speed = 1",
        ] {
            let error = policy(&format!("[impact]\n{wrong}\n")).unwrap_err();
            assert_eq!(error.code, "config_invalid", "{wrong}");
        }
    }
}
