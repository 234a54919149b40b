//! What can be wrong with a dump, and where.

use std::io;

/// A failure while reading or writing a dump.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The file system failed.
    #[error("{doing} {on} failed: {error}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        on: String,
        /// The system's error.
        #[source]
        error: io::Error,
    },
    /// The bytes are not of the format.
    #[error("{on} is damaged at byte {offset}: {reason}")]
    Damaged {
        /// The file.
        on: String,
        /// Where, counted in uncompressed bytes.
        offset: u64,
        /// What is wrong there.
        reason: String,
    },
    /// The documents of a collection are not those that were written.
    #[error(
        "{on}: the documents of {namespace} have the checksum {found:016x}, but were written with \
         {expected:016x}"
    )]
    Checksum {
        /// The file.
        on: String,
        /// Database and collection.
        namespace: String,
        /// By the archive.
        expected: u64,
        /// Of what was read.
        found: u64,
    },
    /// The definition of a collection cannot be understood.
    #[error("the metadata in {on} cannot be used: {reason}")]
    Metadata {
        /// The file, or the archive and the collection.
        on: String,
        /// Why.
        reason: String,
    },
    /// A name that the format cannot hold.
    #[error("{name:?} cannot be the name of a {what} in a dump: {reason}")]
    Name {
        /// `database` or `collection`.
        what: &'static str,
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// The dump was said to be compressed.
    #[error("{on} is not compressed")]
    NotCompressed {
        /// The file.
        on: String,
    },
    /// Nothing of a dump was found.
    #[error("{on} holds no dump: {reason}")]
    NoDump {
        /// The file or folder.
        on: String,
        /// What was looked for.
        reason: &'static str,
    },
    /// The writer was used against its order.
    #[error("{on} cannot be written so: {reason}")]
    Order {
        /// The file.
        on: String,
        /// What came at the wrong time.
        reason: String,
    },
}

impl DumpError {
    pub(crate) fn file(doing: &'static str, on: impl Into<String>, error: io::Error) -> Self {
        Self::File { doing, on: on.into(), error }
    }

    pub(crate) fn damaged(on: &str, offset: u64, reason: impl Into<String>) -> Self {
        Self::Damaged { on: on.to_owned(), offset, reason: reason.into() }
    }

    pub(crate) fn metadata(on: &str, reason: impl ToString) -> Self {
        Self::Metadata { on: on.to_owned(), reason: reason.to_string() }
    }
}
