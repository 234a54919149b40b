//! Level L5: the games of a restored set keep the rules, and their events lead to every state that is
//! stored of them.

use std::collections::BTreeMap;

use avalon::sentence;
use avalon::sentence::Sentence;
use futures::future::ready;
use futures::{StreamExt, TryStreamExt};
use mongodb::bson::{Document, doc};
use mongodb::error::ErrorKind;
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};
use source::mongo::MongoSource;
use source::profile::Part;
use vault::SetManifest;

use super::invariants::Findings;
use super::parts;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{
    EVENTS, GameRecord, HISTORY, LIVE, collection, failed, game_field, replay_findings,
};
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::snapshot::{self, SNAPSHOTS};

/// Games judged at once.
const AT_ONCE: usize = 4;
/// Name of an index that is made where the service has none, so that a game's events are found.
const LOOKUP: &str = "avault_lookup";

/// What the games of a set break, by the invariant's id. Only what makes a game unsound counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) found: BTreeMap<String, Findings>,
    /// Whether snapshots were judged.
    pub(super) snapshots: bool,
}

/// What can be judged of a set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judgeable {
    /// Snapshots too, and that each has a game: the set holds them, and all events.
    snapshots: bool,
    /// The time of the set, Unix milliseconds.
    at_ms: i64,
}

impl Judgeable {
    /// None when the set does not hold both a catalogue of games and their events.
    pub(super) fn of(manifest: &SetManifest) -> Result<Option<Self>, EngineError> {
        let Some(parts) = parts::of_games(manifest)? else { return Ok(None) };
        let snapshots = parts.iter().any(|one| one.logical == SNAPSHOTS)
            && parts.iter().any(|one| one.logical == EVENTS && one.part == Part::Whole);
        Ok(Some(Self { snapshots, at_ms: manifest.summary.consistent_at_ms }))
    }
}

/// Judges every game of the database that `engine` looks at: a set that was restored.
///
/// # Errors
/// When the private servers or the vault do not answer.
pub(super) async fn read(
    engine: &Engine,
    judgeable: Judgeable,
    job: &JobHandle,
) -> Result<Rules, EngineError> {
    let source = engine.source()?;
    let field = game_field(source.profile());
    ensure_lookup(&source, field).await?;
    let total = Some(catalogued(&source).await?);
    job.phase(Phase { code: "rules", unit: Unit::Games, total });
    let mut judged = games(&source, field, judgeable.snapshots)
        .await?
        .map(|game| async move {
            // On threads of their own: folding logs is work for the processor.
            let (engine, game) = (engine.clone(), game?);
            tokio::spawn(async move { one(&engine, &game, judgeable).await }).await?
        })
        .buffer_unordered(AT_ONCE);
    let mut rules = Rules { snapshots: judgeable.snapshots, ..Rules::default() };
    while let Some(findings) = judged.next().await {
        job.check()?;
        for (id, detail) in findings? {
            rules.found.entry(id).or_default().add(|| detail);
        }
        job.advance(1);
    }
    Ok(rules)
}

/// What a game breaks: the invariant and what was found.
async fn one(
    engine: &Engine,
    game: &str,
    judgeable: Judgeable,
) -> Result<Vec<(String, Sentence)>, EngineError> {
    let record = GameRecord::find(engine, game).await?;
    let mut found = Vec::new();
    if let Some(record) = &record {
        for finding in replay_findings(&engine.source()?, record).await? {
            if finding.severity.is_failure() {
                found.push((finding.id, placed(game, finding.seq, finding.sentence)));
            }
        }
    }
    if judgeable.snapshots {
        for finding in snapshot::findings(engine, game, record.as_ref(), judgeable.at_ms).await? {
            let detail = sentence!(
                "game {game}, snapshot {snapshot}: {finding}",
                game,
                snapshot = finding.snapshot,
                finding = finding.sentence
            );
            found.push((finding.rule, detail));
        }
    }
    Ok(found)
}

fn placed(game: &str, seq: Option<u64>, finding: Sentence) -> Sentence {
    match seq {
        Some(seq) => sentence!("game {game} at seq {seq}: {finding}", game, seq, finding),
        None => sentence!("game {game}: {finding}", game, finding),
    }
}

/// Every game of the database, one after the other: of the catalogue, of the events, and of the
/// snapshots.
async fn games(
    source: &MongoSource,
    field: &str,
    snapshots: bool,
) -> Result<impl futures::Stream<Item = Result<String, EngineError>> + use<>, EngineError> {
    let named = |logical| collection(source, logical);
    let events = named(EVENTS)?;
    let mut pipeline = vec![doc! { "$group": { "_id": format!("${field}") } }];
    for logical in [LIVE, HISTORY] {
        let ids = vec![doc! { "$project": { "_id": 1 } }];
        pipeline.push(doc! { "$unionWith": { "coll": named(logical)?, "pipeline": ids } });
    }
    if snapshots {
        let ids = vec![doc! { "$group": { "_id": "$game_id" } }];
        pipeline.push(doc! { "$unionWith": { "coll": named(SNAPSHOTS)?, "pipeline": ids } });
    }
    pipeline.push(doc! { "$group": { "_id": "$_id" } });
    let failed = move |error| failed("listing games", &events, error);
    let found = source
        .database()
        .collection::<Document>(&named(EVENTS)?)
        .aggregate(pipeline)
        .allow_disk_use(true)
        .await
        .map_err(&failed)?;
    // What is no text is no game's id.
    let id = |game: Document| ready(Ok(game.get_str("_id").ok().map(str::to_owned)));
    Ok(found.map_err(failed).try_filter_map(id))
}

/// Games in the catalogue, for the progress.
async fn catalogued(source: &MongoSource) -> Result<u64, EngineError> {
    let mut games = 0;
    for logical in [LIVE, HISTORY] {
        let name = collection(source, logical)?;
        let documents = source.database().collection::<Document>(&name);
        let counted = documents.estimated_document_count().await;
        games += counted.map_err(|error| failed("counting games", &name, error))?;
    }
    Ok(games)
}

/// Makes an index over the events of each game unless there is one. The servers are private, so nobody
/// is slowed down. Snapshots come with one of their own.
async fn ensure_lookup(source: &MongoSource, field: &str) -> Result<(), EngineError> {
    let name = collection(source, EVENTS)?;
    let events: Collection<Document> = source.database().collection(&name);
    let options = IndexOptions::builder().name(LOOKUP.to_owned()).build();
    let keys = doc! { field: 1, "seq": 1 };
    let model = IndexModel::builder().keys(keys).options(options).build();
    match events.create_index(model).await {
        Err(error) if !is_there(&error) => Err(failed("indexing", &name, error)),
        _ => Ok(()),
    }
}

/// Whether an index was refused because the same one has another name.
fn is_there(error: &mongodb::error::Error) -> bool {
    const INDEX_OPTIONS_CONFLICT: i32 = 85;
    matches!(&*error.kind, ErrorKind::Command(told) if told.code == INDEX_OPTIONS_CONFLICT)
}
