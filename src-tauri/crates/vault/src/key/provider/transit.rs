//! The transit engine of HashiCorp Vault or OpenBao as key provider.
//!
//! The server seals a fresh key, and that key seals the root key here: the server never sees what
//! opens the vault, and any type of transit key that encrypts will do.

use async_trait::async_trait;
use data_encoding::BASE64;
use prost::Message;
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::server::{self, Server, Unserved};
use super::{Description, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::key::{KeyProvider, WrappedKey};
use crate::proto::TransitParameters;

pub(super) const KIND: &str = "transit";

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
    server: Server,
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
        let server = Server::new(KIND, &options.address, options.ca_pem.as_deref())?;
        let slips = |part: &str| part.is_empty() || part.split('/').any(|part| part == "..");
        if slips(&options.mount) || slips(&options.key) {
            return Err(failed("mount and key must be named"));
        }
        Ok(Self { server, options })
    }

    fn url(&self, operation: &str, mount: &str, key: &str) -> Result<Url, VaultError> {
        let mut url = self.server.url.clone();
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
            .server
            .post(url)
            .header("X-Vault-Request", "true")
            .header("X-Vault-Token", self.options.token.expose_secret())
            .header("Content-Type", "application/json")
            .body(body.to_string());
        if let Some(namespace) = &self.options.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        let (status, bytes) = self.server.send(request).await?;
        if status.is_success() {
            let answer: Answer<T> =
                serde_json::from_slice(&bytes).map_err(|_unshown| server::odd(status))?;
            return Ok(answer.data);
        }
        let said = serde_json::from_slice::<Refusal>(&bytes).unwrap_or_default().errors.join("; ");
        Err(match status {
            StatusCode::NOT_FOUND => Unserved::Bad("there is no such mount or key".to_owned()),
            // 503: sealed; 472, 473: a standby; all pass without a change here.
            status => Unserved::of(status, server::quoted(&said)),
        })
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
            self.ask(url, body).await.map_err(|unserved| self.server.error(unserved))?;
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
        let answer = self.ask(url, Zeroizing::new(body)).await;
        let is_of_another_key = |said: &str| said.contains("message authentication failed");
        let decrypted: Decrypted = self.server.unsealed(answer, is_of_another_key)?;
        let kek = server::kek(decrypted.plaintext)?;
        open_wrapped(KIND, &kek, vault_id, wrapped)
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

fn failed(detail: &str) -> VaultError {
    server::failed(KIND, detail)
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
