//! The logs of a database with the backups inside them.

use std::collections::HashSet;

use source::mongo::{ClusterTime, CollectionKind, MongoSource};
use source::profile::Part;
use vault::{LogView, SetManifest, SetSummary, StreamKind, Vault};

use super::reach::{Base, Reach, definitions_at, reach};
use crate::backup::is_whole_of;
use crate::backup::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::follow::is_of;
use crate::follow::mark::Defined;
use crate::verify;

/// Logs and backups of one database.
pub(super) struct Timeline {
    vault: Vault,
    /// By position.
    pub(super) logs: Vec<LogView>,
    /// Complete ones that are not known to be damaged, by time.
    bases: Vec<(u64, SetSummary)>,
}

/// A point with what leads to it.
pub(super) struct Way {
    pub(super) point: ClusterTime,
    pub(super) log: LogView,
    pub(super) base: SetManifest,
    pub(super) base_time: ClusterTime,
    /// Definitions at the point, where they changed since the backup.
    pub(super) definitions: Option<Vec<Defined>>,
}

impl Timeline {
    pub(super) async fn read(engine: &Engine, source: &MongoSource) -> Result<Self, EngineError> {
        let vault = engine.vault()?;
        let mut logs = vault.logs().await?;
        logs.retain(|log| is_of(log, source));
        let mut bases = Vec::new();
        if logs.is_empty() {
            // Backups lead nowhere then.
            return Ok(Self { vault, logs, bases });
        }
        let known = verify::known(engine, None).await?;
        for set in vault.catalog().await?.sets {
            let sound = verify::best(&known, &set.id).is_none_or(|best| best.ok);
            let time: Option<ClusterTime> = set.cluster_time.parse().ok();
            if let Some(time) = time.filter(|_| sound && is_whole_of(&set, source)) {
                bases.push((time.to_number(), set));
            }
        }
        bases.sort_by_key(|(time, _)| *time);
        Ok(Self { vault, logs, bases })
    }

    /// How far each log leads, from the backups that are needed to go all of its way.
    pub(super) async fn reaches(&self, log: &LogView) -> Result<Vec<Reach>, EngineError> {
        let mut found = Vec::new();
        let mut from = log.from;
        while let Some((time, set)) = self.bases.iter().find(|(time, _)| *time >= from) {
            if *time > log.to {
                break;
            }
            let Some((base, _)) = self.base(*time, set).await? else {
                from = *time + 1;
                continue;
            };
            let reached = reach(&base, log);
            // Later backups lead no farther, unless this one's way ends before the log does.
            let end = reached.spans.last().map_or(*time, |span| span.to);
            let broken = (end < log.to).then_some(end + 1);
            found.push(reached);
            match broken {
                Some(at) => from = at.max(*time + 1),
                None => break,
            }
        }
        Ok(found)
    }

    /// Whether the newest backup leads to the end of a log, or is ahead of it.
    pub(super) async fn leads(&self, log: &str) -> Result<bool, EngineError> {
        let Some(log) = self.logs.iter().find(|found| found.id == log) else { return Ok(false) };
        for (time, set) in self.bases.iter().rev().filter(|(time, _)| *time >= log.from) {
            if let Some((base, _)) = self.base(*time, set).await? {
                return Ok(*time > log.to || reach(&base, log).holds(log.to));
            }
        }
        Ok(false)
    }

    /// The time of the newest backup inside a log.
    pub(super) async fn newest_base(&self, log: &LogView) -> Result<Option<u64>, EngineError> {
        for (time, set) in self.bases.iter().rev().filter(|(time, _)| *time >= log.from) {
            if *time <= log.to && self.base(*time, set).await?.is_some() {
                return Ok(Some(*time));
            }
        }
        Ok(None)
    }

    /// The way to a point: from the newest backup before it.
    pub(super) async fn way(&self, point: ClusterTime) -> Result<Option<Way>, EngineError> {
        let number = point.to_number();
        for log in self.logs.iter().rev().filter(|log| log.from <= number && number <= log.to) {
            let before = self.bases.iter().rev();
            let inside = before.filter(|(time, _)| *time <= number && *time >= log.from);
            for (time, set) in inside {
                let Some((base, manifest)) = self.base(*time, set).await? else { continue };
                if !reach(&base, log).holds(number) {
                    break;
                }
                return Ok(Some(Way {
                    point,
                    definitions: definitions_at(&base, log, number),
                    log: log.clone(),
                    base: manifest,
                    base_time: ClusterTime::from_number(base.time),
                }));
            }
        }
        Ok(None)
    }

    /// A backup with the collections it holds; none where it cannot be read or does not say so.
    async fn base(
        &self,
        time: u64,
        set: &SetSummary,
    ) -> Result<Option<(Base, SetManifest)>, EngineError> {
        let manifest = match self.vault.set(&set.id).await {
            Ok(manifest) => manifest,
            Err(error @ vault::VaultError::Damaged { .. }) => {
                tracing::warn!(%error, backup = set.id, "no point in time leads from a damaged backup");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let mut known = HashSet::new();
        for stream in manifest.classes.iter().flat_map(|class| &class.streams) {
            if stream.kind != StreamKind::Collection {
                continue;
            }
            let source = StreamSource::of(&set.id, stream)?;
            let view = source.kind == CollectionKind::View;
            // Sets of the first releases do not say which collection it was; a part is not all of it.
            if !view && (source.uuid.is_none() || source.part != Part::Whole) {
                return Ok(None);
            }
            known.extend(source.uuid);
        }
        Ok(Some((Base { time, known }, manifest)))
    }
}
