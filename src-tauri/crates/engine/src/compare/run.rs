use std::collections::BTreeSet;

use mongodb::bson::{Bson, RawDocument};
use serde_json::json;
use source::SourceError;
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource};
use source::profile::{DataClass, Part};
use vault::{SetManifest, StreamKind, StreamManifest, Vault};

use super::merge::{Side, Verdict, merge};
use super::outcome::{
    CollectionDifference, CompareOutcome, CompareRequest, DifferenceExample, DifferenceKind,
};
use crate::backup;
use crate::backup::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::wire;

/// Ids shown of each kind of difference in a collection.
const EXAMPLES: usize = 50;

/// Starts a comparison as a job and returns the job's id. The outcome is a [`CompareOutcome`].
///
/// # Errors
/// When MongoDB or the vault is not connected, there is no such backup, or the job cannot be
/// recorded.
pub async fn start(engine: &Engine, request: CompareRequest) -> Result<String, EngineError> {
    engine.source()?;
    let backup = backup::resolve(engine, &request.backup).await?.summary.id;
    let request = CompareRequest { backup, ..request };
    let spec =
        JobSpec { verb: Verb::Compare, subject: request.backup.clone(), request: json!(request) };
    let worker = engine.clone();
    engine
        .jobs()
        .start(spec, |job| async move {
            let outcome = run(&worker, &request, &job).await?;
            Ok(JobEnd { with_problems: !outcome.equal, outcome: json!(outcome) })
        })
        .await
}

/// Compares inside a job. Live data are read as of one cluster time where the server still can.
///
/// # Errors
/// Failures of the database or of the store; differences are the outcome.
pub async fn run(
    engine: &Engine,
    request: &CompareRequest,
    job: &JobHandle,
) -> Result<CompareOutcome, EngineError> {
    let source = engine.source()?;
    let manifest = backup::resolve(engine, &request.backup).await?;
    job.phase(Phase { code: "compare", unit: Unit::Documents, total: None });
    job.set_progress(0, Some(manifest.summary.documents));
    let differences = differences(engine, &source, &manifest, &request.classes, Some(job)).await?;
    let equal = differences.iter().all(Difference::is_none);
    let collections = differences.into_iter().map(Difference::into_view).collect();
    Ok(CompareOutcome { backup: manifest.summary.id, equal, collections })
}

/// How one collection of a set differs from the live one.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    pub(crate) class: DataClass,
    pub(crate) collection: String,
    pub(crate) equal: u64,
    pub(crate) missing: u64,
    pub(crate) extra: u64,
    pub(crate) different: u64,
    examples: Vec<DifferenceExample>,
    metadata: Vec<String>,
}

impl Difference {
    pub(super) fn new(class: DataClass, collection: &str) -> Self {
        Self {
            class,
            collection: collection.to_owned(),
            equal: 0,
            missing: 0,
            extra: 0,
            different: 0,
            examples: Vec::new(),
            metadata: Vec::new(),
        }
    }

    fn is_none(&self) -> bool {
        self.missing + self.extra + self.different == 0 && self.metadata.is_empty()
    }

    /// Of a stream whose collection does not exist.
    pub(crate) fn all_missing(class: DataClass, stream: &StreamManifest) -> Self {
        Self { missing: stream.stats.documents, ..Self::new(class, &stream.name) }
    }

    fn into_view(self) -> CollectionDifference {
        CollectionDifference {
            class: self.class,
            collection: self.collection,
            equal: self.equal,
            missing: self.missing,
            extra: self.extra,
            different: self.different,
            examples: self.examples,
            metadata: self.metadata,
        }
    }

    pub(super) fn count(&mut self, verdict: Verdict, document: &[u8]) {
        let (count, kind) = match verdict {
            Verdict::Equal => {
                self.equal += 1;
                return;
            }
            Verdict::Missing => (&mut self.missing, DifferenceKind::Missing),
            Verdict::Extra => (&mut self.extra, DifferenceKind::Extra),
            Verdict::Different => (&mut self.different, DifferenceKind::Different),
        };
        *count += 1;
        if *count <= EXAMPLES as u64 {
            self.examples.push(DifferenceExample { kind, id: id_of(document) });
        }
    }
}

/// The differences of each collection, told to a job where there is one.
async fn differences(
    engine: &Engine,
    source: &MongoSource,
    manifest: &SetManifest,
    classes: &[DataClass],
    job: Option<&JobHandle>,
) -> Result<Vec<Difference>, EngineError> {
    let vault = engine.vault()?;
    let live = source.inspect().await?;
    let at = source.cluster_time().await?;
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for class in &manifest.classes {
        for stream in class.streams.iter().filter(|s| s.kind == StreamKind::Collection) {
            let definition = StreamSource::of(&manifest.summary.id, stream)?;
            let wanted = classes.is_empty()
                || definition.classes.iter().any(|class| classes.contains(class));
            if !wanted {
                continue;
            }
            seen.insert(stream.name.clone());
            let info = live.iter().find(|info| info.name == stream.name);
            let pair = Pair {
                class: &class.class,
                stream,
                definition: &definition,
                info,
                part: definition.part,
                keep: &|_| Ok(true),
            };
            if let Some(job) = job {
                job.detail(&stream.name);
            }
            let tick = |documents| {
                let Some(job) = job else { return Ok(()) };
                job.advance(documents);
                job.check()
            };
            found.push(difference(&vault, manifest, source, &pair, at, &tick).await?);
        }
    }
    let asked = chosen(manifest, classes)?;
    for selection in source.profile().selection(&asked) {
        let Some(info) = live.iter().find(|info| info.name == selection.collection) else {
            continue;
        };
        if seen.contains(&selection.collection) || selection.part != Part::Whole {
            continue;
        }
        let mut difference = Difference::new(selection.class, &info.name);
        difference.extra = info.documents;
        difference.metadata.push("collection".to_owned());
        found.push(difference);
    }
    Ok(found)
}

/// Whether live data of a class are not as a set has them.
pub(crate) async fn differs(
    engine: &Engine,
    source: &MongoSource,
    manifest: &SetManifest,
    class: DataClass,
) -> Result<bool, EngineError> {
    let found = differences(engine, source, manifest, &[class], None).await?;
    Ok(!found.iter().all(Difference::is_none))
}

/// The classes of a set that a request means.
pub(crate) fn chosen(
    manifest: &SetManifest,
    classes: &[DataClass],
) -> Result<Vec<DataClass>, EngineError> {
    let backup = &manifest.summary.id;
    let held = manifest
        .classes
        .iter()
        .map(|class| backup::class_of(backup, &class.class))
        .collect::<Result<Vec<_>, _>>()?;
    if classes.is_empty() {
        return Ok(held);
    }
    if let Some(absent) = classes.iter().find(|class| !held.contains(class)) {
        return Err(EngineError::ClassAbsent {
            backup: backup.clone(),
            class: absent.name().to_owned(),
        });
    }
    Ok(DataClass::ALL.into_iter().filter(|class| classes.contains(class)).collect())
}

/// A stream and the live collection it is compared with.
pub(crate) struct Pair<'a> {
    pub(crate) class: &'a str,
    pub(crate) stream: &'a StreamManifest,
    pub(crate) definition: &'a StreamSource,
    pub(crate) info: Option<&'a CollectionInfo>,
    /// Which part of the live collection is compared.
    pub(crate) part: Part,
    /// Which of the stream's documents are compared.
    pub(crate) keep: &'a Keep<'a>,
}

/// Chooses documents by their bytes.
pub(crate) type Keep<'a> = dyn Fn(&[u8]) -> Result<bool, EngineError> + Send + Sync + 'a;

/// Counts documents and may end the comparison.
pub(crate) type Tick<'a> = dyn Fn(u64) -> Result<(), EngineError> + Send + Sync + 'a;

/// Compares one stream with the live collection, as of `at` where the server still can read that.
pub(crate) async fn difference(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    at: ClusterTime,
    tick: &Tick<'_>,
) -> Result<Difference, EngineError> {
    match compare_at(vault, manifest, source, pair, Some(at), tick).await {
        Err(EngineError::Source(error)) if matches!(*error, SourceError::SnapshotTooOld { .. }) => {
            compare_at(vault, manifest, source, pair, None, tick).await
        }
        result => result,
    }
}

async fn compare_at(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    at: Option<ClusterTime>,
    tick: &Tick<'_>,
) -> Result<Difference, EngineError> {
    let class = backup::class_of(&manifest.summary.id, pair.class)?;
    let mut difference = Difference::new(class, &pair.stream.name);
    difference.metadata = metadata_differences(pair);
    if pair.definition.kind == CollectionKind::View {
        return Ok(difference);
    }
    walk(vault, manifest, source, pair, at, |verdict, document| {
        difference.count(verdict, document);
        tick(1)
    })
    .await?;
    Ok(difference)
}

/// Tells every document in which a stream and the live collection differ, the stored one where
/// there are two. Live documents are read as they are when they are reached.
pub(crate) async fn each_difference(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    mut tell: impl FnMut(&[u8]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    walk(vault, manifest, source, pair, None, |verdict, document| match verdict {
        Verdict::Equal => Ok(()),
        _ => tell(document),
    })
    .await
}

async fn walk(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    at: Option<ClusterTime>,
    tell: impl FnMut(Verdict, &[u8]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let stored = Side::stored(vault, manifest, pair.class, &pair.stream.name).await?;
    let live = match pair.info {
        Some(info) if info.kind != CollectionKind::View => {
            Side::live(source, info, pair.part, at).await?
        }
        _ => Side::empty(),
    };
    merge(stored, live, pair.keep, tell).await
}

/// Names of the indexes and options that differ; `collection` when there is none live.
fn metadata_differences(pair: &Pair<'_>) -> Vec<String> {
    let Some(info) = pair.info else {
        return vec!["collection".to_owned()];
    };
    let mut names = Vec::new();
    if info.options_bson != pair.definition.options {
        names.push("options".to_owned());
    }
    let (stored, live) = (&pair.definition.indexes, &info.indexes_bson);
    let only = |one: &[bytes::Bytes], other: &[bytes::Bytes]| -> BTreeSet<String> {
        one.iter().filter(|index| !other.contains(index)).map(|index| index_name(index)).collect()
    };
    let differing: BTreeSet<String> =
        only(stored, live).union(&only(live, stored)).cloned().collect();
    names.extend(differing);
    names
}

fn index_name(index: &[u8]) -> String {
    RawDocument::from_bytes(index)
        .ok()
        .and_then(|document| document.get_str("name").ok())
        .unwrap_or("index")
        .to_owned()
}

/// A document's `_id` as canonical Extended JSON.
fn id_of(document: &[u8]) -> String {
    RawDocument::from_bytes(document)
        .ok()
        .and_then(|raw| raw.get("_id").ok().flatten())
        .and_then(|id| Bson::try_from(id).ok())
        .and_then(|id| wire::canonical_extended(&id).ok())
        .map_or_else(String::new, |id| id.to_string())
}
