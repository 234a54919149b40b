//! `overview`: the state of things at a glance.

mod get;
mod oplog;
pub mod outcome;
mod status;

pub use get::get;
pub use status::status;
