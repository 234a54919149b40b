//! `points`: points in time that can be restored, and the backup of one of them, made of an earlier
//! backup and the event log without reading the database (docs/event-log.md).

mod at;
mod fold;
mod list;
pub mod outcome;
mod prepare;
mod reach;
mod timeline;

pub use at::At;
pub use list::list;
pub use prepare::{run, start};
