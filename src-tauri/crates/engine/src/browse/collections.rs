use vault::StreamKind;

use super::outcome::{BrowseCollection, Content};
use crate::backup::stream::StreamSource;
use crate::backup::{class_of, resolve};
use crate::engine::Engine;
use crate::error::EngineError;
use source::mongo::CollectionKind;

/// The collections of a set with their counts, class by class; `backup` may be `latest`.
///
/// # Errors
/// When the vault is not connected, there is no such backup, or its manifests are damaged.
pub async fn collections(
    engine: &Engine,
    backup: &str,
) -> Result<Vec<BrowseCollection>, EngineError> {
    let manifest = resolve(engine, backup).await?;
    let id = &manifest.summary.id;
    let mut found = Vec::new();
    for class in &manifest.classes {
        for stream in &class.streams {
            let content = match stream.kind {
                StreamKind::Redis => Content::Keys,
                StreamKind::Collection => match StreamSource::of(id, stream)?.kind {
                    CollectionKind::View => Content::View,
                    _ => Content::Documents,
                },
            };
            found.push(BrowseCollection {
                class: class_of(id, &class.class)?,
                name: stream.name.clone(),
                content,
                documents: stream.stats.documents,
                bytes: stream.stats.bytes,
            });
        }
    }
    found.sort_by_key(|collection| collection.class);
    Ok(found)
}
