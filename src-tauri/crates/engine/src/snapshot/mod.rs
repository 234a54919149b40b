//! `snapshot`: a game at one moment, kept in a collection of its own: searchable by what is in plain,
//! everything else compressed and sealed with the vault's keys.

mod body;
mod create;
mod filter;
mod list;
pub mod outcome;
mod series;
mod show;
mod stored;

#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod proto {
    include!("avault.snapshot.v1.rs");
}

pub use create::create;
pub use list::list;
pub(crate) use series::{Series, series};
pub(crate) use show::read;
pub use show::show;

use mongodb::Collection;
use mongodb::bson::Document;
use source::mongo::MongoSource;

use crate::error::EngineError;

/// Logical name of the snapshots' collection.
const SNAPSHOTS: &str = "snapshots";

/// The collection, with its name for messages.
fn collection(source: &MongoSource) -> Result<(Collection<Document>, String), EngineError> {
    let name = crate::games::collection(source, SNAPSHOTS)?;
    Ok((source.database().collection(&name), name))
}
