//! From a dump to a database.

use std::path::Path;

use source::mongo::WriteSafety;

use super::load::Load;
use super::outcome::{ImportOutcome, ImportRequest, ImportedCollection};
use super::reader::{self, Dump};
use super::redis_keys::Keys;
use super::target::{self, Selection};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::jobs::JobHandle;
use crate::number::as_f64;

/// A dump that can be imported as asked for.
#[derive(Debug)]
pub(super) struct Prepared {
    dump: Dump,
    selection: Selection,
}

impl Prepared {
    /// The database that would be written.
    pub(super) fn database(&self) -> &str {
        &self.selection.database
    }
}

/// Opens the dump and looks whether its place is free; writes nothing.
pub(super) async fn prepare(
    engine: &Engine,
    request: &ImportRequest,
) -> Result<Prepared, EngineError> {
    let path = target::check_path(&request.path)?.to_owned();
    let (format, gzip) = (request.format, request.gzip);
    let dump = tokio::task::spawn_blocking(move || reader::open(&path, format, gzip)).await??;
    let selection = Selection::of(&dump, request)?;
    let reader = engine.source()?.on_database(&selection.database);
    target::ensure_empty(&reader).await?;
    Ok(Prepared { dump, selection })
}

/// Imports a dump inside a job.
pub(super) async fn run(
    engine: &Engine,
    request: &ImportRequest,
    job: &JobHandle,
) -> Result<ImportOutcome, EngineError> {
    let started = engine.context().now_ms();
    let Prepared { dump, selection } = prepare(engine, request).await?;
    let mut keys = match request.redis {
        true => {
            Some(Keys::of(engine.connections().redis, Path::new(&request.path), request.format)?)
        }
        false => None,
    };
    if let Some(keys) = &keys {
        keys.ensure_absent(job).await?;
    }
    let source = engine.source()?;
    let mut load = Load {
        reader: source.on_database(&selection.database),
        // Durable behind the barrier that ends each step.
        writer: source.target(&selection.database).with_safety(WriteSafety::Primary),
        selection: &selection,
        job,
        created: Vec::new(),
    };
    let written = write(engine, &mut load, keys.as_mut(), dump).await;
    let (collections, redis_keys) = match written {
        Ok(written) => written,
        Err(error @ EngineError::Crashed { .. }) => return Err(error),
        Err(error) => {
            take_back(&load, keys.as_ref(), job).await?;
            return Err(error);
        }
    };
    let outcome = ImportOutcome {
        path: request.path.clone(),
        documents: collections.iter().map(|one| one.documents).sum(),
        bytes: collections.iter().map(|one| one.bytes).sum(),
        collections,
        redis_keys,
        seconds: as_f64((engine.context().now_ms() - started).unsigned_abs()) / 1000.0,
        from: selection.from,
        database: selection.database,
        skipped: selection.skipped,
    };
    let line = [
        ("database", outcome.database.clone()),
        ("documents", outcome.documents.to_string()),
        ("collections", outcome.collections.len().to_string()),
    ];
    job.line("import.written", &line).await?;
    Ok(outcome)
}

async fn write(
    engine: &Engine,
    load: &mut Load<'_>,
    keys: Option<&mut Keys>,
    dump: Dump,
) -> Result<(Vec<ImportedCollection>, u64), EngineError> {
    let collections = load.fill(dump).await?;
    engine.context().crash.pass("imported")?;
    load.job.check()?;
    let redis_keys = match keys {
        Some(keys) => keys.write(load.job).await?,
        None => 0,
    };
    load.build_expiring().await?;
    Ok((collections, redis_keys))
}

/// Leaves the database as empty as it was. What cannot be removed is told, and does not hide why
/// the import failed.
async fn take_back(
    load: &Load<'_>,
    keys: Option<&Keys>,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let mut left = vec![load.take_back().await.err()];
    if let Some(keys) = keys {
        left.push(keys.take_back().await.err());
    }
    for left in left.into_iter().flatten() {
        job.line("import.left_over", &[("reason", left.to_string())]).await?;
    }
    Ok(())
}
