//! How a provider speaks to the server that keeps its key.

use std::time::Duration;

use data_encoding::BASE64;
use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url, redirect};
use zeroize::{Zeroize, Zeroizing};

use crate::VaultError;

/// A key server answers in milliseconds; what takes this long is down.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(20);
/// The name under which an encryption context tells the vault's id.
pub(super) const CONTEXT: &str = "avalon-vault";
/// Most characters that are quoted of what a server says.
const QUOTED: usize = 300;

/// The key server of a provider.
#[derive(Debug, Clone)]
pub(super) struct Server {
    kind: &'static str,
    client: Client,
    address: String,
    /// Where requests go.
    pub(super) url: Url,
}

/// Why a request was not served.
pub(super) enum Unserved {
    /// No answer, or one that says "later".
    Down(String),
    /// Credentials or policy do not suffice.
    Refused(String),
    /// The request itself does not fit the key.
    Bad(String),
    /// Anything else.
    Odd(StatusCode, String),
}

impl Unserved {
    /// What a status alone tells.
    pub(super) fn of(status: StatusCode, said: String) -> Self {
        let said = if said.is_empty() { status.to_string() } else { said };
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Refused(said),
            StatusCode::BAD_REQUEST => Self::Bad(said),
            StatusCode::TOO_MANY_REQUESTS => Self::Down("it is asked too often".to_owned()),
            status if status.is_server_error() => Self::Down(said),
            status => Self::Odd(status, said),
        }
    }
}

impl Server {
    /// The server at an address, which is asked nothing yet.
    ///
    /// # Errors
    /// [`VaultError::Key`] when the address or a certificate cannot be used.
    pub(super) fn new(
        kind: &'static str,
        address: &str,
        ca_pem: Option<&[u8]>,
    ) -> Result<Self, VaultError> {
        let url = Url::parse(address)
            .map_err(|error| failed(kind, format!("the address is no URL: {error}")))?;
        if !is_protected(&url) {
            return Err(failed(
                kind,
                "the address must begin with https://; keys never cross a network in plain text",
            ));
        }
        let certificates = match ca_pem {
            Some(pem) => Certificate::from_pem_bundle(pem)
                .map_err(|error| failed(kind, format!("the CA file cannot be used: {error}")))?,
            None => Vec::new(),
        };
        if ca_pem.is_some() && certificates.is_empty() {
            return Err(failed(kind, "the CA file holds no certificate"));
        }
        let client = Client::builder()
            // A redirect could lead the credentials elsewhere.
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .tls_certs_merge(certificates)
            .build()
            .map_err(|error| {
                failed(kind, format!("no client could be made: {}", causes(&error)))
            })?;
        Ok(Self { kind, client, address: address.to_owned(), url })
    }

    /// A request of this server.
    pub(super) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request; what comes back may hold a key.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
    ) -> Result<(StatusCode, Zeroizing<Vec<u8>>), Unserved> {
        let answer = request.send().await.map_err(|error| Unserved::Down(causes(&error)))?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(|error| Unserved::Down(causes(&error)))?;
        Ok((status, Zeroizing::new(bytes.to_vec())))
    }

    /// The answer to a request to unseal. What the server calls a ciphertext of another key or vault
    /// is a wrong key here.
    pub(super) fn unsealed<T>(
        &self,
        answer: Result<T, Unserved>,
        is_of_another_key: impl Fn(&str) -> bool,
    ) -> Result<T, VaultError> {
        answer.map_err(|unserved| match unserved {
            Unserved::Bad(said) if is_of_another_key(&said) => VaultError::WrongKey,
            unserved => self.error(unserved),
        })
    }

    /// What is told of a request that was not served.
    pub(super) fn error(&self, unserved: Unserved) -> VaultError {
        let (provider, address) = (self.kind.to_owned(), self.address.clone());
        match unserved {
            Unserved::Down(detail) => VaultError::KeyServerDown { provider, address, detail },
            Unserved::Refused(detail) => VaultError::KeyServerRefuses { provider, address, detail },
            Unserved::Bad(detail) => failed(self.kind, format!("{address} answers: {detail}")),
            Unserved::Odd(status, detail) => {
                failed(self.kind, format!("{address} answers {status}: {detail}"))
            }
        }
    }
}

/// An answer of another form than the documented one.
pub(super) fn odd(status: StatusCode) -> Unserved {
    Unserved::Odd(status, "an answer of another form".to_owned())
}

/// What a server said, short enough to be told.
pub(super) fn quoted(said: &str) -> String {
    said.trim().chars().take(QUOTED).collect()
}

/// The key that a server unsealed; wipes the text that it came in.
pub(super) fn kek(mut plaintext: String) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let decoded = BASE64.decode(plaintext.as_bytes()).map(Zeroizing::new);
    plaintext.zeroize();
    let decoded = decoded.map_err(|_| VaultError::WrongKey)?;
    let kek = decoded.as_slice().try_into().map_err(|_| VaultError::WrongKey)?;
    Ok(Zeroizing::new(kek))
}

/// A failure of a provider of this kind.
pub(super) fn failed(kind: &str, detail: impl Into<String>) -> VaultError {
    VaultError::Key { provider: kind.to_owned(), detail: detail.into() }
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

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(Server::new("transit", address, None).is_ok(), protected, "{address}");
        }
    }
}
