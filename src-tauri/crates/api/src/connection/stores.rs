//! The stores of the configuration: the primary and its replicas.

use std::num::NonZeroU64;
use std::path::PathBuf;

use engine::stores::StorePlace;
use engine::stores::outcome::{Cycle, StoreName};
use engine::vault::{StoreCredentials, StoreUrl};
use serde::Deserialize;

use super::Config;
use super::config::Variables;
use crate::error::ApiError;
use crate::message::secret::Secret;

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

impl Config {
    /// A store as the file and the environment describe it; `None` when neither names it.
    pub(super) fn store_place(
        &self,
        name: StoreName,
        variables: Variables<'_>,
    ) -> Result<Option<(String, StorePlace)>, ApiError> {
        let (section, table) = match name {
            StoreName::Primary => (Some(&self.store), "store"),
            StoreName::Replica => (self.replica.as_ref(), "replica"),
            StoreName::Offsite => (self.offsite.as_ref(), "offsite"),
        };
        let none = StoreSection::default();
        let section = section.unwrap_or(&none);
        let Some(url) = overridden(name, variables).or_else(|| section.url.clone()) else {
            return Ok(None);
        };
        let place = StorePlace {
            url: StoreUrl::parse(&url)?,
            credentials: self.credentials(section, table, variables)?,
            bandwidth: section.bandwidth(table)?,
            every: section.every(name)?,
        };
        Ok(Some((url, place)))
    }

    fn credentials(
        &self,
        section: &StoreSection,
        table: &str,
        variables: Variables<'_>,
    ) -> Result<StoreCredentials, ApiError> {
        let variable = |what: &str| variables(&format!("AVAULT_{}_{what}", table.to_uppercase()));
        let key = variable("SECRET_KEY").map(Secret::new);
        let key = self.secret(key, &section.secret_access_key_file, &None)?;
        let id = variable("ACCESS_KEY").or_else(|| section.access_key_id.clone());
        Ok(StoreCredentials {
            access_key_id: id,
            secret_access_key: key.map(|key| key.reveal().clone()),
            ..StoreCredentials::default()
        })
    }
}

/// The address of a store that the environment gives.
fn overridden(name: StoreName, variables: Variables<'_>) -> Option<String> {
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

    const NONE: Variables<'_> = &|_| None;

    #[test]
    fn replicas_have_their_own_place_credentials_and_limits() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("pass", "p"), ("one", "1"), ("two", "2")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let text = "[store]\nurl = \"s3://a\"\naccess_key_id = \"A\"\nsecret_access_key_file = \"one\"\n\
                    [replica]\nurl = \"s3://b\"\naccess_key_id = \"B\"\nsecret_access_key_file = \"two\"\n\
                    bandwidth = \"20MB/s\"\n[offsite]\nurl = \"/mnt/far\"\nevery = \"day\"\n\
                    [key]\npassphrase_file = \"pass\"\n";
        let config = Config::parse(text, folder.path().to_owned()).unwrap();
        let connection = config.connection(NONE).unwrap().unwrap();
        assert_eq!(
            (connection.name, connection.store.url.as_str()),
            (StoreName::Primary, "s3://a")
        );
        let replica = &connection.others[&StoreName::Replica];
        assert_eq!(replica.credentials.access_key_id.as_deref(), Some("B"));
        assert_eq!(replica.bandwidth.map(u64::from), Some(20_000_000));
        assert_eq!(replica.every, Cycle::Week);
        assert_eq!(connection.others[&StoreName::Offsite].every, Cycle::Day);
        // A name in place of an address, with that store's own credentials.
        let variables = |name: &str| (name == "AVAULT_STORE").then(|| "replica".to_owned());
        let connection = config.connection(&variables).unwrap().unwrap();
        assert_eq!(
            (connection.name, connection.store.url.as_str()),
            (StoreName::Replica, "s3://b")
        );
        assert_eq!(connection.store.credentials.access_key_id.as_deref(), Some("B"));
        let others: Vec<_> = connection.others.into_keys().collect();
        assert_eq!(others, [StoreName::Primary, StoreName::Offsite]);
        let absent = Config::parse("[store]\nurl = \"/a\"\n", PathBuf::new()).unwrap();
        assert_eq!(absent.connection(&variables).unwrap_err().code, "no_such_store");
        // The environment wins.
        let variables = |name: &str| (name == "AVAULT_REPLICA").then(|| "/elsewhere".to_owned());
        let connection = config.connection(&variables).unwrap().unwrap();
        assert_eq!(connection.others[&StoreName::Replica].url.to_string(), "/elsewhere");
        for (wrong, table) in [
            (text.replace("20MB/s", "20 apples"), "replica"),
            (text.replace("20MB/s", "0"), "replica"),
            (text.replace("[replica]", "every = \"day\"\n[replica]"), "store"),
        ] {
            let config = Config::parse(&wrong, folder.path().to_owned()).unwrap();
            let error = config.connection(NONE).unwrap_err();
            assert_eq!(error.code, "config_invalid");
            assert!(error.message.contains(table), "{}", error.message);
        }
    }

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
