//! Which documents differ, for whoever goes on with them.

use bytes::Bytes;
use source::{SourceError, sortkey};
use vault::{SetManifest, StreamManifest, Vault};

use super::pair::Missing;
use crate::error::EngineError;

/// Most documents that are kept.
const MOST: usize = 200_000;

/// Documents that differ, unless they are too many.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Raw `{_id: …}` of those that are live.
    ids: Vec<Bytes>,
    /// Sort keys of those that the backup alone has, rising.
    missing: Vec<Bytes>,
    too_many: bool,
}

impl Found {
    /// Notes raw `{_id: …}`.
    pub(super) fn id(&mut self, id: Bytes) {
        self.ids.push(id);
        self.limit();
    }

    pub(super) fn live(&mut self, collection: &str, document: &[u8]) -> Result<(), EngineError> {
        if !self.too_many {
            self.id(id_only(collection, document)?);
        }
        Ok(())
    }

    pub(super) fn missing(&mut self, key: &[u8]) {
        if !self.too_many {
            self.missing.push(Bytes::copy_from_slice(key));
        }
        self.limit();
    }

    /// Adds what was found behind all of it.
    pub(super) fn append(&mut self, other: Self) {
        if self.too_many || other.too_many {
            *self = Self { too_many: true, ..Self::default() };
            return;
        }
        self.ids.extend(other.ids);
        self.missing.extend(other.missing);
        self.limit();
    }

    fn limit(&mut self) {
        if self.ids.len() + self.missing.len() > MOST {
            *self = Self { too_many: true, ..Self::default() };
        }
    }

    /// Raw `{_id: …}` of all that differ; none when they are too many.
    pub(crate) async fn into_ids(
        self,
        vault: &Vault,
        manifest: &SetManifest,
        stream: &StreamManifest,
    ) -> Result<Option<Vec<Bytes>>, EngineError> {
        let mut ids = self.ids;
        Missing::of(vault, manifest, stream)
            .each(&self.missing, &mut |document| {
                ids.push(id_only(&stream.name, document)?);
                Ok(())
            })
            .await?;
        Ok((!self.too_many).then_some(ids))
    }
}

/// Raw `{_id: …}` of a document.
pub(crate) fn id_only(collection: &str, document: &[u8]) -> Result<Bytes, EngineError> {
    let malformed = |error| SourceError::Malformed { on: collection.to_owned(), error };
    Ok(sortkey::id_only(document).map_err(malformed)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_are_not_kept() {
        let mut found = Found::default();
        (0..MOST).for_each(|_| found.id(Bytes::new()));
        assert_eq!((found.ids.len(), found.too_many), (MOST, false));
        found.missing(b"one more");
        found.id(Bytes::new());
        found.missing(b"another");
        assert!(found.too_many && found.missing.is_empty() && found.ids.len() <= 1);
    }
}
