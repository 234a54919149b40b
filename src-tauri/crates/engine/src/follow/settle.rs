//! Definitions that change: what they are once they have come to rest, kept as a mark of the log.

use source::mongo::{ClusterTime, CollectionInfo, DdlEvent, Moment};

use super::follower::{CHUNK, Follower};
use super::mark::{Defined, DefinitionsMark};
use crate::error::EngineError;

/// How often definitions are looked at before the log goes on without them.
const ROUNDS: usize = 12;

impl Follower {
    /// Reads on until definitions are at rest, notes what they are, then writes what was read. The
    /// mark comes first: a chunk whose mark is missing would be applied by definitions of before.
    pub(super) async fn settle(&mut self, first: Moment) -> Result<(), EngineError> {
        let mut waiting = vec![first];
        let mut rounds = 0;
        while let Some(known) = events(&waiting).last().map(|event| event.at) {
            let found = self.source.inspect().await?;
            let after = self.source.committed_now().await?;
            while self.feed.at() < after {
                waiting.push(self.feed.next(CHUNK).await?);
            }
            rounds += 1;
            // What changed while definitions were looked at may or may not be in what was seen.
            let restless = events(&waiting).any(|event| event.at > known && event.at <= after);
            let settled = (!restless).then_some(found.as_slice());
            if restless && rounds < ROUNDS {
                continue;
            }
            let until = if restless { self.feed.at() } else { after };
            let later = waiting
                .iter()
                .position(|moment| moment.definitions.iter().any(|event| event.at > until));
            self.note(&waiting, until, settled).await?;
            let rest = later.map_or_else(Vec::new, |at| waiting.split_off(at));
            for moment in &waiting {
                self.write(moment).await?;
            }
            waiting = rest;
            // What of the first of them lies before `until` has its mark already.
            for moment in &mut waiting {
                moment.definitions.retain(|event| event.at > until);
            }
            rounds = 0;
        }
        Ok(())
    }

    async fn note(
        &mut self,
        moments: &[Moment],
        until: ClusterTime,
        found: Option<&[CollectionInfo]>,
    ) -> Result<(), EngineError> {
        let told: Vec<_> = events(moments).filter(|event| event.at <= until).collect();
        let (Some(first), Some(last)) = (told.first(), told.last()) else { return Ok(()) };
        let mut created = std::mem::take(&mut self.created);
        created.extend(moments.iter().flat_map(|moment| &moment.created));
        self.known.extend(&created);
        if let Some(found) = found {
            let uuids = found.iter().filter_map(|info| info.uuid);
            // Renamed into the database from elsewhere, as a restore does: the log does not tell
            // what is in it, a backup will.
            let strange: Vec<_> = uuids.filter(|uuid| !self.known.contains(uuid)).collect();
            self.wants_base |= !strange.is_empty();
            self.known.extend(strange);
        }
        let changes = told.iter().map(|event| format!("{}: {}", event.namespace, event.change));
        let mark = DefinitionsMark {
            since: first.at,
            collections: found.map(|found| found.iter().map(Defined::of).collect()),
            created,
            changes: changes.collect(),
        };
        self.log.mark(last.at.to_number(), mark.encode()?).await?;
        self.job.line("follow.definitions", &[("clusterTime", last.at.to_string())]).await
    }
}

fn events(moments: &[Moment]) -> impl Iterator<Item = &DdlEvent> {
    moments.iter().flat_map(|moment| &moment.definitions)
}
