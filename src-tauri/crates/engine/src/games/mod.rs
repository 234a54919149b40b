//! `games`: listed, and shown at any moment through anyone's eyes, out of the database, a backup or a
//! snapshot.

mod alternatives;
mod event_log;
mod events;
mod kept;
mod list;
mod live;
mod log;
pub mod outcome;
mod place;
mod record;
mod row;
mod show;
mod snapshot;
mod stored;
mod table;
mod what_if;

pub use alternatives::alternatives;
pub(crate) use event_log::games_of;
pub(crate) use events::events_of;
pub use list::list;
pub(crate) use list::{collection, failed};
pub(crate) use live::{game_field, ids_of, members};
pub(crate) use log::GameLog;
pub(crate) use place::ReadLately;
pub(crate) use record::{ACCOUNTS, EVENTS, GameRecord, HISTORY, LIVE};
pub(crate) use row::number;
pub use show::show;
pub(crate) use stored::replay_findings;
