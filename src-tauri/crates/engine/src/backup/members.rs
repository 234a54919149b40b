//! The collections of a set, each with its stream: to be scanned, or standing on a base.

use source::mongo::window::CaptureWindow;
use source::mongo::{CollectionInfo, CollectionKind, MongoSource};
use source::profile::{CollectionSelection, DataClass, Part};
use vault::{SetWriter, StreamInfo, StreamKind};

use super::base::{Base, Instead};
use super::capture::Member;
use super::checkpoint::Interrupted;
use super::stream::{StreamSource, live_games};
use crate::error::EngineError;

/// Names of all collections of the classes, whether they exist or not: one may appear.
pub(super) fn names(source: &MongoSource, classes: &[DataClass]) -> Vec<String> {
    let selection = source.profile().selection(classes);
    selection.into_iter().map(|selected| selected.collection).collect()
}

/// What a full has to go by.
pub(super) struct Before<'b> {
    /// The scan that it goes on from.
    pub(super) interrupted: Option<&'b Interrupted>,
    /// The newest set of the same classes: collections are cut where they were cut then.
    pub(super) earlier: Option<&'b Base>,
}

/// The members of a full: every collection of the classes that exists, to be scanned from T0. A
/// part of the events collection is scanned by the games unfinished at T0; the images at T1 then
/// correct it for games that ended in between.
pub(super) async fn fresh(
    source: &MongoSource,
    classes: &[DataClass],
    before: Before<'_>,
    window: &mut CaptureWindow,
    set: &SetWriter,
) -> Result<Vec<Member>, EngineError> {
    let kept = before.interrupted.and_then(|from| from.course.unfinished.as_deref());
    let unfinished = live_games(kept)?;
    let mut members = Vec::new();
    for (selection, info) in existing(source, classes).await? {
        let mut kept = StreamSource::new(&selection, &info);
        // An earlier set that cannot be understood only means that it is cut anew.
        let earlier = before.earlier.map(|earlier| earlier.stream_of(&info, selection.part));
        if let Some(Ok(Some((_, earlier)))) = earlier {
            kept.cuts = earlier.cuts;
        }
        let stream = set.stream(stream_info(&selection, &kept)?).await?;
        let membership = match selection.part {
            Part::Whole => None,
            part => Some(match &unfinished {
                Some(live) => window.resume_split(part, live.clone())?,
                None => window.split_events(part).await?,
            }),
        };
        let scan_after = Some(window.opened_at());
        members.push(Member { selection, info, stream, scan_after, membership, source: kept });
    }
    Ok(members)
}

/// The members of an increment. A collection stands on its stream in the base as long as it is the
/// same one, told by its UUID, and nothing happened to it that the oplog does not tell document by
/// document; else it is scanned from now on.
pub(super) async fn over(
    base: &Base,
    source: &MongoSource,
    classes: &[DataClass],
    window: &mut CaptureWindow,
    set: &SetWriter,
) -> Result<Result<Vec<Member>, Instead>, EngineError> {
    let existing = existing(source, classes).await?;
    let kind_of = |name: &str| {
        let found = existing.iter().find(|(_, info)| info.name == name);
        found.map_or(CollectionKind::Plain, |(_, info)| info.kind)
    };
    let mut void = Vec::new();
    for name in names(source, classes) {
        if window.is_void(&name, kind_of(&name)) {
            // What is gone begins anew too: it may come back before the end.
            void.push((window.restart(&name).await?, name));
        }
    }
    let mut members = Vec::new();
    for (selection, info) in existing {
        let voided = void.iter().find(|(_, name)| *name == info.name).map(|(since, _)| *since);
        let kept = match voided {
            Some(_) => None,
            None => base.stream_of(&info, selection.part)?,
        };
        let mut definition = StreamSource::new(&selection, &info);
        if let Some((_, kept)) = &kept {
            definition.cuts.clone_from(&kept.cuts);
        }
        let wanted = stream_info(&selection, &definition)?;
        let part = selection.part;
        let (stream, scan_after, membership) = match kept {
            Some((stream, kept)) => {
                let membership = match (part, live_games(kept.unfinished.as_deref())?) {
                    (Part::Whole, _) => None,
                    (_, None) => return Ok(Err(Instead::PartWithoutBase)),
                    (part, Some(live)) => Some(window.resume_split(part, live)?),
                };
                (set.stream_over(wanted, stream).await?, None, membership)
            }
            None if part != Part::Whole => return Ok(Err(Instead::PartWithoutBase)),
            None => {
                let since = match voided {
                    Some(since) => since,
                    None => window.restart(&info.name).await?,
                };
                (set.stream(wanted).await?, Some(since), None)
            }
        };
        members.push(Member {
            selection,
            info,
            stream,
            scan_after,
            membership,
            source: definition,
        });
    }
    Ok(Ok(members))
}

/// The collections of the classes that exist.
pub(super) async fn existing(
    source: &MongoSource,
    classes: &[DataClass],
) -> Result<Vec<(CollectionSelection, CollectionInfo)>, EngineError> {
    let existing = source.inspect().await?;
    let mut found = Vec::new();
    for selection in source.profile().selection(classes) {
        if let Some(info) = existing.iter().find(|info| info.name == selection.collection) {
            info.ensure_supported()?;
            found.push((selection, info.clone()));
        }
    }
    Ok(found)
}

fn stream_info(
    selection: &CollectionSelection,
    source: &StreamSource,
) -> Result<StreamInfo, EngineError> {
    Ok(StreamInfo {
        class: selection.class.name().to_owned(),
        name: selection.collection.clone(),
        kind: StreamKind::Collection,
        metadata: source.encode()?,
    })
}
