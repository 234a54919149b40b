//! The collections of a set, by what the profile calls them.

use source::profile::Part;
use vault::{SetManifest, StreamKind};

use crate::backup::stream::StreamSource;
use crate::error::EngineError;
use crate::games::{EVENTS, HISTORY, LIVE};

/// One collection of a set.
pub(super) struct SetPart<'m> {
    pub(super) class: &'m str,
    pub(super) name: &'m str,
    /// The profile's name for it.
    pub(super) logical: String,
    pub(super) documents: u64,
    /// Which of the collection's documents the set holds.
    pub(super) part: Part,
}

/// The collections of a set; none when it does not hold both a catalogue of games and their events.
pub(super) fn of_games(manifest: &SetManifest) -> Result<Option<Vec<SetPart<'_>>>, EngineError> {
    let mut parts = Vec::new();
    for class in &manifest.classes {
        for stream in class.streams.iter().filter(|one| one.kind == StreamKind::Collection) {
            let StreamSource { logical, part, .. } =
                StreamSource::of(&manifest.summary.id, stream)?;
            let (class, documents) = (class.class.as_str(), stream.stats.documents);
            parts.push(SetPart { class, name: &stream.name, logical, documents, part });
        }
    }
    let has = |logical: &str| parts.iter().any(|part| part.logical == logical);
    let both = has(EVENTS) && (has(LIVE) || has(HISTORY));
    Ok(both.then_some(parts))
}
