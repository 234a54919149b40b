//! A stream of a backup and the live collection, compared by their documents' hashes.

use std::collections::BTreeSet;

use bytes::Bytes;
use futures::future;
use mongodb::bson::RawDocument;
use source::SourceError;
use source::mongo::{ClusterTime, CollectionInfo, CollectionKind, MongoSource};
use source::profile::Part;
use vault::{BatchLookup, SetManifest, StreamManifest, Vault};

use super::found::Found;
use super::merge::{AtHand, Merge, Verdict};
use super::outcome::DifferenceKind;
use super::run::{Difference, EXAMPLES};
use super::side::Side;
use super::stretch::Stretch;
use crate::backup;
use crate::backup::stream::StreamSource;
use crate::error::EngineError;

/// Documents that the backup alone has are looked up so many at a time.
const TOGETHER: usize = 1_000;

/// A stream and the live collection it is compared with.
pub(crate) struct Pair<'a> {
    pub(crate) class: &'a str,
    pub(crate) stream: &'a StreamManifest,
    pub(crate) definition: &'a StreamSource,
    pub(crate) info: Option<&'a CollectionInfo>,
    /// Which part of the live collection is compared.
    pub(crate) part: Part,
    /// Which of the stream's documents are compared; all where there is none. To choose, documents
    /// must be read; to compare them all, their hashes do.
    pub(crate) keep: Option<&'a Keep<'a>>,
}

/// Chooses documents by their bytes.
pub(crate) type Keep<'a> = dyn Fn(&[u8]) -> Result<bool, EngineError> + Send + Sync + 'a;

/// Counts documents and may end the comparison.
pub(crate) type Tick<'a> = dyn Fn(u64) -> Result<(), EngineError> + Send + Sync + 'a;

/// Compares one stream with the live collection, as of `at` where the server still can read that,
/// else as it is when it is reached. Fills `found` where there is one.
pub(crate) async fn difference(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    at: ClusterTime,
    tick: &Tick<'_>,
    mut found: Option<&mut Found>,
) -> Result<Difference, EngineError> {
    let comparison = Comparison { vault, manifest, source, pair };
    let first = found.as_deref_mut();
    match comparison.run(Some(at), tick, first).await {
        Err(EngineError::Source(error)) if matches!(*error, SourceError::SnapshotTooOld { .. }) => {
            comparison.run(None, tick, found).await
        }
        result => result,
    }
}

/// What is compared.
struct Comparison<'c, 'p> {
    vault: &'c Vault,
    manifest: &'c SetManifest,
    source: &'c MongoSource,
    pair: &'c Pair<'p>,
}

/// What a stretch of keys told.
struct Told {
    difference: Difference,
    /// Sort keys of documents to be shown that the backup alone has, rising.
    shown: Vec<Bytes>,
    /// Nothing, unless it was asked for.
    found: Found,
}

impl<'p> Comparison<'_, 'p> {
    async fn run(
        &self,
        at: Option<ClusterTime>,
        tick: &Tick<'_>,
        found: Option<&mut Found>,
    ) -> Result<Difference, EngineError> {
        let pair = self.pair;
        let mut difference = self.nothing()?;
        difference.metadata = metadata_differences(pair);
        if pair.definition.kind == CollectionKind::View {
            return Ok(difference);
        }
        let stretches = self.stretches().await?;
        let finds = found.is_some();
        let told = stretches.iter().map(|stretch| self.stretch(stretch, at, tick, finds));
        let (mut shown, mut all) = (Vec::new(), Found::default());
        for one in future::try_join_all(told).await? {
            difference.append(one.difference);
            shown.extend(one.shown);
            all.append(one.found);
        }
        if let Some(found) = found {
            *found = all;
        }
        shown.truncate(EXAMPLES);
        let mut missing = Missing::of(self.vault, self.manifest, pair.stream);
        missing
            .each(&shown, &mut |document| {
                difference.show(DifferenceKind::Missing, document);
                Ok(())
            })
            .await?;
        Ok(difference)
    }

    fn nothing(&self) -> Result<Difference, EngineError> {
        let class = backup::class_of(&self.manifest.summary.id, self.pair.class)?;
        Ok(Difference::new(class, &self.pair.stream.name))
    }

    async fn stretches(&self) -> Result<Vec<Stretch>, EngineError> {
        let pair = self.pair;
        // What chooses documents is asked for once, so that it is the same for all of them.
        if pair.keep.is_some() || pair.part != Part::Whole {
            return Ok(vec![Stretch::whole(self.source, pair.info).await?]);
        }
        Stretch::several(self.source, pair.info).await
    }

    async fn stretch(
        &self,
        stretch: &Stretch,
        at: Option<ClusterTime>,
        tick: &Tick<'_>,
        finds: bool,
    ) -> Result<Told, EngineError> {
        let mut difference = self.nothing()?;
        let (mut shown, mut found) = (Vec::new(), Found::default());
        let mut merge = self.merge(stretch, at).await?;
        while merge.fill().await? {
            let mut seen = 0;
            while let Some((verdict, at_hand)) = merge.found() {
                match at_hand {
                    _ if verdict == Verdict::Equal || !finds => {}
                    AtHand::Live(document) => found.live(&self.pair.stream.name, document)?,
                    AtHand::Key(key) => found.missing(key),
                }
                match (difference.tally(verdict), at_hand) {
                    (Some(kind), AtHand::Live(document)) => difference.show(kind, document),
                    (Some(_), AtHand::Key(key)) => shown.push(Bytes::copy_from_slice(key)),
                    (None, _) => {}
                }
                seen += 1;
                merge.pass(verdict);
            }
            tick(seen)?;
        }
        Ok(Told { difference, shown, found })
    }

    async fn merge(
        &self,
        stretch: &Stretch,
        at: Option<ClusterTime>,
    ) -> Result<Merge<'p>, EngineError> {
        let Self { vault, manifest, source, pair } = self;
        let name = &pair.stream.name;
        let stored = match pair.keep {
            None => Side::stored(vault, manifest, pair.class, name, stretch).await?,
            Some(keep) => Side::chosen(vault, manifest, pair.class, name, keep).await?,
        };
        let live = match pair.info {
            Some(info) if info.kind != CollectionKind::View => {
                Side::live(vault, source, info, pair.part, stretch, at).await?
            }
            _ => Side::empty(),
        };
        Ok(Merge::new(stored, live))
    }
}

/// Tells every document in which a stream and the live collection differ, the live one where there
/// are two. Live documents are read as they are when they are reached.
pub(crate) async fn each_difference(
    vault: &Vault,
    manifest: &SetManifest,
    source: &MongoSource,
    pair: &Pair<'_>,
    mut tell: impl FnMut(&[u8]) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let comparison = Comparison { vault, manifest, source, pair };
    let whole = Stretch::whole(source, pair.info).await?;
    let mut merge = comparison.merge(&whole, None).await?;
    let mut missing = Missing::of(vault, manifest, pair.stream);
    while merge.fill().await? {
        let mut keys = Vec::new();
        while let Some((verdict, at_hand)) = merge.found() {
            match at_hand {
                _ if verdict == Verdict::Equal => {}
                AtHand::Live(document) => tell(document)?,
                AtHand::Key(key) => keys.push(Bytes::copy_from_slice(key)),
            }
            merge.pass(verdict);
        }
        missing.each(&keys, &mut tell).await?;
    }
    Ok(())
}

/// Looks up documents that a backup alone has, of which only the keys are known.
pub(super) struct Missing<'a> {
    manifest: &'a SetManifest,
    stream: &'a StreamManifest,
    lookup: BatchLookup,
}

impl<'a> Missing<'a> {
    pub(super) fn of(vault: &Vault, manifest: &'a SetManifest, stream: &'a StreamManifest) -> Self {
        Self { manifest, stream, lookup: vault.batch_lookup(stream) }
    }

    /// Tells the document of each key. Keys must not fall, from call to call neither.
    pub(super) async fn each(
        &mut self,
        keys: &[Bytes],
        tell: &mut impl FnMut(&[u8]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        for keys in keys.chunks(TOGETHER) {
            for document in self.lookup.documents(keys).await? {
                tell(&document.ok_or_else(|| self.lost())?)?;
            }
        }
        Ok(())
    }

    fn lost(&self) -> EngineError {
        EngineError::BackupUnusable {
            backup: self.manifest.summary.id.clone(),
            detail: format!("`{}` has a key without a document", self.stream.name),
        }
    }
}

/// Names of the indexes and options that differ; `collection` when there is none live.
fn metadata_differences(pair: &Pair<'_>) -> Vec<String> {
    let Some(info) = pair.info else {
        return vec!["collection".to_owned()];
    };
    let mut names = Vec::new();
    if info.options_bson != pair.definition.options {
        names.push("options".to_owned());
    }
    let (stored, live) = (&pair.definition.indexes, &info.indexes_bson);
    let only = |one: &[Bytes], other: &[Bytes]| -> BTreeSet<String> {
        one.iter().filter(|index| !other.contains(index)).map(|index| index_name(index)).collect()
    };
    let differing: BTreeSet<String> =
        only(stored, live).union(&only(live, stored)).cloned().collect();
    names.extend(differing);
    names
}

fn index_name(index: &[u8]) -> String {
    RawDocument::from_bytes(index)
        .ok()
        .and_then(|document| document.get_str("name").ok())
        .unwrap_or("index")
        .to_owned()
}
