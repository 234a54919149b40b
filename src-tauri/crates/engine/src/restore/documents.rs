//! Documents alone: what differs from the backup is staged, then written over the live collection,
//! which stays the one it is.
//!
//! Which documents differ is told by the oplog since the backup; where that is gone, both sides are
//! compared before the service is paused and the oplog tells what changed meanwhile. All are looked
//! at again at one time under the pause.

use std::collections::BTreeMap;

use bytes::Bytes;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{CollectionInfo, MongoSource, OrderedReader, RawBatch, ScanOptions};
use source::{SourceError, sortkey};

use super::changes::pair;
use super::destination::Destination;
use super::journal::{removal_prefix, staging_prefix};
use super::method;
use super::scope::{Item, Scope};
use super::stage::{Removal, Staged};
use super::verification::{self, Proof};
use crate::compare::{TouchedDocuments, each_difference};
use crate::context::CrashPoints;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// Options of a collection without any.
const NO_OPTIONS: [u8; 5] = [5, 0, 0, 0, 0];

/// Collections of which only documents are written.
pub(super) struct Differing {
    window: CaptureWindow,
    items: Vec<(Item, CollectionInfo)>,
}

impl Differing {
    /// Begins to watch these collections and finds what differs by now, as far as the oplog does
    /// not tell. The service is still at work.
    pub(super) async fn find(
        engine: &Engine,
        destination: &Destination,
        scope: &Scope,
        items: Vec<(Item, CollectionInfo)>,
        job: &JobHandle,
    ) -> Result<Self, EngineError> {
        let reader = &destination.reader;
        let live: Vec<_> = items.iter().map(|(_, info)| info.clone()).collect();
        let (mut window, since_backup) = match method::since_backup(reader, scope, &live).await? {
            Some(window) => (window, true),
            None => (CaptureWindow::open(reader, ChangeFeed::Oplog).await?, false),
        };
        let untold = |(item, info): &&(Item, CollectionInfo)| {
            !since_backup || !method::is_told(&window, item, info)
        };
        let untold: Vec<_> = items.iter().filter(untold).collect();
        if !untold.is_empty() {
            let total = untold.iter().map(|(item, _)| item.stream.stats.bytes).sum();
            job.phase(Phase { code: "compare", unit: Unit::Bytes, total: Some(total) });
        }
        let vault = engine.vault()?;
        for (item, info) in untold {
            job.check()?;
            job.detail(item.collection());
            // What happened before does not matter to what is read now.
            window.restart(&info.name).await?;
            let pair = pair(scope, item, Some(info), None);
            each_difference(&vault, &scope.manifest, reader, &pair, |document| {
                job.check()?;
                Ok(window.mark(&info.name, document)?)
            })
            .await?;
            job.advance(item.stream.stats.bytes);
        }
        Ok(Self { window, items })
    }

    /// Stages what differs now that the service is paused.
    pub(super) async fn stage(
        mut self,
        engine: &Engine,
        destination: &Destination,
        plan: &str,
        job: &JobHandle,
    ) -> Result<Vec<Staged>, EngineError> {
        let vault = engine.vault()?;
        let names: Vec<_> = self.items.iter().map(|(_, info)| info.name.clone()).collect();
        let end = self.window.close(&names).await?;
        job.phase(Phase { code: "documents", unit: Unit::Documents, total: None });
        let mut staged = Vec::new();
        for (item, seen) in self.items {
            let info = end.collections.iter().find(|info| info.name == seen.name);
            let Some(info) = info.filter(|info| is_still(info, &seen) && end.rescan.is_empty())
            else {
                return Err(EngineError::StalePlan {
                    plan: plan.to_owned(),
                    detail: format!("{} was defined anew meanwhile", seen.name),
                });
            };
            job.detail(&info.name);
            let touched =
                TouchedDocuments::new(&vault, &item.stream, &mut self.window, info, end.time)?;
            staged.push(stage(engine, destination, item, info.clone(), touched, job).await?);
        }
        Ok(staged)
    }
}

fn is_still(info: &CollectionInfo, seen: &CollectionInfo) -> bool {
    info.uuid == seen.uuid
        && info.options_bson == seen.options_bson
        && info.indexes_bson == seen.indexes_bson
}

async fn stage(
    engine: &Engine,
    destination: &Destination,
    item: Item,
    info: CollectionInfo,
    mut touched: TouchedDocuments,
    job: &JobHandle,
) -> Result<Staged, EngineError> {
    let vault = engine.vault()?;
    let writer = &destination.for_staging().writer;
    let name = format!("{}{}", staging_prefix(job.id()), item.collection());
    let removed = format!("{}{}", removal_prefix(job.id()), item.collection());
    let (mut digest, mut removals, mut stands) = (vault.digest(), 0, false);
    while let Some(documents) = touched.next_batch().await? {
        job.check()?;
        let (mut puts, mut removes) = (Vec::new(), Vec::new());
        for document in documents.into_iter().filter(|document| !document.is_equal()) {
            match (document.stored, document.live) {
                (Some(stored), _) => {
                    digest.add(&document.key, &stored);
                    puts.push(stored);
                }
                (None, Some(live)) => removes.push(id_of(item.collection(), &live)?),
                (None, None) => {}
            }
        }
        let nothing = puts.is_empty() && removes.is_empty();
        if !stands && !nothing {
            stands = true;
            writer.create_collection(&name, &NO_OPTIONS).await?;
            writer.create_collection(&removed, &NO_OPTIONS).await?;
        }
        job.advance((puts.len() + removes.len()) as u64);
        removals += removes.len() as u64;
        writer.insert_raw(&name, &puts).await?;
        writer.insert_raw(&removed, &removes).await?;
    }
    let removal = Some(Removal { name: removed, documents: removals });
    let expected = Proof::expecting(digest.documents(), digest.value());
    if !stands {
        let proof = Proof { digest: expected.expected_digest, ..expected };
        return Ok(Staged { item, name: None, info: Some(info), proof, removal });
    }
    writer.barrier().await?;
    let (_, proof) =
        verification::read_back(&destination.reader, &vault, &name, expected, job).await?;
    verification::ensure(item.collection(), &proof)?;
    Ok(Staged { item, name: Some(name), info: Some(info), proof, removal })
}

/// `{_id: …}` of a document.
fn id_of(collection: &str, document: &[u8]) -> Result<Bytes, EngineError> {
    let malformed = |error| SourceError::Malformed { on: collection.to_owned(), error };
    Ok(sortkey::id_only(document).map_err(malformed)?)
}

/// Writes staged documents over the live collection and removes those that are to go, then holds
/// the collection against both. Can be done again from any place.
pub(super) async fn write(
    destination: &Destination,
    crash: &CrashPoints,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let (reader, writer) = (&destination.reader, &destination.writer);
    // What is written goes first too: a document of another one's unique value would be in the way,
    // and an `_id` of another numeric type would stay.
    for (name, point) in [(removed, "documents removed"), (staged, "documents cleared")] {
        let mut batches = Batches::of(reader, name).await?;
        while let Some(documents) = batches.next().await? {
            writer.delete_raw(collection, &documents).await?;
        }
        crash.pass(point)?;
    }
    let mut batches = Batches::of(reader, staged).await?;
    while let Some(documents) = batches.next().await? {
        writer.replace_raw(collection, &documents).await?;
    }
    crash.pass("documents written")?;
    verify(reader, staged, removed, collection).await?;
    writer.drop_collection(removed).await?;
    crash.pass("documents dropping")?;
    Ok(writer.drop_collection(staged).await?)
}

/// Reads every document that was written or removed as a majority has it.
async fn verify(
    reader: &MongoSource,
    staged: &str,
    removed: &str,
    collection: &str,
) -> Result<(), EngineError> {
    let mut window = CaptureWindow::open(reader, ChangeFeed::Oplog).await?;
    for name in [staged, removed] {
        let mut batches = Batches::of(reader, name).await?;
        while let Some(documents) = batches.next().await? {
            for document in documents {
                window.mark(collection, &document)?;
            }
        }
    }
    let end = window.close(&[collection.to_owned()]).await?;
    let Some(info) = end.collections.first() else { return Err(differs(collection, 1)) };
    let mut images = window.images(info, end.time, None)?;
    let mut expected = Batches::of(reader, staged).await?;
    let (mut waiting, mut wrong) = (BTreeMap::new(), 0_u64);
    while let Some(batch) = images.next_batch().await? {
        for image in batch {
            let (key, live) = image.into_parts();
            while waiting.last_key_value().is_none_or(|(last, _)| *last < key) {
                let Some(next) = expected.next_raw().await? else { break };
                waiting.extend(next.iter().map(|record| (record.key.to_vec(), record.bytes())));
            }
            wrong += u64::from(waiting.remove(&key) != live);
        }
    }
    if wrong == 0 { Ok(()) } else { Err(differs(collection, wrong)) }
}

fn differs(collection: &str, documents: u64) -> EngineError {
    EngineError::DocumentsDiffer { collection: collection.to_owned(), documents }
}

/// The documents of a staging collection in the order of their keys; of one that is gone, none.
struct Batches(Option<OrderedReader>);

impl Batches {
    async fn of(reader: &MongoSource, name: &str) -> Result<Self, EngineError> {
        let Some(info) = reader.inspect_collection(name).await? else { return Ok(Self(None)) };
        Ok(Self(Some(reader.read_in_order(&info, ScanOptions::default()).await?)))
    }

    async fn next(&mut self) -> Result<Option<Vec<Bytes>>, EngineError> {
        let batch = self.next_raw().await?;
        Ok(batch.map(|batch| batch.iter().map(|record| record.bytes()).collect()))
    }

    async fn next_raw(&mut self) -> Result<Option<RawBatch>, EngineError> {
        match &mut self.0 {
            Some(reader) => Ok(reader.next_batch().await?),
            None => Ok(None),
        }
    }
}
