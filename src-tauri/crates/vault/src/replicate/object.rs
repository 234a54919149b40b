//! Copying one object.

use bytes::Bytes;

use super::set::{CopyError, Copying, Seen};
use crate::VaultError;
use crate::check::Problem;
use crate::crypto::object::ObjectType;
use crate::objects::{ObjectRef, key_of};
use crate::prune::mark::Marked;
use crate::segment::on_worker;

impl Copying<'_> {
    /// Makes sure that the replica holds an object: copies it, checked against the hash that it is
    /// known by and read back, unless it lies there.
    pub(super) async fn object(
        &self,
        marked: &Marked,
        object_type: ObjectType,
        object: ObjectRef,
    ) -> Result<Seen, CopyError> {
        self.check()?;
        let key = key_of(object_type, &object.name);
        if let Some(found) = self.replica.store.stat(&key).await? {
            // Read back when the set that refers to it was copied.
            if self.known.holds(&object.name) && found.size == object.size {
                return Ok(Seen { bytes: found.size, copied: false });
            }
            // Left by a run that was killed.
            if !marked.takes(&object.name) && self.lies_sound(object_type, object, &key).await? {
                return Ok(Seen { bytes: found.size, copied: false });
            }
        }
        let body = self.fetch_sound(object_type, object, &key).await?;
        let bytes = body.len() as u64;
        self.replica.store.put(&key, body).await?;
        Ok(Seen { bytes, copied: true })
    }

    /// Whether what lies in the replica is the object.
    async fn lies_sound(
        &self,
        object_type: ObjectType,
        object: ObjectRef,
        key: &str,
    ) -> Result<bool, VaultError> {
        let Some(bytes) = self.replica.find(key).await? else {
            return Ok(false);
        };
        let replica = self.replica.clone();
        on_worker(move || Ok(replica.recognise(object_type, &object, &bytes).is_ok())).await
    }

    async fn fetch_sound(
        &self,
        object_type: ObjectType,
        object: ObjectRef,
        key: &str,
    ) -> Result<Bytes, CopyError> {
        let bytes = self.source.fetch(key).await.map_err(of_source)?;
        let (source, body) = (self.source.clone(), bytes.clone());
        let checked = on_worker(move || source.recognise(object_type, &object, &body)).await;
        checked.map_err(of_source)?;
        Ok(bytes)
    }
}

/// Damage of what is copied, told apart from failures of where it is copied to.
pub(super) fn of_source(error: VaultError) -> CopyError {
    match Problem::from_error(error) {
        Ok(problem) => CopyError::Source(problem),
        Err(error) => CopyError::Other(error),
    }
}
