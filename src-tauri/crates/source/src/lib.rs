//! Live data of a game service: MongoDB and Redis, reading, writing and following.

pub mod profile;
