//! Live data of a game service: MongoDB and Redis, reading, writing and following.
//!
//! * [`profile`] says which collections and Redis keys make up a data class.
//! * [`mongo`] reads a database by raw batches, consistent at one cluster time, and writes it back
//!   byte for byte.
//! * [`redis_source`] reads and writes single keys atomically and talks on the control streams.
//! * [`events`] is told of each event of each game, at least once.
//! * [`sortkey`] encodes an `_id` so that bytes compare as MongoDB compares the values.

pub mod change;
pub mod error;
pub mod events;
pub mod mongo;
pub mod profile;
pub mod rawbson;
pub mod redis_source;
mod scratch;
pub mod sortkey;

pub use error::SourceError;
