//! What the machine can do at best: raw reads thrown away, raw inserts, index builds.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::{StreamExt, TryStreamExt, future};
use mongodb::bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::options::{InsertManyOptions, WriteConcern};
use mongodb::{Client, Collection, Database, IndexModel};

use crate::increment::{BATCH, Spread, choose};

/// Bytes of BSON moved and the time it took.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Bytes of BSON.
    pub bytes: u64,
    /// Wall-clock time.
    pub took: Duration,
}

impl Rate {
    /// Megabytes (10^6) a second.
    pub fn mb_per_second(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.took.as_secs_f64()
    }
}

/// The best of three raw drains: one collection at a time, two at a time, four at a time.
pub async fn best_drain(uri: &str, database: &str) -> Result<Rate> {
    let mut best: Option<Rate> = None;
    for parallel in [1, 2, 2, 4] {
        let rate = drain(uri, database, parallel).await?;
        if best.is_none_or(|known| rate.mb_per_second() > known.mb_per_second()) {
            best = Some(rate);
        }
    }
    best.context("no drain was measured")
}

async fn drain(uri: &str, database: &str, parallel: usize) -> Result<Rate> {
    let client = Client::with_uri_str(uri).await?;
    let database = client.database(database);
    let names = database.list_collection_names().await?;
    let began = Instant::now();
    let counted: Vec<u64> = futures::stream::iter(names)
        .map(|name| tokio::spawn(drain_collection(database.collection(&name))))
        .buffer_unordered(parallel)
        .map(|joined| joined?)
        .try_collect()
        .await?;
    Ok(Rate { bytes: counted.iter().sum(), took: began.elapsed() })
}

async fn drain_collection(collection: Collection<Document>) -> Result<u64> {
    let mut batches = collection.find(doc! {}).batch().await?;
    let mut bytes = 0;
    while let Some(batch) = batches.next().await {
        // The reply's own length is the batch's within a hundred bytes; nothing is decoded.
        bytes += batch?.as_raw_document().as_bytes().len() as u64;
    }
    Ok(bytes)
}

/// Copies every collection of a database by parallel raw inserts and builds the same indexes:
/// the limit that no restore can pass. Documents are held in memory beforehand in slices, and the
/// time of reading them is not counted.
pub async fn insert_and_index(uri: &str, from: &str, to: &str) -> Result<Rate> {
    let client = Client::with_uri_str(uri).await?;
    let (from, to) = (client.database(from), client.database(to));
    to.drop().await?;
    let mut rate = Rate { bytes: 0, took: Duration::ZERO };
    for name in from.list_collection_names().await? {
        let copied = copy_collection(&from, &to, &name).await?;
        rate.bytes += copied.bytes;
        rate.took += copied.took;
    }
    let began = Instant::now();
    for name in from.list_collection_names().await? {
        index_collection(&from, &to, &name).await?;
    }
    rate.took += began.elapsed();
    to.drop().await?;
    Ok(rate)
}

/// Documents held at once while copying.
const SLICE_BYTES: usize = 256 << 20;

async fn copy_collection(from: &Database, to: &Database, name: &str) -> Result<Rate> {
    let mut rate = Rate { bytes: 0, took: Duration::ZERO };
    let mut slice = Vec::new();
    let mut held = 0;
    let mut documents = from.collection::<RawDocumentBuf>(name).find(doc! {}).await?;
    while let Some(document) = documents.try_next().await? {
        held += document.as_bytes().len();
        slice.push(document);
        if held >= SLICE_BYTES {
            rate.took += insert_slice(to, name, std::mem::take(&mut slice)).await?;
            rate.bytes += std::mem::take(&mut held) as u64;
        }
    }
    rate.took += insert_slice(to, name, slice).await?;
    rate.bytes += held as u64;
    Ok(rate)
}

async fn insert_slice(
    to: &Database,
    name: &str,
    mut slice: Vec<RawDocumentBuf>,
) -> Result<Duration> {
    if slice.is_empty() {
        return Ok(Duration::ZERO);
    }
    let other = slice.split_off(slice.len() / 2);
    both([slice, other].map(|half| insert(to.collection(name), half))).await
}

async fn insert(to: Collection<RawDocumentBuf>, documents: Vec<RawDocumentBuf>) -> Result<()> {
    if documents.is_empty() {
        return Ok(());
    }
    let options =
        InsertManyOptions::builder().ordered(false).write_concern(WriteConcern::nodes(1)).build();
    to.insert_many(documents).with_options(options).await?;
    Ok(())
}

async fn index_collection(from: &Database, to: &Database, name: &str) -> Result<()> {
    let indexes: Vec<IndexModel> =
        from.collection::<Document>(name).list_indexes().await?.try_collect().await?;
    let secondary: Vec<IndexModel> =
        indexes.into_iter().filter(|index| index.keys != doc! { "_id": 1 }).collect();
    if !secondary.is_empty() {
        to.collection::<Document>(name).create_indexes(secondary).await?;
    }
    Ok(())
}

/// Replaces one document in a hundred of every collection and reads it back, by two connections at
/// once: the least that putting such damage right asks of the server. Finding out which documents
/// they are, and what they were before, is not in it, nor is the time of preparing them here.
pub async fn replace_some(uri: &str, database: &str, spread: Spread) -> Result<Duration> {
    let database = Client::with_uri_str(uri).await?.database(database);
    let mut took = Duration::ZERO;
    for name in database.list_collection_names().await? {
        let collection = database.collection::<Document>(&name);
        let mut ids = choose(&collection, spread).await?;
        let other = ids.split_off(ids.len() / 2);
        let halves = [prepare(&collection, ids).await?, prepare(&collection, other).await?];
        took += both(halves.map(|half| replace(database.clone(), name.clone(), half))).await?;
    }
    Ok(took)
}

/// Reads one document in a hundred by its `_id`, two commands at once.
pub async fn read_some(uri: &str, database: &str, spread: Spread) -> Result<Duration> {
    let database = Client::with_uri_str(uri).await?.database(database);
    let mut took = Duration::ZERO;
    for name in database.list_collection_names().await? {
        let mut ids = choose(&database.collection::<Document>(&name), spread).await?;
        let other = ids.split_off(ids.len() / 2);
        took += both([ids, other].map(|ids| read(database.collection(&name), ids))).await?;
    }
    Ok(took)
}

/// Does both at once; how long they took.
async fn both<W>(halves: [W; 2]) -> Result<Duration>
where
    W: Future<Output = Result<()>> + Send + 'static,
{
    let began = Instant::now();
    for half in future::join_all(halves.map(tokio::spawn)).await {
        half??;
    }
    Ok(began.elapsed())
}

async fn read(collection: Collection<RawDocumentBuf>, ids: Vec<Bson>) -> Result<()> {
    for batch in ids.chunks(BATCH) {
        read_back(&collection, batch).await?;
    }
    Ok(())
}

async fn read_back(collection: &Collection<RawDocumentBuf>, ids: &[Bson]) -> Result<()> {
    let some = doc! { "_id": { "$in": ids } };
    let read = collection.find(some).batch_size(BATCH as u32 + 1).await?;
    let read = read.try_fold(0, async |count, _| Ok(count + 1)).await?;
    anyhow::ensure!(read == ids.len(), "{read} of {} were read", ids.len());
    Ok(())
}

async fn prepare(collection: &Collection<Document>, ids: Vec<Bson>) -> Result<Vec<Document>> {
    let some = doc! { "_id": { "$in": ids } };
    let mut documents: Vec<Document> = collection.find(some).await?.try_collect().await?;
    for document in &mut documents {
        document.insert("touched", "by the limit");
    }
    Ok(documents)
}

async fn replace(database: Database, name: String, documents: Vec<Document>) -> Result<()> {
    for batch in documents.chunks(BATCH) {
        let ids: Vec<Bson> = batch.iter().filter_map(|one| one.get("_id").cloned()).collect();
        let of_it = |document: &Document| doc! { "_id": document.get("_id") };
        let updates: Vec<Document> =
            batch.iter().map(|one| doc! { "q": of_it(one), "u": one }).collect();
        let command = doc! { "update": &name, "updates": updates, "ordered": false };
        database.run_command(command).await?;
        read_back(&database.collection(&name), &ids).await?;
    }
    Ok(())
}
