//! Redis: single keys read and written atomically, stand-alone and Cluster; control streams.

pub mod control;
pub mod record;

pub use control::{ControlAck, ControlChannel, ControlCommand, ControlMessage};
pub use record::{RedisRecord, RedisValue};

use crate::SourceError;

/// A Redis server or cluster. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct RedisSource {
    _private: (),
}

/// What a Redis deployment is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RedisInfo {
    /// Version, for example `7.0.15`.
    pub version: String,
    /// Whether it is a cluster.
    pub cluster: bool,
    /// `host:port` of the masters.
    pub masters: Vec<String>,
    /// Bytes in use over all masters.
    pub used_bytes: u64,
}

/// How a record is written back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// From the decoded value: any server version, stream ids and groups set explicitly.
    Decoded,
    /// `RESTORE` of the dump bytes: same or newer server version, unknown types included.
    Dump,
}

fn not_built<T>() -> Result<T, SourceError> {
    Err(SourceError::Unsupported {
        what: "redis".into(),
        reason: "not built yet".into(),
    })
}

impl RedisSource {
    /// Connects to `redis://host:port[/db]`, or to a cluster when the server is one or several
    /// addresses are given, separated by commas.
    ///
    /// # Errors
    /// Address, reachability or credentials.
    pub async fn connect(_url: &str) -> Result<Self, SourceError> {
        not_built()
    }

    /// What the deployment is.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn info(&self) -> Result<RedisInfo, SourceError> {
        not_built()
    }

    /// Every key that matches one of the patterns, each once, in byte order.
    ///
    /// # Errors
    /// When a node does not answer.
    pub async fn scan_keys(&self, _patterns: &[String]) -> Result<Vec<Vec<u8>>, SourceError> {
        not_built()
    }

    /// Reads a key atomically: type, value, absolute expiry and dump agree. None when it is gone.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn read_key(&self, _key: &[u8]) -> Result<Option<RedisRecord>, SourceError> {
        not_built()
    }

    /// Replaces a key by the record, atomically.
    ///
    /// # Errors
    /// When the server refuses it.
    pub async fn write_key(
        &self,
        _record: &RedisRecord,
        _mode: WriteMode,
    ) -> Result<(), SourceError> {
        not_built()
    }

    /// Deletes keys; returns how many were there.
    ///
    /// # Errors
    /// When a node does not answer.
    pub async fn delete_keys(&self, _keys: &[Vec<u8>]) -> Result<u64, SourceError> {
        not_built()
    }
}
