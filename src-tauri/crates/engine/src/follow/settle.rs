//! Definitions that change: what they are once they have come to rest, kept as a mark of the log.

use source::SourceError;
use source::mongo::{ClusterTime, CollectionInfo, DdlEvent, Moment};
use source::profile::DataClass;
use vault::VaultError;

use super::follower::Follower;
use super::mark::{Defined, DefinitionsMark};
use super::wait;
use crate::error::EngineError;

/// How often definitions are looked at before the log goes on without them.
const ROUNDS: usize = 12;
/// Bytes of operations that may wait meanwhile: a follower that is far behind looks at definitions
/// once it has caught up.
const WAITING: usize = 32 << 20;

/// Definitions as they were looked at.
struct Look {
    found: Vec<CollectionInfo>,
    /// They were at rest from the last change known before up to here, unless one is told between.
    after: ClusterTime,
}

impl Follower {
    /// Reads on until definitions are at rest, notes what they are, then writes what was read. The
    /// mark comes first: a chunk whose mark is missing would be applied by definitions of before.
    /// Where the follower is to stop meanwhile, nothing of it is written, and it is read again.
    pub(super) async fn settle(&mut self, first: Moment) -> Result<(), EngineError> {
        let mut waiting = vec![first];
        let mut rounds = 0;
        while let Some(known) = events(&waiting).last().map(|event| event.at) {
            let Some(look) = self.look().await? else { return Ok(()) };
            let mut far = false;
            while self.feed.at() < look.after && !far {
                let log = self.log.id().to_owned();
                let Some(moment) = self.read().await? else { return Ok(()) };
                if self.log.id() != log {
                    return Ok(());
                }
                waiting.push(moment);
                far = bytes(&waiting) > WAITING;
            }
            rounds += 1;
            // What changed while definitions were looked at may or may not be in what was seen.
            let restless =
                far || events(&waiting).any(|event| event.at > known && event.at <= look.after);
            if restless && !far && rounds < ROUNDS {
                continue;
            }
            let until = if restless { self.feed.at() } else { look.after };
            let changed_later =
                |moment: &Moment| moment.definitions.iter().any(|event| event.at > until);
            let later = waiting.iter().position(changed_later);
            let settled = (!restless).then_some(look.found.as_slice());
            if !self.note(&waiting, until, settled).await? {
                return Ok(());
            }
            let rest = later.map_or_else(Vec::new, |at| waiting.split_off(at));
            for moment in &waiting {
                if !self.write(moment).await? {
                    return Ok(());
                }
            }
            waiting = rest;
            // What of the first of them lies before `until` has its mark already.
            for moment in &mut waiting {
                moment.definitions.retain(|event| event.at > until);
            }
            // Definitions that were not at rest are looked at again: from there on points can be
            // restored.
            if restless && waiting.is_empty() {
                waiting.push(self.once_more(until));
            }
            rounds = 0;
        }
        Ok(())
    }

    /// Definitions, and a time by which they were so; none when the follower is to stop. While the
    /// database is away it waits.
    async fn look(&mut self) -> Result<Option<Look>, EngineError> {
        let mut wait = wait::for_database();
        loop {
            let looked: Result<Look, SourceError> = async {
                let found = self.source.inspect().await?;
                Ok(Look { found, after: self.source.committed_now().await? })
            }
            .await;
            match looked {
                Ok(look) => {
                    wait.back(&self.job).await?;
                    return Ok(Some(look));
                }
                Err(error) if error.is_transient() => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(None);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Notes the changes up to `until`; false where the follower is to stop.
    async fn note(
        &mut self,
        moments: &[Moment],
        until: ClusterTime,
        found: Option<&[CollectionInfo]>,
    ) -> Result<bool, EngineError> {
        let told: Vec<_> = events(moments).filter(|event| event.at <= until).collect();
        let (Some(first), Some(last)) = (told.first(), told.last()) else { return Ok(true) };
        let mut created = std::mem::take(&mut self.created);
        created.extend(moments.iter().flat_map(|moment| &moment.created));
        // What came from elsewhere, as a restore brings it, is in no log: a backup will hold it.
        self.look_for_base = true;
        self.asked_for_base_ms = 0;
        let selection = self.source.profile().selection(&DataClass::ALL);
        let selected = |info: &&CollectionInfo| {
            selection.iter().any(|selected| selected.collection == info.name)
        };
        let changes = told.iter().map(|event| format!("{}: {}", event.namespace, event.change));
        let mark = DefinitionsMark {
            since: first.at,
            collections: found
                .map(|found| found.iter().filter(selected).map(Defined::of).collect()),
            created,
            changes: changes.collect(),
        };
        let (position, at) = (last.at.to_number(), last.at.to_string());
        if !self.mark(position, mark.encode()?).await? {
            return Ok(false);
        }
        self.job.line("follow.definitions", &[("clusterTime", at)]).await?;
        Ok(true)
    }

    /// Writes a mark, waiting while the store is away; false where the follower is to stop.
    async fn mark(&mut self, position: u64, body: Vec<u8>) -> Result<bool, EngineError> {
        let mut wait = wait::for_store();
        loop {
            match self.log.mark(position, body.clone()).await {
                Ok(()) => {
                    wait.back(&self.job).await?;
                    return Ok(true);
                }
                Err(error @ VaultError::Store(_)) => {
                    if wait.away(&self.job, &error).await? {
                        return Ok(false);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A moment without operations whose only news is that definitions are to be looked at.
    fn once_more(&self, at: ClusterTime) -> Moment {
        let change = source::mongo::DdlChange::Modified;
        let namespace = self.source.database_name().to_owned();
        let definitions = vec![DdlEvent { namespace, change, at }];
        Moment { to: self.feed.at(), definitions, ..Moment::default() }
    }
}

fn events(moments: &[Moment]) -> impl Iterator<Item = &DdlEvent> {
    moments.iter().flat_map(|moment| &moment.definitions)
}

fn bytes(moments: &[Moment]) -> usize {
    let changes = moments.iter().flat_map(|moment| &moment.changes);
    changes.map(|(_, body)| body.len()).sum()
}
