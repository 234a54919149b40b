//! Staging: the backup's documents beside the live collections, loaded in parallel, indexed, and
//! read back against the manifest.

use std::sync::Arc;

use bytes::Bytes;
use source::mongo::write::IndexPass;
use source::mongo::{CollectionInfo, CollectionKind};
use source::profile::Part;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;
use vault::{PartReader, Record, SetDigest, Vault};

use super::carry::{GameFilter, keeps};
use super::destination::Destination;
use super::journal::staging_prefix;
use super::outcome::{RestoreMethod, RestoredCollection};
use super::scope::{Item, Scope};
use super::verification::{self, Proof};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::tasks::{Together, proceed};

/// Loads, index builds and read-backs at the same time. The server is the bottleneck: two keep it
/// busy, more only cost memory.
const AT_WORK: usize = 2;

/// What all staging tasks share.
#[derive(Clone)]
struct Stager {
    engine: Engine,
    vault: Vault,
    destination: Destination,
    scope: Arc<Scope>,
    filter: Option<Arc<GameFilter>>,
    places: Arc<Semaphore>,
    job: JobHandle,
    /// Fires when the job is to stop or another task failed.
    stop: CancellationToken,
}

/// A collection that stands staged and verified.
#[derive(Debug, Clone)]
pub(super) struct Staged {
    pub(super) item: Item,
    /// Its staging name; none where there is nothing to stage: for a view, and where no document
    /// differs.
    pub(super) name: Option<String>,
    /// The collection that will be live.
    pub(super) info: Option<CollectionInfo>,
    pub(super) proof: Proof,
    /// Where only documents are written: those to remove.
    pub(super) removal: Option<Removal>,
}

impl Staged {
    /// What is told of it once it is live.
    pub(super) fn into_view(self) -> RestoredCollection {
        let method = match &self.removal {
            None => RestoreMethod::Whole,
            Some(_) => RestoreMethod::Documents,
        };
        RestoredCollection {
            collection: self.item.collection().to_owned(),
            method,
            removed: self.removal.map_or(0, |removal| removal.documents),
            expected_documents: self.proof.expected_documents,
            documents: self.proof.documents,
            expected_digest: self.proof.expected_digest.to_string(),
            digest: self.proof.digest.to_string(),
            indexes: match method {
                RestoreMethod::Whole => self.item.definition.secondary_indexes(),
                RestoreMethod::Documents => 0,
            },
        }
    }
}

/// Documents that are removed from a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Removal {
    /// Name of the collection of their `{_id: …}`.
    pub(super) name: String,
    /// How many there are.
    pub(super) documents: u64,
}

/// Stages these items of a scope whole. Staging names begin with the job's prefix.
pub(super) async fn stage(
    engine: &Engine,
    destination: &Destination,
    scope: &Arc<Scope>,
    items: Vec<Item>,
    job: &JobHandle,
) -> Result<Vec<Staged>, EngineError> {
    // Three passes over the data: written, indexed, read back.
    let bytes: u64 = items.iter().map(|item| item.stream.stats.bytes).sum();
    let total = bytes.saturating_mul(2);
    job.phase(Phase { code: "stage", unit: Unit::Bytes, total: Some(total) });
    let vault = engine.vault()?;
    let stager = Stager {
        filter: GameFilter::of_backup(&vault, destination.reader.profile(), scope)
            .await?
            .map(Arc::new),
        engine: engine.clone(),
        vault,
        destination: destination.for_staging(),
        scope: Arc::clone(scope),
        places: Arc::new(Semaphore::new(AT_WORK)),
        job: job.clone(),
        stop: job.cancel().child_token(),
    };
    let mut tasks = Together::new(stager.stop.clone());
    for item in items {
        let stager = stager.clone();
        tasks.spawn(async move { stager.stage(item).await });
    }
    let mut staged = tasks.join().await?;
    staged.sort_by(|one, other| one.item.collection().cmp(other.item.collection()));
    Ok(staged)
}

impl Stager {
    async fn stage(self, item: Item) -> Result<Staged, EngineError> {
        if item.definition.kind == CollectionKind::View {
            let proof = Proof::default();
            return Ok(Staged { item, name: None, info: None, proof, removal: None });
        }
        let name = format!("{}{}", staging_prefix(self.job.id()), item.collection());
        self.destination.writer.create_collection(&name, &item.definition.options).await?;
        let filtered = self.load(&item, &name).await?;
        self.engine.context().crash.pass("loaded")?;

        {
            let _place = self.place().await?;
            self.job.detail(item.collection());
            let indexes = &item.definition.indexes;
            let pass = IndexPass::WithoutExpiry;
            self.destination.writer.create_indexes(&name, indexes, pass).await?;
        }
        self.engine.context().crash.pass("indexed")?;

        // What was written is read back as a majority has it.
        self.destination.writer.barrier().await?;
        let _place = self.place().await?;
        let expected = match filtered {
            Some(digest) => Proof::expecting(digest.documents(), digest.value()),
            None => Proof::expecting(item.stream.stats.documents, item.stream.stats.digest),
        };
        let reader = &self.destination.reader;
        let (info, proof) =
            verification::read_back(reader, &self.vault, &name, expected, &self.job).await?;
        verification::ensure(item.collection(), &proof)?;
        verification::ensure_indexes(item.collection(), &item.definition, &info)?;
        Ok(Staged { item, name: Some(name), info: Some(info), proof, removal: None })
    }

    /// Loads a collection; returns the digest of what was kept when only a part was.
    async fn load(&self, item: &Item, name: &str) -> Result<Option<SetDigest>, EngineError> {
        let class = self.scope.stream_class(item.collection()).unwrap_or(item.class.name());
        let reader = self.vault.read_stream(&self.scope.manifest, class, item.collection()).await?;
        let in_order = item.definition.kind == CollectionKind::Capped;
        let mut kept = self.vault.digest();
        if in_order {
            // Natural order is what a capped collection is about: one part after the other.
            for part in reader.parts() {
                kept.merge(&self.clone().load_part(item.keep, part, name.to_owned()).await?);
            }
        } else {
            let mut tasks = Together::new(self.stop.clone());
            for part in reader.parts() {
                tasks.spawn(self.clone().load_part(item.keep, part, name.to_owned()));
            }
            for part in tasks.join().await? {
                kept.merge(&part);
            }
        }
        Ok((!item.is_whole_stream()).then_some(kept))
    }

    async fn load_part(
        self,
        keep: Part,
        mut part: PartReader,
        name: String,
    ) -> Result<SetDigest, EngineError> {
        let _place = self.place().await?;
        let mut kept = self.vault.digest();
        let mut next = part.next_batch().await?;
        while let Some(records) = next {
            proceed(&self.stop)?;
            let documents = self.keep(keep, records, &mut kept)?;
            let bytes: u64 = documents.iter().map(|document| document.len() as u64).sum();
            // While the server takes this batch, the next one is decoded.
            let (inserted, read) = tokio::join!(
                self.destination.writer.insert_raw(&name, &documents),
                part.next_batch()
            );
            inserted?;
            self.job.advance(bytes);
            next = read?;
        }
        Ok(kept)
    }

    fn keep(
        &self,
        keep: Part,
        records: Vec<Record>,
        kept: &mut SetDigest,
    ) -> Result<Vec<Bytes>, EngineError> {
        let Some(filter) = self.filter.as_deref().filter(|_| keep != Part::Whole) else {
            return Ok(records.into_iter().map(|record| record.doc).collect());
        };
        let filter = filter.of_part(keep);
        let mut documents = Vec::new();
        for record in records {
            if keeps(&filter, &record.doc)? {
                kept.add(&record.key, &record.doc);
                documents.push(record.doc);
            }
        }
        Ok(documents)
    }

    /// Waits for a place among those at work.
    async fn place(&self) -> Result<SemaphorePermit<'_>, EngineError> {
        tokio::select! {
            place = self.places.acquire() => {
                place.map_err(|error| EngineError::Worker { detail: error.to_string() })
            }
            () = self.stop.cancelled() => Err(EngineError::Cancelled),
        }
    }
}
