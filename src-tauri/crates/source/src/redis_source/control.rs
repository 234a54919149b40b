//! The control streams: asking game servers to pause, resume, resync, reload or append.
//!
//! A command is one entry of the control stream; **its stream entry id is the command's id**.
//! Fields: `command`, `scope` (`*` for all games, else a game id) and `payload` (JSON, may be
//! empty). An acknowledgement is one entry of the acknowledgement stream with the fields `of` (the
//! command's id), `instance`, `status` (`done` or `refused`) and `detail`.
//! Every instance with a heartbeat key acknowledges every command, also when none of its games are
//! concerned.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use redis::streams::{StreamId, StreamRangeReply};

use super::RedisSource;
use crate::SourceError;
use crate::profile::{Profile, RedisStreams};

/// What game servers are asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ControlCommand {
    /// Accept no player's action until resumed; everything accepted is in MongoDB before the
    /// acknowledgement.
    Pause,
    /// Go on.
    Resume,
    /// Read states from the stores again and send them to the players.
    Resync,
    /// Read configuration again.
    Reload,
    /// Append the event of the payload to a game's log.
    Append,
}

impl ControlCommand {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Resync => "resync",
            Self::Reload => "reload",
            Self::Append => "append",
        }
    }

    /// From the name on the wire.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pause, Self::Resume, Self::Resync, Self::Reload, Self::Append]
            .into_iter()
            .find(|command| command.name() == name)
    }
}

/// One command on the control stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlMessage {
    /// The entry's id.
    pub id: String,
    /// The command.
    pub command: ControlCommand,
    /// The game concerned; none for all.
    pub game: Option<String>,
    /// JSON, or empty.
    pub payload: String,
}

/// One acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlAck {
    /// Id of the command.
    pub of: String,
    /// Who answers.
    pub instance: String,
    /// Done (true) or refused.
    pub done: bool,
    /// Reason of a refusal, or remarks.
    pub detail: String,
}

/// Both ends of the control streams.
#[derive(Debug, Clone)]
pub struct ControlChannel {
    redis: RedisSource,
    streams: RedisStreams,
    /// `SCAN` pattern of the heartbeat keys and the text before the instance's id.
    heartbeat: Option<(String, String)>,
    /// Patterns of other keys that the heartbeat's pattern matches too.
    others: Vec<String>,
}

/// Entries kept on the control streams.
const MAX_LENGTH: u32 = 10_000;
/// How long one look for acknowledgements waits before heartbeats are looked at again.
const POLL: Duration = Duration::from_millis(250);
const DOING: &str = "using the control streams";

impl ControlChannel {
    /// A channel on the profile's streams.
    #[must_use]
    pub fn new(redis: &RedisSource, profile: &Profile) -> Self {
        let template = profile.redis.keys.get("instance");
        let heartbeat = template.and_then(|template| {
            let prefix = template.split("<id>").next()?.to_owned();
            Some((profile.redis_pattern("instance")?, prefix))
        });
        let other_templates = profile.redis.keys.iter().filter(|(name, _)| *name != "instance");
        Self {
            redis: redis.clone(),
            streams: profile.redis.streams.clone(),
            heartbeat,
            others: other_templates
                .filter_map(|(_, template)| template.split("<id>").nth(1).map(ToOwned::to_owned))
                .filter(|suffix| !suffix.is_empty())
                .collect(),
        }
    }

    /// Instances whose heartbeat key exists, in byte order.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn live_instances(&self) -> Result<Vec<String>, SourceError> {
        let Some((pattern, prefix)) = &self.heartbeat else {
            return Ok(Vec::new());
        };
        let keys = self.redis.scan_keys(std::slice::from_ref(pattern)).await?;
        let ids = keys.iter().filter_map(|key| {
            let id = std::str::from_utf8(key).ok()?.strip_prefix(prefix.as_str())?;
            let foreign = self.others.iter().any(|suffix| id.ends_with(suffix.as_str()));
            (!foreign).then(|| id.to_owned())
        });
        Ok(ids.collect())
    }

    /// Puts a command on the control stream without waiting; returns its id.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn send(
        &self,
        command: ControlCommand,
        game: Option<&str>,
        payload: &str,
    ) -> Result<String, SourceError> {
        let stream = &self.streams.control;
        let mut add = redis::cmd("XADD");
        add.arg(stream).arg("MAXLEN").arg("~").arg(MAX_LENGTH).arg("*");
        add.arg("command").arg(command.name());
        add.arg("scope").arg(game.unwrap_or("*")).arg("payload").arg(payload);
        self.redis.call(DOING, stream, &add).await
    }

    /// Sends a command and waits until every instance alive at sending acknowledged it or died.
    /// Returns the acknowledgements, those of instances that came later included.
    ///
    /// # Errors
    /// [`SourceError::ControlTimeout`], [`SourceError::ControlRefused`], Redis errors.
    pub async fn request(
        &self,
        command: ControlCommand,
        game: Option<&str>,
        payload: &str,
        timeout: Duration,
    ) -> Result<Vec<ControlAck>, SourceError> {
        let mut after = self.last_id(&self.streams.acknowledgements).await?;
        let mut waiting: BTreeSet<String> = self.live_instances().await?.into_iter().collect();
        let id = self.send(command, game, payload).await?;
        let deadline = tokio::time::Instant::now() + timeout;
        let mut acks = Vec::new();
        while !waiting.is_empty() {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if left.is_zero() {
                let missing = waiting.into_iter().collect();
                let command = command.name().to_owned();
                return Err(SourceError::ControlTimeout { command, id, missing });
            }
            let wait = left.min(POLL);
            for (entry, fields) in self.read(&self.streams.acknowledgements, &after, wait).await? {
                after = entry;
                let Some(ack) = parse_ack(&fields).filter(|ack| ack.of == id) else {
                    continue;
                };
                if !ack.done {
                    return Err(SourceError::ControlRefused {
                        command: command.name().to_owned(),
                        id,
                        instance: ack.instance,
                        detail: ack.detail,
                    });
                }
                waiting.remove(&ack.instance);
                acks.push(ack);
            }
            if !waiting.is_empty() {
                let alive: BTreeSet<String> = self.live_instances().await?.into_iter().collect();
                waiting.retain(|instance| alive.contains(instance));
            }
        }
        Ok(acks)
    }

    /// For a game server: commands after `after` (an entry id; `0` from the beginning), waiting up
    /// to `wait` for one. Entries that are no commands are passed over. Go on after the last
    /// message's id, or after the same id when nothing came.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn commands(
        &self,
        after: &str,
        wait: Duration,
    ) -> Result<Vec<ControlMessage>, SourceError> {
        let mut after = after.to_owned();
        loop {
            let entries = self.read(&self.streams.control, &after, wait).await?;
            let Some((last, _)) = entries.last() else {
                return Ok(Vec::new());
            };
            after.clone_from(last);
            let messages: Vec<ControlMessage> =
                entries.into_iter().filter_map(|(id, fields)| parse_message(id, &fields)).collect();
            if !messages.is_empty() {
                return Ok(messages);
            }
        }
    }

    /// For a game server: the position after everything on the control stream so far.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn position(&self) -> Result<String, SourceError> {
        self.last_id(&self.streams.control).await
    }

    /// For a game server: acknowledges a command.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn acknowledge(&self, ack: &ControlAck) -> Result<(), SourceError> {
        let stream = &self.streams.acknowledgements;
        let mut add = redis::cmd("XADD");
        add.arg(stream).arg("MAXLEN").arg("~").arg(MAX_LENGTH).arg("*");
        add.arg("of").arg(&ack.of).arg("instance").arg(&ack.instance);
        add.arg("status").arg(if ack.done { "done" } else { "refused" });
        add.arg("detail").arg(&ack.detail);
        self.redis.call::<String>(DOING, stream, &add).await.map(|_| ())
    }

    /// The newest entry's id, `0-0` when there is none.
    async fn last_id(&self, stream: &str) -> Result<String, SourceError> {
        let mut range = redis::cmd("XREVRANGE");
        range.arg(stream).arg("+").arg("-").arg("COUNT").arg(1);
        let newest: StreamRangeReply = self.redis.call(DOING, stream, &range).await?;
        let first = newest.ids.into_iter().next();
        Ok(first.map_or_else(|| "0-0".to_owned(), |entry| entry.id))
    }

    /// Entries after an id, looked for until there are some or the time is up.
    ///
    /// The connection is shared, so the server is asked again and again instead of blocking it.
    async fn read(
        &self,
        stream: &str,
        after: &str,
        wait: Duration,
    ) -> Result<Vec<(String, BTreeMap<String, String>)>, SourceError> {
        const STEP: Duration = Duration::from_millis(20);
        let deadline = tokio::time::Instant::now() + wait;
        loop {
            let mut range = redis::cmd("XRANGE");
            range.arg(stream).arg(format!("({after}")).arg("+").arg("COUNT").arg(100);
            let found: StreamRangeReply = self.redis.call(DOING, stream, &range).await?;
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            if !found.ids.is_empty() || left.is_zero() {
                return Ok(found
                    .ids
                    .into_iter()
                    .map(|entry| (entry.id.clone(), texts(&entry)))
                    .collect());
            }
            tokio::time::sleep(STEP.min(left)).await;
        }
    }
}

fn texts(entry: &StreamId) -> BTreeMap<String, String> {
    entry
        .map
        .iter()
        .filter_map(|(name, value)| {
            Some((name.clone(), redis::from_redis_value_ref::<String>(value).ok()?))
        })
        .collect()
}

fn parse_message(id: String, fields: &BTreeMap<String, String>) -> Option<ControlMessage> {
    let scope = fields.get("scope")?;
    Some(ControlMessage {
        id,
        command: ControlCommand::from_name(fields.get("command")?)?,
        game: (scope != "*").then(|| scope.clone()),
        payload: fields.get("payload").cloned().unwrap_or_default(),
    })
}

fn parse_ack(fields: &BTreeMap<String, String>) -> Option<ControlAck> {
    Some(ControlAck {
        of: fields.get("of")?.clone(),
        instance: fields.get("instance")?.clone(),
        done: fields.get("status")? == "done",
        detail: fields.get("detail").cloned().unwrap_or_default(),
    })
}
