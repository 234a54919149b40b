//! Folding operations onto the documents of an earlier backup: a new backup of a later moment, which
//! refers to the earlier one's segments and adds one layer.

use std::collections::BTreeMap;

use bytes::Bytes;
use source::change::{ApplyError, ChangeSorter, Operation, SortedChange, SortedChanges};
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource};
use source::profile::{CollectionSelection, DataClass, Part};
use vault::{
    SetCommit, SetInfo, SetSummary, SetWriter, StreamInfo, StreamKind, StreamLookup,
    StreamManifest, StreamWriter,
};

use super::timeline::Way;
use crate::backup::outcome::Method;
use crate::backup::stream::StreamSource;
use crate::backup::{Origin, committed, derived_info};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::mark::Defined;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// A collection of the new backup.
struct Target {
    name: String,
    kind: CollectionKind,
    stream: StreamWriter,
    /// Where documents as they were are looked up; none for a collection that came later.
    base: Option<StreamLookup>,
}

/// Makes the backup.
pub(super) async fn fold(
    engine: &Engine,
    source: &MongoSource,
    way: Way,
    asked: &str,
    job: &JobHandle,
) -> Result<SetSummary, EngineError> {
    let vault = engine.primary()?;
    let set = vault.begin_set(set_info(engine, &way, asked, job)).await?;
    let mut targets = BTreeMap::new();
    let mut views = Vec::new();
    for definition in definitions(source, &way)? {
        let uuid = definition.source.uuid;
        let target = target(engine, &set, definition).await?;
        match uuid {
            Some(uuid) => drop(targets.insert(uuid, target)),
            None => views.push(target),
        }
    }
    let (sorted, last) = gather(engine, &way, &targets, job).await?;
    apply(sorted, &mut targets, job).await?;
    job.phase(Phase { code: "commit", unit: Unit::Steps, total: None });
    for target in targets.into_values().chain(views) {
        job.check()?;
        target.stream.finish().await?;
    }
    let time = last.unwrap_or(way.base_time);
    let point_ms = way.point.unix_ms().max(time.unix_ms());
    let commit = SetCommit {
        cluster_time: time.to_string(),
        consistent_at_ms: point_ms,
        attributes: BTreeMap::from([("redis_keys".to_owned(), "0".to_owned())]),
    };
    let summary = set.commit(commit).await?;
    committed(engine, &summary, job).await?;
    Ok(summary)
}

fn set_info(engine: &Engine, way: &Way, asked: &str, job: &JobHandle) -> SetInfo {
    let made = (Method::Incremental, Origin::PointInTime);
    let mut info = derived_info(engine, &way.base.summary, &DataClass::ALL, made, job);
    let own = [("log", way.log.id.as_str()), ("at", asked)];
    info.attributes.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    info
}

/// A collection that the backup will hold.
struct Definition<'w> {
    selection: CollectionSelection,
    source: StreamSource,
    /// What the earlier backup holds of it; none for a collection that came later.
    base: Option<&'w StreamManifest>,
}

/// The collections that the backup will hold, as they were defined at the point.
fn definitions<'w>(source: &MongoSource, way: &'w Way) -> Result<Vec<Definition<'w>>, EngineError> {
    let selection = source.profile().selection(&DataClass::ALL);
    let find = |name: &str| selection.iter().find(|selected| selected.collection == name).cloned();
    let backup = way.base.summary.id.as_str();
    let mut kept = Vec::new();
    for stream in way.base.classes.iter().flat_map(|class| &class.streams) {
        if stream.kind == StreamKind::Collection {
            kept.push((stream, StreamSource::of(backup, stream)?));
        }
    }
    let Some(defined) = &way.definitions else {
        let definitions = kept.into_iter().filter_map(|(stream, source)| {
            Some(Definition { selection: find(&stream.name)?, source, base: Some(stream) })
        });
        return Ok(definitions.collect());
    };
    let definitions = defined.iter().filter_map(|defined| {
        let selection = find(&defined.name)?;
        let mut source = StreamSource::new(&selection, &info(defined));
        let before = kept.iter().find(|(stream, kept)| match defined.uuid {
            Some(_) => kept.uuid == defined.uuid && kept.part == Part::Whole,
            None => kept.uuid.is_none() && stream.name == defined.name,
        });
        if let (Some((_, kept)), Some(_)) = (before, defined.uuid) {
            source.cuts.clone_from(&kept.cuts);
        }
        Some(Definition { selection, source, base: before.map(|(stream, _)| *stream) })
    });
    Ok(definitions.collect())
}

fn info(defined: &Defined) -> CollectionInfo {
    CollectionInfo {
        name: defined.name.clone(),
        kind: defined.kind,
        uuid: defined.uuid,
        options_bson: defined.options.clone(),
        indexes_bson: defined.indexes.clone(),
        documents: 0,
        bytes: 0,
        collated: false,
    }
}

async fn target(
    engine: &Engine,
    set: &SetWriter,
    definition: Definition<'_>,
) -> Result<Target, EngineError> {
    let Definition { selection, source, base } = definition;
    let info = StreamInfo {
        class: selection.class.name().to_owned(),
        name: selection.collection.clone(),
        kind: StreamKind::Collection,
        metadata: source.encode()?,
    };
    let (name, kind) = (selection.collection, source.kind);
    let (stream, base) = match base {
        Some(stream) => {
            let base = engine.vault()?.lookup(stream);
            (set.stream_over(info, stream.clone()).await?, Some(base))
        }
        None => (set.stream(info).await?, None),
    };
    Ok(Target { name, kind, stream, base })
}

/// Reads the log up to the point; the operations on the targets by collection and key, and the time
/// of the last one.
async fn gather(
    engine: &Engine,
    way: &Way,
    targets: &BTreeMap<[u8; 16], Target>,
    job: &JobHandle,
) -> Result<(SortedChanges, Option<ClusterTime>), EngineError> {
    job.phase(Phase { code: "log", unit: Unit::Operations, total: None });
    let (from, to) = (way.base_time.to_number(), way.point.to_number());
    let mut reader = engine.vault()?.read_log(&way.log.id, from, to).await?;
    let (mut sorter, mut last) = (ChangeSorter::default(), None);
    let unreadable = |reason: String| EngineError::LogUnusable { log: way.log.id.clone(), reason };
    while let Some(batch) = reader.next_batch().await? {
        job.check()?;
        job.advance(batch.len() as u64);
        for record in batch {
            last = Some(ClusterTime::from_number(record.position));
            let operation =
                Operation::parse(&record.body).map_err(|e| unreadable(e.to_string()))?;
            let Some(uuid) = operation.uuid.filter(|uuid| targets.contains_key(uuid)) else {
                continue;
            };
            let key = operation.key().map_err(|error| unreadable(error.to_string()))?;
            sorter.push(uuid, key, &record.body)?;
        }
    }
    Ok((sorter.sorted()?, last))
}

async fn apply(
    mut sorted: SortedChanges,
    targets: &mut BTreeMap<[u8; 16], Target>,
    job: &JobHandle,
) -> Result<(), EngineError> {
    job.phase(Phase { code: "fold", unit: Unit::Operations, total: None });
    let mut at: Option<Folding> = None;
    while let Some(change) = sorted.next_change()? {
        let same = at.as_ref().is_some_and(|at| at.uuid == change.uuid && at.key == change.key);
        if !same {
            job.check()?;
            finish(at.take(), targets).await?;
        }
        let Some(target) = targets.get_mut(&change.uuid) else { continue };
        let folding = match &mut at {
            Some(folding) => folding,
            None => at.insert(target.begin(&change).await?),
        };
        folding.image = target.apply(folding.image.as_deref(), &change)?;
        job.advance(1);
    }
    finish(at, targets).await
}

/// A document that operations are being applied to.
struct Folding {
    uuid: [u8; 16],
    key: Vec<u8>,
    image: Option<Bytes>,
}

async fn finish(
    folding: Option<Folding>,
    targets: &mut BTreeMap<[u8; 16], Target>,
) -> Result<(), EngineError> {
    let Some(Folding { uuid, key, image }) = folding else { return Ok(()) };
    let Some(target) = targets.get_mut(&uuid) else { return Ok(()) };
    match (image, target.base.is_some()) {
        (Some(document), true) => target.stream.delta_put(&key, &document).await?,
        (Some(document), false) => target.stream.push(&key, &document).await?,
        (None, true) => target.stream.delta_delete(&key).await?,
        (None, false) => {}
    }
    Ok(())
}

impl Target {
    /// The document as it was before its first operation, where that matters.
    async fn begin(&mut self, first: &SortedChange) -> Result<Folding, EngineError> {
        if self.kind == CollectionKind::Capped {
            return Err(EngineError::PointRefused {
                collection: self.name.clone(),
                reason: "it is capped, and what fell out of it is in no log".to_owned(),
            });
        }
        let needs_image = Operation::parse(&first.operation)
            .and_then(|operation| operation.needs_image())
            .map_err(|error| self.refused(&error.into()))?;
        let image = match &mut self.base {
            Some(base) if needs_image => base.get(&first.key).await?,
            _ => None,
        };
        Ok(Folding { uuid: first.uuid, key: first.key.clone(), image })
    }

    fn apply(
        &self,
        image: Option<&[u8]>,
        change: &SortedChange,
    ) -> Result<Option<Bytes>, EngineError> {
        let operation = Operation::parse(&change.operation);
        let operation = operation.map_err(|error| self.refused(&error.into()))?;
        operation.apply(image).map_err(|error| self.refused(&error))
    }

    fn refused(&self, error: &ApplyError) -> EngineError {
        EngineError::PointRefused { collection: self.name.clone(), reason: error.to_string() }
    }
}
