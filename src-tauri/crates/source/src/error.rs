//! What can go wrong with live data, and what the reader can do about it.

use crate::mongo::time::ClusterTime;
use crate::profile::ProfileError;
use crate::rawbson::MalformedBson;

/// A failure while reading, writing or following live data.
///
/// No message holds credentials: addresses are `host:port` only.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address cannot be understood.
    #[error("the {what} address is not valid: {reason}; give one like {example}")]
    InvalidAddress {
        /// `MongoDB` or `Redis`.
        what: &'static str,
        /// Why it was refused, without the address itself (it may hold a password).
        reason: String,
        /// A correct address.
        example: &'static str,
    },
    /// The server could not be reached.
    #[error(
        "{what} at {address} cannot be reached: {reason}; check that it runs and is reachable from here"
    )]
    Unreachable {
        /// `MongoDB` or `Redis`.
        what: &'static str,
        /// `host:port`.
        address: String,
        /// The driver's words.
        reason: String,
    },
    /// The credentials were refused.
    #[error(
        "{what} at {address} refused the credentials: {reason}; check user, password and authentication database"
    )]
    Authentication {
        /// `MongoDB` or `Redis`.
        what: &'static str,
        /// `host:port`.
        address: String,
        /// The server's words.
        reason: String,
    },
    /// The server is no replica set, so it has no oplog and no cluster time.
    #[error(
        "MongoDB at {address} is not a replica set; a consistent backup needs one, a single member is enough (mongod --replSet NAME, then rs.initiate())"
    )]
    NotReplicaSet {
        /// `host:port`.
        address: String,
    },
    /// The server lacks something this operation depends on.
    #[error("{what} is not supported here: {reason}")]
    Unsupported {
        /// The operation or server.
        what: String,
        /// Why, and what would serve instead.
        reason: String,
    },
    /// The database user may not do this.
    #[error(
        "the database user may not {action} on {on}; grant it (built-in role `backup` for reading, `restore` for writing)"
    )]
    MissingPrivilege {
        /// What was tried.
        action: String,
        /// Namespace or server.
        on: String,
    },
    /// A MongoDB operation failed.
    #[error("{doing} on {on} failed: {error}")]
    Mongo {
        /// What was being done.
        doing: &'static str,
        /// Namespace or server.
        on: String,
        /// The driver's error.
        #[source]
        error: Box<mongodb::error::Error>,
    },
    /// A Redis operation failed.
    #[error("{doing} on {on} failed: {error}")]
    Redis {
        /// What was being done.
        doing: &'static str,
        /// Key or server.
        on: String,
        /// The client's error.
        #[source]
        error: Box<redis::RedisError>,
    },
    /// The oplog no longer reaches back to the start of the window.
    #[error(
        "the oplog no longer reaches back to {from}: its oldest entry is {oldest}; enlarge the oplog (replSetResizeOplog) or read faster, then start again"
    )]
    OplogOverrun {
        /// Where the window began.
        from: ClusterTime,
        /// The oldest entry still there.
        oldest: ClusterTime,
    },
    /// The snapshot at this cluster time is gone.
    #[error(
        "{collection} can no longer be read as of {at}: the server's snapshot history is shorter; take a later time, or raise minSnapshotHistoryWindowInSeconds"
    )]
    SnapshotTooOld {
        /// The collection being read.
        collection: String,
        /// The time asked for.
        at: ClusterTime,
    },
    /// A collection was dropped, renamed or re-created while it was read.
    #[error("{collection} was changed by {change} at {at} while it was read; read it again")]
    SchemaChanged {
        /// The collection.
        collection: String,
        /// The DDL operation.
        change: String,
        /// When.
        at: ClusterTime,
    },
    /// A collection of a kind that cannot be handled.
    #[error("{collection} is refused: {reason}")]
    Refused {
        /// The collection.
        collection: String,
        /// Why, and what to do.
        reason: String,
    },
    /// Bytes that should be BSON are not.
    #[error("{on} holds malformed BSON: {error}")]
    Malformed {
        /// Where the bytes came from.
        on: String,
        /// What is wrong.
        #[source]
        error: MalformedBson,
    },
    /// The server answered with something unexpected.
    #[error("{on} answered unexpectedly while {doing}: {reason}")]
    UnexpectedAnswer {
        /// What was being done.
        doing: &'static str,
        /// Namespace, key or server.
        on: String,
        /// What was missing or wrong.
        reason: String,
    },
    /// The server refused some documents.
    #[error(
        "{collection} refused {failed} of {tried} documents; the first (at {first_index}, code {code}): {message}"
    )]
    WriteRefused {
        /// The collection.
        collection: String,
        /// Documents refused.
        failed: u64,
        /// Documents sent.
        tried: u64,
        /// Position of the first refused document in what was sent.
        first_index: usize,
        /// The server's code.
        code: i32,
        /// The server's words.
        message: String,
    },
    /// A document cannot be stored byte for byte by this server.
    #[error(
        "{collection} would store the document with _id {id} differently from its original; the server's {how} alters it"
    )]
    DocumentAltered {
        /// The collection.
        collection: String,
        /// The `_id` as relaxed Extended JSON.
        id: String,
        /// Which way of writing altered it.
        how: &'static str,
    },
    /// Game servers did not acknowledge a control command in time.
    #[error("control command {command} ({id}) was not acknowledged in time by: {}", missing.join(", "))]
    ControlTimeout {
        /// The command's name.
        command: String,
        /// Its id.
        id: String,
        /// Instances that did not answer.
        missing: Vec<String>,
    },
    /// A game server refused a control command.
    #[error("control command {command} ({id}) was refused by {instance}: {detail}")]
    ControlRefused {
        /// The command's name.
        command: String,
        /// Its id.
        id: String,
        /// Who refused.
        instance: String,
        /// Its reason.
        detail: String,
    },
    /// The scratch file for the keys touched in a window failed.
    #[error(
        "the scratch file for changed keys failed while {doing}: {error}; check space and rights of the temporary folder"
    )]
    Scratch {
        /// What was being done.
        doing: &'static str,
        /// The system's error.
        #[source]
        error: std::io::Error,
    },
    /// The profile is not valid.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

impl SourceError {
    pub(crate) fn mongo(
        doing: &'static str,
        on: impl Into<String>,
        error: mongodb::error::Error,
    ) -> Self {
        let on = on.into();
        if let mongodb::error::ErrorKind::Command(command) = error.kind.as_ref()
            && command.code == code::UNAUTHORIZED
        {
            return Self::MissingPrivilege { action: format!("{doing} ({})", command.message), on };
        }
        Self::Mongo { doing, on, error: Box::new(error) }
    }

    pub(crate) fn redis(
        doing: &'static str,
        on: impl Into<String>,
        error: redis::RedisError,
    ) -> Self {
        Self::Redis { doing, on: on.into(), error: Box::new(error) }
    }

    pub(crate) fn answer(
        doing: &'static str,
        on: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::UnexpectedAnswer { doing, on: on.into(), reason: reason.into() }
    }

    pub(crate) fn malformed(on: impl Into<String>, error: MalformedBson) -> Self {
        Self::Malformed { on: on.into(), error }
    }

    /// Whether doing the same again may succeed (network, failover, elections).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Mongo { error, .. } => is_transient_mongo(error),
            Self::Redis { error, .. } => {
                error.is_io_error() || error.is_timeout() || error.is_connection_dropped()
            }
            _ => false,
        }
    }
}

/// Server error codes this crate reacts to.
pub(crate) mod code {
    pub(crate) const UNAUTHORIZED: i32 = 13;
    pub(crate) const NAMESPACE_NOT_FOUND: i32 = 26;
    pub(crate) const INDEX_NOT_FOUND: i32 = 27;
    pub(crate) const CAPPED_POSITION_LOST: i32 = 136;
    pub(crate) const SNAPSHOT_TOO_OLD: i32 = 239;
    pub(crate) const SNAPSHOT_UNAVAILABLE: i32 = 246;
    pub(crate) const DUPLICATE_KEY: i32 = 11000;
}

/// The server's code of a command error, 0 when it is another kind.
pub(crate) fn command_code(error: &mongodb::error::Error) -> i32 {
    match error.kind.as_ref() {
        mongodb::error::ErrorKind::Command(command) => command.code,
        _ => 0,
    }
}

pub(crate) fn is_transient_mongo(error: &mongodb::error::Error) -> bool {
    use mongodb::error::ErrorKind;
    // Elections, shutdowns and network faults as the driver specifications list them.
    const RETRYABLE: [i32; 14] =
        [6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436, 43];
    match error.kind.as_ref() {
        ErrorKind::Io(_)
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::ServerSelection { .. } => true,
        ErrorKind::Command(command) => RETRYABLE.contains(&command.code),
        _ => error.contains_label("RetryableWriteError") || error.contains_label("NetworkError"),
    }
}
