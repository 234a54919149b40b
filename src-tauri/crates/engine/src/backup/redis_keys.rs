//! The Redis keys of a class, one stream, in byte order.
//!
//! They are read after T1: the game service writes Redis first, so a key may lead the documents by
//! what was played since. A restore rebuilds games from documents and needs these records only for
//! what documents do not hold.

use source::mongo::MongoSource;
use source::profile::DataClass;
use source::redis_source::RedisSource;
use vault::{SetWriter, StreamInfo, StreamKind};

use super::stream::REDIS_STREAM;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// Writes the keys of the classes into their streams; returns how many.
pub(super) async fn capture(
    redis: &RedisSource,
    source: &MongoSource,
    classes: &[DataClass],
    set: &SetWriter,
    job: &JobHandle,
) -> Result<u64, EngineError> {
    let mut captured = 0;
    for class in classes {
        let patterns = source.profile().redis_patterns(*class);
        if patterns.is_empty() {
            continue;
        }
        let keys = redis.scan_keys(&patterns).await?;
        let total = u64::try_from(keys.len()).ok();
        job.phase(Phase { code: "redis", unit: Unit::Documents, total });
        let mut stream = set
            .stream(StreamInfo {
                class: class.name().to_owned(),
                name: REDIS_STREAM.to_owned(),
                kind: StreamKind::Redis,
                metadata: Vec::new(),
            })
            .await?;
        for key in keys {
            job.check()?;
            // A key may be gone since it was listed.
            if let Some(record) = redis.read_key(&key).await? {
                stream.push(&key, &record.to_bytes()).await?;
                captured += 1;
            }
            job.advance(1);
        }
        stream.finish().await?;
    }
    Ok(captured)
}
