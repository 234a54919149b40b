//! Running a check: keyring, ledgers, manifests, pages, segments, from the top down.

use std::collections::HashSet;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::segment::{Depth, Looked, look_at};
use super::{CheckLevel, CheckProgress, CheckReport, CheckRequest, Problem, ProblemKind};
use crate::VaultError;
use crate::crypto::object::ObjectType;
use crate::key::keyring::KEYRING;
use crate::ledger::{self, ListedLog, ListedSet};
use crate::manifest::{self, Layer, PageRef, SegmentRef, Totals, read_page};
use crate::objects::key_of;
use crate::read::overlay;
use crate::set::{ClassManifest, StreamManifest};
use crate::vault::VaultInner;

/// Index pages read ahead of the one whose segments are looked at.
const PAGES_AHEAD: usize = 4;

pub(crate) async fn run(
    vault: Arc<VaultInner>,
    request: &CheckRequest,
    progress: &(dyn Fn(CheckProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<CheckReport, VaultError> {
    let (level, seen) = (request.level, HashSet::new());
    let sampler = Sampler { vault: vault.clone(), percent: request.sample_percent };
    let (report, total) = (CheckReport::default(), 0);
    let mut check = Check { vault, level, sampler, progress, cancel, report, total, seen };
    check.keyring().await?;
    match check.listed(request.set.as_deref()).await {
        // What follows cannot be read; the keyring is at fault, or whoever holds the old one.
        Err(VaultError::KeysChanged) => check.unopenable_keyring(),
        result => result?,
    }
    check.report.problems.sort();
    check.report.problems.dedup();
    Ok(check.report)
}

pub(super) struct Check<'c> {
    pub(super) vault: Arc<VaultInner>,
    pub(super) level: CheckLevel,
    pub(super) sampler: Sampler,
    progress: &'c (dyn Fn(CheckProgress) + Send + Sync),
    cancel: &'c CancellationToken,
    pub(super) report: CheckReport,
    total: u64,
    /// Halves of the names of objects looked at: sets share most of them.
    seen: HashSet<[u8; 16]>,
}

pub(super) struct Sampler {
    vault: Arc<VaultInner>,
    percent: f64,
}

impl Sampler {
    fn all(&self) -> bool {
        self.percent >= 100.0
    }

    pub(super) fn takes_one(&self) -> bool {
        if self.all() {
            return true;
        }
        let mut random = [0; 4];
        self.vault.context.entropy.fill(&mut random);
        f64::from(u32::from_le_bytes(random)) < self.percent / 100.0 * f64::from(u32::MAX)
    }
}

impl Check<'_> {
    async fn listed(&mut self, wanted: Option<&str>) -> Result<(), VaultError> {
        let (sets, logs) = self.told(wanted).await?;
        for set in sets {
            self.set(&set).await?;
        }
        for log in logs {
            self.log(&log).await?;
        }
        Ok(())
    }

    fn unopenable_keyring(&mut self) {
        let detail = "a newer one lies here that nothing at hand opens; if keys were changed, open the vault again";
        self.report.problems.push(Problem::new(KEYRING, ProblemKind::Ledger, detail));
    }

    async fn keyring(&mut self) -> Result<(), VaultError> {
        match self.vault.learn().await {
            Err(VaultError::KeysChanged) => {
                self.unopenable_keyring();
                return self.count(1);
            }
            result => result?,
        }
        let result = match self.vault.fetch(KEYRING).await {
            Ok(bytes) => {
                self.report.bytes += bytes.len() as u64;
                self.vault.keyring().verify(&bytes)
            }
            Err(error) => Err(error),
        };
        self.count(1)?;
        self.note(result.err()).map(drop)
    }

    /// The sets to look at, and the logs where all of the store is looked at.
    async fn told(
        &mut self,
        wanted: Option<&str>,
    ) -> Result<(Vec<ListedSet>, Vec<ListedLog>), VaultError> {
        let listing = match wanted {
            None => ledger::read_whole(&self.vault).await?,
            Some(_) => ledger::read(&self.vault).await?,
        };
        self.count(listing.keys.len() as u64)?;
        let sound = listing.problems.is_empty();
        self.report.problems.extend(listing.problems);
        self.report.problems.extend(listing.unknown);
        let mut sets = listing.sets;
        let Some(wanted) = wanted else {
            return Ok((sets, listing.logs));
        };
        sets.retain(|set| set.summary.id == wanted);
        // Where a ledger is damaged the set may well exist: the report tells where to look.
        if sets.is_empty() && sound {
            return Err(VaultError::NoSuchSet { set: wanted.to_owned() });
        }
        Ok((sets, Vec::new()))
    }

    async fn set(&mut self, set: &ListedSet) -> Result<(), VaultError> {
        for (class, object) in &set.manifests {
            let manifest = manifest::read_class(&self.vault, &set.summary.id, class, object).await;
            self.report.bytes += object.size;
            self.count(1)?;
            match manifest {
                Ok(manifest) => {
                    let key = key_of(ObjectType::Manifest, &object.name);
                    self.class(&manifest, &key).await?;
                }
                Err(error) => self.note(Some(error)).map(drop)?,
            }
        }
        Ok(())
    }

    async fn class(&mut self, class: &ClassManifest, key: &str) -> Result<(), VaultError> {
        for stream in &class.streams {
            self.total += stream.stats.segments;
            let (mut sound, mut sum) = (true, Sum::default());
            for pages in &stream.parts {
                sound &= self.pages(pages, ObjectType::Segment, &mut sum).await?;
            }
            for layer in &stream.layers {
                sum.totals.subtract(&layer.replaced);
                sound &= self.pages(&layer.pages, ObjectType::Delta, &mut sum).await?;
            }
            // What is damaged cannot be summed up; it has been told.
            if sound {
                self.totals(stream, key, &sum).await?;
            }
        }
        Ok(())
    }

    /// Looks at pages and all their segments; false when something was wrong.
    async fn pages(
        &mut self,
        pages: &[PageRef],
        object_type: ObjectType,
        sum: &mut Sum,
    ) -> Result<bool, VaultError> {
        let mut sound = true;
        let (vault, at_once) = (self.vault.clone(), PAGES_AHEAD);
        let mut reads = stream::iter(pages)
            .map(|page| {
                let vault = vault.clone();
                async move { (page, read_page(&vault, page).await) }
            })
            .buffered(at_once)
            .boxed();
        while let Some((page, read)) = reads.next().await {
            if self.first_time(&page.object.name.0) {
                self.report.bytes += page.object.size;
                self.count(1)?;
            }
            match read {
                Ok(segments) => {
                    segments.iter().for_each(|segment| sum.add(segment));
                    sound &= self.segments(segments, object_type).await?;
                }
                Err(error) => sound &= self.note(Some(error))?,
            }
        }
        Ok(sound)
    }

    async fn segments(
        &mut self,
        segments: Vec<SegmentRef>,
        object_type: ObjectType,
    ) -> Result<bool, VaultError> {
        let mut chosen = Vec::with_capacity(segments.len());
        for segment in segments {
            if self.first_time(&segment.object.name.0) {
                let depth = self.depth();
                self.report.coverage.segments += 1;
                self.report.coverage.read += u64::from(depth != Depth::Presence);
                chosen.push((segment, depth));
            }
        }
        if self.level <= CheckLevel::L1 {
            return self.present_all(chosen, object_type).await;
        }
        self.look_at_all(chosen, object_type).await
    }

    /// Looks at segments many at a time, and at those that are not as recorded one by one.
    async fn present_all(
        &mut self,
        chosen: Vec<(SegmentRef, Depth)>,
        object_type: ObjectType,
    ) -> Result<bool, VaultError> {
        let keys = chosen.iter().map(|(segment, _)| key_of(object_type, &segment.object.name));
        let at_once = self.vault.context.resources.store_requests;
        let Ok(found) = self.vault.store.stat_all(keys.collect(), at_once).await else {
            // One of them cannot be looked at: each by itself, so that it is named.
            return self.look_at_all(chosen, object_type).await;
        };
        let looked = chosen.len() as u64;
        let pairs = chosen.into_iter().zip(found);
        let odd: Vec<_> = pairs
            .filter(|((segment, _), found)| {
                found.is_none_or(|found| found.size != segment.object.size)
            })
            .map(|(chosen, _)| chosen)
            .collect();
        self.count(looked - odd.len() as u64)?;
        self.look_at_all(odd, object_type).await
    }

    async fn look_at_all(
        &mut self,
        chosen: Vec<(SegmentRef, Depth)>,
        object_type: ObjectType,
    ) -> Result<bool, VaultError> {
        let resources = &self.vault.context.resources;
        // Reading a segment takes its memory several times over; looking at it takes none.
        let at_once = match self.level {
            CheckLevel::L0 | CheckLevel::L1 => resources.store_requests,
            CheckLevel::L2 | CheckLevel::L3 => resources.sealing_workers + 1,
        };
        let vault = self.vault.clone();
        let mut looks = stream::iter(chosen)
            .map(|(segment, depth)| look_at(vault.clone(), object_type, segment, depth))
            .buffer_unordered(at_once.max(1));
        let mut sound = true;
        while let Some(Looked { bytes, problem }) = looks.try_next().await? {
            self.report.bytes += bytes;
            self.count(1)?;
            sound &= problem.is_none();
            self.report.problems.extend(problem);
        }
        Ok(sound)
    }

    fn depth(&self) -> Depth {
        match self.level {
            CheckLevel::L2 if self.sampler.takes_one() => Depth::Bytes,
            CheckLevel::L3 if self.sampler.takes_one() => Depth::Content,
            _ => Depth::Presence,
        }
    }

    /// Holds a stream's counts and digest against those of its segments.
    async fn totals(
        &mut self,
        stream: &StreamManifest,
        key: &str,
        sum: &Sum,
    ) -> Result<(), VaultError> {
        let stats = &stream.stats;
        if sum.totals != stats.totals() || sum.segments != stats.segments {
            self.contradiction(key, stream, "its totals are not those of its segments");
        }
        if self.level < CheckLevel::L3 || !self.sampler.all() {
            return Ok(());
        }
        for (number, layer) in stream.layers.iter().enumerate() {
            let beneath = stream.layers.get(..number).unwrap_or_default();
            // Sets of a chain share their lower layers.
            if !self.first_time(&stack(&stream.parts, beneath, layer)) {
                continue;
            }
            match overlay::replaced(&self.vault, &stream.parts, beneath, &layer.pages).await {
                Ok(found) if found == layer.replaced => {}
                Ok(_) => {
                    self.contradiction(key, stream, "a layer replaces other documents than told");
                }
                Err(error) => self.note(Some(error)).map(drop)?,
            }
        }
        Ok(())
    }

    fn contradiction(&mut self, key: &str, stream: &StreamManifest, detail: &str) {
        let detail = format!("stream `{}`: {detail}", stream.name);
        self.report.problems.push(Problem::new(key, ProblemKind::Manifest, &detail));
    }

    /// Takes damage into the report; true when there was none. Other errors end the check.
    pub(super) fn note(&mut self, error: Option<VaultError>) -> Result<bool, VaultError> {
        let Some(error) = error else { return Ok(true) };
        self.report.problems.push(Problem::from_error(error)?);
        Ok(false)
    }

    fn first_time(&mut self, name: &[u8; 32]) -> bool {
        let mut half = [0; 16];
        half.copy_from_slice(&name[..16]);
        self.seen.insert(half)
    }

    pub(super) fn count(&mut self, objects: u64) -> Result<(), VaultError> {
        if self.cancel.is_cancelled() {
            return Err(VaultError::Cancelled);
        }
        self.report.objects += objects;
        let (objects, bytes) = (self.report.objects, self.report.bytes);
        (self.progress)(CheckProgress { objects, total: self.total.max(objects), bytes });
        Ok(())
    }
}

/// Names a layer together with all that lies beneath it and what it is said to replace there.
fn stack(parts: &[Vec<PageRef>], beneath: &[Layer], layer: &Layer) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut take = |pages: &[PageRef]| {
        for page in pages {
            hasher.update(&page.object.name.0);
        }
        hasher.update(&[0]);
    };
    parts.iter().for_each(|pages| take(pages));
    for layer in beneath.iter().chain([layer]) {
        take(&layer.pages);
    }
    for layer in beneath.iter().chain([layer]) {
        hasher.update(&layer.replaced.digest.0);
        hasher.update(&layer.replaced.bytes.to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

#[derive(Default)]
struct Sum {
    totals: Totals,
    segments: u64,
}

impl Sum {
    fn add(&mut self, segment: &SegmentRef) {
        self.totals.add(&segment.totals);
        self.segments += 1;
    }
}
