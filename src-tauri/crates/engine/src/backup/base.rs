//! What an increment stands on: an earlier set, or the reason why there is none to stand on.

use source::SourceError;
use source::mongo::{ClusterTime, CollectionInfo, MongoSource};
use source::profile::{DataClass, Part};
use vault::{SetManifest, SetSummary, StreamManifest, VaultError};

use super::list::{attribute, is_requested, method_of};
use super::outcome::Method;
use super::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::verify;

/// The set that an increment changes.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) method: Method,
    pub(crate) manifest: SetManifest,
    /// Its cluster time: the oplog is read from here on.
    pub(crate) time: ClusterTime,
}

/// Why a full is taken although less was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    /// No earlier set that is not known to be damaged holds the classes.
    NoBase,
    /// The oplog no longer reaches back to the earlier set, or is that of another replica set.
    OplogOverrun,
    /// A part of the events has no counterpart in the earlier set.
    PartWithoutBase,
}

impl Instead {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NoBase => "no_base",
            Self::OplogOverrun => "oplog_overrun",
            Self::PartWithoutBase => "part_without_base",
        }
    }

    /// The code of the line in the job's log.
    pub(crate) const fn line(self) -> &'static str {
        match self {
            Self::NoBase => "backup.instead_no_base",
            Self::OplogOverrun => "backup.instead_oplog_overrun",
            Self::PartWithoutBase => "backup.instead_part_without_base",
        }
    }

    /// The reason, when the failure is one that a full gets around.
    pub(crate) fn of(error: &EngineError) -> Option<Self> {
        match error {
            EngineError::Source(source) => {
                matches!(**source, SourceError::OplogOverrun { .. }).then_some(Self::OplogOverrun)
            }
            _ => None,
        }
    }
}

/// Chooses what an increment of `classes` stands on: the newest set of the same database that
/// holds them all and is not known to be damaged, for a differential the newest full.
pub(crate) async fn choose(
    engine: &Engine,
    source: &MongoSource,
    classes: &[DataClass],
    method: Method,
) -> Result<Result<Base, Instead>, EngineError> {
    let vault = engine.vault()?;
    let summaries = vault.catalog().await?.sets;
    let known = verify::known(engine, None).await?;
    let wanted = |set: &&SetSummary| {
        is_requested(set)
            && verify::best(&known, &set.id).is_none_or(|best| best.ok)
            && attribute(set, "database") == source.database_name()
            && holds(set, classes)
            && (method != Method::Differential || method_of(set).is_full())
    };
    let Some(newest) = summaries.iter().filter(wanted).max_by_key(|set| set.consistent_at_ms)
    else {
        return Ok(Err(Instead::NoBase));
    };
    let unusable =
        |detail: String| EngineError::BackupUnusable { backup: newest.id.clone(), detail };
    let time = newest.cluster_time.parse().map_err(|error| unusable(format!("{error}")))?;
    match vault.set(&newest.id).await {
        Ok(manifest) => Ok(Ok(Base { method, manifest, time })),
        Err(error @ VaultError::Damaged { .. }) => {
            tracing::warn!(%error, backup = newest.id, "nothing stands on a damaged backup");
            Ok(Err(Instead::NoBase))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a verification found something damaged that no newer one found sound. Then what lies in
/// the store is not reused unread, so that a full mends what it can.
pub(super) async fn store_is_suspect(engine: &Engine) -> Result<bool, EngineError> {
    let known = verify::known(engine, None).await?;
    let suspect = |set: &str| verify::best(&known, set).is_some_and(|best| !best.ok);
    Ok(known.iter().any(|(set, _)| suspect(set)))
}

pub(super) fn holds(set: &SetSummary, classes: &[DataClass]) -> bool {
    classes.iter().all(|class| set.classes.iter().any(|name| name == class.name()))
}

impl Base {
    pub(crate) fn id(&self) -> &str {
        &self.manifest.summary.id
    }

    /// The stream of the same collection, whatever it was called, and of the same part of it.
    pub(crate) fn stream_of(
        &self,
        info: &CollectionInfo,
        part: Part,
    ) -> Result<Option<(StreamManifest, StreamSource)>, EngineError> {
        let Some(uuid) = info.uuid else { return Ok(None) };
        for stream in self.manifest.classes.iter().flat_map(|class| &class.streams) {
            if stream.kind != vault::StreamKind::Collection {
                continue;
            }
            let source = StreamSource::of(self.id(), stream)?;
            if source.uuid == Some(uuid) && source.part == part {
                return Ok(Some((stream.clone(), source)));
            }
        }
        Ok(None)
    }
}
