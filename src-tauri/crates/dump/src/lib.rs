//! The dump formats of MongoDB's own tools (`mongodump`, `mongorestore`), read and written as
//! streams: the folder format and the archive format, compressed or not.
//!
//! Pure format code: it knows files and bytes, no database and no vault. Documents pass through as
//! the bytes they are; memory holds one document, the definitions of the collections and fixed
//! buffers. Whatever is read is distrusted: malformed input ends in a [`DumpError`] that names the
//! place.

pub mod archive;
mod error;
mod extended_json;
pub mod file;
pub mod folder;
mod frame;
mod metadata;

pub use error::DumpError;
pub use extended_json::canonical_extended_json;
pub use frame::{DocumentReader, LARGEST_DOCUMENT};
pub use metadata::{Kind, Metadata};
