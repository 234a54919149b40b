//! `overview`: the state of things at a glance.

mod get;
mod oplog;
pub mod outcome;
mod rpo;
mod status;
mod timeline;

pub use get::get;
pub use status::status;
