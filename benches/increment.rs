//! An incremental backup after one document in a hundred has changed, all over and side by side, beside
//! the full it stands on and the least that the server needs to give those documents.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use mongodb::{Client, Collection, Database};

use crate::report::Row;
use crate::vault::{MIB, folder_bytes};
use crate::{DATABASE, limit, process};

/// One in so many documents changes.
const ONE_IN: usize = 100;
/// Documents changed by one command.
pub const BATCH: usize = 1_000;
/// The full beside which an increment is measured.
pub struct Full {
    /// Time it took, key unlocking included.
    pub took: Duration,
    /// Bytes it stored.
    pub stored: u64,
}

/// Changes documents all over the database and backs up the change, makes a full of it, and does the
/// first again with documents side by side.
pub async fn measure<R>(mongodb: &str, store: &Path, full: &Full, run: &R) -> Result<Vec<Row>>
where
    R: AsyncFn(&[&str]) -> Result<process::Run>,
{
    let database = Client::with_uri_str(mongodb).await?.database(DATABASE);
    let changed = change(&database, Spread::AllOver, "for the increment").await?;
    let unlock = run(&["backup", "list"]).await?.took;
    let before = folder_bytes(store)?;
    let increment = run(&["backup", "create", "--method", "incremental"]).await?;
    let added = folder_bytes(store)? - before;
    let (took, full_took) =
        (increment.took.saturating_sub(unlock), full.took.saturating_sub(unlock));
    let synthetic = run(&["backup", "create", "--method", "synthetic"]).await?;
    let rewritten = folder_bytes(store)? - before - added;
    let least = limit::read_some(mongodb, DATABASE, Spread::AllOver).await?.as_secs_f64();
    change(&database, Spread::Together, "for the increment").await?;
    let together = run(&["backup", "create", "--method", "incremental"]).await?;
    let together = together.took.saturating_sub(unlock);
    let most = (full_took.as_secs_f64() / 10.0).max(2.0);
    Ok(vec![
        Row::plain("changed documents, one in a hundred all over", changed.to_string()),
        Row::below("incremental", took.as_secs_f64(), most, "s"),
        Row::plain("the least of it, reading those documents", format!("{least:.1} s")),
        Row::below("incremental of as many together", together.as_secs_f64(), most, "s"),
        Row::below(
            "incremental, of the full's bytes",
            100.0 * added as f64 / full.stored as f64,
            3.0,
            "%",
        ),
        Row::below("incremental, peak memory", increment.peak_rss as f64 / MIB, 400.0, "MiB"),
        Row::plain(
            "synthetic full of it",
            format!(
                "{:.1} s, {:.1} MB added",
                synthetic.took.saturating_sub(unlock).as_secs_f64(),
                rewritten as f64 / 1e6
            ),
        ),
    ])
}

/// Where the one document in a hundred lies.
#[derive(Debug, Clone, Copy)]
pub enum Spread {
    /// All over each collection.
    AllOver,
    /// Side by side in the middle of each collection, by `_id`.
    Together,
}

/// Sets a field of one document in a hundred; returns of how many.
pub async fn change(database: &Database, spread: Spread, value: &str) -> Result<usize> {
    let mut changed = 0;
    for name in database.list_collection_names().await? {
        let collection = database.collection::<Document>(&name);
        let chosen = choose(&collection, spread).await?;
        for batch in chosen.chunks(BATCH) {
            let some = doc! { "_id": { "$in": batch.to_vec() } };
            collection.update_many(some, doc! { "$set": { "touched": value } }).await?;
        }
        changed += chosen.len();
    }
    Ok(changed)
}

/// The `_id`s of one document in a hundred of a collection.
pub async fn choose(collection: &Collection<Document>, spread: Spread) -> Result<Vec<Bson>> {
    let ids = collection.find(doc! {}).projection(doc! { "_id": 1 }).sort(doc! { "_id": 1 });
    let ids: Vec<Bson> = ids
        .await?
        .try_filter_map(|mut document| std::future::ready(Ok(document.remove("_id"))))
        .try_collect()
        .await?;
    let wanted = ids.len().div_ceil(ONE_IN);
    Ok(match spread {
        Spread::AllOver => ids.into_iter().step_by(ONE_IN).collect(),
        Spread::Together => ids.into_iter().skip(wanted * (ONE_IN / 2)).take(wanted).collect(),
    })
}
