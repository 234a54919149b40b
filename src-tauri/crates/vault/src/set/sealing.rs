//! Sealing of segments beside the tasks that read: bounded in workers and in bytes.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::VaultError;
use crate::buffers::Buffer;
use crate::crypto::names::ContentName;
use crate::crypto::object::ObjectType;
use crate::manifest::{SegmentRef, Totals};
use crate::objects::{ObjectRef, key_of};
use crate::prune::mark::Marked;
use crate::segment::{Segment, on_worker};
use crate::vault::VaultInner;

/// Plaintext is counted in units of this size.
const UNIT: usize = 64 << 10;
/// Buffers kept for the next segments: memory taken anew for each costs more than filling it.
const SPARE: usize = 4;
/// Memory that a segment of usual size fits into.
const USUAL: usize = 6 << 20;

/// A segment that lies in the store.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) segment: SegmentRef,
    /// Bytes added to the store; 0 when it was there.
    pub(crate) stored_bytes: u64,
}

/// The workers of one set.
#[derive(Debug)]
pub(crate) struct Sealing {
    vault: Arc<VaultInner>,
    /// What a prune had marked when the set was begun.
    marked: Arc<Marked>,
    workers: Arc<Semaphore>,
    budget: Arc<Semaphore>,
    units: usize,
    spare: Mutex<Vec<Segment>>,
    /// Memory for compressed bodies, one for each worker.
    bodies: Mutex<Vec<Vec<u8>>>,
}

impl Sealing {
    pub(crate) fn new(vault: Arc<VaultInner>, marked: Marked) -> Arc<Self> {
        let resources = &vault.context.resources;
        let units = (resources.sealing_bytes / UNIT).clamp(1, u32::MAX as usize);
        let workers = Arc::new(Semaphore::new(resources.sealing_workers.max(1)));
        let budget = Arc::new(Semaphore::new(units));
        let marked = Arc::new(marked);
        let (spare, bodies) = Default::default();
        Arc::new(Self { vault, marked, workers, budget, units, spare, bodies })
    }

    /// What a prune had marked when the set was begun.
    pub(crate) fn marked(&self) -> &Arc<Marked> {
        &self.marked
    }

    /// Waits until the segment fits into the budget.
    pub(crate) async fn admit(
        &self,
        segment: &Segment,
    ) -> Result<OwnedSemaphorePermit, VaultError> {
        let units = segment.weight().div_ceil(UNIT).clamp(1, self.units) as u32;
        let permit = self.budget.clone().acquire_many_owned(units).await;
        permit.map_err(|error| VaultError::Worker(error.to_string()))
    }

    /// An emptied buffer, or a new one.
    pub(crate) fn buffer(&self) -> Segment {
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        let room = || Segment { documents: Vec::with_capacity(USUAL), ..Segment::default() };
        spare.pop().unwrap_or_else(room)
    }

    /// Keeps the memory of a segment for the next one.
    pub(crate) fn recycle(&self, mut segment: Segment) {
        segment.clear();
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE {
            spare.push(segment);
        }
    }

    /// Stores a segment, or finds that it is there. `known` is the same segment in an earlier set.
    pub(crate) async fn store(
        self: Arc<Self>,
        object_type: ObjectType,
        name: ContentName,
        segment: Segment,
        known: Option<SegmentRef>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Stored, VaultError> {
        // Held to the end: what is sealed and not yet stored takes memory too.
        let _permit = permit;
        let key = key_of(object_type, &name);
        let found = self.vault.store.stat(&key).await?;
        if let (Some(found), Some(known)) = (found, known)
            && found.size == known.object.size
        {
            self.recycle(segment);
            return Ok(Stored { segment: known, stored_bytes: 0 });
        }
        if found.is_some()
            && !self.marked.takes(&name)
            && let Some(object) = self.adopt(object_type, &key, name).await?
        {
            let reference = reference(&segment, object);
            self.recycle(segment);
            return Ok(Stored { segment: reference, stored_bytes: 0 });
        }
        let (segment, body) = self.seal(object_type, name, segment).await?;
        let object = ObjectRef::new(name, &body);
        let stored_bytes = object.size;
        let reference = reference(&segment, object);
        self.recycle(segment);
        if found.is_some() {
            self.vault.store.put(&key, body).await?;
        } else if !self.vault.store.put_if_absent(&key, body.clone()).await? {
            // Somebody else stored the same meanwhile: what lies there counts when it is sound.
            match self.adopt(object_type, &key, name).await? {
                Some(object) => {
                    let segment = SegmentRef { object, ..reference };
                    return Ok(Stored { segment, stored_bytes: 0 });
                }
                None => self.vault.store.put(&key, body).await?,
            }
        }
        Ok(Stored { segment: reference, stored_bytes })
    }

    async fn seal(
        &self,
        object_type: ObjectType,
        name: ContentName,
        segment: Segment,
    ) -> Result<(Segment, Bytes), VaultError> {
        let worker = self.workers.clone().acquire_owned().await;
        let worker = worker.map_err(|error| VaultError::Worker(error.to_string()))?;
        let vault = self.vault.clone();
        let mut body = self.bodies.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // Made here: large blocks taken by each of the pool's many threads would stay with each.
        let object = Buffer::with_capacity(segment.weight() * 3 / 4);
        let (segment, body, object) = on_worker(move || {
            let _worker = worker;
            let buffer = body.get_or_insert_default();
            let object = vault.seal_segment(object_type, &name, &segment, buffer, object)?;
            Ok((segment, body, object))
        })
        .await?;
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).extend(body);
        Ok((segment, object))
    }

    /// What lies under the key, when it opens and holds what its name says: left by a job that
    /// was killed, or by another writer.
    async fn adopt(
        &self,
        object_type: ObjectType,
        key: &str,
        name: ContentName,
    ) -> Result<Option<ObjectRef>, VaultError> {
        let Some(bytes) = self.vault.find(key).await? else {
            return Ok(None);
        };
        let (vault, key) = (self.vault.clone(), key.to_owned());
        on_worker(move || {
            let Ok(decoded) = vault.open_segment(object_type, &key, &bytes) else {
                tracing::warn!(object = key, "a stored segment is damaged and is written again");
                return Ok(None);
            };
            let index = &decoded.index;
            let found = vault.segment_name(object_type, &index.index, &index.hashes);
            Ok((found == name).then(|| ObjectRef::new(name, &bytes)))
        })
        .await
    }
}

fn reference(segment: &Segment, object: ObjectRef) -> SegmentRef {
    SegmentRef {
        object,
        first_key: Bytes::copy_from_slice(&segment.first_key),
        last_key: Bytes::copy_from_slice(&segment.last_key),
        totals: Totals {
            documents: segment.digest.documents(),
            bytes: segment.documents.len() as u64,
            digest: segment.digest.value(),
        },
        deletes: segment.deletes,
    }
}
