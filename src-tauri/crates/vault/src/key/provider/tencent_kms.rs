//! A key of Tencent Cloud KMS as key provider.
//!
//! As with the transit engine, the server seals a fresh key that seals the root key here. What it
//! sealed is bound to the vault by the encryption context.

use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use data_encoding::BASE64;
use prost::Message;
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::server::{self, CONTEXT, Server, Unserved};
use super::tc3::Signer;
use super::{Description, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::crypto::names::hex;
use crate::key::{KeyProvider, WrappedKey};
use crate::proto::TencentKmsParameters;

pub(super) const KIND: &str = "tencent-kms";
/// The server of all regions; a header names the region.
const ENDPOINT: &str = "https://kms.tencentcloudapi.com";
const VERSION: &str = "2019-01-18";

/// Where a key of Tencent Cloud KMS is and what lets one use it.
#[derive(Debug, Clone)]
pub struct TencentKmsOptions {
    /// The region: `ap-guangzhou`.
    pub region: String,
    /// The key's id.
    pub key: String,
    /// The server, where it is not the public one. Plain HTTP is for the same machine only.
    pub endpoint: Option<String>,
    /// Certificates, PEM, that the server's may be issued by, besides those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// Secret id of an identity that may `kms:Encrypt` and `kms:Decrypt` with this key.
    pub secret_id: String,
    /// Its secret key.
    pub secret_key: SecretString,
    /// Token of temporary credentials.
    pub token: Option<SecretString>,
}

/// Opens a vault by a key of Tencent Cloud KMS.
#[derive(Debug, Clone)]
pub struct TencentKmsProvider {
    server: Server,
    host: String,
    options: TencentKmsOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<T> {
    response: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refused {
    error: Refusal,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal {
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    ciphertext_blob: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypted {
    plaintext: String,
    key_id: String,
}

impl TencentKmsProvider {
    /// A provider of this key. Asks the server nothing yet.
    ///
    /// # Errors
    /// [`VaultError::Key`] when region, key, endpoint or a certificate cannot be used.
    pub fn new(options: TencentKmsOptions) -> Result<Self, VaultError> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if !visible(&options.region) || !visible(&options.key) || !visible(&options.secret_id) {
            return Err(failed("region, key and secret id must be named as Tencent Cloud does"));
        }
        let endpoint = options.endpoint.as_deref().unwrap_or(ENDPOINT);
        let server = Server::new(KIND, endpoint, options.ca_pem.as_deref())?;
        if server.url.path() != "/" || server.url.query().is_some() {
            return Err(failed("the endpoint must have no path: only `/` is signed"));
        }
        let host = host(&server.url);
        Ok(Self { server, host, options })
    }

    async fn ask<T: for<'d> Deserialize<'d>>(
        &self,
        action: &str,
        body: Value,
    ) -> Result<T, Unserved> {
        let TencentKmsOptions { region, secret_id, secret_key, token, .. } = &self.options;
        let body = Zeroizing::new(body.to_string());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let timestamp = i64::try_from(now).unwrap_or(i64::MAX);
        let signer = Signer { service: "kms", secret_id, secret_key, timestamp };
        // With the action signed, an intercepted request serves for no other one.
        let signed =
            [("content-type", "application/json"), ("host", &*self.host), ("x-tc-action", action)];
        let authorization = signer.authorization(&signed, body.as_bytes()).ok_or_else(|| {
            Unserved::Bad("the request could not be signed: the clock is off".to_owned())
        })?;
        let mut request = self
            .server
            .post(self.server.url.clone())
            .header("Authorization", authorization)
            .header("Content-Type", "application/json")
            .header("Host", &self.host)
            .header("X-TC-Action", action)
            .header("X-TC-Version", VERSION)
            .header("X-TC-Region", region)
            .header("X-TC-Timestamp", timestamp)
            .body(body.to_string());
        if let Some(token) = token {
            request = request.header("X-TC-Token", token.expose_secret());
        }
        let (status, bytes) = self.server.send(request).await?;
        // A refusal is answered with 200, too.
        if let Ok(Answer { response: Refused { error } }) = serde_json::from_slice(&bytes) {
            return Err(unserved(&error));
        }
        if !status.is_success() {
            return Err(Unserved::of(status, String::new()));
        }
        let answer: Result<Answer<T>, _> = serde_json::from_slice(&bytes);
        answer.map(|answer| answer.response).map_err(|_unshown| server::odd(StatusCode::OK))
    }
}

/// Codes are words with a dot between them, from the general to the special.
fn unserved(refusal: &Refusal) -> Unserved {
    let said = server::quoted(&format!("{}: {}", refusal.code, refusal.message.trim()));
    match refusal.code.split('.').next().unwrap_or_default() {
        "AuthFailure" | "UnauthorizedOperation" => Unserved::Refused(said),
        "RequestLimitExceeded" | "InternalError" => Unserved::Down(said),
        _ if refusal.code == "UnsupportedOperation.ServiceTemporaryUnavailable" => {
            Unserved::Down(said)
        }
        _ if refusal.code == "ResourceUnavailable.TokenExpired" => Unserved::Refused(said),
        _ => Unserved::Bad(said),
    }
}

#[async_trait]
impl KeyProvider for TencentKmsProvider {
    fn kind(&self) -> &str {
        KIND
    }

    async fn wrap(
        &self,
        vault_id: &[u8; 16],
        key: &[u8; 32],
        random: &[u8; 32],
    ) -> Result<WrappedKey, VaultError> {
        let plaintext = Zeroizing::new(BASE64.encode(random));
        let body = json!({
            "KeyId": self.options.key,
            "Plaintext": plaintext.as_str(),
            "EncryptionContext": context(vault_id),
        });
        let Encrypted { ciphertext_blob } =
            self.ask("Encrypt", body).await.map_err(|unserved| self.server.error(unserved))?;
        let parameters = TencentKmsParameters {
            region: self.options.region.clone(),
            key: self.options.key.clone(),
            ciphertext: ciphertext_blob,
        };
        seal_wrapped(KIND, random, vault_id, parameters.encode_to_vec(), key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let parameters = TencentKmsParameters::decode(wrapped.parameters.as_slice())
            .map_err(|_| VaultError::WrongKey)?;
        // The configuration decides which key is used, and `Decrypt` does not ask for one.
        let TencentKmsOptions { region, key, .. } = &self.options;
        if parameters.region != *region || parameters.key != *key {
            return Err(VaultError::WrongKey);
        }
        let body = json!({
            "CiphertextBlob": parameters.ciphertext,
            "EncryptionContext": context(vault_id),
        });
        let answer = self.ask("Decrypt", body).await;
        let decrypted: Decrypted = self.server.unsealed(answer, is_of_another_key)?;
        let kek = server::kek(decrypted.plaintext)?;
        if decrypted.key_id != *key {
            return Err(VaultError::WrongKey);
        }
        open_wrapped(KIND, &kek, vault_id, wrapped)
    }
}

/// The encryption context, which this API takes as a text.
fn context(vault_id: &[u8; 16]) -> String {
    json!({ CONTEXT: hex(vault_id) }).to_string()
}

/// The header `Host`, as it is sent and signed.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// True when the server says that the ciphertext is none of a key of this account, or of this vault.
fn is_of_another_key(said: &str) -> bool {
    let code = said.split(':').next().unwrap_or_default();
    matches!(code, "InvalidParameterValue.InvalidCiphertext" | "FailedOperation.DecryptError")
}

/// What a wrap's parameters say: which key, and in which region.
pub(super) fn describe(parameters: &[u8]) -> Description {
    let Ok(parameters) = TencentKmsParameters::decode(parameters) else {
        return Description::new();
    };
    let TencentKmsParameters { region, key, .. } = parameters;
    [("region".to_owned(), region), ("key".to_owned(), key)].into()
}

fn failed(detail: &str) -> VaultError {
    server::failed(KIND, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> TencentKmsOptions {
        TencentKmsOptions {
            region: "ap-guangzhou".to_owned(),
            key: "23e80852-1e38-11e9-b129-5cb9019b4b01".to_owned(),
            endpoint: None,
            ca_pem: None,
            secret_id: "AKIDmadeup".to_owned(),
            secret_key: "a-secret-key".into(),
            token: Some("a-token".into()),
        }
    }

    #[test]
    fn the_host_is_signed_as_it_is_sent() {
        for (endpoint, sent) in [
            (None, "kms.tencentcloudapi.com"),
            (Some("https://kms.example.net:443/"), "kms.example.net"),
            (Some("http://127.0.0.1:8443"), "127.0.0.1:8443"),
        ] {
            let endpoint = endpoint.map(str::to_owned);
            let options = TencentKmsOptions { endpoint, ..options() };
            assert_eq!(TencentKmsProvider::new(options).unwrap().host, sent);
        }
        for endpoint in ["http://kms.example.net", "https://kms.example.net/api", "kms"] {
            let endpoint = Some(endpoint.to_owned());
            let options = TencentKmsOptions { endpoint, ..options() };
            assert!(TencentKmsProvider::new(options).is_err());
        }
    }

    #[test]
    fn refusals_are_told_apart_by_their_codes() {
        let of =
            |code: &str| unserved(&Refusal { code: code.to_owned(), message: "why".to_owned() });
        assert!(matches!(of("AuthFailure.SignatureFailure"), Unserved::Refused(_)));
        assert!(matches!(of("RequestLimitExceeded"), Unserved::Down(_)));
        assert!(matches!(of("ResourceUnavailable.CmkDisabled"), Unserved::Bad(_)));
        assert!(is_of_another_key("InvalidParameterValue.InvalidCiphertext: why"));
        assert!(!is_of_another_key("InvalidParameterValue.InvalidKeyId: why"));
    }

    #[test]
    fn nothing_prints_the_credentials() {
        let text = format!("{:?}", TencentKmsProvider::new(options()).unwrap());
        assert!(!text.contains("a-secret") && !text.contains("a-token"), "{text}");
    }
}
