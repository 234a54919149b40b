//! The configuration file `avault.toml`, and the environment variables that override it.
//!
//! A secret stands in a file of its own that the configuration names, or in the environment; a
//! connection string with a password in the configuration itself is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::source::profile::Profile;
use engine::vault::StoreCredentials;
use serde::Deserialize;

use super::address::has_credentials;
use super::home::unreadable_secret;
use super::{Connection, GameService, VaultPlace};
use crate::error::ApiError;
use crate::message::secret::Secret;
use crate::message::setup::Environment;

/// The configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// What kind of service it is: `development`, `test` or `production`.
    pub environment: Option<Environment>,
    /// The game service.
    pub service: ServiceSection,
    /// The primary store.
    pub store: StoreSection,
    /// What opens the vault.
    pub key: KeySection,
    /// Servers that data may be restored to, by name.
    pub targets: BTreeMap<String, TargetSection>,
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
    /// The game database; overrides the profile's.
    pub database: Option<String>,
    /// The profile; absent means the default one.
    pub profile: Option<PathBuf>,
}

/// The primary store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StoreSection {
    /// Where it is.
    pub url: Option<String>,
    /// Access key id (S3) or secret id (COS).
    pub access_key_id: Option<String>,
    /// File with the secret access key.
    pub secret_access_key_file: Option<PathBuf>,
}

/// What opens the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySection {
    /// File with the passphrase.
    pub passphrase_file: Option<PathBuf>,
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
        let inline = [config.service.mongodb.as_deref(), config.service.redis.as_deref()];
        let targets = config.targets.values().map(|target| target.mongodb.as_deref());
        if inline.into_iter().chain(targets).flatten().any(has_credentials) {
            return Err(ApiError::permanent(
                "config_invalid",
                "a connection string in the configuration holds a password",
            )
            .hint("Move the string to a file of its own and name it with mongodb_uri_file or redis_url_file."));
        }
        Ok(Self { folder, ..config })
    }

    /// The connection that the file and the environment describe; `None` when neither names a
    /// store.
    ///
    /// # Errors
    /// When something that is named cannot be read, or the passphrase is missing.
    pub fn connection(&self, variables: Variables<'_>) -> Result<Option<Connection>, ApiError> {
        let Some(url) = variables("AVAULT_STORE").or_else(|| self.store.url.clone()) else {
            return Ok(None);
        };
        let store = VaultPlace {
            credentials: self.credentials(variables)?,
            passphrase: self.passphrase(variables)?,
            url,
        };
        Ok(Some(Connection {
            environment: self.environment.unwrap_or(Environment::Development),
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
        Ok(Some(GameService { mongodb_uri, redis_url, profile }))
    }

    fn credentials(&self, variables: Variables<'_>) -> Result<StoreCredentials, ApiError> {
        let key = variables("AVAULT_STORE_SECRET_KEY").map(Secret::new);
        let key = self.secret(key, &self.store.secret_access_key_file, &None)?;
        let id = variables("AVAULT_STORE_ACCESS_KEY").or_else(|| self.store.access_key_id.clone());
        Ok(StoreCredentials {
            access_key_id: id,
            secret_access_key: key.map(|key| key.reveal().clone()),
            ..StoreCredentials::default()
        })
    }

    fn passphrase(&self, variables: Variables<'_>) -> Result<Secret, ApiError> {
        let given = variables("AVAULT_PASSPHRASE").map(Secret::new);
        let file = variables("AVAULT_PASSPHRASE_FILE").map(PathBuf::from);
        let file = file.or_else(|| self.key.passphrase_file.clone());
        self.secret(given, &file, &None)?.ok_or_else(|| {
            ApiError::permanent("no_passphrase", "nothing says what the vault's passphrase is").hint(
                "Name a file with [key] passphrase_file or AVAULT_PASSPHRASE_FILE, or set AVAULT_PASSPHRASE.",
            )
        })
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
    fn secret(
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

    fn path(&self, path: &Path) -> PathBuf {
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
    fn secrets_come_from_files_and_the_environment_wins() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pass"), "from the file\n").unwrap();
        let text = "environment = \"test\"\n[service]\nmongodb = \"mongodb://db/\"\ndatabase = \"a\"\n\
                    [store]\nurl = \"/backups\"\n[key]\npassphrase_file = \"pass\"\n";
        let config = Config::parse(text, folder.path().to_owned()).unwrap();
        let connection = config.connection(NONE).unwrap().unwrap();
        assert_eq!(connection.store.passphrase.expose(), "from the file");
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
}
