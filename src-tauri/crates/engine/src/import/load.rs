//! Writing what a dump holds, and taking it back.

use std::collections::BTreeMap;

use bytes::Bytes;
use dump::{Kind, Metadata};
use source::SourceError;
use source::mongo::write::IndexPass;
use source::mongo::{CollectionKind, MongoSource, MongoTarget};
use tokio::sync::mpsc;

use super::outcome::ImportedCollection;
use super::reader::Dump;
use super::target::Selection;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};

/// Batches (about 4 MiB) that wait between reading and writing.
const AHEAD: usize = 2;

/// The database being filled.
#[derive(Debug)]
pub(super) struct Load<'a> {
    pub(super) reader: MongoSource,
    pub(super) writer: MongoTarget,
    pub(super) selection: &'a Selection,
    pub(super) job: &'a JobHandle,
    /// Collections and views created so far, for taking them back.
    pub(super) created: Vec<String>,
}

/// What was written of a collection.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    documents: u64,
    bytes: u64,
}

impl Load<'_> {
    /// Creates and fills collections and views, and builds indexes except those that expire
    /// documents.
    pub(super) async fn fill(
        &mut self,
        dump: Dump,
    ) -> Result<Vec<ImportedCollection>, EngineError> {
        let total = Some(dump.total);
        self.job.phase(Phase { code: "import", unit: Unit::Bytes, total });
        self.create(Kind::Collection).await?;
        let counts = self.insert(dump).await?;
        self.build_indexes(IndexPass::WithoutExpiry).await?;
        // Views have no documents; their collections are there now.
        self.create(Kind::View).await?;
        self.writer.barrier().await?;
        self.imported(&counts).await
    }

    /// Builds the indexes that expire documents: last, as the server begins deleting at once.
    pub(super) async fn build_expiring(&self) -> Result<(), EngineError> {
        self.build_indexes(IndexPass::OnlyExpiry).await?;
        Ok(self.writer.barrier().await?)
    }

    /// Drops what was created.
    pub(super) async fn take_back(&self) -> Result<(), EngineError> {
        for name in self.created.iter().rev() {
            self.writer.drop_collection(name).await?;
        }
        Ok(())
    }

    fn members(&self, kind: Kind) -> Vec<&(usize, Metadata)> {
        self.selection.members.iter().filter(|(_, one)| one.kind == kind).collect()
    }

    async fn create(&mut self, kind: Kind) -> Result<(), EngineError> {
        let selection = self.selection;
        for (_, metadata) in selection.members.iter().filter(|(_, one)| one.kind == kind) {
            self.job.check()?;
            self.writer.create_collection(&metadata.collection, &metadata.options).await?;
            self.created.push(metadata.collection.clone());
        }
        Ok(())
    }

    async fn insert(&self, dump: Dump) -> Result<BTreeMap<usize, Count>, EngineError> {
        let names: BTreeMap<usize, &str> = self
            .selection
            .members
            .iter()
            .map(|(position, metadata)| (*position, metadata.collection.as_str()))
            .collect();
        let mut counts: BTreeMap<usize, Count> = BTreeMap::new();
        let (batches, mut arriving) = mpsc::channel(AHEAD);
        let wanted = self.selection.wanted();
        let reading = tokio::task::spawn_blocking(move || dump.read(&wanted, batches));
        while let Some(batch) = arriving.recv().await {
            self.job.check()?;
            let Some(name) = names.get(&batch.collection) else {
                continue;
            };
            self.job.detail(name);
            let written = self.writer.insert_raw(name, &batch.documents).await?;
            let count = counts.entry(batch.collection).or_default();
            count.documents += written.documents;
            count.bytes += batch.bytes;
            self.job.set_progress(batch.position, None);
        }
        reading.await??;
        Ok(counts)
    }

    async fn build_indexes(&self, pass: IndexPass) -> Result<(), EngineError> {
        let members = self.members(Kind::Collection);
        let code = match pass {
            IndexPass::WithoutExpiry => "indexes",
            IndexPass::OnlyExpiry => "expiry",
        };
        let total = u64::try_from(members.len()).ok();
        self.job.phase(Phase { code, unit: Unit::Steps, total });
        for (_, metadata) in members {
            self.job.check()?;
            self.job.detail(&metadata.collection);
            let indexes: Vec<Bytes> =
                metadata.indexes.iter().map(|index| Bytes::copy_from_slice(index)).collect();
            self.writer.create_indexes(&metadata.collection, &indexes, pass).await?;
            self.job.advance(1);
        }
        Ok(())
    }

    /// What was written, held against what the server counts.
    async fn imported(
        &self,
        counts: &BTreeMap<usize, Count>,
    ) -> Result<Vec<ImportedCollection>, EngineError> {
        let mut imported = Vec::new();
        for (position, metadata) in &self.selection.members {
            let count = counts.get(position).copied().unwrap_or_default();
            let name = &metadata.collection;
            let found = self.reader.inspect_collection(name).await?;
            // A capped collection keeps what has room.
            let short = match (&found, metadata.kind) {
                (None, _) => true,
                (Some(found), Kind::Collection) => {
                    found.kind != CollectionKind::Capped && found.documents != count.documents
                }
                (Some(_), Kind::View | Kind::TimeSeries) => false,
            };
            if short {
                let counted = found.as_ref().map_or(0, |found| found.documents);
                return Err(EngineError::from(SourceError::UnexpectedAnswer {
                    doing: "counting what was imported",
                    on: name.clone(),
                    reason: format!("{counted} documents are there, {} were sent", count.documents),
                }));
            }
            imported.push(ImportedCollection {
                collection: name.clone(),
                documents: count.documents,
                bytes: count.bytes,
                indexes: u32::try_from(metadata.indexes.len()).unwrap_or(u32::MAX),
            });
        }
        Ok(imported)
    }
}
