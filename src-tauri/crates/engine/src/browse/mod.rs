//! `browse`: the documents inside a backup, read out of the vault; needs no database.

mod collections;
mod document;
mod filter;
pub mod outcome;
mod page;
mod place;
mod preview;
mod value;
mod walk;

pub use collections::collections;
pub use document::document;
pub use page::page;

use source::profile::DataClass;
use vault::{SetManifest, StreamKind, StreamManifest, Vault};

use crate::backup::stream::StreamSource;
use crate::engine::Engine;
use crate::error::EngineError;

/// One stream of a set that is looked into.
struct Stream {
    vault: Vault,
    manifest: SetManifest,
    class: DataClass,
    name: String,
}

impl Stream {
    /// Finds a collection of a set, or its stream of Redis keys.
    async fn find(
        engine: &Engine,
        backup: &str,
        class: DataClass,
        name: &str,
    ) -> Result<Self, EngineError> {
        let manifest = crate::backup::resolve(engine, backup).await?;
        if !manifest.classes.iter().any(|held| held.class == class.name()) {
            let (backup, class) = (manifest.summary.id, class.name().to_owned());
            return Err(EngineError::ClassAbsent { backup, class });
        }
        if manifest.stream(class.name(), name).is_none() {
            let reason =
                format!("backup {} keeps no {name} under {}", manifest.summary.id, class.name());
            return Err(EngineError::Invalid { field: "collection", reason });
        }
        Ok(Self { vault: engine.vault()?, manifest, class, name: name.to_owned() })
    }

    fn of_set(&self) -> Option<&StreamManifest> {
        self.manifest.stream(self.class.name(), &self.name)
    }

    fn holds_keys(&self) -> bool {
        self.of_set().is_some_and(|stream| stream.kind == StreamKind::Redis)
    }

    fn documents(&self) -> u64 {
        self.of_set().map_or(0, |stream| stream.stats.documents)
    }

    /// How the collection was defined; none for Redis keys.
    fn definition(&self) -> Result<Option<StreamSource>, EngineError> {
        match self.of_set() {
            Some(stream) if stream.kind == StreamKind::Collection => {
                StreamSource::of(&self.manifest.summary.id, stream).map(Some)
            }
            _ => Ok(None),
        }
    }
}
