//! The document as Protocol Buffers: the messages of `proto/snapshot.proto`, field for field.
//!
//! The bytes are those of a message `Snapshot`, without a length before them. The same document
//! gives the same bytes here; another writer may order fields otherwise, so they are not to be hashed.

mod read;
mod word;
mod write;

/// Committed, so that building needs no generator.
#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod generated {
    include!("avault.snapshot.document.v1.rs");
}

use prost::Message;

use super::{NewerForm, Snapshot};

/// Why bytes are not the document of a snapshot. Fields are named as in the document with places
/// from 0, for example `votes[3].vote`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtobufError {
    /// They are no message of that form: cut off, overlong or something else.
    #[error("this is no snapshot in Protocol Buffers: {detail}")]
    Malformed {
        /// What the decoder said.
        detail: String,
    },
    /// The form is of a version that came after this program.
    #[error(transparent)]
    Newer(#[from] NewerForm),
    /// A field that every document has is absent.
    #[error("the snapshot has no {field}")]
    Missing {
        /// Which one.
        field: String,
    },
    /// An enum was left at 0, which stands for nothing.
    #[error("{field} of the snapshot is left unspecified")]
    Unspecified {
        /// Which one.
        field: String,
    },
    /// An enum has a value without a meaning here.
    #[error("{field} of the snapshot is {value}, which is not known here")]
    UnknownValue {
        /// Which one.
        field: String,
        /// What it holds.
        value: i32,
    },
    /// A number is greater than 255.
    #[error("{field} of the snapshot is {value}; it is 255 at most")]
    TooGreat {
        /// Which one.
        field: String,
        /// What it holds.
        value: u32,
    },
    /// `metadata.additional_info` is not JSON.
    #[error("metadata.additional_info of the snapshot is no JSON: {detail}")]
    NotJson {
        /// What the parser said.
        detail: String,
    },
}

/// The document as a message.
#[must_use]
pub fn to_bytes(snapshot: &Snapshot) -> Vec<u8> {
    generated::Snapshot::from(snapshot).encode_to_vec()
}

/// The document that a message holds. Unknown fields are passed over.
///
/// # Errors
/// [`ProtobufError::Newer`] where the document says that its form came later, else what does not fit.
pub fn from_bytes(bytes: &[u8]) -> Result<Snapshot, ProtobufError> {
    let message = generated::Snapshot::decode(bytes)
        .map_err(|error| ProtobufError::Malformed { detail: error.to_string() })?;
    read::snapshot(message)
}
