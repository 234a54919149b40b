use std::collections::BTreeSet;

use mongodb::bson::{Bson, RawDocument};
use serde_json::json;
use source::mongo::MongoSource;
use source::profile::{DataClass, Part};
use vault::{SetManifest, StreamKind, StreamManifest};

use super::merge::Verdict;
use super::outcome::{
    CollectionDifference, CompareOutcome, CompareRequest, DifferenceExample, DifferenceKind,
};
use super::pair::{Pair, difference};
use crate::backup;
use crate::backup::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::{Unit, Verb};
use crate::jobs::{JobEnd, JobHandle, JobSpec, Phase};
use crate::wire;

/// Ids shown of each kind of difference in a collection.
pub(super) const EXAMPLES: usize = 50;

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
    pub(super) metadata: Vec<String>,
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

    /// Counts a document and shows it where that is due.
    pub(super) fn count(&mut self, verdict: Verdict, document: &[u8]) {
        if let Some(kind) = self.tally(verdict) {
            self.show(kind, document);
        }
    }

    /// Counts a document; how it differs where it is one of those to be shown.
    pub(super) fn tally(&mut self, verdict: Verdict) -> Option<DifferenceKind> {
        let (count, kind) = match verdict {
            Verdict::Equal => {
                self.equal += 1;
                return None;
            }
            Verdict::Missing => (&mut self.missing, DifferenceKind::Missing),
            Verdict::Extra => (&mut self.extra, DifferenceKind::Extra),
            Verdict::Different => (&mut self.different, DifferenceKind::Different),
        };
        *count += 1;
        (*count <= EXAMPLES as u64).then_some(kind)
    }

    /// Adds what was found behind all of it.
    pub(super) fn append(&mut self, other: Self) {
        for example in other.examples {
            let shown = self.examples.iter().filter(|one| one.kind == example.kind).count();
            if shown < EXAMPLES {
                self.examples.push(example);
            }
        }
        self.equal += other.equal;
        self.missing += other.missing;
        self.extra += other.extra;
        self.different += other.different;
    }

    pub(super) fn show(&mut self, kind: DifferenceKind, document: &[u8]) {
        self.examples.push(DifferenceExample { kind, id: id_of(document) });
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
                keep: None,
            };
            if let Some(job) = job {
                job.detail(&stream.name);
            }
            let tick = |documents| {
                let Some(job) = job else { return Ok(()) };
                job.advance(documents);
                job.check()
            };
            found.push(difference(&vault, manifest, source, &pair, at, &tick, None).await?);
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

/// A document's `_id` as canonical Extended JSON.
fn id_of(document: &[u8]) -> String {
    RawDocument::from_bytes(document)
        .ok()
        .and_then(|raw| raw.get("_id").ok().flatten())
        .and_then(|id| Bson::try_from(id).ok())
        .and_then(|id| wire::canonical_extended(&id).ok())
        .map_or_else(String::new, |id| id.to_string())
}
