//! What can go wrong while games are simulated.

/// Error of the simulator. Each variant names the object and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// MongoDB refused or did not answer.
    #[error("{action} failed in MongoDB: {source}. Check that the replica set has a primary")]
    Mongo {
        /// What was tried.
        action: &'static str,
        /// The driver's error.
        source: Box<mongodb::error::Error>,
    },
    /// Redis refused or did not answer.
    #[error("{action} failed in Redis: {source}. Check that the server runs")]
    Redis {
        /// What was tried.
        action: &'static str,
        /// The client's error.
        source: redis::RedisError,
    },
    /// Another instance owns the game.
    #[error(
        "game {game} is owned by another instance since a later epoch than {epoch}; this instance no longer writes it"
    )]
    Fenced {
        /// The game.
        game: String,
        /// The epoch that was used.
        epoch: i64,
    },
    /// The stores hold something else than was expected.
    #[error("game {game}: {detail}. Verify the data, then resync or restore the game")]
    Inconsistent {
        /// The game.
        game: String,
        /// What was found.
        detail: String,
    },
    /// A move was not allowed by the rules: a fault of the simulator.
    #[error("game {game}: the rules refuse the event {event} at {seq}: {detail}")]
    Refused {
        /// The game.
        game: String,
        /// The event type.
        event: String,
        /// Its place in the log.
        seq: u64,
        /// The rule.
        detail: String,
    },
    /// A document cannot be written or read as its type.
    #[error("{what} does not have the expected form: {detail}")]
    Form {
        /// Which document.
        what: String,
        /// What is wrong.
        detail: String,
    },
    /// Options or circumstances under which it cannot run.
    #[error("the simulator cannot run: {0}")]
    Unavailable(String),
}

impl SimulatorError {
    pub(crate) fn mongo(action: &'static str) -> impl FnOnce(mongodb::error::Error) -> Self {
        move |source| SimulatorError::Mongo { action, source: Box::new(source) }
    }

    pub(crate) fn redis(action: &'static str) -> impl FnOnce(redis::RedisError) -> Self {
        move |source| SimulatorError::Redis { action, source }
    }

    pub(crate) fn form(
        what: impl Into<String>,
    ) -> impl FnOnce(Box<dyn std::error::Error + Send + Sync>) -> Self {
        let what = what.into();
        move |error| SimulatorError::Form { what, detail: error.to_string() }
    }

    /// True when the same act may succeed later: a server is away or has just changed its primary.
    pub fn is_transient(&self) -> bool {
        match self {
            SimulatorError::Mongo { source, .. } => is_transient(source),
            SimulatorError::Redis { source, .. } => {
                source.is_io_error()
                    || source.is_timeout()
                    || source.is_connection_dropped()
                    || source.is_connection_refusal()
                    || matches!(
                        source.code(),
                        Some("LOADING" | "TRYAGAIN" | "CLUSTERDOWN" | "READONLY" | "MASTERDOWN")
                    )
            }
            _ => false,
        }
    }
}

fn is_transient(error: &mongodb::error::Error) -> bool {
    use mongodb::error::ErrorKind;
    // Not primary, shutting down, interrupted by a state change, write conflict, …
    const CODES: [i32; 14] =
        [6, 7, 89, 91, 112, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436];
    error.contains_label("TransientTransactionError")
        || error.contains_label("UnknownTransactionCommitResult")
        || error.contains_label("RetryableWriteError")
        || match error.kind.as_ref() {
            ErrorKind::Io(_)
            | ErrorKind::ServerSelection { .. }
            | ErrorKind::ConnectionPoolCleared { .. } => true,
            ErrorKind::Command(command) => CODES.contains(&command.code),
            _ => false,
        }
}
