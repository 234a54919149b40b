//! The window [T0, T1]: what changed while collections were read.

use std::collections::BTreeMap;

use super::connect::MongoSource;
use super::images::ImageReader;
use super::inspect::{CollectionInfo, CollectionKind};
use super::membership::{LiveGames, MembershipFilter};
use super::namespace::{is_view_catalogue, own_collection};
use super::oplog::{Change, DdlChange, DdlEvent, OplogReader, ensure_readable};
use super::patience::Patience;
use super::time::ClusterTime;
use crate::SourceError;
use crate::rawbson::Element;
use crate::sortkey;

mod mark;
mod membership;
mod touched;

pub(crate) use touched::{SortedKeys, TouchedKey};

use touched::{MEMORY_BUDGET, TouchedKeys};

/// How often the end is moved because definitions changed just then.
const MAX_SETTLE_ROUNDS: u32 = 10;

/// Where changes are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangeFeed {
    /// `local.oplog.rs`. Exact; needs the right to read it.
    #[default]
    Oplog,
    /// A change stream with expanded events, for services that hide the oplog. It is named here
    /// because manifests record the feed; it is not built, and [`CaptureWindow::open`] refuses it.
    ChangeStream,
}

/// Watches a window while collections are read.
///
/// ```text
/// let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await?;   // T0
/// loop {
///     … read what is new or void with ScanOptions { after: Some(start), .. } …
///     window.advance().await?;                                  // now and then, while reading
///     let end = window.close(&collections).await?;              // T1, definitions as of T1
///     if end.rescan.is_empty() { break }
///     for event in end.rescan { start = window.restart(collection).await?; … }
/// }
/// … window.images(&info, end.time, filter) → puts and deletes that turn the scan into T1 …
/// ```
pub struct CaptureWindow {
    source: MongoSource,
    reader: OplogReader,
    opened_at: ClusterTime,
    read_to: ClusterTime,
    collections: BTreeMap<String, Watched>,
    /// Unfinished games at T0, when a part of the events is read.
    live_at_start: Option<LiveGames>,
}

/// What is known of one collection.
#[derive(Debug, Default)]
struct Watched {
    touched: TouchedKeys,
    ddl: Vec<DdlEvent>,
    last_touch: ClusterTime,
}

impl Watched {
    /// Files an event once.
    fn note(&mut self, event: DdlEvent) {
        if !self.ddl.contains(&event) {
            self.ddl.push(event);
        }
    }
}

/// The end of a window.
#[derive(Debug, Clone)]
pub struct WindowEnd {
    /// T1.
    pub time: ClusterTime,
    /// Definitions of the asked collections as of T1, views included, by name; those that do not
    /// exist at T1 are absent.
    pub collections: Vec<CollectionInfo>,
    /// The first reason for each asked collection whose scan is void: dropped, created or renamed,
    /// or capped and written to. [`CaptureWindow::restart`] it and read it again.
    pub rescan: Vec<DdlEvent>,
    /// Every DDL event on the asked collections, in order.
    pub ddl: Vec<DdlEvent>,
    /// Unfinished games at T1, when [`CaptureWindow::split_events`] was asked for.
    pub live: Option<LiveGames>,
}

impl CaptureWindow {
    /// Opens a window at the newest majority-committed time.
    ///
    /// # Errors
    /// When the server does not answer, the feed may not be read, or is not built.
    pub async fn open(source: &MongoSource, feed: ChangeFeed) -> Result<Self, SourceError> {
        ensure_built(feed)?;
        ensure_readable(source).await?;
        let opened_at = source.cluster_time().await?;
        Ok(Self::starting_at(source, opened_at))
    }

    /// Opens a window that began earlier, to go on with what was read since then.
    ///
    /// # Errors
    /// [`SourceError::OplogOverrun`] when the oplog no longer reaches back to `opened_at`, and as
    /// [`Self::open`].
    pub async fn reopen(
        source: &MongoSource,
        feed: ChangeFeed,
        opened_at: ClusterTime,
    ) -> Result<Self, SourceError> {
        ensure_built(feed)?;
        ensure_readable(source).await?;
        let mut window = Self::starting_at(source, opened_at);
        window.advance().await?;
        Ok(window)
    }

    fn starting_at(source: &MongoSource, opened_at: ClusterTime) -> Self {
        Self {
            source: source.clone(),
            reader: OplogReader::new(source.clone(), opened_at),
            opened_at,
            read_to: opened_at,
            collections: BTreeMap::new(),
            live_at_start: None,
        }
    }

    /// T0.
    #[must_use]
    pub fn opened_at(&self) -> ClusterTime {
        self.opened_at
    }

    /// Reads the oplog up to now, so that little is left for the end and an overrun shows early.
    ///
    /// # Errors
    /// [`SourceError::OplogOverrun`] and server errors.
    pub async fn advance(&mut self) -> Result<ClusterTime, SourceError> {
        let to = self.source.cluster_time().await?;
        self.read_until(to).await?;
        Ok(self.read_to)
    }

    /// Forgets what happened to a collection so far and returns the time from which on it must be
    /// read again (`ScanOptions::after`).
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub async fn restart(&mut self, collection: &str) -> Result<ClusterTime, SourceError> {
        let since = self.advance().await?;
        // What a transaction wrote before this time and commits after it is read again.
        self.reader.follow_before(since);
        let watched = self.collections.entry(collection.to_owned()).or_default();
        watched.touched.clear();
        watched.ddl.clear();
        watched.last_touch = ClusterTime::default();
        Ok(since)
    }

    /// Whether something happened to a collection, as far as the oplog was read, that makes what
    /// was known of it at T0 void: it was dropped, created or renamed, or is capped and was
    /// written to. [`Self::restart`] it and read it again.
    #[must_use]
    pub fn is_void(&self, collection: &str, kind: CollectionKind) -> bool {
        self.collections.get(collection).is_some_and(|watched| {
            let written = kind == CollectionKind::Capped && watched.touched.len() > 0;
            written || watched.ddl.iter().any(|event| event.change.voids_scan())
        })
    }

    /// Ends the window at a new T1. May be called again for a later T1 after
    /// [`SourceError::SnapshotTooOld`] or a rescan; images must then all be read again.
    ///
    /// # Errors
    /// As [`Self::advance`]; [`SourceError::SchemaChanged`] when definitions never come to rest.
    pub async fn close(&mut self, collections: &[String]) -> Result<WindowEnd, SourceError> {
        for _ in 0..MAX_SETTLE_ROUNDS {
            let before = self.source.committed_now().await?;
            self.read_until(before).await?;
            let infos = self.source.inspect_some(collections).await?;
            let time = self.source.committed_now().await?;
            self.read_until(time).await?;
            if self.last_definition(collections).is_none_or(|event| event.at <= before) {
                return self.end(collections, infos, time).await;
            }
        }
        let event = self.last_definition(collections);
        Err(SourceError::SchemaChanged {
            collection: event.map(|event| event.namespace.clone()).unwrap_or_default(),
            change: event.map(|event| event.change.to_string()).unwrap_or_default(),
            at: event.map(|event| event.at).unwrap_or_default(),
        })
    }

    async fn end(
        &mut self,
        collections: &[String],
        infos: Vec<CollectionInfo>,
        time: ClusterTime,
    ) -> Result<WindowEnd, SourceError> {
        let live = self.settle_membership(time).await?;
        let mut rescan = Vec::new();
        let mut ddl = Vec::new();
        for name in collections {
            let Some(watched) = self.collections.get(name) else {
                continue;
            };
            let capped =
                infos.iter().any(|info| info.name == *name && info.kind == CollectionKind::Capped);
            let written = (capped && watched.touched.len() > 0).then(|| DdlEvent {
                namespace: self.source.namespace(name),
                change: DdlChange::CappedWritten,
                at: watched.last_touch,
            });
            let voided = watched.ddl.iter().find(|event| event.change.voids_scan()).cloned();
            rescan.extend(voided.or(written));
            ddl.extend(watched.ddl.iter().cloned());
        }
        ddl.sort_by_key(|event| event.at);
        Ok(WindowEnd { time, collections: infos, rescan, ddl, live })
    }

    fn last_definition(&self, collections: &[String]) -> Option<&DdlEvent> {
        collections
            .iter()
            .filter_map(|name| self.collections.get(name))
            .filter_map(|watched| watched.ddl.last())
            .max_by_key(|event| event.at)
    }

    /// How many documents of a collection were touched (an upper bound before the end).
    #[must_use]
    pub fn touched(&self, collection: &str) -> u64 {
        self.collections.get(collection).map_or(0, |watched| watched.touched.len())
    }

    /// The images at `time` of every document of a collection touched in the window, in key order.
    /// With a filter, a document outside of the part counts as deleted. Read one collection's
    /// images to the end before the next call.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn images(
        &mut self,
        info: &CollectionInfo,
        time: ClusterTime,
        membership: Option<&MembershipFilter>,
    ) -> Result<ImageReader, SourceError> {
        let watched = self.collections.entry(info.name.clone()).or_default();
        let keys = watched.touched.sorted()?;
        Ok(ImageReader::new(self.source.clone(), info, time, keys, membership.cloned()))
    }

    async fn read_until(&mut self, to: ClusterTime) -> Result<(), SourceError> {
        if to <= self.read_to {
            return Ok(());
        }
        let mut recorder = Recorder {
            database: self.source.database_name(),
            memory: self.collections.values().map(|watched| watched.touched.memory()).sum(),
            collections: &mut self.collections,
        };
        // Taking the same change twice changes nothing.
        let mut patience = Patience::default();
        while let Err(error) =
            self.reader.read(self.read_to, to, |change, at| recorder.take(&change, at)).await
        {
            patience.wait(error).await?;
        }
        self.read_to = to;
        Ok(())
    }
}

fn ensure_built(feed: ChangeFeed) -> Result<(), SourceError> {
    match feed {
        ChangeFeed::Oplog => Ok(()),
        ChangeFeed::ChangeStream => Err(SourceError::Unsupported {
            what: "capture through a change stream".into(),
            reason: "only the oplog serves so far; grant the role `backup`".into(),
        }),
    }
}

/// Files changes under their collections.
struct Recorder<'a> {
    database: &'a str,
    collections: &'a mut BTreeMap<String, Watched>,
    memory: usize,
}

impl Recorder<'_> {
    fn take(&mut self, change: &Change<'_>, at: ClusterTime) -> Result<(), SourceError> {
        match change {
            Change::Touched { namespace, id } if is_view_catalogue(self.database, namespace) => {
                self.view_defined(id, at);
                Ok(())
            }
            Change::Touched { namespace, id } => {
                let Some(collection) = own_collection(self.database, namespace) else {
                    return Ok(());
                };
                let mut key = Vec::with_capacity(id.value.len() + 4);
                sortkey::encode_value(id.kind, id.value, &mut key)
                    .map_err(|error| SourceError::malformed("local.oplog.rs", error))?;
                let watched = watched(self.collections, collection);
                watched.last_touch = at;
                let raw_id = || super::scan::id_document(id.kind, id.value);
                self.memory += watched.touched.add(key, raw_id);
                self.spill_if_needed()
            }
            Change::Defined { namespace, change: DdlChange::DatabaseDropped } => {
                if namespace == self.database {
                    for (name, watched) in self.collections.iter_mut() {
                        let namespace = format!("{namespace}.{name}");
                        let change = DdlChange::DatabaseDropped;
                        watched.note(DdlEvent { namespace, change, at });
                    }
                }
                Ok(())
            }
            Change::Defined { namespace, change } => {
                let Some(collection) = own_collection(self.database, namespace) else {
                    return Ok(());
                };
                let event = DdlEvent { namespace: namespace.clone(), change: change.clone(), at };
                watched(self.collections, collection).note(event);
                Ok(())
            }
        }
    }

    fn view_defined(&mut self, id: &Element<'_>, at: ClusterTime) {
        let bytes = sortkey::string_bytes(id.value).unwrap_or_default();
        let Ok(namespace) = std::str::from_utf8(bytes) else { return };
        let Some(view) = own_collection(self.database, namespace) else { return };
        let event = DdlEvent { namespace: namespace.to_owned(), change: DdlChange::Modified, at };
        watched(self.collections, view).note(event);
    }

    fn spill_if_needed(&mut self) -> Result<(), SourceError> {
        if self.memory <= MEMORY_BUDGET {
            return Ok(());
        }
        for watched in self.collections.values_mut() {
            watched.touched.spill()?;
        }
        self.memory = 0;
        Ok(())
    }
}

fn watched<'a>(
    collections: &'a mut BTreeMap<String, Watched>,
    collection: &str,
) -> &'a mut Watched {
    if !collections.contains_key(collection) {
        collections.insert(collection.to_owned(), Watched::default());
    }
    collections.entry(collection.to_owned()).or_default()
}
