//! The transit engine of HashiCorp Vault or OpenBao as key provider.
//!
//! The server seals a fresh key, and that key seals the root key here: the server never sees what
//! opens the vault, and any type of transit key that encrypts will do.

use std::time::Duration;

use async_trait::async_trait;
use data_encoding::BASE64;
use prost::Message;
use reqwest::{Certificate, Client, StatusCode, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use zeroize::{Zeroize, Zeroizing};

use super::{Description, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::key::{KeyProvider, WrappedKey};
use crate::proto::TransitParameters;

pub(super) const KIND: &str = "transit";
/// A key server answers in milliseconds; what takes this long is down.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(20);
/// Most characters that are quoted of what a server says.
const QUOTED: usize = 300;

/// Where a transit key is and what lets one use it.
#[derive(Debug, Clone)]
pub struct TransitOptions {
    /// The server: `https://bao.example.net:8200`. Plain HTTP is for the same machine only.
    pub address: String,
    /// Where the engine is mounted, usually `transit`.
    pub mount: String,
    /// The key's name.
    pub key: String,
    /// The namespace, where there are some.
    pub namespace: Option<String>,
    /// Certificates, PEM, that the server's may be issued by, besides those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// A token whose policy allows `update` on `<mount>/encrypt/<key>` and `<mount>/decrypt/<key>`.
    pub token: SecretString,
}

/// Opens a vault by a key that a server keeps.
#[derive(Debug, Clone)]
pub struct TransitProvider {
    client: Client,
    base: Url,
    options: TransitOptions,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    errors: Vec<String>,
}

impl TransitProvider {
    /// A provider of this key. Asks the server nothing yet.
    ///
    /// # Errors
    /// [`VaultError::Key`] when the address or a certificate cannot be used.
    pub fn new(options: TransitOptions) -> Result<Self, VaultError> {
        let base = Url::parse(&options.address)
            .map_err(|error| failed(format!("the address is no URL: {error}")))?;
        if !is_protected(&base) {
            return Err(failed(
                "the address must begin with https://; keys never cross a network in plain text",
            ));
        }
        let slips = |part: &str| part.is_empty() || part.split('/').any(|part| part == "..");
        if slips(&options.mount) || slips(&options.key) {
            return Err(failed("mount and key must be named"));
        }
        let certificates = match &options.ca_pem {
            Some(pem) => Certificate::from_pem_bundle(pem)
                .map_err(|error| failed(format!("the CA file cannot be used: {error}")))?,
            None => Vec::new(),
        };
        if options.ca_pem.is_some() && certificates.is_empty() {
            return Err(failed("the CA file holds no certificate"));
        }
        let client = Client::builder()
            // A redirect could lead the token elsewhere.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .tls_certs_merge(certificates)
            .build()
            .map_err(|error| failed(format!("no client could be made: {}", causes(&error))))?;
        Ok(Self { client, base, options })
    }

    fn url(&self, operation: &str, mount: &str, key: &str) -> Result<Url, VaultError> {
        let mut url = self.base.clone();
        let mut path =
            url.path_segments_mut().map_err(|()| failed("the address is no base of a path"))?;
        path.pop_if_empty().push("v1").extend(mount.split('/')).push(operation).push(key);
        drop(path);
        Ok(url)
    }

    async fn ask<T: for<'d> Deserialize<'d>>(
        &self,
        url: Url,
        body: Zeroizing<String>,
    ) -> Result<T, Unserved> {
        let mut request = self
            .client
            .post(url)
            .header("X-Vault-Request", "true")
            .header("X-Vault-Token", self.options.token.expose_secret())
            .header("Content-Type", "application/json")
            .body(body.to_string());
        if let Some(namespace) = &self.options.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        let answer = request.send().await.map_err(|error| Unserved::Down(causes(&error)))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| Unserved::Down(causes(&error)))?;
        let bytes = Zeroizing::new(bytes.to_vec());
        if status.is_success() {
            let answer: Answer<T> = serde_json::from_slice(&bytes)
                .map_err(|_unshown| Unserved::Odd(status, "an answer of another form".into()))?;
            return Ok(answer.data);
        }
        let said = serde_json::from_slice::<Refusal>(&bytes).unwrap_or_default().errors.join("; ");
        Err(Unserved::of(status, said.trim().chars().take(QUOTED).collect()))
    }

    fn error(&self, unserved: Unserved) -> VaultError {
        let (provider, address) = (KIND.to_owned(), self.options.address.clone());
        match unserved {
            Unserved::Down(detail) => VaultError::KeyServerDown { provider, address, detail },
            Unserved::Refused(detail) => VaultError::KeyServerRefuses { provider, address, detail },
            Unserved::Bad(detail) => failed(format!("{address} answers: {detail}")),
            Unserved::Odd(status, detail) => {
                failed(format!("{address} answers {status}: {detail}"))
            }
        }
    }
}

/// Why a request was not served.
enum Unserved {
    /// No answer, or one that says "later".
    Down(String),
    /// Token or policy do not suffice.
    Refused(String),
    /// The request itself does not fit the key.
    Bad(String),
    /// Anything else.
    Odd(StatusCode, String),
}

impl Unserved {
    fn of(status: StatusCode, said: String) -> Self {
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Refused(said),
            StatusCode::BAD_REQUEST => Self::Bad(said),
            StatusCode::TOO_MANY_REQUESTS => Self::Down("it is asked too often".to_owned()),
            status if status.is_server_error() => {
                // 503: sealed; 472, 473: a standby; all pass without a change here.
                Self::Down(if said.is_empty() { status.to_string() } else { said })
            }
            StatusCode::NOT_FOUND => Self::Bad("there is no such mount or key".to_owned()),
            status => Self::Odd(status, said),
        }
    }
}

#[async_trait]
impl KeyProvider for TransitProvider {
    fn kind(&self) -> &str {
        KIND
    }

    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError> {
        let TransitOptions { mount, key: name, .. } = &self.options;
        let plaintext = Zeroizing::new(BASE64.encode(random));
        let body = Zeroizing::new(json!({ "plaintext": plaintext.as_str() }).to_string());
        let url = self.url("encrypt", mount, name)?;
        let Encrypted { ciphertext } =
            self.ask(url, body).await.map_err(|unserved| self.error(unserved))?;
        let parameters = TransitParameters { mount: mount.clone(), key: name.clone(), ciphertext };
        seal_wrapped(KIND, random, vault_id, parameters.encode_to_vec(), key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let parameters = TransitParameters::decode(wrapped.parameters.as_slice())
            .map_err(|_| VaultError::WrongKey)?;
        // The configuration decides which key is asked for: a keyring must not choose the path.
        let TransitOptions { mount, key, .. } = &self.options;
        if parameters.mount != *mount || parameters.key != *key {
            return Err(VaultError::WrongKey);
        }
        let body = json!({ "ciphertext": parameters.ciphertext }).to_string();
        let url = self.url("decrypt", mount, key)?;
        let mut decrypted: Decrypted = match self.ask(url, Zeroizing::new(body)).await {
            Ok(decrypted) => decrypted,
            Err(Unserved::Bad(said)) if said.contains("message authentication failed") => {
                return Err(VaultError::WrongKey);
            }
            Err(unserved) => return Err(self.error(unserved)),
        };
        let decoded = BASE64.decode(decrypted.plaintext.as_bytes()).map(Zeroizing::new);
        decrypted.plaintext.zeroize();
        let decoded = decoded.map_err(|_| VaultError::WrongKey)?;
        let kek = decoded.as_slice().try_into().map_err(|_| VaultError::WrongKey)?;
        open_wrapped(KIND, kek, vault_id, wrapped)
    }
}

/// What a wrap's parameters say: which key, and which version of it sealed.
pub(super) fn describe(parameters: &[u8]) -> Description {
    let Ok(parameters) = TransitParameters::decode(parameters) else { return Description::new() };
    let TransitParameters { mount, key, ciphertext } = parameters;
    // vault:v3:…
    let version = ciphertext.split(':').nth(1).and_then(|text| text.strip_prefix('v'));
    let version = version.unwrap_or_default().to_owned();
    [("mount", mount), ("key", key), ("keyVersion", version)]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

/// Encrypted on the way, or not on its way through a network at all.
fn is_protected(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let local = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

/// What happened, down to the cause: the outermost message of a request tells only its address.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn failed(detail: impl Into<String>) -> VaultError {
    VaultError::Key { provider: KIND.to_owned(), detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(address: &str) -> TransitOptions {
        TransitOptions {
            address: address.to_owned(),
            mount: "transit".to_owned(),
            key: "avalon".to_owned(),
            namespace: None,
            ca_pem: None,
            token: "s.a-secret-token".into(),
        }
    }

    #[test]
    fn keys_never_cross_a_network_in_plain_text() {
        for (address, protected) in [
            ("https://bao.example.net:8200", true),
            ("http://127.0.0.1:8200", true),
            ("http://[::1]:8200", true),
            ("http://localhost:8200/", true),
            ("http://bao.example.net:8200", false),
            ("http://127.0.0.1.example.net/", false),
            ("ftp://127.0.0.1/", false),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(is_protected(&url), protected, "{address}");
        }
    }

    #[test]
    fn paths_are_built_by_segments() {
        let options =
            TransitOptions { mount: "kms/transit".into(), ..options("http://127.0.0.1:1/x/") };
        let provider = TransitProvider::new(options).unwrap();
        let url = provider.url("encrypt", "kms/transit", "a?b").unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:1/x/v1/kms/transit/encrypt/a%3Fb");
    }

    #[test]
    fn nothing_prints_the_token() {
        let provider = TransitProvider::new(options("http://127.0.0.1:1")).unwrap();
        assert!(!format!("{provider:?}").contains("a-secret-token"));
    }
}
