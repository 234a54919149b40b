//! A key of AWS KMS, or of a server that speaks its protocol, as key provider.
//!
//! As with the transit engine, the server seals a fresh key that seals the root key here. What it
//! sealed is bound to the vault by the encryption context, so that a policy may name the vault.

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::{BASE64, HEXLOWER};
use http::HeaderMap;
use prost::Message;
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{Context, SignRequest};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use zeroize::{Zeroize, Zeroizing};

use super::server::{self, CONTEXT, Server, Unserved};
use super::{Description, open_wrapped, seal_wrapped};
use crate::VaultError;
use crate::crypto::names::hex;
use crate::key::{KeyProvider, WrappedKey};
use crate::proto::AwsKmsParameters;

pub(super) const KIND: &str = "aws-kms";

/// Where a key of AWS KMS is and what lets one use it.
#[derive(Debug, Clone)]
pub struct AwsKmsOptions {
    /// The region: `eu-central-1`.
    pub region: String,
    /// The key's id, its ARN, or an alias: `alias/avalon`.
    pub key: String,
    /// The server, where it is not the region's own. Plain HTTP is for the same machine only.
    pub endpoint: Option<String>,
    /// Certificates, PEM, that the server's may be issued by, besides those of the system.
    pub ca_pem: Option<Vec<u8>>,
    /// Access key id of an identity that may `kms:Encrypt` and `kms:Decrypt` with this key.
    pub access_key_id: String,
    /// Its secret access key.
    pub secret_access_key: SecretString,
    /// Token of temporary credentials.
    pub session_token: Option<SecretString>,
}

/// Opens a vault by a key of AWS KMS.
#[derive(Debug, Clone)]
pub struct AwsKmsProvider {
    server: Server,
    options: AwsKmsOptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Encrypted {
    ciphertext_blob: String,
    key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Decrypted {
    plaintext: String,
    key_id: String,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(rename = "__type", default)]
    kind: String,
    #[serde(default, alias = "Message")]
    message: String,
}

impl AwsKmsProvider {
    /// A provider of this key. Asks the server nothing yet.
    ///
    /// # Errors
    /// [`VaultError::Key`] when region, key, endpoint or a certificate cannot be used.
    pub fn new(options: AwsKmsOptions) -> Result<Self, VaultError> {
        let region = &options.region;
        let letters =
            |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
        if region.is_empty() || !region.chars().all(letters) {
            return Err(failed("the region must be named as AWS does, for example eu-central-1"));
        }
        if options.key.is_empty() {
            return Err(failed("the key must be named by its id, its ARN or an alias"));
        }
        let endpoint = options.endpoint.clone().unwrap_or_else(|| {
            let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
            format!("https://kms.{region}.amazonaws.com{suffix}")
        });
        let server = Server::new(KIND, &endpoint, options.ca_pem.as_deref())?;
        Ok(Self { server, options })
    }

    async fn ask<T: for<'d> Deserialize<'d>>(
        &self,
        operation: &str,
        body: Value,
    ) -> Result<T, Unserved> {
        let body = Zeroizing::new(body.to_string());
        let headers = self.sign(operation, &body).await?;
        let url = self.server.url.clone();
        let request = self.server.post(url).headers(headers).body(body.to_string());
        let (status, bytes) = self.server.send(request).await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|_unshown| server::odd(status));
        }
        Err(unserved(status, serde_json::from_slice(&bytes).unwrap_or_default()))
    }

    /// The headers of a request, its signature (SigV4) among them.
    async fn sign(&self, operation: &str, body: &str) -> Result<HeaderMap, Unserved> {
        let odd = |error: &dyn std::error::Error| {
            Unserved::Bad(format!("the request could not be signed: {error}"))
        };
        let AwsKmsOptions { region, access_key_id, secret_access_key, session_token, .. } =
            &self.options;
        let request = http::Request::post(self.server.url.as_str())
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", format!("TrentService.{operation}"))
            .header(
                "X-Amz-Content-Sha256",
                HEXLOWER.encode(digest(&SHA256, body.as_bytes()).as_ref()),
            )
            .body(())
            .map_err(|error| odd(&error))?;
        let mut head = request.into_parts().0;
        let mut credential = Credential {
            access_key_id: access_key_id.clone(),
            secret_access_key: secret_access_key.expose_secret().to_owned(),
            session_token: session_token.as_ref().map(|token| token.expose_secret().to_owned()),
            expires_in: None,
        };
        let signer = RequestSigner::new("kms", region);
        let signed = signer.sign_request(&Context::new(), &mut head, Some(&credential), None).await;
        credential.secret_access_key.zeroize();
        credential.session_token.zeroize();
        signed.map_err(|error| odd(&error))?;
        Ok(head.headers)
    }
}

/// Names that AWS gives to refusals, however it writes them: `com.amazonaws.kms#NotFoundException`.
fn unserved(status: StatusCode, refusal: Refusal) -> Unserved {
    let name = refusal.kind.rsplit('#').next().unwrap_or_default();
    let message = refusal.message.trim();
    let said = match (name, message) {
        (name, "") => name.to_owned(),
        ("", message) => message.to_owned(),
        (name, message) => format!("{name}: {message}"),
    };
    let said = server::quoted(&said);
    match name {
        "ThrottlingException"
        | "LimitExceededException"
        | "KeyUnavailableException"
        | "DependencyTimeoutException"
        | "KMSInternalException" => Unserved::Down(said),
        // KMS answers these with 400.
        "AccessDeniedException"
        | "ExpiredTokenException"
        | "IncompleteSignatureException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "NotAuthorizedException"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => Unserved::Refused(said),
        _ => Unserved::of(status, said),
    }
}

#[async_trait]
impl KeyProvider for AwsKmsProvider {
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
            "EncryptionContext": { CONTEXT: hex(vault_id) },
        });
        let Encrypted { ciphertext_blob, key_id } =
            self.ask("Encrypt", body).await.map_err(|unserved| self.server.error(unserved))?;
        let ciphertext = BASE64.decode(ciphertext_blob.as_bytes());
        let ciphertext = ciphertext.map_err(|_| failed("the server's ciphertext is no base64"))?;
        let parameters = AwsKmsParameters { key: key_id, ciphertext };
        seal_wrapped(KIND, random, vault_id, parameters.encode_to_vec(), key)
    }

    async fn unwrap(
        &self,
        vault_id: &[u8; 16],
        wrapped: &WrappedKey,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let parameters = AwsKmsParameters::decode(wrapped.parameters.as_slice())
            .map_err(|_| VaultError::WrongKey)?;
        // The configuration decides which key is asked for. Only the server knows what an alias
        // stands for, so it is asked even where the keyring names another key.
        let body = json!({
            "KeyId": self.options.key,
            "CiphertextBlob": BASE64.encode(&parameters.ciphertext),
            "EncryptionContext": { CONTEXT: hex(vault_id) },
        });
        let answer = self.ask("Decrypt", body).await;
        let decrypted: Decrypted = self.server.unsealed(answer, is_of_another_key)?;
        let kek = server::kek(decrypted.plaintext)?;
        if !is_named(&self.options.key, &decrypted.key_id) {
            return Err(VaultError::WrongKey);
        }
        open_wrapped(KIND, &kek, vault_id, wrapped)
    }
}

/// True when the server says that the ciphertext is none of this key, or of this vault.
fn is_of_another_key(said: &str) -> bool {
    let name = said.split(':').next().unwrap_or_default();
    matches!(name, "IncorrectKeyException" | "InvalidCiphertextException")
}

/// True when an ARN may be of the key that the configuration names by ARN, id or alias.
fn is_named(key: &str, arn: &str) -> bool {
    let alias = key.starts_with("alias/") || key.contains(":alias/");
    alias || arn == key || arn.strip_suffix(key).is_some_and(|rest| rest.ends_with('/'))
}

/// What a wrap's parameters say: the ARN of the key that sealed.
pub(super) fn describe(parameters: &[u8]) -> Description {
    let Ok(parameters) = AwsKmsParameters::decode(parameters) else { return Description::new() };
    [("key".to_owned(), parameters.key)].into()
}

fn failed(detail: &str) -> VaultError {
    server::failed(KIND, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> AwsKmsOptions {
        AwsKmsOptions {
            region: "eu-central-1".to_owned(),
            key: "alias/avalon".to_owned(),
            endpoint: None,
            ca_pem: None,
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "a-secret-access-key".into(),
            session_token: Some("a-session-token".into()),
        }
    }

    fn refusal(kind: &str, message: &str) -> Refusal {
        Refusal { kind: kind.to_owned(), message: message.to_owned() }
    }

    #[test]
    fn the_address_follows_from_the_region_unless_one_is_given() {
        for (region, address) in [
            ("eu-central-1", "https://kms.eu-central-1.amazonaws.com/"),
            ("cn-north-1", "https://kms.cn-north-1.amazonaws.com.cn/"),
        ] {
            let options = AwsKmsOptions { region: region.to_owned(), ..options() };
            assert_eq!(AwsKmsProvider::new(options).unwrap().server.url.as_str(), address);
        }
        for region in ["", "evil.example.net/", "eu central"] {
            let options = AwsKmsOptions { region: region.to_owned(), ..options() };
            assert!(AwsKmsProvider::new(options).is_err(), "{region}");
        }
        let endpoint = Some("http://kms.example.net".to_owned());
        assert!(AwsKmsProvider::new(AwsKmsOptions { endpoint, ..options() }).is_err());
    }

    #[tokio::test]
    async fn everything_that_matters_is_signed() {
        let provider = AwsKmsProvider::new(options()).unwrap();
        let headers = provider.sign("Encrypt", "{}").await.unwrap_or_else(|_| panic!("no headers"));
        let text = headers["authorization"].to_str().unwrap();
        for part in [
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/",
            "/eu-central-1/kms/aws4_request, SignedHeaders=",
            "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token;x-amz-target",
        ] {
            assert!(text.contains(part), "{text}");
        }
        // SHA-256 of `{}`: the body cannot be exchanged.
        let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        assert_eq!(headers["x-amz-content-sha256"], hash);
    }

    #[test]
    fn refusals_are_told_apart_by_their_names() {
        let of = |kind: &str| unserved(StatusCode::BAD_REQUEST, refusal(kind, "why"));
        assert!(matches!(of("ThrottlingException"), Unserved::Down(_)));
        assert!(matches!(of("com.amazonaws.kms#AccessDeniedException"), Unserved::Refused(_)));
        assert!(
            matches!(of("NotFoundException"), Unserved::Bad(said) if said == "NotFoundException: why")
        );
        assert!(is_of_another_key("IncorrectKeyException: no"));
        assert!(is_of_another_key("InvalidCiphertextException"));
        assert!(!is_of_another_key("DisabledException: off"));
    }

    #[test]
    fn a_key_is_known_by_its_id_its_arn_or_whatever_its_alias_stands_for() {
        let arn = "arn:aws:kms:eu-central-1:1:key/12-34";
        for (key, named) in [
            (arn, true),
            ("12-34", true),
            ("34", false),
            ("alias/avalon", true),
            ("arn:aws:kms:eu-central-1:1:alias/avalon", true),
            ("arn:aws:kms:eu-central-1:1:key/12-35", false),
        ] {
            assert_eq!(is_named(key, arn), named, "{key}");
        }
    }

    #[test]
    fn nothing_prints_the_credentials() {
        let text = format!("{:?}", AwsKmsProvider::new(options()).unwrap());
        assert!(!text.contains("a-secret") && !text.contains("a-session"), "{text}");
    }
}
