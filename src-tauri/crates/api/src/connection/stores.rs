//! The stores of the configuration: the primary and its replicas.

use std::num::NonZeroU64;
use std::path::PathBuf;

use engine::stores::outcome::{Cycle, StoreName};
use serde::Deserialize;

use super::config::Variables;
use crate::error::ApiError;

/// A store: the primary, the replica or the one off site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSection {
    /// Where it is.
    pub url: Option<String>,
    /// Access key id (S3) or secret id (COS).
    pub access_key_id: Option<String>,
    /// File with the secret access key.
    pub secret_access_key_file: Option<PathBuf>,
    /// Bytes a second in each direction, for example `20MB/s`.
    pub bandwidth: Option<String>,
    /// How often sets are copied there; not for the primary.
    pub every: Option<Cycle>,
}

/// Units of a bandwidth, longer names first.
const UNITS: [(&str, u64); 8] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("KB", 1_000),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("B", 1),
];

impl StoreSection {
    /// The limit on its bandwidth; `table` names the section.
    pub(super) fn bandwidth(&self, table: &str) -> Result<Option<NonZeroU64>, ApiError> {
        let Some(text) = &self.bandwidth else { return Ok(None) };
        let bytes = bytes_per_second(text).ok_or_else(|| {
            invalid(format!("[{table}] bandwidth `{text}` is no number of bytes a second"))
                .hint("Write for example \"20MB/s\", \"512KiB/s\" or \"1000000\".")
        })?;
        Ok(Some(bytes))
    }

    /// How often sets are copied there.
    pub(super) fn every(&self, name: StoreName) -> Result<Cycle, ApiError> {
        match (name, self.every) {
            (StoreName::Primary, Some(_)) => Err(invalid(
                "[store] has no `every`: the policy says when backups are taken".to_owned(),
            )
            .hint("Move it to [replica] or [offsite].")),
            (StoreName::Offsite, every) => Ok(every.unwrap_or(Cycle::Month)),
            (_, every) => Ok(every.unwrap_or(Cycle::Week)),
        }
    }
}

/// The address of a store that the environment gives.
pub(super) fn overridden(name: StoreName, variables: Variables<'_>) -> Option<String> {
    let variable = match name {
        // The name of another store there chooses among those of the file.
        StoreName::Primary => {
            return variables("AVAULT_STORE").filter(|store| StoreName::named(store).is_none());
        }
        StoreName::Replica => "AVAULT_REPLICA",
        StoreName::Offsite => "AVAULT_OFFSITE",
    };
    variables(variable)
}

fn invalid(message: String) -> ApiError {
    ApiError::permanent("config_invalid", message)
}

fn bytes_per_second(text: &str) -> Option<NonZeroU64> {
    let text = text.trim();
    let text = text.strip_suffix("/s").unwrap_or(text);
    let unit = UNITS.iter().find_map(|(name, bytes)| Some((text.strip_suffix(name)?, *bytes)));
    let (number, unit) = unit.unwrap_or((text, 1));
    NonZeroU64::new(number.trim().parse::<u64>().ok()?.checked_mul(unit)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bandwidths_are_read() {
        for (text, bytes) in [
            ("20MB/s", Some(20_000_000)),
            ("512 KiB/s", Some(524_288)),
            ("1GB", Some(1_000_000_000)),
            ("1048576", Some(1_048_576)),
            ("7B/s", Some(7)),
            ("0MB/s", None),
            ("fast", None),
            ("-1", None),
            ("1.5MB", None),
            ("99999999999999GB", None),
        ] {
            assert_eq!(bytes_per_second(text).map(u64::from), bytes, "{text}");
        }
    }
}
