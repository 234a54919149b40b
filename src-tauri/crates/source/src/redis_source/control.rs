//! The control streams: asking game servers to pause, resume, resync, reload or append.
//!
//! A command is one entry of the control stream; **its stream entry id is the command's id**.
//! Fields: `command`, `scope` (`*` for all games, else a game id) and `payload` (JSON, may be
//! empty). An acknowledgement is one entry of the acknowledgement stream with the fields `of` (the
//! command's id), `instance`, `status` (`done` or `refused`) and `detail`.
//! Every instance with a heartbeat key acknowledges every command, also when none of its games are
//! concerned.

use std::time::Duration;

use super::RedisSource;
use crate::SourceError;
use crate::profile::Profile;

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
        [
            Self::Pause,
            Self::Resume,
            Self::Resync,
            Self::Reload,
            Self::Append,
        ]
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
    _private: (),
}

fn not_built<T>() -> Result<T, SourceError> {
    Err(SourceError::Unsupported {
        what: "control".into(),
        reason: "not built yet".into(),
    })
}

impl ControlChannel {
    /// A channel on the profile's streams.
    #[must_use]
    pub fn new(_redis: &RedisSource, _profile: &Profile) -> Self {
        Self { _private: () }
    }

    /// Instances whose heartbeat key exists.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn live_instances(&self) -> Result<Vec<String>, SourceError> {
        not_built()
    }

    /// Sends a command and waits until every instance alive at sending acknowledged it or died.
    /// Returns the acknowledgements.
    ///
    /// # Errors
    /// [`SourceError::ControlTimeout`], [`SourceError::ControlRefused`], Redis errors.
    pub async fn request(
        &self,
        _command: ControlCommand,
        _game: Option<&str>,
        _payload: &str,
        _timeout: Duration,
    ) -> Result<Vec<ControlAck>, SourceError> {
        not_built()
    }

    /// For a game server: commands after `after` (an entry id, `0` or `$`), waiting up to `wait`.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn commands(
        &self,
        _after: &str,
        _wait: Duration,
    ) -> Result<Vec<ControlMessage>, SourceError> {
        not_built()
    }

    /// For a game server: acknowledges a command.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn acknowledge(&self, _ack: &ControlAck) -> Result<(), SourceError> {
        not_built()
    }
}
