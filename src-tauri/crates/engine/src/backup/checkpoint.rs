//! Checkpoints of a full's scan: the next job of the same request reads on where one was
//! interrupted, instead of reading again.
//!
//! Kept in the control store: the course of the scan once (`scan`), and how far each part is
//! (`part/<collection>/<ordinal>`). What they speak of lies in the store already when they are kept.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use control::{Control, ControlError, JobFilter, JobState};
use mongodb::bson::{Bson, Document, doc};
use serde_json::Value;
use source::mongo::{ClusterTime, CollectionInfo, ResumePoint, ScanRange};
use vault::PartCheckpoint;

use super::stream::{binaries, binary, bytes_of, list_of};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Verb;
use crate::jobs::JobHandle;

const SCAN: &str = "scan";
/// Segments of a part between two checkpoints of it.
const EVERY: u64 = 16;
/// Jobs looked through for one to go on from.
const LOOKED_BACK: u32 = 100;

/// What a scan is of and how it is divided.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    pub(super) vault: String,
    pub(super) database: String,
    /// When the first job of it began, Unix time in milliseconds.
    pub(super) started_at: i64,
    /// T0.
    pub(super) opened_at: ClusterTime,
    /// Raw `{_id: …}` of the games unfinished at T0, where a part of the events is read.
    pub(super) unfinished: Option<Vec<Bytes>>,
    /// UUID and ranges by collection.
    pub(super) collections: BTreeMap<String, ([u8; 16], Vec<ScanRange>)>,
}

/// How far a part is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PartState {
    pub(super) written: PartCheckpoint,
    /// Where reading goes on: at or before what is written.
    pub(super) after: Option<ResumePoint>,
    pub(super) done: bool,
}

/// An interrupted scan.
#[derive(Debug, Clone)]
pub(super) struct Interrupted {
    pub(super) course: Course,
    parts: BTreeMap<String, PartState>,
}

impl Interrupted {
    pub(super) fn part(&self, collection: &str, ordinal: usize) -> Option<&PartState> {
        self.parts.get(&part_name(collection, ordinal))
    }

    /// The ranges of a collection, when it is the same one still.
    pub(super) fn ranges(&self, info: &CollectionInfo) -> Option<&[ScanRange]> {
        let (uuid, ranges) = self.course.collections.get(&info.name)?;
        (info.uuid == Some(*uuid)).then_some(ranges.as_slice())
    }
}

/// Takes over the checkpoints of the last job of the same request, if that was interrupted or
/// failed. They are this job's from then on.
pub(super) async fn take_over(
    engine: &Engine,
    asked: &Value,
    job: &JobHandle,
) -> Result<Option<Interrupted>, EngineError> {
    let (asked, own, now) = (asked.clone(), job.id().to_owned(), engine.context().now_ms());
    let kept = engine
        .control(move |control| {
            control.interrupt_orphans(now)?;
            let Some(earlier) = interrupted(control, &asked, &own)? else {
                return Ok(Vec::new());
            };
            control.move_checkpoints(&earlier, &own)?;
            control.checkpoints(&own)
        })
        .await?;
    let mut parts = BTreeMap::new();
    let mut course = None;
    for (name, value) in kept {
        // What a later version wrote is read again rather than guessed at.
        if name == SCAN {
            course = decode_course(&value);
        } else if let Some(part) = decode_part(&value) {
            parts.insert(name, part);
        }
    }
    Ok(course.map(|course| Interrupted { course, parts }))
}

/// A request as far as it decides what is read: how fast it was to be read does not.
pub(super) fn asked(mut request: Value) -> Value {
    if let Some(fields) = request.as_object_mut() {
        fields.remove("impact");
    }
    request
}

fn interrupted(
    control: &Control,
    asked: &Value,
    own: &str,
) -> Result<Option<String>, ControlError> {
    let jobs = control.jobs(JobFilter { open_only: false, limit: LOOKED_BACK })?;
    let last = jobs.into_iter().find(|job| {
        job.id != own
            && job.finished_at.is_some()
            && job.verb == Verb::Backup.name()
            && self::asked(job.request.clone()) == *asked
    });
    let resumable = |state| matches!(state, JobState::Interrupted | JobState::Failed);
    Ok(last.filter(|job| resumable(job.state)).map(|job| job.id))
}

/// Keeps the course of a scan that begins; what was kept of another is gone.
pub(super) async fn begin(
    engine: &Engine,
    course: &Course,
    job: &JobHandle,
) -> Result<(), EngineError> {
    let own = job.id().to_owned();
    engine.control(move |control| control.clear_checkpoints(&own)).await?;
    job.checkpoint(SCAN, encode(&course_document(course))?).await
}

/// Keeps how far one part is.
#[derive(Debug)]
pub(super) struct PartKeeper {
    job: JobHandle,
    name: String,
    /// Key and place of the last document of batches that are not wholly written.
    batches: VecDeque<(Bytes, ResumePoint)>,
    after: Option<ResumePoint>,
    kept: u64,
}

impl PartKeeper {
    pub(super) fn new(
        job: &JobHandle,
        collection: &str,
        ordinal: usize,
        from: Option<&PartState>,
    ) -> Self {
        Self {
            job: job.clone(),
            name: part_name(collection, ordinal),
            batches: VecDeque::new(),
            after: from.and_then(|state| state.after.clone()),
            kept: from.map_or(0, |state| state.written.segments),
        }
    }

    /// A batch was pushed up to this document.
    pub(super) fn pushed(&mut self, key: &[u8], document: &[u8]) -> Result<(), EngineError> {
        self.batches.push_back((Bytes::copy_from_slice(key), ResumePoint::of(document)?));
        Ok(())
    }

    /// Whether so much was written since the last checkpoint that another one is worth it.
    pub(super) fn is_due(&self, segments: u64) -> bool {
        segments >= self.kept + EVERY
    }

    /// Keeps a checkpoint.
    pub(super) async fn keep(
        &mut self,
        written: PartCheckpoint,
        done: bool,
    ) -> Result<(), EngineError> {
        while self.batches.front().is_some_and(|(key, _)| *key <= written.through) {
            self.after = self.batches.pop_front().map(|(_, place)| place);
        }
        self.kept = written.segments;
        let state = PartState { written, after: self.after.clone(), done };
        self.job.checkpoint(&self.name, encode(&part_document(&state))?).await
    }
}

fn part_name(collection: &str, ordinal: usize) -> String {
    format!("part/{collection}/{ordinal}")
}

fn encode(document: &Document) -> Result<Vec<u8>, EngineError> {
    document.to_vec().map_err(|error| EngineError::Worker { detail: error.to_string() })
}

fn course_document(course: &Course) -> Document {
    let collections: Vec<Bson> = course
        .collections
        .iter()
        .map(|(name, (uuid, ranges))| {
            let ranges: Vec<Bson> = ranges.iter().map(|range| range.to_document().into()).collect();
            doc! { "name": name, "uuid": binary(uuid), "ranges": ranges }.into()
        })
        .collect();
    let mut document = doc! {
        "vault": &course.vault,
        "database": &course.database,
        "startedAt": course.started_at,
        "openedAt": course.opened_at.to_string(),
        "collections": collections,
    };
    if let Some(unfinished) = &course.unfinished {
        document.insert("unfinished", binaries(unfinished));
    }
    document
}

fn decode_course(value: &[u8]) -> Option<Course> {
    let document = Document::from_reader(value).ok()?;
    let unfinished = list_of(&document, "unfinished")?;
    let mut collections = BTreeMap::new();
    for entry in document.get_array("collections").ok()? {
        let entry = entry.as_document()?;
        let uuid = bytes_of(entry.get("uuid")?)?.as_ref().try_into().ok()?;
        let ranges = entry.get_array("ranges").ok()?;
        let ranges: Option<Vec<_>> =
            ranges.iter().map(|range| ScanRange::from_document(range.as_document()?)).collect();
        collections.insert(entry.get_str("name").ok()?.to_owned(), (uuid, ranges?));
    }
    Some(Course {
        vault: document.get_str("vault").ok()?.to_owned(),
        database: document.get_str("database").ok()?.to_owned(),
        started_at: document.get_i64("startedAt").ok()?,
        opened_at: document.get_str("openedAt").ok()?.parse().ok()?,
        unfinished,
        collections,
    })
}

fn part_document(part: &PartState) -> Document {
    let after = part.after.as_ref().map(|place| binary(&place.document));
    doc! {
        "through": binary(&part.written.through),
        "segments": i64::try_from(part.written.segments).unwrap_or(i64::MAX),
        "state": binary(&part.written.state),
        "after": after.unwrap_or(Bson::Null),
        "done": part.done,
    }
}

fn decode_part(value: &[u8]) -> Option<PartState> {
    let document = Document::from_reader(value).ok()?;
    let after = match document.get("after")? {
        Bson::Null => None,
        value => Some(ResumePoint { document: bytes_of(value)? }),
    };
    Some(PartState {
        written: PartCheckpoint {
            through: bytes_of(document.get("through")?)?,
            segments: u64::try_from(document.get_i64("segments").ok()?).ok()?,
            state: bytes_of(document.get("state")?)?.to_vec(),
        },
        after,
        done: document.get_bool("done").ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_and_a_part_survive_their_encoding() {
        let range = |lower: Bson, upper: Bson| {
            let document = doc! { "ordinal": 0_i64, "lower": lower, "upper": upper };
            ScanRange::from_document(&document).unwrap()
        };
        let ranges = vec![range(Bson::Null, binary(b"m")), range(binary(b"m"), Bson::Null)];
        let course = Course {
            vault: "v".into(),
            database: "avalon".into(),
            started_at: 7,
            opened_at: ClusterTime { time: 5, increment: 2 },
            unfinished: Some(vec![Bytes::from_static(b"id")]),
            collections: [("users".to_owned(), ([3; 16], ranges))].into(),
        };
        let kept = encode(&course_document(&course)).unwrap();
        assert_eq!(decode_course(&kept).unwrap(), course);
        let written =
            PartCheckpoint { through: Bytes::from_static(b"k"), segments: 9, state: vec![1, 2] };
        for after in [None, Some(ResumePoint { document: Bytes::from_static(b"d") })] {
            let part = PartState { written: written.clone(), after, done: true };
            assert_eq!(decode_part(&encode(&part_document(&part)).unwrap()).unwrap(), part);
        }
        assert_eq!(decode_part(b"no bson"), None);
        assert_eq!(ScanRange::from_document(&doc! { "ordinal": 0_i64 }), None);
    }
}
