//! From the vault to the writer.

use std::sync::Arc;

use dump::archive::{ArchiveCollection, ArchiveHeader};
use dump::{Kind, Metadata};
use source::mongo::CollectionKind;
use source::profile::{Part, Profile};
use source::redis_source::RedisRecord;
use tokio::sync::mpsc::{self, Sender};
use vault::{StreamKind, Vault};

use super::outcome::{ExportOutcome, ExportRequest, ExportedCollection};
use super::place::{Partial, Place};
use super::writer::{self, Piece};
use crate::backup;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::number::as_f64;
use crate::redis_lines;
use crate::restore::{GameFilter, Item, Scope, keeps};

/// Batches (about 4 MiB) that wait between reading and writing.
const AHEAD: usize = 2;

/// What is exported.
struct Export<'a> {
    vault: Vault,
    scope: Arc<Scope>,
    filter: Option<GameFilter>,
    job: &'a JobHandle,
}

/// Writes a backup out inside a job.
pub(super) async fn run(
    engine: &Engine,
    request: &ExportRequest,
    job: &JobHandle,
) -> Result<ExportOutcome, EngineError> {
    let started = engine.context().now_ms();
    let vault = engine.vault()?;
    let manifest = backup::resolve(engine, &request.backup).await?;
    let database = backup::attribute(&manifest.summary, "database").to_owned();
    let header = ArchiveHeader {
        concurrent_collections: 1,
        server_version: backup::attribute(&manifest.summary, "server_version").to_owned(),
        tool_version: format!("avault {}", engine.context().tool_version),
    };
    // Only which events belong to which class depends on it.
    let profile = engine.source().map_or_else(|_| Profile::default(), |s| s.profile().clone());
    let scope = Arc::new(Scope::resolve(manifest, &profile, &request.classes)?);
    let filter = GameFilter::of_backup(&vault, &profile, &scope).await?;
    let export = Export { vault, scope: Arc::clone(&scope), filter, job };
    let members = scope.items.iter().map(|item| member(item, &database)).collect();

    let place = Place::new(request)?;
    let partial = place.partial(job.id());
    let written = async {
        let (collections, redis_keys) = export.write(&partial, header, members).await?;
        engine.context().crash.pass("exported")?;
        job.check()?;
        let (partial, has_redis) = (partial.clone(), redis_keys > 0);
        tokio::task::spawn_blocking(move || partial.commit(has_redis)).await??;
        Ok((collections, redis_keys))
    }
    .await;
    let (collections, redis_keys) = match written {
        Ok(written) => written,
        Err(error @ EngineError::Crashed { .. }) => return Err(error),
        Err(error) => {
            let discarded = tokio::task::spawn_blocking(move || partial.discard()).await?;
            if let Err(left) = discarded {
                job.line("export.left_over", &[("reason", left.to_string())]).await?;
            }
            return Err(error);
        }
    };
    let outcome = ExportOutcome {
        backup: scope.backup().to_owned(),
        database,
        format: request.format,
        path: place.target().display().to_string(),
        redis_path: (redis_keys > 0).then(|| place.redis().display().to_string()),
        documents: collections.iter().map(|one| one.documents).sum(),
        bytes: collections.iter().map(|one| one.bytes).sum(),
        collections,
        redis_keys,
        seconds: as_f64((engine.context().now_ms() - started).unsigned_abs()) / 1000.0,
    };
    let line = [("path", outcome.path.clone()), ("documents", outcome.documents.to_string())];
    job.line("export.written", &line).await?;
    Ok(outcome)
}

/// A collection as a dump defines it.
fn member(item: &Item, database: &str) -> ArchiveCollection {
    let definition = &item.definition;
    let kind = match definition.kind {
        CollectionKind::View => Kind::View,
        CollectionKind::TimeSeries => Kind::TimeSeries,
        CollectionKind::Plain | CollectionKind::Capped | CollectionKind::System => Kind::Collection,
    };
    ArchiveCollection {
        database: database.to_owned(),
        metadata: Metadata {
            collection: item.collection().to_owned(),
            kind,
            options: definition.options.to_vec(),
            indexes: definition.indexes.iter().map(|index| index.to_vec()).collect(),
            uuid: definition.uuid,
        },
        size: item.stream.stats.bytes,
    }
}

impl Export<'_> {
    /// Writes everything under the partial names; returns what and how many Redis keys.
    async fn write(
        &self,
        partial: &Partial,
        header: ArchiveHeader,
        members: Vec<ArchiveCollection>,
    ) -> Result<(Vec<ExportedCollection>, u64), EngineError> {
        let total = Some(self.scope.bytes());
        self.job.phase(Phase { code: "export", unit: Unit::Bytes, total });
        let (pieces, arriving) = mpsc::channel(AHEAD);
        let partial = partial.clone();
        let writer = tokio::task::spawn_blocking(move || {
            writer::write(&partial, &header, members, arriving)
        });
        let sent = self.send(pieces).await;
        // Why the writer ended says more than that it did.
        let written = writer.await??;
        let (collections, redis_keys) = sent?;
        match written {
            Some(has_redis) if has_redis == (redis_keys > 0) => Ok((collections, redis_keys)),
            _ => Err(writer_lost()),
        }
    }

    async fn send(
        &self,
        pieces: Sender<Piece>,
    ) -> Result<(Vec<ExportedCollection>, u64), EngineError> {
        let mut collections = Vec::new();
        for (position, item) in self.scope.items.iter().enumerate() {
            self.job.detail(item.collection());
            collections.push(self.send_collection(position, item, &pieces).await?);
        }
        let redis_keys = self.send_redis(&pieces).await?;
        self.job.check()?;
        put(&pieces, Piece::Finish).await?;
        Ok((collections, redis_keys))
    }

    async fn send_collection(
        &self,
        position: usize,
        item: &Item,
        pieces: &Sender<Piece>,
    ) -> Result<ExportedCollection, EngineError> {
        let mut exported = ExportedCollection {
            collection: item.collection().to_owned(),
            documents: 0,
            bytes: 0,
            indexes: u32::try_from(item.definition.indexes.len()).unwrap_or(u32::MAX),
        };
        let class = self.scope.stream_class(item.collection()).unwrap_or(item.class.name());
        let mut reader =
            self.vault.read_stream(&self.scope.manifest, class, item.collection()).await?;
        let filter = self.filter.as_ref().filter(|_| item.keep != Part::Whole);
        let filter = filter.map(|filter| filter.of_part(item.keep));
        while let Some(records) = reader.next_batch().await? {
            self.job.check()?;
            let mut documents = Vec::with_capacity(records.len());
            let mut read = 0;
            for record in records {
                read += record.doc.len() as u64;
                let kept = filter.as_ref().map_or(Ok(true), |filter| keeps(filter, &record.doc))?;
                if kept {
                    exported.documents += 1;
                    exported.bytes += record.doc.len() as u64;
                    documents.push(record.doc);
                }
            }
            put(pieces, Piece::Documents(position, documents)).await?;
            self.job.advance(read);
        }
        put(pieces, Piece::End(position)).await?;
        Ok(exported)
    }

    /// The Redis keys of the classes, a line each.
    async fn send_redis(&self, pieces: &Sender<Piece>) -> Result<u64, EngineError> {
        let manifest = &self.scope.manifest;
        let mut sent = 0;
        for class in &manifest.classes {
            let asked = self.scope.classes.iter().any(|asked| asked.name() == class.class);
            for stream in class.streams.iter().filter(|s| asked && s.kind == StreamKind::Redis) {
                let total = Some(stream.stats.documents);
                self.job.phase(Phase { code: "redis", unit: Unit::Documents, total });
                let mut reader =
                    self.vault.read_stream(manifest, &class.class, &stream.name).await?;
                while let Some(records) = reader.next_batch().await? {
                    for record in records {
                        self.job.check()?;
                        put(pieces, Piece::Redis(self.line(&record.doc)?)).await?;
                        sent += 1;
                        self.job.advance(1);
                    }
                }
            }
        }
        Ok(sent)
    }

    fn line(&self, record: &[u8]) -> Result<String, EngineError> {
        let unusable = |detail: String| EngineError::BackupUnusable {
            backup: self.scope.backup().to_owned(),
            detail,
        };
        let record =
            RedisRecord::from_bytes(record).map_err(|error| unusable(error.to_string()))?;
        redis_lines::encode(&record).map_err(|error| unusable(error.to_string()))
    }
}

async fn put(pieces: &Sender<Piece>, piece: Piece) -> Result<(), EngineError> {
    pieces.send(piece).await.map_err(|_| writer_lost())
}

fn writer_lost() -> EngineError {
    EngineError::Worker { detail: "the writer of the dump ended before the dump did".to_owned() }
}
