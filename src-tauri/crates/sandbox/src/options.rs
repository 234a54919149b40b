//! What to start.

use std::path::PathBuf;

use crate::SandboxError;

/// Which Redis servers to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RedisTopology {
    /// No Redis.
    None,
    /// One stand-alone server.
    #[default]
    Standalone,
    /// Redis Cluster: three primaries, each with one replica.
    Cluster,
}

/// What to start, and where.
#[derive(Debug, Clone)]
pub struct SandboxOptions {
    /// Members of the MongoDB replica set: 0 (no MongoDB), 1 or 3.
    pub mongo_members: u8,
    /// Redis servers.
    pub redis: RedisTopology,
    /// Where the data live. `None`: a new scratch folder that goes away with the sandbox.
    /// A named folder is kept, and a later start continues with its data.
    pub folder: Option<PathBuf>,
    /// WiredTiger cache of each member, in GB (at least 0.25).
    pub cache_gb: f64,
    /// Oplog size of each member, in MB.
    pub oplog_mb: u32,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        SandboxOptions {
            mongo_members: 1,
            redis: RedisTopology::Standalone,
            folder: None,
            cache_gb: 0.25,
            oplog_mb: 990,
        }
    }
}

impl SandboxOptions {
    pub(crate) fn validate(&self) -> Result<(), SandboxError> {
        if !matches!(self.mongo_members, 0 | 1 | 3) {
            return Err(SandboxError::Options(format!(
                "a replica set has 1 or 3 members here, {} were asked for",
                self.mongo_members
            )));
        }
        if self.mongo_members == 0 && self.redis == RedisTopology::None {
            return Err(SandboxError::Options("neither MongoDB nor Redis was asked for".into()));
        }
        if !(0.25..=1024.0).contains(&self.cache_gb) {
            return Err(SandboxError::Options(format!(
                "the cache must be at least 0.25 GB, {} was asked for",
                self.cache_gb
            )));
        }
        Ok(())
    }
}
