//! Copying one set: segments and pages, then manifests, then the ledger entry.

use std::sync::Arc;

use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::object::of_source;
use super::{REPLICATED_AT, ReplicateProgress};
use crate::VaultError;
use crate::check::Problem;
use crate::crypto::object::ObjectType;
use crate::ledger::{self, ListedSet};
use crate::manifest::{self, PageRef, read_page};
use crate::prune::mark::Marked;
use crate::reach::{Reach, Tally, pages};
use crate::set::ClassManifest;
use crate::set::commit::{all_present, in_time};
use crate::store::StoreError;
use crate::vault::VaultInner;

/// What copying works with.
pub(super) struct Copying<'r> {
    pub(super) source: Arc<VaultInner>,
    pub(super) replica: Arc<VaultInner>,
    /// What the listed sets of the replica refer to.
    pub(super) known: Reach,
    pub(super) fencing_token: u64,
    pub(super) progress: &'r (dyn Fn(ReplicateProgress) + Send + Sync),
    pub(super) cancel: &'r CancellationToken,
    pub(super) now: ReplicateProgress,
}

/// Why a set was not copied.
#[derive(Debug)]
pub(super) enum CopyError {
    /// It is not sound where it is copied from.
    Source(Problem),
    /// Anything else, which ends the run.
    Other(VaultError),
}

impl From<VaultError> for CopyError {
    fn from(error: VaultError) -> Self {
        Self::Other(error)
    }
}

impl From<StoreError> for CopyError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// An object that lies in the replica now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) bytes: u64,
    pub(super) copied: bool,
}

impl Copying<'_> {
    pub(super) fn check(&self) -> Result<(), VaultError> {
        if self.cancel.is_cancelled() { Err(VaultError::Cancelled) } else { Ok(()) }
    }

    pub(super) fn tell(&self) -> Result<(), VaultError> {
        (self.progress)(self.now.clone());
        self.check()
    }

    /// Copies a set. `tallies` are what was copied and what lay there, also when it fails.
    pub(super) async fn set(
        &mut self,
        set: ListedSet,
        tallies: &mut (Tally, Tally),
    ) -> Result<(), CopyError> {
        let began_ms = self.replica.context.clock.now_ms();
        // After the start was noted: a mark that is not seen here is younger than the copy.
        let marked = Marked::read(&self.replica).await?;
        let mut classes = Vec::with_capacity(set.manifests.len());
        for (class, object) in &set.manifests {
            let read = manifest::read_class(&self.source, &set.summary.id, class, object).await;
            classes.push(read.map_err(of_source)?);
        }
        let streams = || classes.iter().flat_map(|class| &class.streams);
        let segments: u64 = streams().map(|stream| stream.stats.segments).sum();
        let all_pages = streams().flat_map(pages).count() as u64;
        self.now.total_objects += segments + all_pages + classes.len() as u64;
        for stream in streams() {
            for (object_type, page) in pages(stream) {
                self.page(&marked, object_type, page, tallies).await?;
            }
        }
        for (_, object) in &set.manifests {
            let seen = self.object(&marked, ObjectType::Manifest, *object).await?;
            self.saw(seen, tallies)?;
        }
        self.commit(set, &classes, &marked, began_ms, tallies).await
    }

    /// Copies the segments of a page, a few at a time, and then the page.
    async fn page(
        &mut self,
        marked: &Marked,
        object_type: ObjectType,
        page: &PageRef,
        tallies: &mut (Tally, Tally),
    ) -> Result<(), CopyError> {
        let segments = read_page(&self.source, page).await.map_err(of_source)?;
        // Each takes its memory twice over, here and in the client of a store.
        let at_once = self.replica.context.resources.sealing_workers + 2;
        let mut segments = stream::iter(segments);
        loop {
            // In batches, so that progress is told between them.
            let batch: Vec<_> = segments.by_ref().take(at_once * 4).collect().await;
            if batch.is_empty() {
                break;
            }
            let this = &*self;
            let copies = batch.into_iter().map(|segment| {
                let object = segment.object;
                async move { this.object(marked, object_type, object).await }
            });
            let copies = stream::iter(copies).buffer_unordered(at_once);
            let seen: Vec<Result<Seen, CopyError>> = copies.collect().await;
            for seen in seen {
                self.saw(seen?, tallies)?;
            }
        }
        let seen = self.object(marked, ObjectType::Page, page.object).await?;
        self.saw(seen, tallies)?;
        Ok(())
    }

    fn saw(&mut self, seen: Seen, tallies: &mut (Tally, Tally)) -> Result<(), VaultError> {
        let (copied, present) = tallies;
        self.now.objects += 1;
        self.now.total_objects = self.now.total_objects.max(self.now.objects);
        if seen.copied {
            copied.add(seen.bytes);
            self.now.bytes += seen.bytes;
        } else {
            present.add(seen.bytes);
        }
        self.tell()
    }

    /// Keeps the rules of every writer beside a prune (docs/format.md, section 10).
    async fn commit(
        &mut self,
        set: ListedSet,
        classes: &[ClassManifest],
        marked: &Marked,
        began_ms: i64,
        tallies: &(Tally, Tally),
    ) -> Result<(), CopyError> {
        let ListedSet { mut summary, manifests } = set;
        let reuses = tallies.1.objects > 0;
        in_time(&self.replica, &summary.id, began_ms, reuses)?;
        marked.ensure_settled(&self.replica, &summary.id).await?;
        let streams: Vec<_> = classes.iter().flat_map(|class| &class.streams).collect();
        all_present(&self.replica, &streams).await?;
        let _appending = self.replica.appending.lock().await;
        in_time(&self.replica, &summary.id, began_ms, reuses)?;
        let now_ms = self.replica.context.clock.now_ms();
        summary.attributes.insert(REPLICATED_AT.to_owned(), now_ms.to_string());
        summary.stored_bytes = tallies.0.bytes;
        summary.fencing_token = self.fencing_token;
        let set = ListedSet { summary, manifests };
        ledger::copy_set(&self.replica, set.clone()).await?;
        // What it refers to counts as known for the sets after it.
        let walked = self.known.walk(&self.replica, &set, &mut |_| {}).await;
        walked.map_err(CopyError::Other)
    }
}
