//! The Redis stream of all events, read as a consumer group: an entry belongs to the group's pending
//! list from its delivery to its acknowledgement, and survives both ends.

use std::time::Duration;

use redis::Value;
use redis::streams::{StreamClaimReply, StreamId, StreamPendingCountReply, StreamReadReply};
use tokio::time::Instant;

use super::{FeedBody, FeedEvent, Receipt};
use crate::SourceError;
use crate::redis_source::RedisSource;

/// The consumer's name. Readers of one group share it: whoever starts is told first what another
/// left behind, and being told twice does no harm.
const CONSUMER: &str = "avault";
/// How long an entry may stay unacknowledged before it is told again.
const IDLE: Duration = Duration::from_secs(30);
const DOING: &str = "reading the stream of events";

/// A member of a consumer group.
#[derive(Debug)]
pub struct GroupFeed {
    redis: RedisSource,
    stream: String,
    group: String,
    /// Set while entries are read that an earlier reader left: the id to go on behind.
    left_behind: Option<String>,
    looked_for_idle: Instant,
    pub(super) lost: bool,
}

impl GroupFeed {
    pub(super) async fn open(
        redis: &RedisSource,
        stream: &str,
        group: &str,
    ) -> Result<Self, SourceError> {
        let mut feed = Self {
            redis: redis.apart().await?,
            stream: stream.to_owned(),
            group: group.to_owned(),
            left_behind: Some("0".to_owned()),
            looked_for_idle: Instant::now(),
            lost: false,
        };
        feed.lost = feed.ensure_group().await?;
        Ok(feed)
    }

    /// Makes the group; true when it was missing.
    async fn ensure_group(&self) -> Result<bool, SourceError> {
        let mut create = redis::cmd("XGROUP");
        create.arg("CREATE").arg(&self.stream).arg(&self.group).arg("0").arg("MKSTREAM");
        match self.redis.call::<Value>(DOING, &self.stream, &create).await {
            Ok(_) => Ok(true),
            Err(error) if has_code(&error, "BUSYGROUP") => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn next(
        &mut self,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        match self.read(most, wait).await {
            // The server lost its data, or somebody removed the group.
            Err(error) if has_code(&error, "NOGROUP") => {
                self.ensure_group().await?;
                self.lost = true;
                Ok(Vec::new())
            }
            read => read,
        }
    }

    async fn read(&mut self, most: usize, wait: Duration) -> Result<Vec<FeedEvent>, SourceError> {
        if let Some(behind) = self.left_behind.clone() {
            let entries = self.read_group(&behind, most, None).await?;
            self.left_behind = entries.last().map(|entry| entry.id.clone());
            if !entries.is_empty() {
                return Ok(events(entries));
            }
        }
        if self.looked_for_idle.elapsed() >= IDLE {
            self.looked_for_idle = Instant::now();
            let idle = self.claim_idle(most).await?;
            if !idle.is_empty() {
                return Ok(events(idle));
            }
        }
        Ok(events(self.read_group(">", most, Some(wait)).await?))
    }

    async fn read_group(
        &self,
        from: &str,
        most: usize,
        wait: Option<Duration>,
    ) -> Result<Vec<StreamId>, SourceError> {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(&self.group).arg(CONSUMER).arg("COUNT").arg(most);
        if let Some(wait) = wait {
            // Zero would mean for ever.
            read.arg("BLOCK").arg(wait.as_millis().max(1) as u64);
        }
        read.arg("STREAMS").arg(&self.stream).arg(from);
        let reply: Option<StreamReadReply> = self.redis.call(DOING, &self.stream, &read).await?;
        Ok(reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids).collect())
    }

    /// Takes over entries that were told and not acknowledged for long.
    async fn claim_idle(&self, most: usize) -> Result<Vec<StreamId>, SourceError> {
        let mut pending = redis::cmd("XPENDING");
        pending.arg(&self.stream).arg(&self.group).arg("-").arg("+").arg(most);
        let pending: StreamPendingCountReply =
            self.redis.call(DOING, &self.stream, &pending).await?;
        let idle = IDLE.as_millis() as usize;
        let ids: Vec<String> = pending
            .ids
            .into_iter()
            .filter(|entry| entry.last_delivered_ms >= idle)
            .map(|entry| entry.id)
            .collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut claim = redis::cmd("XCLAIM");
        claim.arg(&self.stream).arg(&self.group).arg(CONSUMER).arg(idle).arg(&ids);
        let claimed: StreamClaimReply = self.redis.call(DOING, &self.stream, &claim).await?;
        Ok(claimed.ids)
    }

    pub(super) async fn acknowledge(&self, receipts: &[Receipt]) -> Result<(), SourceError> {
        let ids: Vec<&str> = receipts
            .iter()
            .filter_map(|receipt| match receipt {
                Receipt::Entry(id) => Some(id.as_str()),
                Receipt::Place(_) | Receipt::Delivery { .. } => None,
            })
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut acknowledge = redis::cmd("XACK");
        acknowledge.arg(&self.stream).arg(&self.group).arg(&ids);
        self.redis.call::<u64>(DOING, &self.stream, &acknowledge).await.map(drop)
    }
}

fn events(entries: Vec<StreamId>) -> Vec<FeedEvent> {
    let event = |entry: StreamId| FeedEvent {
        sent_ms: entry.id.split_once('-').and_then(|(ms, _)| ms.parse().ok()),
        // An entry that was trimmed while it waited has no members any more.
        event: entry
            .map
            .get("e")
            .and_then(|value| redis::from_redis_value_ref::<Vec<u8>>(value).ok())
            .map(FeedBody::Json),
        receipt: Receipt::Entry(entry.id),
    };
    entries.into_iter().map(event).collect()
}

fn has_code(error: &SourceError, code: &str) -> bool {
    matches!(error, SourceError::Redis { error, .. } if error.code() == Some(code))
}
