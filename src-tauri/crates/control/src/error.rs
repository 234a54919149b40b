use std::path::PathBuf;

/// What the control store could not do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The file or the folder beside it cannot be used.
    #[error(
        "the control store {path} cannot be used: {source}; check that its folder exists and is writable"
    )]
    Io {
        /// The file or folder at fault.
        path: PathBuf,
        /// The reason of the operating system.
        source: std::io::Error,
    },
    /// The database refused a statement.
    #[error("the control store failed to {action}: {source}")]
    Database {
        /// What was being done.
        action: &'static str,
        /// SQLite's reason.
        source: rusqlite::Error,
    },
    /// The file was written by a newer version, or is no control store.
    #[error(
        "the control store {path} cannot be brought to this version: {source}; open it with the version that wrote it, or move it away to begin anew"
    )]
    Migration {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: rusqlite_migration::Error,
    },
    /// A stored value is not what this version writes.
    #[error("the control store holds an unreadable {what} at {key}: {detail}")]
    Unreadable {
        /// Kind of record.
        what: &'static str,
        /// Its key.
        key: String,
        /// Why it cannot be read.
        detail: String,
    },
    /// A record that must exist does not.
    #[error("the control store has no {what} named {key}; list what there is and try again")]
    Absent {
        /// Kind of record.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// A thread panicked while it held the connection.
    #[error("the control store's connection was left by a failed thread; restart the program")]
    Poisoned,
}

/// Names the action that a database error interrupted.
pub(crate) trait During<T> {
    fn during(self, action: &'static str) -> Result<T, ControlError>;
}

impl<T> During<T> for Result<T, rusqlite::Error> {
    fn during(self, action: &'static str) -> Result<T, ControlError> {
        self.map_err(|source| ControlError::Database { action, source })
    }
}
