//! Converters of foreign records to event logs, and the invariants that judge what they read.
//!
//! A converter never invents an input: what the source does not tell stays absent and is named in
//! [`UnknownInput`]; names are replaced by [`Pseudonyms`] before anything is handed on.

mod converted;
pub mod file;
pub mod notation;
pub mod proavalon;
pub mod pseudonym;
pub mod suveene;
pub mod timestamp;
pub mod unknown;

pub use converted::Converted;
pub use pseudonym::Pseudonyms;
pub use unknown::UnknownInput;
