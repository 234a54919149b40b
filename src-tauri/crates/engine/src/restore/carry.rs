//! Restoring one part of the events collection: which backed-up events belong to it, and the live
//! events of the other part, which are taken over unchanged.

use source::SourceError;
use source::mongo::{LiveGames, MembershipFilter, ScanOptions};
use source::profile::{Part, Profile};
use vault::Vault;

use super::destination::Destination;
use super::scope::{Item, Scope, stream_class};
use crate::backup;
use crate::error::EngineError;
use crate::jobs::JobHandle;

/// Tells events of games that were unfinished at the backup's time from the others.
#[derive(Debug)]
pub(crate) struct GameFilter {
    field: String,
    unfinished: LiveGames,
}

impl GameFilter {
    /// The filter for the scope, when it restores a part of a whole stream.
    pub(crate) async fn of_backup(
        vault: &Vault,
        profile: &Profile,
        scope: &Scope,
    ) -> Result<Option<Self>, EngineError> {
        if scope.items.iter().all(Item::is_whole_stream) {
            return Ok(None);
        }
        let unusable = |detail: String| EngineError::BackupUnusable {
            backup: scope.backup().to_owned(),
            detail,
        };
        let (live, _, field) = profile.membership_names().ok_or_else(|| {
            unusable("the profile does not say which games are unfinished".to_owned())
        })?;
        let class = stream_class(&scope.manifest, live)
            .ok_or_else(|| unusable("it does not hold the unfinished games".to_owned()))?;
        let mut games = vault.read_stream(&scope.manifest, class, live).await?;
        let mut documents = Vec::new();
        while let Some(records) = games.next_batch().await? {
            documents.extend(records.into_iter().map(|record| record.doc));
        }
        let unfinished = LiveGames::from_documents(documents.iter().map(AsRef::as_ref))
            .map_err(|error| unusable(error.to_string()))?;
        Ok(Some(Self { field: field.to_owned(), unfinished }))
    }

    /// The filter for one part; cheap.
    pub(crate) fn of_part(&self, part: Part) -> MembershipFilter {
        MembershipFilter { field: self.field.clone(), part, live: self.unfinished.clone() }
    }
}

/// Whether an event belongs to the filter's part.
pub(crate) fn keeps(filter: &MembershipFilter, event: &[u8]) -> Result<bool, EngineError> {
    filter
        .keeps(event)
        .map_err(|error| SourceError::Malformed { on: filter.field.clone(), error }.into())
}

/// Copies the live events of the other part into the staged collection. The game service is paused,
/// so that none is written meanwhile.
pub(super) async fn carry(
    destination: &Destination,
    item: &Item,
    staged: &str,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let Some(part) = item.carry else {
        return Ok(());
    };
    let reader = &destination.reader;
    let Some(info) = reader.inspect_collection(item.collection()).await? else {
        return Ok(());
    };
    let membership = Some(backup::membership(reader, part, None).await?);
    let options = ScanOptions { membership, ..ScanOptions::default() };
    let mut live = reader.read_in_order(&info, options).await?;
    while let Some(batch) = live.next_batch().await? {
        job.check()?;
        let documents: Vec<_> = batch.iter().map(|record| record.bytes()).collect();
        // An event that both sides hold is the same event; the live one stays.
        destination.writer.replace_raw(staged, &documents).await?;
    }
    Ok(())
}
