//! Finding keys and reading them.

use std::collections::BTreeSet;

use redis::Value;
use redis::aio::ConnectionLike;

use super::connect::{RedisSource, convert};
use super::decode;
use super::record::RedisRecord;
use crate::SourceError;

/// Keys looked at by one `SCAN` step.
const SCAN_COUNT: u32 = 1000;

const READ_KEY: &str = include_str!("read_key.lua");

impl RedisSource {
    /// Every key that matches one of the patterns, each once, in byte order. A key that exists
    /// during the whole call is found; one created or deleted meanwhile may or may not be.
    ///
    /// # Errors
    /// When a node does not answer.
    pub async fn scan_keys(&self, patterns: &[String]) -> Result<Vec<Vec<u8>>, SourceError> {
        let mut found = BTreeSet::new();
        for (address, mut node) in self.masters().await? {
            for pattern in patterns {
                scan_node(&mut node, &address, pattern, &mut found).await?;
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Reads a key atomically: type, value, absolute expiry and dump agree. None when it is gone.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn read_key(&self, key: &[u8]) -> Result<Option<RedisRecord>, SourceError> {
        const DOING: &str = "reading a key";
        let name = String::from_utf8_lossy(key).into_owned();
        // The script is sent as it is: one round trip, and no script cache to go stale.
        let mut command = redis::cmd("EVAL");
        command.arg(READ_KEY).arg(1).arg(key);
        let answer: Value = self.call(DOING, &name, &command).await?;
        if answer == Value::Nil {
            return Ok(None);
        }
        decode::record(key, answer)
            .map(Some)
            .map_err(|reason| SourceError::answer(DOING, name, reason))
    }
}

async fn scan_node(
    node: &mut impl ConnectionLike,
    address: &str,
    pattern: &str,
    found: &mut BTreeSet<Vec<u8>>,
) -> Result<(), SourceError> {
    const DOING: &str = "scanning keys";
    let mut cursor = "0".to_owned();
    loop {
        let mut command = redis::cmd("SCAN");
        command.arg(&cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(SCAN_COUNT);
        let answer = node
            .req_packed_command(&command)
            .await
            .map_err(|error| SourceError::redis(DOING, address, error))?;
        let (next, keys): (String, Vec<Vec<u8>>) = convert(DOING, address, answer)?;
        found.extend(keys);
        if next == "0" {
            return Ok(());
        }
        cursor = next;
    }
}
