//! What of a backup a restore brings back, and what it leaves of the live data.

use source::profile::{DataClass, Part, Profile};
use vault::{SetManifest, StreamKind, StreamManifest};

use crate::backup::stream::StreamSource;
use crate::compare::chosen;
use crate::error::EngineError;

/// A collection to restore.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The class that the stream is filed under.
    pub(crate) class: DataClass,
    pub(crate) stream: StreamManifest,
    pub(crate) definition: StreamSource,
    /// Keep only this part of the stream's documents; whole takes all.
    pub(crate) keep: Part,
    /// Take over this part of the live documents beside them.
    pub(crate) carry: Option<Part>,
}

impl Item {
    /// The collection's name in the database.
    pub(crate) fn collection(&self) -> &str {
        &self.stream.name
    }

    /// Whether the stream is restored as it is, so that its manifest's digest is the proof.
    pub(crate) fn is_whole_stream(&self) -> bool {
        self.keep == Part::Whole
    }
}

/// What a restore covers.
#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) manifest: SetManifest,
    /// The classes to restore.
    pub(crate) classes: Vec<DataClass>,
    pub(crate) items: Vec<Item>,
    /// Collections of the classes that the backup does not hold: they did not exist then.
    pub(crate) absent: Vec<(DataClass, String)>,
}

impl Scope {
    /// Works out the scope of `classes` (empty: all of the set) by the profile of the target.
    pub(crate) fn resolve(
        manifest: SetManifest,
        profile: &Profile,
        classes: &[DataClass],
    ) -> Result<Self, EngineError> {
        let classes = chosen(&manifest, classes)?;
        let selection = profile.selection(&classes);
        let mut items = Vec::new();
        for class in &manifest.classes {
            for stream in class.streams.iter().filter(|s| s.kind == StreamKind::Collection) {
                let definition = StreamSource::of(&manifest.summary.id, stream)?;
                let Some(wanted) = wanted(&definition, &classes) else {
                    continue;
                };
                let part = selection
                    .iter()
                    .find(|selected| selected.logical == definition.logical)
                    .map_or(Part::Whole, |selected| selected.part);
                let (keep, carry) =
                    slice(definition.part, part).ok_or_else(|| EngineError::SharedCollection {
                        collection: stream.name.clone(),
                        classes: names(&definition.classes),
                    })?;
                items.push(Item { class: wanted, stream: stream.clone(), definition, keep, carry });
            }
        }
        let absent = selection
            .into_iter()
            .filter(|selected| selected.part == Part::Whole)
            .filter(|selected| items.iter().all(|item| item.collection() != selected.collection))
            .map(|selected| (selected.class, selected.collection))
            .collect();
        Ok(Self { manifest, classes, items, absent })
    }

    /// Whether all documents of the set are restored: then a verified restore proves the set
    /// restorable.
    pub(crate) fn is_whole_set(&self) -> bool {
        self.classes.len() == self.manifest.classes.len()
            && self.items.iter().all(Item::is_whole_stream)
    }

    /// The set's id.
    pub(crate) fn backup(&self) -> &str {
        &self.manifest.summary.id
    }

    /// Bytes of documents to write.
    pub(crate) fn bytes(&self) -> u64 {
        self.items.iter().map(|item| item.stream.stats.bytes).sum()
    }

    /// The item of a collection by its logical name.
    pub(crate) fn logical(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.definition.logical == name)
    }

    /// The name of the class that the manifest files a stream under.
    pub(crate) fn stream_class(&self, collection: &str) -> Option<&str> {
        stream_class(&self.manifest, collection)
    }
}

/// The name of the class that a manifest files a collection's stream under.
pub(crate) fn stream_class<'a>(manifest: &'a SetManifest, collection: &str) -> Option<&'a str> {
    manifest
        .classes
        .iter()
        .find(|class| class.streams.iter().any(|stream| stream.name == collection))
        .map(|class| class.class.as_str())
}

fn wanted(definition: &StreamSource, classes: &[DataClass]) -> Option<DataClass> {
    definition.classes.iter().rev().find(|class| classes.contains(class)).copied()
}

/// Which part to keep of a stream that holds `held`, and which to take over from the live
/// collection, so that exactly `wanted` is restored; none when that cannot be.
fn slice(held: Part, wanted: Part) -> Option<(Part, Option<Part>)> {
    match (held, wanted) {
        (Part::Whole, Part::Whole) => Some((Part::Whole, None)),
        (held, wanted) if held == wanted => Some((Part::Whole, Some(complement(wanted)))),
        (Part::Whole, wanted) => Some((wanted, Some(complement(wanted)))),
        _ => None,
    }
}

fn complement(part: Part) -> Part {
    match part {
        Part::Whole => Part::Whole,
        Part::Unfinished => Part::Finished,
        Part::Finished => Part::Unfinished,
    }
}

fn names(classes: &[DataClass]) -> String {
    classes.iter().map(|class| class.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_never_restored_over_the_whole() {
        assert_eq!(slice(Part::Whole, Part::Whole), Some((Part::Whole, None)));
        assert_eq!(
            slice(Part::Whole, Part::Finished),
            Some((Part::Finished, Some(Part::Unfinished)))
        );
        assert_eq!(
            slice(Part::Finished, Part::Finished),
            Some((Part::Whole, Some(Part::Unfinished)))
        );
        assert_eq!(slice(Part::Finished, Part::Whole), None);
        assert_eq!(slice(Part::Unfinished, Part::Finished), None);
    }
}
