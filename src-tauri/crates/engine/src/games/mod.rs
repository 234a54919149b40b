//! `games`: listed, and shown at any moment through anyone's eyes, out of the database or a backup.

mod events;
mod kept;
mod list;
mod live;
mod log;
pub mod outcome;
mod record;
mod row;
mod show;
mod table;

pub(crate) use events::events_of;
pub use list::list;
pub(crate) use list::{collection, escape, failed};
pub(crate) use record::GameRecord;
pub use show::show;
