//! Addresses of stores. Credentials never stand in an address.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

use super::StoreError;

/// A bucket of an object store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Folder inside it, without slashes at its ends; may be empty.
    pub prefix: String,
    /// Address of the service; the vendor's default when absent.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
}

/// Where a store is: `/path`, `file:///path`, `s3://bucket/prefix?endpoint=…&region=…`,
/// `cos://bucket/prefix?endpoint=…` or `memory://`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// A local folder.
    Folder(PathBuf),
    /// Memory of this process, for tests.
    Memory,
    /// An S3-compatible service.
    S3(Bucket),
    /// Tencent Cloud Object Storage.
    Cos(Bucket),
}

/// What a store wants to know of its caller. Never part of an address.
#[derive(Clone, Default)]
pub struct StoreCredentials {
    /// Access key id (S3) or secret id (COS).
    pub access_key_id: Option<String>,
    /// Secret access key (S3) or secret key (COS).
    pub secret_access_key: Option<SecretString>,
    /// Token of temporary credentials.
    pub session_token: Option<SecretString>,
}

impl fmt::Debug for StoreCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreCredentials(..)")
    }
}

impl StoreUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// When the scheme is unknown, the bucket is missing, or credentials stand in it.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        if text == "memory://" || text == "memory:///" {
            return Ok(Self::Memory);
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            return Ok(Self::S3(bucket("s3", rest)?));
        }
        if let Some(rest) = text.strip_prefix("cos://") {
            return Ok(Self::Cos(bucket("cos", rest)?));
        }
        let path = text.strip_prefix("file://").unwrap_or(text);
        if path.contains("://") {
            return Err(refuse(text, "unknown scheme; use a folder, file://, s3:// or cos://"));
        }
        if path.is_empty() {
            return Err(refuse(text, "the folder's path is missing"));
        }
        Ok(Self::Folder(PathBuf::from(path)))
    }
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        Self::parse(text)
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, bucket) = match self {
            Self::Folder(path) => return write!(f, "{}", path.display()),
            Self::Memory => return f.write_str("memory://"),
            Self::S3(bucket) => ("s3", bucket),
            Self::Cos(bucket) => ("cos", bucket),
        };
        write!(f, "{scheme}://{}", bucket.name)?;
        if !bucket.prefix.is_empty() {
            write!(f, "/{}", bucket.prefix)?;
        }
        let mut separator = '?';
        for (name, value) in [("endpoint", &bucket.endpoint), ("region", &bucket.region)] {
            if let Some(value) = value {
                write!(f, "{separator}{name}={value}")?;
                separator = '&';
            }
        }
        Ok(())
    }
}

fn bucket(scheme: &str, rest: &str) -> Result<Bucket, StoreError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // What stands before an @ may be a secret: it is not repeated in the message.
    if path.contains('@') {
        return Err(refuse(
            &format!("{scheme}://…"),
            "credentials must not stand in the address; give them by file, environment or keyring",
        ));
    }
    let shown = format!("{scheme}://{path}");
    let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
    if name.is_empty() {
        return Err(refuse(&shown, "the bucket's name is missing"));
    }
    let mut bucket = Bucket {
        name: name.to_owned(),
        prefix: prefix.trim_matches('/').to_owned(),
        endpoint: None,
        region: None,
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "endpoint" if value.contains('@') => {
                return Err(refuse(&shown, "credentials must not stand in the endpoint"));
            }
            "endpoint" => bucket.endpoint = Some(value.replace("%3A", ":").replace("%2F", "/")),
            "region" => bucket.region = Some(value.to_owned()),
            _ => {
                return Err(refuse(
                    &shown,
                    &format!("unknown parameter `{key}`; `endpoint` and `region` are known"),
                ));
            }
        }
    }
    Ok(bucket)
}

fn refuse(url: &str, detail: &str) -> StoreError {
    StoreError::Address { url: url.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_written() {
        for text in [
            "/srv/backup",
            "memory://",
            "s3://games",
            "s3://games/a/b?endpoint=http://127.0.0.1:8333&region=us-east-1",
            "cos://games-125/a?endpoint=https://cos.ap-guangzhou.myqcloud.com",
        ] {
            let url = StoreUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), text);
        }
        assert_eq!(
            StoreUrl::parse("file:///srv/x").unwrap(),
            StoreUrl::Folder(PathBuf::from("/srv/x"))
        );
    }

    #[test]
    fn credentials_and_nonsense_are_refused_without_being_repeated() {
        for text in ["s3://AKIA:topsecret@bucket/x", "s3://b?endpoint=http://me:topsecret@host"] {
            let error = StoreUrl::parse(text).unwrap_err().to_string();
            assert!(!error.contains("topsecret"), "{error}");
        }
        for text in ["", "ftp://x", "s3://", "s3:///x", "s3://b?x=1"] {
            assert!(StoreUrl::parse(text).is_err(), "{text}");
        }
    }
}
