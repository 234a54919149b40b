//! `games`: listed, and shown at any moment through anyone's eyes.

mod list;
mod log;
mod nick;
pub mod outcome;
mod row;
mod show;
mod table;

pub use list::list;
pub use show::show;
