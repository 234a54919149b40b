//! `snapshot`: a game at one moment, kept in a collection of its own: searchable by what is in plain,
//! everything else compressed and sealed with the vault's keys.

mod body;
mod create;
mod filter;
mod judge;
mod list;
mod missing;
pub mod outcome;
mod policy;
mod series;
mod show;
mod store;
mod stored;
mod verify;

#[rustfmt::skip]
#[allow(missing_docs, clippy::all, clippy::pedantic)]
mod proto {
    include!("avault.snapshot.v1.rs");
}

pub use create::create;
pub(crate) use create::{cut, cut_of, rules_version};
pub(crate) use judge::findings;
pub use list::list;
pub(crate) use missing::{missing, there};
pub use policy::{EventSource, SnapshotPolicy};
pub(crate) use series::{Series, series};
pub(crate) use show::read;
pub use show::show;
pub(crate) use store::{Chain, new_among, newest_at, store};
pub use verify::start_verify;

use mongodb::Collection;
use mongodb::bson::Document;
use mongodb::options::{CollectionOptions, WriteConcern};
use source::mongo::MongoSource;

use crate::engine::Engine;
use crate::error::EngineError;

/// Logical name of the snapshots' collection.
pub(crate) const SNAPSHOTS: &str = "snapshots";

/// The collection, with its name for messages.
fn collection(source: &MongoSource) -> Result<(Collection<Document>, String), EngineError> {
    let name = crate::games::collection(source, SNAPSHOTS)?;
    // A snapshot that was told of is on a majority of the servers.
    let majority = CollectionOptions::builder().write_concern(WriteConcern::majority()).build();
    Ok((source.database().collection_with_options(&name, majority), name))
}

/// Makes the collection's indexes; those that are there stay.
pub(crate) async fn prepare(engine: &Engine) -> Result<(), EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    stored::ensure_indexes(&snapshots, &name).await
}
