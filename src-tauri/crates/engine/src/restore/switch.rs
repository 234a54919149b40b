//! The switch: from staged to live, step by step, each of which can be done again.

use source::mongo::write::IndexPass;
use tokio_util::sync::CancellationToken;

use super::destination::Destination;
use super::documents::COLLECTIONS_AT_ONCE;
use super::journal::{self, Stage, Step, SwitchJournal, from_hex, to_hex};
use super::overwrite;
use super::pause::GameService;
use super::redis_games;
use crate::context::CrashPoints;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::tasks::Together;

/// What a switch did beside the collections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Switched {
    pub(super) redis_keys: u64,
}

/// Carries a switch through from wherever its journal says it stands.
pub(super) async fn complete(
    engine: &Engine,
    destination: &Destination,
    journal: &mut SwitchJournal,
) -> Result<Switched, EngineError> {
    let crash = &engine.context().crash;
    if journal.stage == Stage::Switching {
        for (n, step) in journal.steps.iter().enumerate() {
            crash.pass(&format!("step {n}"))?;
            perform(destination, journal, step).await?;
        }
        write_documents(destination, crash, journal).await?;
        crash.pass("stepped")?;
        journal.stage = Stage::Switched;
        journal::write(engine, destination, journal).await?;
    }
    crash.pass("switched")?;
    build_expiring(destination, journal).await?;
    crash.pass("expiring")?;
    let mut done = Switched::default();
    if let (true, Some(redis)) = (journal.redis, engine.connections().redis) {
        done.redis_keys = redis_games::rebuild(&redis, &destination.reader).await?;
    }
    crash.pass("rebuilt")?;
    if journal.paused {
        GameService::of(engine)?.resync_and_resume().await?;
    }
    crash.pass("resumed")?;
    journal::close(engine, destination, journal).await?;
    Ok(done)
}

/// Undoes a restore whose switch has not begun: staging goes, the service goes on.
pub(super) async fn roll_back(
    engine: &Engine,
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    drop_staging(destination, journal).await?;
    if journal.paused {
        GameService::of(engine)?.resume().await?;
    }
    journal::close(engine, destination, journal).await
}

/// Takes a step, unless it is one of [`write_documents`].
async fn perform(
    destination: &Destination,
    journal: &SwitchJournal,
    step: &Step,
) -> Result<(), EngineError> {
    let writer = &destination.writer;
    match step {
        Step::Replace { staged, collection, uuid, .. } => {
            if writer.exists(staged).await? {
                writer.rename(staged, destination.database(), collection, true).await?;
            }
            ensure_identity(destination, &journal.id, collection, uuid).await
        }
        Step::Documents { .. } => Ok(()),
        Step::View { collection, options } => {
            let options = bytes(journal, options)?;
            writer.drop_collection(collection).await?;
            Ok(writer.create_collection(collection, &options).await?)
        }
        Step::Drop { collection } => Ok(writer.drop_collection(collection).await?),
    }
}

/// Writes documents over the live collections, some collections at the same time.
async fn write_documents(
    destination: &Destination,
    crash: &CrashPoints,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    let mut tasks = Together::new(CancellationToken::new());
    for step in &journal.steps {
        let Step::Documents { staged, removed, collection, uuid } = step.clone() else { continue };
        if !tasks.room(COLLECTIONS_AT_ONCE).await {
            break;
        }
        let (destination, crash, journal) =
            (destination.clone(), crash.clone(), journal.id.clone());
        tasks.spawn(async move {
            if !destination.writer.exists(&staged).await? {
                return Ok(());
            }
            ensure_identity(&destination, &journal, &collection, &uuid).await?;
            overwrite::write(&destination, &crash, &staged, &removed, &collection).await
        });
    }
    tasks.join().await.map(drop)
}

/// A renamed collection keeps its UUID: what is live is what was read back.
async fn ensure_identity(
    destination: &Destination,
    journal: &str,
    collection: &str,
    uuid: &str,
) -> Result<(), EngineError> {
    let live = destination.reader.inspect_collection(collection).await?;
    let live = live.and_then(|info| info.uuid).map(|uuid| to_hex(&uuid));
    if live.as_deref() == Some(uuid) {
        return Ok(());
    }
    Err(EngineError::JournalUnusable {
        journal: journal.to_owned(),
        detail: format!("{collection} is not the collection that was staged and verified"),
    })
}

/// Indexes that expire documents come last: the server begins to delete as soon as they stand.
async fn build_expiring(
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    for step in &journal.steps {
        let Step::Replace { collection, expiring, .. } = step else {
            continue;
        };
        if expiring.is_empty() {
            continue;
        }
        let indexes = expiring
            .iter()
            .map(|index| bytes(journal, index).map(Into::into))
            .collect::<Result<Vec<_>, _>>()?;
        destination.writer.create_indexes(collection, &indexes, IndexPass::OnlyExpiry).await?;
    }
    Ok(())
}

async fn drop_staging(
    destination: &Destination,
    journal: &SwitchJournal,
) -> Result<(), EngineError> {
    let prefixes = journal.staging_prefixes();
    let database = destination.writer.database();
    let names = database.list_collection_names().await.map_err(|error| {
        EngineError::from(source::SourceError::Mongo {
            doing: "listing staging collections",
            on: database.name().to_owned(),
            error: Box::new(error),
        })
    })?;
    let staged = |name: &&String| prefixes.iter().any(|prefix| name.starts_with(prefix));
    for name in names.iter().filter(staged) {
        destination.writer.drop_collection(name).await?;
    }
    Ok(())
}

fn bytes(journal: &SwitchJournal, hex: &str) -> Result<Vec<u8>, EngineError> {
    from_hex(hex).ok_or_else(|| EngineError::JournalUnusable {
        journal: journal.id.clone(),
        detail: "a definition in it is no hexadecimal text".to_owned(),
    })
}
