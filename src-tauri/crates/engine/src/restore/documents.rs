//! Documents alone: what differs from the backup is staged, then written over the live collection,
//! which stays the one it is.
//!
//! Which documents differ is told by the oplog since the backup; where that is gone, both sides are
//! compared before the service is paused and the oplog tells what changed meanwhile. All are looked
//! at again at one time under the pause.

use std::collections::BTreeSet;

use bytes::Bytes;
use source::mongo::window::{CaptureWindow, ChangeFeed};
use source::mongo::{CollectionInfo, MongoSource};
use tokio_util::sync::CancellationToken;
use vault::{SetDigest, Vault};

use super::changes::pair;
use super::destination::Destination;
use super::findings::Findings;
use super::journal::{removal_prefix, staging_prefix};
use super::method;
use super::packed::{Packer, Unpacker};
use super::scope::{Item, Scope};
use super::stage::{Removal, Staged};
use super::unique::UniqueFields;
use super::verification::{self, Proof};
use crate::compare::{TouchedDocument, TouchedDocuments, each_difference, id_only};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Unit;
use crate::jobs::{JobHandle, Phase};
use crate::tasks::{Together, proceed};

/// Collections staged, and written over, at the same time: of small ones most time is waiting for the
/// server.
pub(super) const COLLECTIONS_AT_ONCE: usize = 2;
/// Options of a collection without any.
const NO_OPTIONS: [u8; 5] = [5, 0, 0, 0, 0];

/// Collections of which only documents are written.
pub(super) struct Differing {
    window: CaptureWindow,
    items: Vec<(Item, CollectionInfo)>,
}

impl Differing {
    /// Begins to watch these collections and finds what differs by now, as far as neither the plan
    /// nor the oplog tells. The service is still at work.
    pub(super) async fn find(
        engine: &Engine,
        destination: &Destination,
        scope: &Scope,
        items: Vec<(Item, CollectionInfo)>,
        findings: Option<Findings>,
        job: &JobHandle,
    ) -> Result<Self, EngineError> {
        let reader = &destination.reader;
        let Watch { mut window, told } = Watch::begin(reader, scope, &items, findings).await?;
        let untold = |(_, info): &&(Item, CollectionInfo)| !told.contains(&info.name);
        let untold: Vec<_> = items.iter().filter(untold).collect();
        if !untold.is_empty() {
            let total = untold.iter().map(|(item, _)| item.stream.stats.bytes).sum();
            job.phase(Phase { code: "compare", unit: Unit::Bytes, total: Some(total) });
        }
        let vault = engine.vault()?;
        for (item, info) in untold {
            job.check()?;
            job.detail(item.collection());
            // What happened before does not matter to what is read now.
            window.restart(&info.name).await?;
            let pair = pair(scope, item, Some(info), None);
            each_difference(&vault, &scope.manifest, reader, &pair, |document| {
                job.check()?;
                Ok(window.mark(&info.name, document)?)
            })
            .await?;
            job.advance(item.stream.stats.bytes);
        }
        Ok(Self { window, items })
    }

    /// Stages what differs now that the service is paused.
    pub(super) async fn stage(
        mut self,
        engine: &Engine,
        destination: &Destination,
        plan: &str,
        job: &JobHandle,
        stop: &CancellationToken,
    ) -> Result<Vec<Staged>, EngineError> {
        let vault = engine.vault()?;
        let names: Vec<_> = self.items.iter().map(|(_, info)| info.name.clone()).collect();
        let end = self.window.close(&names).await?;
        job.phase(Phase { code: "documents", unit: Unit::Documents, total: None });
        let mut differing = Vec::new();
        for (item, seen) in self.items {
            let info = end.collections.iter().find(|info| info.name == seen.name);
            let Some(info) = info.filter(|info| is_still(info, &seen) && end.rescan.is_empty())
            else {
                return Err(EngineError::StalePlan {
                    plan: plan.to_owned(),
                    detail: format!("{} was defined anew meanwhile", seen.name),
                });
            };
            let touched =
                TouchedDocuments::new(&vault, &item.stream, &mut self.window, info, end.time)?;
            differing.push((item, info.clone(), touched));
        }
        let mut tasks = Together::new(stop.clone());
        for (item, info, touched) in differing {
            if !tasks.room(COLLECTIONS_AT_ONCE).await {
                break;
            }
            let (vault, destination, job) = (vault.clone(), destination.for_staging(), job.clone());
            let stager = Stager { vault, destination, job, stop: stop.clone() };
            tasks.spawn(async move { stager.stage(item, info, touched).await });
        }
        let mut staged = tasks.join().await?;
        staged.sort_by(|one, other| one.item.collection().cmp(other.item.collection()));
        Ok(staged)
    }
}

/// An open window, and the collections of which it knows all that may differ.
struct Watch {
    window: CaptureWindow,
    told: BTreeSet<String>,
}

impl Watch {
    /// Goes on from what the plan found, else from the backup, as far as the oplog reaches back.
    async fn begin(
        reader: &MongoSource,
        scope: &Scope,
        items: &[(Item, CollectionInfo)],
        findings: Option<Findings>,
    ) -> Result<Self, EngineError> {
        if let Some(findings) = findings
            && let Some(window) = method::since(reader, findings.at).await?
        {
            return Self::since_plan(window, items, &findings);
        }
        let live: Vec<_> = items.iter().map(|(_, info)| info.clone()).collect();
        let Some(window) = method::since_backup(reader, scope, &live).await? else {
            let window = CaptureWindow::open(reader, ChangeFeed::Oplog).await?;
            return Ok(Self { window, told: BTreeSet::new() });
        };
        let told = items.iter().filter(|(item, info)| method::is_told(&window, item, info));
        let told = told.map(|(_, info)| info.name.clone()).collect();
        Ok(Self { window, told })
    }

    fn since_plan(
        mut window: CaptureWindow,
        items: &[(Item, CollectionInfo)],
        findings: &Findings,
    ) -> Result<Self, EngineError> {
        let mut told = BTreeSet::new();
        for (_, CollectionInfo { name, kind, .. }) in items {
            let Some(ids) = findings.documents.get(name).filter(|_| !window.is_void(name, *kind))
            else {
                continue;
            };
            ids.iter().try_for_each(|id| window.mark(name, id))?;
            told.insert(name.clone());
        }
        Ok(Self { window, told })
    }
}

fn is_still(info: &CollectionInfo, seen: &CollectionInfo) -> bool {
    info.uuid == seen.uuid
        && info.options_bson == seen.options_bson
        && info.indexes_bson == seen.indexes_bson
}

/// Stages what differs of single collections.
struct Stager {
    vault: Vault,
    destination: Destination,
    job: JobHandle,
    /// Fires when the job is to stop or another collection failed.
    stop: CancellationToken,
}

impl Stager {
    async fn stage(
        self,
        item: Item,
        info: CollectionInfo,
        touched: TouchedDocuments,
    ) -> Result<Staged, EngineError> {
        self.job.detail(&info.name);
        let (reader, writer) = (&self.destination.reader, &self.destination.writer);
        let name = format!("{}{}", staging_prefix(self.job.id()), item.collection());
        let removed = format!("{}{}", removal_prefix(self.job.id()), item.collection());
        let (mut puts, mut removes) = (Packer::new(writer, &name), Packer::new(writer, &removed));
        let unique = UniqueFields::of(&item.definition.indexes);
        let (mut digest, mut removals, mut stands) = (self.vault.digest(), 0, false);
        // What comes next is looked up while this is sorted and written.
        let mut touched = touched.ahead();
        while let Some(documents) = touched.next_batch().await? {
            proceed(&self.stop)?;
            let sorted = Sorted::of(item.collection(), documents, &unique, &mut digest)?;
            if !stands && !sorted.is_empty() {
                stands = true;
                writer.create_collection(&name, &NO_OPTIONS).await?;
            }
            puts.add(&sorted.puts).await?;
            removes.add(&sorted.removes).await?;
            self.job.advance((sorted.puts.len() as u64) + sorted.gone);
            removals += sorted.gone;
        }
        let removal = Some(Removal { name: removed, documents: removals });
        let expected = Proof::expecting(digest.documents(), digest.value());
        if !stands {
            let proof = Proof { digest: expected.expected_digest, ..expected };
            return Ok(Staged { item, name: None, info: Some(info), proof, removal });
        }
        puts.finish().await?;
        removes.finish().await?;
        writer.barrier().await?;
        let proof = read_back(reader, &self.vault, &name, expected).await?;
        verification::ensure(item.collection(), &proof)?;
        Ok(Staged { item, name: Some(name), info: Some(info), proof, removal })
    }
}

/// Reads the documents to write back and fills in what was found.
async fn read_back(
    reader: &MongoSource,
    vault: &Vault,
    name: &str,
    expected: Proof,
) -> Result<Proof, EngineError> {
    let mut staged = Unpacker::of(reader, name).await?;
    let mut digest = vault.digest();
    while let Some(documents) = staged.next().await? {
        let keys = documents.iter().map(|document| staged.key_of(document));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        digest.add_all(keys.iter().map(Vec::as_slice).zip(documents.iter().map(AsRef::as_ref)));
    }
    Ok(Proof { documents: digest.documents(), digest: digest.value(), ..expected })
}

/// What differs of some documents.
#[derive(Default)]
struct Sorted {
    /// Documents to write.
    puts: Vec<Bytes>,
    /// `{_id: …}` of what must not be there when documents are written: live documents that do not
    /// come back or may be in the way of others, and those that are written anew.
    removes: Vec<Bytes>,
    /// How many live documents do not come back.
    gone: u64,
}

impl Sorted {
    fn of(
        collection: &str,
        documents: Vec<TouchedDocument>,
        unique: &UniqueFields,
        digest: &mut SetDigest,
    ) -> Result<Self, EngineError> {
        let (mut sorted, mut keys) = (Self::default(), Vec::new());
        for TouchedDocument { key, stored, live } in documents {
            match (stored, live) {
                (Some(stored), Some(live)) if stored == live => {}
                (Some(stored), live) => {
                    let id = id_only(collection, &stored)?;
                    let old = live.as_deref().map(|live| id_only(collection, live)).transpose()?;
                    // An `_id` of another numeric type would stay.
                    let stays = old.as_ref().is_some_and(|old| *old == id)
                        && live.as_deref().is_some_and(|live| unique.agree(&stored, live));
                    sorted.removes.extend((!stays).then(|| old.unwrap_or(id)));
                    keys.push(key);
                    sorted.puts.push(stored);
                }
                (None, Some(live)) => {
                    sorted.gone += 1;
                    sorted.removes.push(id_only(collection, &live)?);
                }
                (None, None) => {}
            }
        }
        digest.add_all(keys.iter().zip(&sorted.puts).map(|(key, put)| (&key[..], &put[..])));
        Ok(sorted)
    }

    fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.removes.is_empty()
    }
}
