//! The use cases of avalon-vault, a folder per verb.

pub mod backup;
pub mod compare;
pub mod games;
pub mod job;
pub mod overview;
pub mod restore;
pub mod verify;
