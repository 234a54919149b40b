//! The configuration file `avault.toml`, and the environment variables that override it.
//!
//! A secret stands in a file of its own that the configuration names, or in the environment; a
//! connection string with a password in the configuration itself is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::retention::Policy;
use engine::snapshot::SnapshotPolicy;
use engine::source::profile::Profile;
use engine::stores::outcome::StoreName;
use serde::Deserialize;

use super::address::has_credentials;
use super::home::unreadable_secret;
use super::impact::ImpactSection;
use super::key_section::KeySection;
use super::stores::StoreSection;
use super::{Connection, GameService, VaultPlace};
use crate::error::ApiError;
use crate::message::secret::Secret;
use crate::message::setup::Environment;

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What kind of service it is: `development`, `test` or `production`.
    pub environment: Option<Environment>,
    /// The game service.
    pub service: ServiceSection,
    /// The primary store.
    pub store: StoreSection,
    /// An independent copy, weekly unless it says otherwise.
    pub replica: Option<StoreSection>,
    /// A copy at another place, monthly unless it says otherwise.
    pub offsite: Option<StoreSection>,
    /// What opens the vault.
    pub key: KeySection,
    /// Servers that data may be restored to, by name.
    pub targets: BTreeMap<String, TargetSection>,
    /// How much jobs may slow the game service down.
    pub impact: ImpactSection,
    /// What snapshots are taken of by themselves, and how long they are kept.
    pub snapshots: SnapshotPolicy,
    /// How classes are backed up and how long that is kept; absent: as changed in the console, or
    /// the default.
    pub policy: Option<Policy>,
    /// The folder that relative paths are relative to.
    #[serde(skip)]
    folder: PathBuf,
}

/// The game service's servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceSection {
    /// MongoDB's connection string, without credentials.
    pub mongodb: Option<String>,
    /// File with MongoDB's whole connection string.
    pub mongodb_uri_file: Option<PathBuf>,
    /// Redis's URL, without credentials.
    pub redis: Option<String>,
    /// File with Redis's whole URL.
    pub redis_url_file: Option<PathBuf>,
    /// RabbitMQ's URL, without credentials.
    pub rabbitmq: Option<String>,
    /// File with RabbitMQ's whole URL.
    pub rabbitmq_url_file: Option<PathBuf>,
    /// The game database; overrides the profile's.
    pub database: Option<String>,
    /// The profile; absent means the default one.
    pub profile: Option<PathBuf>,
}

/// A server to restore to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetSection {
    /// MongoDB's connection string, without credentials.
    pub mongodb: Option<String>,
    /// File with MongoDB's whole connection string.
    pub mongodb_uri_file: Option<PathBuf>,
}

/// Looks up a variable of the environment; tests give their own.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Config {
    /// Reads the file.
    ///
    /// # Errors
    /// `config_unreadable` or `config_invalid`, with the place at fault.
    pub fn load(path: &Path) -> Result<Self, ApiError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ApiError::permanent(
                "config_unreadable",
                format!("the configuration {} cannot be read: {error}", path.display()),
            )
            .hint("Name an existing file with --config.")
            .with("path", path.display().to_string())
        })?;
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Self::parse(&text, folder).map_err(|error| error.with("path", path.display().to_string()))
    }

    /// Parses the text of a configuration whose relative paths are relative to `folder`.
    ///
    /// # Errors
    /// `config_invalid`, with the place at fault.
    pub fn parse(text: &str, folder: PathBuf) -> Result<Self, ApiError> {
        let config: Self = toml::from_str(text).map_err(|error| {
            ApiError::permanent(
                "config_invalid",
                format!("the configuration is not valid: {error}"),
            )
            .hint("docs/configuration.md names every field.")
        })?;
        if let Some(Err(error)) = config.policy.as_ref().map(Policy::validate) {
            return Err(ApiError::permanent("config_invalid", error.to_string())
                .hint("docs/retention.md describes [policy]."));
        }
        if let Some(reason) = config.impact.refused() {
            return Err(ApiError::permanent("config_invalid", reason)
                .hint("docs/impact.md describes [impact]."));
        }
        if let Some(reason) = config.snapshots.refused() {
            return Err(ApiError::permanent("config_invalid", format!("[snapshots] {reason}"))
                .hint("docs/snapshots.md describes [snapshots]."));
        }
        let service = &config.service;
        let inline = [&service.mongodb, &service.redis, &service.rabbitmq].map(Option::as_deref);
        let targets = config.targets.values().map(|target| target.mongodb.as_deref());
        let inline = inline.into_iter().chain(config.key.addresses()).chain(targets);
        if inline.flatten().any(has_credentials) {
            return Err(ApiError::permanent(
                "config_invalid",
                "a connection string in the configuration holds a password",
            )
            .hint("Move the string to a file of its own and name it with mongodb_uri_file, redis_url_file or rabbitmq_url_file."));
        }
        Ok(Self { folder, ..config })
    }

    /// The connection that the file and the environment describe; `None` when neither names a
    /// store.
    ///
    /// # Errors
    /// When something that is named cannot be read, or the passphrase is missing.
    pub fn connection(&self, variables: Variables<'_>) -> Result<Option<Connection>, ApiError> {
        let mut stores = BTreeMap::new();
        for name in StoreName::ALL {
            stores.extend(self.store_place(name, variables)?.map(|place| (name, place)));
        }
        // A store of the configuration may be named in place of an address.
        let named = variables("AVAULT_STORE").and_then(|store| StoreName::named(&store));
        if let Some(name) = named.filter(|name| !stores.contains_key(name)) {
            let message = format!("the configuration describes no store called {}", name.name());
            return Err(ApiError::permanent("no_such_store", message).hint(
                "Describe it in the configuration; for a folder of that name write ./NAME.",
            ));
        }
        let name = named.unwrap_or_default();
        let Some((url, place)) = stores.remove(&name) else {
            return Ok(None);
        };
        let store = VaultPlace {
            credentials: place.credentials,
            bandwidth: place.bandwidth,
            keys: self.keys(variables)?,
            url,
        };
        let environment = self.environment.unwrap_or(Environment::Development);
        Ok(Some(Connection {
            name,
            others: stores.into_iter().map(|(name, (_, place))| (name, place)).collect(),
            environment,
            impact: self.impact.policy(environment),
            snapshots: self.snapshots.clone(),
            service: self.game_service(variables)?,
            store,
            targets: self.targets()?,
        }))
    }

    /// The game service that the file and the environment describe.
    ///
    /// # Errors
    /// When the profile or a file with a secret cannot be read.
    pub fn game_service(&self, variables: Variables<'_>) -> Result<Option<GameService>, ApiError> {
        let section = &self.service;
        let mongodb = variables("AVAULT_MONGODB_URI").map(Secret::new);
        let mongodb = self.secret(mongodb, &section.mongodb_uri_file, &section.mongodb)?;
        let Some(mongodb_uri) = mongodb else {
            return Ok(None);
        };
        let redis = variables("AVAULT_REDIS_URL").map(Secret::new);
        let redis_url = self.secret(redis, &section.redis_url_file, &section.redis)?;
        let rabbitmq = variables("AVAULT_RABBITMQ_URL").map(Secret::new);
        let rabbitmq_url = self.secret(rabbitmq, &section.rabbitmq_url_file, &section.rabbitmq)?;
        let named = variables("AVAULT_PROFILE").map(PathBuf::from);
        let mut profile = match named.as_ref().or(section.profile.as_ref()) {
            Some(path) => Profile::load(&self.path(path)).map_err(|error| {
                ApiError::permanent("profile_invalid", error.to_string())
                    .hint("docs/profile.md describes the file.")
            })?,
            None => Profile::default(),
        };
        if let Some(database) = variables("AVAULT_DATABASE").or_else(|| section.database.clone()) {
            profile.database = database;
        }
        Ok(Some(GameService { mongodb_uri, redis_url, rabbitmq_url, profile }))
    }

    fn targets(&self) -> Result<BTreeMap<String, Secret>, ApiError> {
        let mut targets = BTreeMap::new();
        for (name, section) in &self.targets {
            if let Some(uri) = self.secret(None, &section.mongodb_uri_file, &section.mongodb)? {
                targets.insert(name.clone(), uri);
            }
        }
        Ok(targets)
    }

    /// The first of: a value that is there already, a file's content, a value of the configuration.
    pub(super) fn secret(
        &self,
        given: Option<Secret>,
        file: &Option<PathBuf>,
        inline: &Option<String>,
    ) -> Result<Option<Secret>, ApiError> {
        if given.is_some() {
            return Ok(given);
        }
        let Some(file) = file else {
            return Ok(inline.clone().map(Secret::new));
        };
        let path = self.path(file);
        let text =
            std::fs::read_to_string(&path).map_err(|error| unreadable_secret(&path, &error))?;
        Ok(Some(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned())))
    }

    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Variables<'_> = &|_| None;

    #[test]
    fn a_password_in_the_configuration_is_refused() {
        let text = "[service]\nmongodb = \"mongodb://u:p@db/\"\n";
        let error = Config::parse(text, PathBuf::new()).unwrap_err();
        assert_eq!(error.code, "config_invalid");
        assert!(!error.message.contains("u:p"));
    }

    #[test]
    fn an_unknown_field_is_named() {
        let error = Config::parse("[store]\nurll = \"/x\"\n", PathBuf::new()).unwrap_err();
        assert!(error.message.contains("urll"), "{}", error.message);
    }

    #[test]
    fn a_policy_overrides_the_default_class_by_class() {
        use engine::retention::{Frequency, Keep};
        let text = "[policy]\npre_image_days = 3\nquota_bytes = 1000\n\
                    [policy.rooms]\nmethod = \"differential\"\nevery = \"day\"\nfull_every = \"week\"\n\
                    keep = \"forever\"\n";
        let policy = Config::parse(text, PathBuf::new()).unwrap().policy.unwrap();
        assert_eq!(policy.rooms.full_every, Some(Frequency::Week));
        assert_eq!(policy.rooms.keep, Keep::FOREVER);
        assert_eq!(policy.accounts, Policy::default().accounts);
        assert_eq!((policy.pre_image_days, policy.quota_bytes), (3, Some(1000)));
        let text = "[policy.rooms]\nmethod = \"full\"\nevery = \"event\"\nkeep = 3\n";
        let error = Config::parse(text, PathBuf::new()).unwrap_err();
        assert!(error.message.contains("rooms"), "{}", error.message);
        let text = "[policy.rooms]\nmethod = \"full\"\nevry = \"day\"\nkeep = 3\n";
        assert!(Config::parse(text, PathBuf::new()).unwrap_err().message.contains("evry"));
    }

    #[test]
    fn secrets_come_from_files_and_the_environment_wins() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pass"), "from the file\n").unwrap();
        let text = "environment = \"test\"\n[service]\nmongodb = \"mongodb://db/\"\ndatabase = \"a\"\n\
                    [store]\nurl = \"/backups\"\n[key]\npassphrase_file = \"pass\"\n";
        let config = Config::parse(text, folder.path().to_owned()).unwrap();
        let connection = config.connection(NONE).unwrap().unwrap();
        assert_eq!(connection.store.keys.passphrase.unwrap().expose(), "from the file");
        assert_eq!(connection.environment, Environment::Test);
        assert_eq!(connection.service.unwrap().profile.database, "a");
        let variables = |name: &str| (name == "AVAULT_DATABASE").then(|| "b".to_owned());
        let connection = config.connection(&variables).unwrap().unwrap();
        assert_eq!(connection.service.unwrap().profile.database, "b");
    }

    #[test]
    fn a_store_without_a_passphrase_says_what_to_do() {
        let config = Config::parse("[store]\nurl = \"/backups\"\n", PathBuf::new()).unwrap();
        assert_eq!(config.connection(NONE).unwrap_err().code, "no_passphrase");
        assert!(Config::default().connection(NONE).unwrap().is_none());
    }

    #[test]
    fn snapshots_are_taken_as_the_file_says() {
        use engine::avalon::moment::Moment;
        let policy = |text: &str| Ok::<_, ApiError>(Config::parse(text, PathBuf::new())?.snapshots);
        assert_eq!(policy("").unwrap(), SnapshotPolicy::default());
        let text = "[snapshots]\nmoments = [\"K2\", \"K7\"]\ninterval_minutes = 0\nkeep_days = 7\n";
        let fewer = policy(text).unwrap();
        assert_eq!(fewer.moments, [Moment::K2, Moment::K7].into());
        assert_eq!((fewer.interval_minutes, fewer.keep_days, fewer.players), (0, 7, true));
        for wrong in ["keep_days = 0", "moments = [\"K8\"]", "source = \"post\"", "often = true"] {
            let error = policy(&format!("[snapshots]\n{wrong}\n")).unwrap_err();
            assert_eq!(error.code, "config_invalid", "{wrong}");
        }
    }
}
