//! Pausing and resuming the game service through the control stream.

use std::time::Duration;

use source::profile::Profile;
use source::redis_source::{ControlChannel, ControlCommand, RedisSource};

use crate::engine::Engine;
use crate::error::EngineError;

/// How long game servers may take to bring what they accepted to MongoDB.
const PAUSE_TIMEOUT: Duration = Duration::from_secs(15);

/// The game servers, when there is a Redis to reach them by.
#[derive(Debug, Clone)]
pub(super) struct GameService {
    channel: Option<ControlChannel>,
}

impl GameService {
    pub(super) fn new(redis: Option<&RedisSource>, profile: &Profile) -> Self {
        Self { channel: redis.map(|redis| ControlChannel::new(redis, profile)) }
    }

    /// The service of the connected database.
    pub(super) fn of(engine: &Engine) -> Result<Self, EngineError> {
        let source = engine.source()?;
        Ok(Self::new(engine.connections().redis.as_ref(), source.profile()))
    }

    /// How many game servers have a heartbeat.
    pub(super) async fn instances(&self) -> Result<usize, EngineError> {
        match &self.channel {
            Some(channel) => Ok(channel.live_instances().await?.len()),
            None => Ok(0),
        }
    }

    /// Returns once every game server that lives has stopped accepting actions and everything it
    /// had accepted is in MongoDB.
    pub(super) async fn pause(&self) -> Result<(), EngineError> {
        self.request(ControlCommand::Pause).await
    }

    /// Lets game servers read their games anew, then go on.
    pub(super) async fn resync_and_resume(&self) -> Result<(), EngineError> {
        self.request(ControlCommand::Resync).await?;
        self.resume().await
    }

    /// Lets game servers go on where they stopped.
    pub(super) async fn resume(&self) -> Result<(), EngineError> {
        self.request(ControlCommand::Resume).await
    }

    async fn request(&self, command: ControlCommand) -> Result<(), EngineError> {
        if let Some(channel) = &self.channel {
            channel.request(command, None, "", PAUSE_TIMEOUT).await?;
        }
        Ok(())
    }
}
