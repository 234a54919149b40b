//! Redis: single keys read and written atomically, stand-alone and Cluster; control streams.

mod connect;
pub mod control;
mod decode;
mod read;
pub mod record;
mod write;

pub use connect::{RedisInfo, RedisSource};
pub use control::{ControlAck, ControlChannel, ControlCommand, ControlMessage};
pub use record::{
    Pair, PendingEntry, RedisRecord, RedisStream, RedisValue, StreamEntry, StreamGroup,
};
pub use write::WriteMode;
