//! S3-compatible services and Tencent COS through opendal.

use std::ops::Range;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use opendal::layers::{RetryLayer, TimeoutLayer};
use opendal::services::{Cos, S3};
use opendal::{ErrorKind, Operator};
use secrecy::ExposeSecret;

use super::url::Bucket;
use super::{Backend, ObjectInfo, StoreCredentials, StoreError};

/// A store behind an opendal operator.
#[derive(Debug, Clone)]
pub struct RemoteBackend {
    operator: Operator,
    location: String,
    /// Whether the condition of a write is kept; unknown until it was tried. COS accepts it in silence
    /// and overwrites where a bucket has versions, or ever had.
    keeps_condition: Arc<OnceLock<bool>>,
}

impl RemoteBackend {
    pub(super) fn s3(bucket: &Bucket, credentials: &StoreCredentials) -> Result<Self, StoreError> {
        let mut service = S3::default()
            .bucket(&bucket.name)
            .root(&format!("/{}", bucket.prefix))
            // Only what the caller gave counts, never what happens to lie on this machine.
            .disable_config_load()
            .disable_ec2_metadata()
            .region(bucket.region.as_deref().unwrap_or("us-east-1"));
        if let Some(endpoint) = &bucket.endpoint {
            service = service.endpoint(endpoint);
        }
        if let Some(id) = &credentials.access_key_id {
            service = service.access_key_id(id);
        }
        if let Some(secret) = &credentials.secret_access_key {
            service = service.secret_access_key(secret.expose_secret());
        }
        if let Some(token) = &credentials.session_token {
            service = service.session_token(token.expose_secret());
        }
        let store = Self::build("s3", bucket, Operator::new(service))?;
        // Who does not know the condition refuses it.
        let _ = store.keeps_condition.set(true);
        Ok(store)
    }

    pub(super) fn cos(bucket: &Bucket, credentials: &StoreCredentials) -> Result<Self, StoreError> {
        let endpoint = match (&bucket.endpoint, &bucket.region) {
            (Some(endpoint), _) => endpoint.clone(),
            (None, Some(region)) => format!("https://cos.{region}.myqcloud.com"),
            (None, None) => {
                return Err(StoreError::Address {
                    url: format!("cos://{}", bucket.name),
                    detail: "give `endpoint` or `region`".to_owned(),
                });
            }
        };
        let mut service = Cos::default()
            .bucket(&bucket.name)
            .root(&format!("/{}", bucket.prefix))
            .endpoint(&endpoint)
            .disable_config_load();
        if let Some(id) = &credentials.access_key_id {
            service = service.secret_id(id);
        }
        if let Some(secret) = &credentials.secret_access_key {
            service = service.secret_key(secret.expose_secret());
        }
        if let Some(token) = &credentials.session_token {
            service = service.security_token(token.expose_secret());
        }
        Self::build("cos", bucket, Operator::new(service))
    }

    fn build(
        scheme: &str,
        bucket: &Bucket,
        operator: opendal::Result<Operator>,
    ) -> Result<Self, StoreError> {
        let location = format!("{scheme}://{}/{}", bucket.name, bucket.prefix);
        // Without its default features opendal has no HTTP client before this; the first call counts.
        opendal::install_default();
        let operator = operator.map_err(|error| StoreError::Address {
            url: location.clone(),
            detail: error.to_string(),
        })?;
        let operator = operator
            .layer(TimeoutLayer::new().with_io_timeout(Duration::from_secs(30)))
            .layer(RetryLayer::new().with_jitter().with_max_times(6));
        Ok(Self { operator, location, keeps_condition: Arc::default() })
    }

    /// For stores that know no conditional write: whoever asks must be able to bear that two
    /// writers both believe to be first, and looks again afterwards.
    async fn put_unless_seen(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if self.stat(key).await?.is_some() {
            return Ok(false);
        }
        self.put(key, body).await?;
        Ok(true)
    }

    /// The first such write finds out what the condition is worth: the same once more must be refused.
    async fn put_and_try(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if self.stat(key).await?.is_some() || !self.put_on_condition(key, body.clone()).await? {
            return Ok(false);
        }
        let again = self.operator.write_with(key, body).if_not_exists(true).await;
        match again {
            Ok(_) => {
                tracing::warn!(store = self.location, "the store keeps no condition of a write");
                let _ = self.keeps_condition.set(false);
            }
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch => {
                let _ = self.keeps_condition.set(true);
            }
            // It was refused or failed: the next one tries again.
            Err(_) => {}
        }
        Ok(true)
    }

    async fn put_on_condition(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        match self.operator.write_with(key, body.clone()).if_not_exists(true).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::ConditionNotMatch => Ok(false),
            // A retry of a write that had succeeded meets its own object.
            Err(error) if error.is_temporary() => Err(StoreError::remote("put", key, &error)),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                Err(StoreError::remote("put", key, &error))
            }
            // Some look-alikes of S3 and COS refuse the condition.
            Err(_) => self.put_unless_seen(key, body).await,
        }
    }
}

#[async_trait]
impl Backend for RemoteBackend {
    fn location(&self) -> String {
        self.location.clone()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        let written = self.operator.write(key, body).await;
        written.map(drop).map_err(|error| StoreError::remote("put", key, &error))
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if !self.operator.info().capability().write_with_if_not_exists {
            return self.put_unless_seen(key, body).await;
        }
        match self.keeps_condition.get() {
            Some(true) => self.put_on_condition(key, body).await,
            Some(false) => self.put_unless_seen(key, body).await,
            None => self.put_and_try(key, body).await,
        }
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let read = self.operator.read(key).await;
        read.map(|body| body.to_bytes()).map_err(|error| StoreError::remote("get", key, &error))
    }

    async fn get_ranges(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, StoreError> {
        let parts = ranges.iter().map(|range| async {
            let read = self.operator.read_with(key).range(range.clone()).await;
            read.map(|part| part.to_bytes()).map_err(|error| StoreError::remote("get", key, &error))
        });
        futures::future::try_join_all(parts).await
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        match self.operator.stat(key).await {
            Ok(data) => Ok(Some(ObjectInfo {
                size: data.content_length(),
                modified_ms: data.last_modified().map(|time| time.into_inner().as_millisecond()),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::remote("stat", key, &error)),
        }
    }

    async fn is_versioned(&self, key: &str) -> Result<bool, StoreError> {
        let data = self.operator.stat(key).await;
        let data = data.map_err(|error| StoreError::remote("stat", key, &error))?;
        // Where versions are suspended, S3 calls the only one `null`.
        Ok(data.version().is_some_and(|version| version != "null"))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let failed = |error: opendal::Error| StoreError::remote("list", prefix, &error);
        let lister = self.operator.lister_with(prefix).recursive(true).await.map_err(failed)?;
        lister
            .try_filter(|entry| std::future::ready(entry.metadata().is_file()))
            .map_ok(|entry| entry.path().to_owned())
            .try_collect()
            .await
            .map_err(failed)
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.operator.delete(key).await.map_err(|error| StoreError::remote("delete", key, &error))
    }
}
