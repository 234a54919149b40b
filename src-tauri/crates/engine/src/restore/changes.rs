//! What a restore would change, collection by collection, and how.

use futures::{StreamExt, TryStreamExt, stream};
use source::mongo::window::CaptureWindow;
use source::mongo::{ClusterTime, CollectionInfo, MongoSource};
use source::profile::Part;
use tokio::sync::Mutex;
use vault::Vault;

use super::carry::{GameFilter, keeps};
use super::documents::COLLECTIONS_AT_ONCE;
use super::findings::Findings;
use super::method;
use super::outcome::{CollectionChange, RestoreMethod};
use super::scope::{Item, Scope};
use crate::compare::{
    Difference, Found, Keep, Pair, TouchedDocuments, difference, difference_among_touched,
};
use crate::engine::Engine;
use crate::error::EngineError;

/// What a restore would change.
pub(super) struct Changes {
    pub(super) collections: Vec<CollectionChange>,
    /// The documents of collections of which documents alone would be written.
    pub(super) findings: Findings,
}

/// Counts the documents that come back, go and change. Where the oplog names those that differ from
/// the set, only they are read; elsewhere both sides are read whole.
pub(super) async fn changes(
    engine: &Engine,
    reader: &MongoSource,
    scope: &Scope,
    live: &[CollectionInfo],
    whole: bool,
) -> Result<Changes, EngineError> {
    let vault = engine.vault()?;
    let mut window = method::since_backup(reader, scope, live).await?;
    let at = match &mut window {
        Some(window) => window.close(&names(scope)).await?.time,
        None => reader.cluster_time().await?,
    };
    let filter = GameFilter::of_backup(&vault, reader.profile(), scope).await?;
    let comparing = Mutex::default();
    let mut looker = Looker { vault, reader, scope, filter, window, at, comparing };
    let mut looks = Vec::new();
    for item in &scope.items {
        let info = live.iter().find(|info| info.name == item.collection());
        looks.push((item, info, looker.how(item, info)?));
    }
    let look = |(item, info, how)| looker.look(item, info, how);
    let mut looked = stream::iter(looks).map(look).buffered(COLLECTIONS_AT_ONCE).boxed();
    let mut collections = Vec::new();
    let mut findings = Findings { at, ..Findings::default() };
    while let Some(Looked { item, info, difference, found }) = looked.try_next().await? {
        let mut change = change(item, &difference);
        if let Some(info) = info
            && !whole
            && method::allows_documents(item, info, reader.profile())
        {
            change.method = method::choose(item, info, &change);
        }
        if change.method == RestoreMethod::Documents
            && let Some(ids) = found.into_ids(&looker.vault, &scope.manifest, &item.stream).await?
        {
            findings.documents.insert(change.collection.clone(), ids);
        }
        collections.push(change);
    }
    collections.extend(dropped(scope, live));
    Ok(Changes { collections, findings })
}

/// What looking for differences takes.
struct Looker<'a> {
    vault: Vault,
    reader: &'a MongoSource,
    scope: &'a Scope,
    filter: Option<GameFilter>,
    window: Option<CaptureWindow>,
    at: ClusterTime,
    /// Held while a collection is compared whole: that keeps the processors busy alone.
    comparing: Mutex<()>,
}

/// How a collection is looked at.
enum How {
    /// The oplog names what may differ.
    Touched(Box<TouchedDocuments>),
    /// There is none.
    Missing,
    /// Both sides are read.
    Whole,
}

/// What differs of a collection.
struct Looked<'a> {
    item: &'a Item,
    info: Option<&'a CollectionInfo>,
    difference: Difference,
    found: Found,
}

impl Looker<'_> {
    fn how(&mut self, item: &Item, info: Option<&CollectionInfo>) -> Result<How, EngineError> {
        let told = info.zip(self.window.as_mut());
        if let Some((info, window)) = told.filter(|(info, w)| method::is_told(w, item, info)) {
            let touched = TouchedDocuments::new(&self.vault, &item.stream, window, info, self.at)?;
            return Ok(How::Touched(Box::new(touched)));
        }
        let missing = info.is_none() && item.is_whole_stream();
        Ok(if missing { How::Missing } else { How::Whole })
    }

    async fn look<'a>(
        &self,
        item: &'a Item,
        info: Option<&'a CollectionInfo>,
        how: How,
    ) -> Result<Looked<'a>, EngineError> {
        let mut found = Found::default();
        let difference = match how {
            How::Touched(touched) => {
                difference_among_touched(item.class, &item.stream, *touched, &mut found).await?
            }
            How::Missing => Difference::all_missing(item.class, &item.stream),
            How::Whole => self.compare(item, info, &mut found).await?,
        };
        Ok(Looked { item, info, difference, found })
    }

    async fn compare(
        &self,
        item: &Item,
        info: Option<&CollectionInfo>,
        found: &mut Found,
    ) -> Result<Difference, EngineError> {
        let _alone = self.comparing.lock().await;
        let (vault, at) = (&self.vault, self.at);
        let part = self.filter.as_ref().filter(|_| item.keep != Part::Whole);
        let part = part.map(|filter| filter.of_part(item.keep));
        let keep = part.map(|part| move |document: &[u8]| keeps(&part, document));
        let keep = keep.as_ref().map(|keep| keep as &Keep<'_>);
        let pair = pair(self.scope, item, info, keep);
        let tick = |_| Ok(());
        difference(vault, &self.scope.manifest, self.reader, &pair, at, &tick, Some(found)).await
    }
}

fn change(item: &Item, found: &Difference) -> CollectionChange {
    CollectionChange {
        class: item.class,
        collection: found.collection.clone(),
        method: RestoreMethod::Whole,
        live_documents: found.equal + found.different + found.extra,
        restored_documents: found.equal + found.different + found.missing,
        added: found.missing,
        removed: found.extra,
        changed: found.different,
        indexes: item.definition.secondary_indexes(),
    }
}

fn names(scope: &Scope) -> Vec<String> {
    scope.items.iter().map(|item| item.collection().to_owned()).collect()
}

/// A stream and the live collection that it is compared with.
pub(super) fn pair<'a>(
    scope: &'a Scope,
    item: &'a Item,
    info: Option<&'a CollectionInfo>,
    keep: Option<&'a Keep<'a>>,
) -> Pair<'a> {
    Pair {
        class: scope.stream_class(item.collection()).unwrap_or(item.class.name()),
        stream: &item.stream,
        definition: &item.definition,
        info,
        part: live_part(item),
        keep,
    }
}

/// Bytes of documents that are written.
pub(super) fn bytes_written(scope: &Scope, changes: &[CollectionChange]) -> u64 {
    let bytes_of = |item: &Item| {
        let stats = &item.stream.stats;
        let change = changes.iter().find(|change| change.collection == item.collection());
        match change.filter(|change| change.method == RestoreMethod::Documents) {
            Some(change) => stats.bytes / stats.documents.max(1) * (change.added + change.changed),
            None => stats.bytes,
        }
    };
    scope.items.iter().map(bytes_of).sum()
}

/// The collections that the set does not hold.
fn dropped<'a>(
    scope: &'a Scope,
    live: &'a [CollectionInfo],
) -> impl Iterator<Item = CollectionChange> + 'a {
    scope.absent.iter().filter_map(|(class, collection)| {
        let info = live.iter().find(|info| info.name == *collection)?;
        Some(CollectionChange {
            class: *class,
            collection: collection.clone(),
            method: RestoreMethod::Whole,
            live_documents: info.documents,
            restored_documents: 0,
            added: 0,
            removed: info.documents,
            changed: 0,
            indexes: 0,
        })
    })
}

/// The part of the live collection that an item replaces.
fn live_part(item: &Item) -> Part {
    match item.keep {
        Part::Whole => item.definition.part,
        part => part,
    }
}
