//! Checks of logs: nothing is missing between their chunks, and what is read opens.

use super::run::Check;
use super::{CheckLevel, Problem, ProblemKind};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::ledger::{ListedLog, PackRef};
use crate::log::{check_chunk, check_pack, chunk_key, find_end, head_key, listed};
use crate::objects::key_of;

impl Check<'_> {
    /// Looks at a log: its packs, then its loose chunks.
    pub(super) async fn log(&mut self, log: &ListedLog) -> Result<(), VaultError> {
        let mut at = log.from;
        for pack in &log.packs {
            if pack.from > at {
                let detail = format!("it begins after {} and should after {at}", pack.from);
                let key = key_of(ObjectType::Pack, &pack.object.name);
                self.report.problems.push(Problem::new(&key, ProblemKind::Ledger, &detail));
            }
            at = pack.to;
            self.pack(&log.id, pack).await?;
        }
        let end = find_end(&self.vault, log).await?;
        self.report.problems.extend(end.problem.clone());
        self.count(u64::from(self.vault.store.stat(&head_key(&log.id)).await?.is_some()))?;
        self.chunks(log, end.last).await
    }

    async fn pack(&mut self, log: &str, pack: &PackRef) -> Result<(), VaultError> {
        self.count(1)?;
        let key = key_of(ObjectType::Pack, &pack.object.name);
        if !self.reads() {
            let found = self.vault.store.stat(&key).await?;
            return self.present(&key, found.map(|found| found.size), Some(pack.object.size));
        }
        match check_pack(&self.vault, log, pack).await {
            Ok(bytes) => self.report.bytes += bytes,
            Err(error) => self.note(Some(error)).map(drop)?,
        }
        Ok(())
    }

    async fn chunks(&mut self, log: &ListedLog, last: u64) -> Result<(), VaultError> {
        let (compacted, hash, to) = log.loose_after();
        // What comes behind something damaged can't be held against it.
        let mut before = hash.map(|hash| (hash, to));
        for number in compacted + 1..=last {
            self.count(1)?;
            let key = chunk_key(&log.id, number);
            if !self.reads() {
                let found = self.vault.store.stat(&key).await?;
                if found.is_none() && self.compacted(&log.id).await? >= number {
                    continue;
                }
                self.present(&key, found.map(|found| found.size), None)?;
                // Nothing is held against a chunk that was passed over.
                before = None;
                continue;
            }
            match check_chunk(&self.vault, &log.id, number, before).await {
                Ok((bytes, hash, to)) => {
                    self.report.bytes += bytes;
                    before = Some((hash, to));
                }
                Err(error) => {
                    before = None;
                    let absent =
                        matches!(error, VaultError::Damaged { kind: ProblemKind::Missing, .. });
                    if absent && self.compacted(&log.id).await? >= number {
                        continue;
                    }
                    self.note(Some(error))?;
                }
            }
        }
        Ok(())
    }

    /// The last chunk of a log that a pack holds now: chunks go while a check is at work.
    async fn compacted(&self, log: &str) -> Result<u64, VaultError> {
        Ok(listed(&self.vault, log).await?.loose_after().0)
    }

    /// Whether this check reads objects, by its level and by chance.
    fn reads(&self) -> bool {
        self.level >= CheckLevel::L2 && self.sampler.takes_one()
    }

    fn present(
        &mut self,
        key: &str,
        found: Option<u64>,
        size: Option<u64>,
    ) -> Result<(), VaultError> {
        let problem = match (found, size) {
            (None, _) => Problem::new(key, ProblemKind::Missing, "it is not in the store"),
            (Some(found), Some(size)) if found != size => {
                let detail = format!("it has {found} bytes instead of {size}");
                Problem::new(key, ProblemKind::Size, &detail)
            }
            _ => return Ok(()),
        };
        self.report.problems.push(problem);
        Ok(())
    }
}
