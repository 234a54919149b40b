//! What the configuration says of keys: `[key]`, and the servers that keep one.

use std::path::PathBuf;

use engine::vault::{AwsKmsOptions, KeyringOptions, TencentKmsOptions, TransitOptions};
use serde::Deserialize;

use super::config::{Config, Variables};
use super::home::unreadable_secret;
use super::keys::VaultKeys;
use crate::error::ApiError;
use crate::message::secret::Secret;

/// What opens the vault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySection {
    /// File with the passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// File with the recovery key, for the day on which the rest is lost.
    pub recovery_key_file: Option<PathBuf>,
    /// A key of a Vault or OpenBao server.
    pub transit: Option<TransitSection>,
    /// A key of AWS KMS.
    pub aws_kms: Option<AwsKmsSection>,
    /// A key of Tencent Cloud KMS.
    pub tencent_kms: Option<TencentKmsSection>,
    /// A key in the keyring of this system.
    pub keyring: Option<KeyringSection>,
}

/// A key of the transit engine of a Vault or OpenBao server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransitSection {
    /// The server.
    pub address: String,
    /// The key's name.
    pub key: String,
    /// Where the engine is mounted.
    #[serde(default = "transit_mount")]
    pub mount: String,
    /// The namespace, where there are some.
    pub namespace: Option<String>,
    /// File with certificates, PEM, that the server's may be issued by.
    pub ca_file: Option<PathBuf>,
    /// File with the token.
    pub token_file: Option<PathBuf>,
}

/// A key of AWS KMS, or of a server that speaks its protocol.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsKmsSection {
    /// The region.
    pub region: String,
    /// The key's id, its ARN or an alias.
    pub key: String,
    /// The server, where it is not the region's own.
    pub endpoint: Option<String>,
    /// File with certificates, PEM, that the server's may be issued by.
    pub ca_file: Option<PathBuf>,
    /// Access key id.
    pub access_key_id: Option<String>,
    /// File with the secret access key.
    pub secret_access_key_file: Option<PathBuf>,
    /// File with the token of temporary credentials.
    pub session_token_file: Option<PathBuf>,
}

/// A key of Tencent Cloud KMS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TencentKmsSection {
    /// The region.
    pub region: String,
    /// The key's id.
    pub key: String,
    /// The server, where it is not the public one.
    pub endpoint: Option<String>,
    /// File with certificates, PEM, that the server's may be issued by.
    pub ca_file: Option<PathBuf>,
    /// Secret id.
    pub secret_id: Option<String>,
    /// File with the secret key.
    pub secret_key_file: Option<PathBuf>,
    /// File with the token of temporary credentials.
    pub session_token_file: Option<PathBuf>,
}

/// A key that the operating system keeps for this user on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringSection {
    /// The entry's name.
    #[serde(default = "keyring_name")]
    pub name: String,
}

fn keyring_name() -> String {
    "vault".to_owned()
}

fn transit_mount() -> String {
    "transit".to_owned()
}

/// The pair that signs requests to a cloud, and the token of temporary ones.
struct Credentials {
    id: String,
    key: Secret,
    token: Option<Secret>,
}

impl KeySection {
    /// The addresses of servers in it.
    pub(super) fn addresses(&self) -> impl Iterator<Item = Option<&str>> {
        [
            self.transit.as_ref().map(|section| section.address.as_str()),
            self.aws_kms.as_ref().and_then(|section| section.endpoint.as_deref()),
            self.tencent_kms.as_ref().and_then(|section| section.endpoint.as_deref()),
        ]
        .into_iter()
    }
}

impl Config {
    /// Everything that the file and the environment give to open the vault with.
    pub(super) fn keys(&self, variables: Variables<'_>) -> Result<VaultKeys, ApiError> {
        let section = &self.key;
        let named = |name: &str| variables(&format!("AVAULT_{name}")).map(Secret::new);
        let passphrase_file = file(variables, "PASSPHRASE", &section.passphrase_file);
        let recovery_file = file(variables, "RECOVERY_KEY", &section.recovery_key_file);
        let keys = VaultKeys {
            passphrase: self.secret(named("PASSPHRASE"), &passphrase_file, &None)?,
            transit: self.transit(variables)?,
            aws_kms: self.aws_kms(variables)?,
            tencent_kms: self.tencent_kms(variables)?,
            keyring: self.keyring(),
            recovery: self.secret(named("RECOVERY_KEY"), &recovery_file, &None)?,
        };
        if keys.is_empty() {
            return Err(ApiError::permanent("no_passphrase", "nothing says what opens the vault")
                .hint(
                    "Name a file with [key] passphrase_file or AVAULT_PASSPHRASE_FILE, set AVAULT_PASSPHRASE, or name what keeps a key in [key.transit], [key.aws_kms], [key.tencent_kms] or [key.keyring].",
                ));
        }
        Ok(keys)
    }

    /// The key server's key that the file names, with the token of a file or the environment.
    ///
    /// # Errors
    /// When there is no token, or a file that is named cannot be read.
    pub fn transit(&self, variables: Variables<'_>) -> Result<Option<TransitOptions>, ApiError> {
        let Some(section) = &self.key.transit else { return Ok(None) };
        let given = variables("AVAULT_TRANSIT_TOKEN").map(Secret::new);
        let file = file(variables, "TRANSIT_TOKEN", &section.token_file);
        let token = self.secret(given, &file, &None)?.ok_or_else(|| {
            ApiError::permanent("no_token", "nothing says what the key server's token is").hint(
                "Name a file with token_file in [key.transit] or AVAULT_TRANSIT_TOKEN_FILE, or set AVAULT_TRANSIT_TOKEN.",
            )
        })?;
        Ok(Some(TransitOptions {
            address: section.address.clone(),
            mount: section.mount.clone(),
            key: section.key.clone(),
            namespace: section.namespace.clone(),
            ca_pem: self.certificates(&section.ca_file)?,
            token: token.reveal().clone(),
        }))
    }

    /// The key of AWS KMS that the file names, with credentials of a file or the environment.
    ///
    /// # Errors
    /// When there are no credentials, or a file that is named cannot be read.
    pub fn aws_kms(&self, variables: Variables<'_>) -> Result<Option<AwsKmsOptions>, ApiError> {
        let Some(section) = &self.key.aws_kms else { return Ok(None) };
        let credentials = self.signing(
            variables,
            "aws_kms",
            ["access_key_id", "secret_access_key_file", "ACCESS_KEY"],
            &section.access_key_id,
            [&section.secret_access_key_file, &section.session_token_file],
        )?;
        Ok(Some(AwsKmsOptions {
            region: section.region.clone(),
            key: section.key.clone(),
            endpoint: section.endpoint.clone(),
            ca_pem: self.certificates(&section.ca_file)?,
            access_key_id: credentials.id,
            secret_access_key: credentials.key.reveal().clone(),
            session_token: credentials.token.map(|token| token.reveal().clone()),
        }))
    }

    /// The key of Tencent Cloud KMS that the file names, with credentials of a file or the
    /// environment.
    ///
    /// # Errors
    /// When there are no credentials, or a file that is named cannot be read.
    pub fn tencent_kms(
        &self,
        variables: Variables<'_>,
    ) -> Result<Option<TencentKmsOptions>, ApiError> {
        let Some(section) = &self.key.tencent_kms else { return Ok(None) };
        let credentials = self.signing(
            variables,
            "tencent_kms",
            ["secret_id", "secret_key_file", "SECRET_ID"],
            &section.secret_id,
            [&section.secret_key_file, &section.session_token_file],
        )?;
        Ok(Some(TencentKmsOptions {
            region: section.region.clone(),
            key: section.key.clone(),
            endpoint: section.endpoint.clone(),
            ca_pem: self.certificates(&section.ca_file)?,
            secret_id: credentials.id,
            secret_key: credentials.key.reveal().clone(),
            token: credentials.token.map(|token| token.reveal().clone()),
        }))
    }

    /// The key of this system's keyring that the file names.
    #[must_use]
    pub fn keyring(&self) -> Option<KeyringOptions> {
        self.key.keyring.as_ref().map(|section| KeyringOptions { name: section.name.clone() })
    }

    /// Credentials of `[key.<table>]`: an id, and files with its secret and the token.
    fn signing(
        &self,
        variables: Variables<'_>,
        table: &str,
        [id_field, key_field, id_variable]: [&str; 3],
        id: &Option<String>,
        [key_file, token_file]: [&Option<PathBuf>; 2],
    ) -> Result<Credentials, ApiError> {
        let prefix = table.to_uppercase();
        let variable = |what: &str| variables(&format!("AVAULT_{prefix}_{what}"));
        let key = self.secret(variable("SECRET_KEY").map(Secret::new), key_file, &None)?;
        let token = variable("SESSION_TOKEN").map(Secret::new);
        let token = self.secret(token, token_file, &None)?;
        match (variable(id_variable).or_else(|| id.clone()), key) {
            (Some(id), Some(key)) => Ok(Credentials { id, key, token }),
            _ => {
                let message = format!("nothing says what signs requests of [key.{table}]");
                Err(ApiError::permanent("no_credentials", message).hint(format!(
                    "Give {id_field} and {key_field} in [key.{table}], or set AVAULT_{prefix}_{id_variable} and AVAULT_{prefix}_SECRET_KEY.",
                )))
            }
        }
    }

    fn certificates(&self, file: &Option<PathBuf>) -> Result<Option<Vec<u8>>, ApiError> {
        let Some(file) = file else { return Ok(None) };
        let path = self.path(file);
        std::fs::read(&path).map(Some).map_err(|error| unreadable_secret(&path, &error))
    }
}

/// A file that the environment names, else the one of the configuration.
fn file(variables: Variables<'_>, name: &str, file: &Option<PathBuf>) -> Option<PathBuf> {
    variables(&format!("AVAULT_{name}_FILE")).map(PathBuf::from).or_else(|| file.clone())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const NONE: Variables<'_> = &|_| None;

    #[test]
    fn a_key_server_is_enough_and_its_token_comes_from_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "s.from-the-file\n").unwrap();
        let text = "[store]\nurl = \"/backups\"\n[key.transit]\n\
                    address = \"https://bao:8200\"\nkey = \"avalon\"\n";
        let config = Config::parse(text, folder.path().to_owned()).unwrap();
        assert_eq!(config.connection(NONE).unwrap_err().code, "no_token");
        let with_file = format!("{text}token_file = \"token\"\n");
        let config = Config::parse(&with_file, folder.path().to_owned()).unwrap();
        let keys = config.connection(NONE).unwrap().unwrap().store.keys;
        let transit = keys.transit.unwrap();
        assert_eq!((transit.mount.as_str(), transit.key.as_str()), ("transit", "avalon"));
        assert!(keys.passphrase.is_none() && keys.recovery.is_none());
        let inline = format!("{text}token = \"s.inline\"\n");
        assert_eq!(Config::parse(&inline, PathBuf::new()).unwrap_err().code, "config_invalid");
        let address = text.replace("https://bao", "https://u:p@bao");
        assert_eq!(Config::parse(&address, PathBuf::new()).unwrap_err().code, "config_invalid");
    }

    #[test]
    fn the_keyring_of_the_system_needs_no_secret() {
        let text = "[store]\nurl = \"/backups\"\n[key.keyring]\n";
        let config = Config::parse(text, PathBuf::new()).unwrap();
        let keys = config.connection(NONE).unwrap().unwrap().store.keys;
        assert_eq!(keys.keyring.unwrap().name, "vault");
    }

    #[test]
    fn credentials_of_a_cloud_come_from_a_file_or_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("secret", "from-the-file\n"), ("session", "a-token\n")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let text = "[store]\nurl = \"/backups\"\n[key.aws_kms]\n\
                    region = \"eu-central-1\"\nkey = \"alias/avalon\"\n";
        let parse = |text: &str| Config::parse(text, folder.path().to_owned());
        let error = parse(text).unwrap().connection(NONE).unwrap_err();
        assert_eq!(error.code, "no_credentials");
        assert!(error.hint.unwrap().contains("AVAULT_AWS_KMS_SECRET_KEY"));
        let with_files = format!(
            "{text}access_key_id = \"A\"\nsecret_access_key_file = \"secret\"\n\
             session_token_file = \"session\"\n"
        );
        let config = parse(&with_files).unwrap();
        let keys = config.connection(NONE).unwrap().unwrap().store.keys;
        let kms = keys.aws_kms.unwrap();
        assert_eq!((kms.access_key_id.as_str(), kms.key.as_str()), ("A", "alias/avalon"));
        assert_eq!(kms.secret_access_key.expose_secret(), "from-the-file");
        assert_eq!(kms.session_token.unwrap().expose_secret(), "a-token");
        let variables = |name: &str| match name {
            "AVAULT_AWS_KMS_ACCESS_KEY" => Some("B".to_owned()),
            "AVAULT_AWS_KMS_SECRET_KEY" => Some("from-the-environment".to_owned()),
            _ => None,
        };
        let kms = parse(text).unwrap().aws_kms(&variables).unwrap().unwrap();
        assert_eq!((kms.access_key_id.as_str(), kms.session_token.is_none()), ("B", true));
        let tencent = "[store]\nurl = \"/backups\"\n[key.tencent_kms]\nregion = \"ap-guangzhou\"\n\
                       key = \"23e8\"\nsecret_id = \"A\"\nsecret_key_file = \"secret\"\n";
        let kms = parse(tencent).unwrap().tencent_kms(NONE).unwrap().unwrap();
        assert_eq!((kms.secret_id.as_str(), kms.token.is_none()), ("A", true));
        assert_eq!(kms.secret_key.expose_secret(), "from-the-file");
        for inline in ["secret_access_key = \"S\"\n", "endpoint = \"https://u:p@kms/\"\n"] {
            let error = parse(&format!("{text}{inline}")).unwrap_err();
            assert_eq!(error.code, "config_invalid", "{inline}");
        }
    }
}
