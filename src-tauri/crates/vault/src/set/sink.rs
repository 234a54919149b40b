//! Takes segments in order, has them sealed and stored at the same time, and pages their index.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::sealing::{Sealing, Stored};
use crate::VaultError;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::digest::DigestSum;
use crate::manifest::{PageReader, PageRef, PageWriter, PartProgress, SegmentRef, Totals};
use crate::segment::{Segment, SegmentBuilder};
use crate::vault::VaultInner;

/// Segments on their way at most, so that a stuck one is noticed.
const PENDING: usize = 32;

/// What was stored, in sum.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    pub(crate) digest: DigestSum,
    pub(crate) bytes: u64,
    pub(crate) deletes: u64,
    pub(crate) segments: u64,
    pub(crate) reused_segments: u64,
    pub(crate) stored_bytes: u64,
}

impl Tally {
    pub(crate) fn totals(&self) -> Totals {
        Totals::of(&self.digest, self.bytes)
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.digest.merge(&other.digest);
        self.bytes += other.bytes;
        self.deletes += other.deletes;
        self.segments += other.segments;
        self.reused_segments += other.reused_segments;
        self.stored_bytes += other.stored_bytes;
    }
}

/// A row of segments becoming index pages.
#[derive(Debug)]
pub(crate) struct SegmentSink {
    vault: Arc<VaultInner>,
    sealing: Arc<Sealing>,
    object_type: ObjectType,
    /// The same stream in an earlier set: where it holds the same segment, that one is reused.
    earlier: Option<PageReader>,
    pending: VecDeque<JoinHandle<Result<Stored, VaultError>>>,
    pages: PageWriter,
    tally: Tally,
}

impl SegmentSink {
    pub(crate) fn new(
        vault: Arc<VaultInner>,
        sealing: Arc<Sealing>,
        object_type: ObjectType,
        earlier: Option<PageReader>,
    ) -> Self {
        let pages = PageWriter::new(vault.clone(), sealing.marked().clone());
        let (pending, tally) = (VecDeque::new(), Tally::default());
        Self { vault, sealing, object_type, earlier, pending, pages, tally }
    }

    /// Goes on where another sink of the same part was.
    pub(crate) fn resume(&mut self, progress: &PartProgress) {
        let totals = progress.totals;
        self.pages.resume(progress);
        self.tally = Tally {
            digest: DigestSum::from_parts(totals.digest, totals.documents),
            bytes: totals.bytes,
            deletes: 0,
            segments: progress.count,
            reused_segments: progress.reused,
            stored_bytes: progress.stored_bytes,
        };
    }

    pub(crate) const fn segments(&self) -> u64 {
        self.tally.segments
    }

    /// What is stored so far, in order, without waiting for what is on its way.
    pub(crate) fn progress(&self) -> PartProgress {
        let (pages, segments, stored_bytes) = self.pages.written();
        let tally = &self.tally;
        PartProgress {
            pages: pages.to_vec(),
            segments: segments.to_vec(),
            totals: tally.totals(),
            count: tally.segments,
            reused: tally.reused_segments,
            stored_bytes: tally.stored_bytes + stored_bytes,
        }
    }

    /// Gathers in memory that served an earlier segment, where there is some.
    pub(crate) fn builder(&self) -> SegmentBuilder {
        SegmentBuilder::filling(self.sealing.buffer())
    }

    /// Takes what the builder has gathered. Waits while too much is on its way.
    pub(crate) async fn take(&mut self, builder: &mut SegmentBuilder) -> Result<(), VaultError> {
        if builder.segment().is_empty() {
            return Ok(());
        }
        while self.pending.len() >= PENDING
            || self.pending.front().is_some_and(JoinHandle::is_finished)
        {
            self.settle_first().await?;
        }
        let segment = builder.segment();
        let name = self.vault.segment_name(self.object_type, &segment.index, &segment.hashes);
        let known = self.known(&segment.first_key.clone(), &name).await?;
        let permit = self.sealing.admit(builder.segment()).await?;
        let segment = builder.take(self.sealing.buffer());
        let sealing = self.sealing.clone();
        self.pending.push_back(tokio::spawn(sealing.store(
            self.object_type,
            name,
            segment,
            known,
            permit,
        )));
        Ok(())
    }

    /// Takes what is left, waits for everything and writes the last page.
    pub(crate) async fn finish(
        mut self,
        mut builder: SegmentBuilder,
    ) -> Result<(Vec<PageRef>, Tally), VaultError> {
        self.take(&mut builder).await?;
        self.sealing.recycle(builder.take(Segment::default()));
        while !self.pending.is_empty() {
            self.settle_first().await?;
        }
        let (pages, stored_bytes) = self.pages.finish().await?;
        self.tally.stored_bytes += stored_bytes;
        Ok((pages, self.tally))
    }

    async fn settle_first(&mut self) -> Result<(), VaultError> {
        let Some(first) = self.pending.pop_front() else {
            return Ok(());
        };
        let stored = first.await.map_err(|error| VaultError::Worker(error.to_string()))??;
        let totals = stored.segment.totals;
        self.tally.digest.merge(&DigestSum::from_parts(totals.digest, totals.documents));
        self.tally.bytes += totals.bytes;
        self.tally.deletes += stored.segment.deletes;
        self.tally.segments += 1;
        self.tally.reused_segments += u64::from(stored.stored_bytes == 0);
        self.tally.stored_bytes += stored.stored_bytes;
        self.pages.push(stored.segment).await
    }

    /// The same segment in the earlier set. Both run in key order, so one walk finds all. Damage
    /// there only means that nothing is reused.
    async fn known(
        &mut self,
        first_key: &[u8],
        name: &ContentName,
    ) -> Result<Option<SegmentRef>, VaultError> {
        let Some(earlier) = &mut self.earlier else {
            return Ok(None);
        };
        match find(earlier, first_key, name).await {
            Err(error @ VaultError::Damaged { .. }) => {
                tracing::warn!(%error, "nothing more is reused from the earlier set");
                self.earlier = None;
                Ok(None)
            }
            result => result,
        }
    }
}

async fn find(
    earlier: &mut PageReader,
    first_key: &[u8],
    name: &ContentName,
) -> Result<Option<SegmentRef>, VaultError> {
    earlier.skip_below(first_key).await?;
    while let Some(segment) = earlier.peek().await? {
        if segment.first_key.as_ref() > first_key {
            return Ok(None);
        }
        if segment.object.name == *name {
            return earlier.next().await;
        }
        earlier.next().await?;
    }
    Ok(None)
}
