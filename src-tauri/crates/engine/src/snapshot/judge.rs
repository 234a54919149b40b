//! What is wrong with the snapshots of one game, and how they would be if it were not.

use std::collections::{BTreeMap, BTreeSet};

use avalon::event::Envelope;
use avalon::id::GameId;
use avalon::invariant::elsewhere::{G_COUNT, G_MOMENTS, G_PHASE, G_STATE_HASH};
use avalon::moment::Moment;
use avalon::sentence;
use avalon::sentence::Sentence;
use avalon::snapshot::{Snapshot, SnapshotError, SnapshotType, id_of};
use avalon::state::GameState;
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};

use super::body::Opened;
use super::create::cut_of;
use super::missing::missing;
use super::outcome::{SnapshotFault, SnapshotFinding, SnapshotRow};
use super::show::{Bases, open_on};
use super::{collection, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, failed};

/// A moment may be on its way into a snapshot for so long.
const ON_ITS_WAY_MS: i64 = 60_000;

/// What was found of a game.
pub(super) struct Judged {
    pub(super) snapshots: u64,
    pub(super) findings: Vec<SnapshotFinding>,
    /// Snapshots of moments that have none.
    pub(super) missing: Vec<Snapshot>,
    /// What stored snapshots would be by the log, where that can be told.
    pub(super) rebuilt: Vec<Snapshot>,
}

/// Holds every snapshot of a game against its log: it opens, it is of an event that calls for it,
/// and its state is the one that the events lead to (level L5); and no key moment has none.
///
/// `record` is what is left of the game, and `now_ms` the time at which it was all read, Unix
/// milliseconds.
///
/// # Errors
/// When MongoDB or the vault does not answer.
pub(super) async fn judge(
    engine: &Engine,
    game: &str,
    record: Option<&GameRecord>,
    now_ms: i64,
) -> Result<Judged, EngineError> {
    let stored = Stored::read(engine, game).await?;
    let mut judged = Judged {
        snapshots: stored.rows.len() as u64,
        findings: Vec::new(),
        missing: Vec::new(),
        rebuilt: Vec::new(),
    };
    let Some(record) = record else {
        for row in &stored.rows {
            let detail = sentence!("neither the log nor the document of its game is there");
            let code = SnapshotFault::Orphan;
            judged.findings.push(finding(row, code, detail, false));
        }
        return Ok(judged);
    };
    let course = Course::of(record, stored.seqs());
    for row in &stored.rows {
        let Some((code, detail)) = fault(row, &stored, &course) else {
            continue;
        };
        let rebuilt =
            if stored.newer(&row.id) { None } else { rebuilt(row, code, record, &course)? };
        judged.findings.push(finding(row, code, detail, rebuilt.is_some()));
        judged.rebuilt.extend(rebuilt);
    }
    // Of a game from before the first listener nothing is missing.
    if stored.rows.iter().any(|row| row.kind.moment().is_some()) {
        let settled = now_ms - ON_ITS_WAY_MS;
        let old = |snapshot: &Snapshot| {
            let event = snapshot.at_seq().and_then(|seq| course.events.get(&seq));
            event.is_some_and(|event| event.ts < settled)
        };
        let missing = missing(engine, game, record, record.last_seq()).await?;
        judged.missing = missing.into_iter().filter(old).collect();
        judged.findings.extend(judged.missing.iter().map(lacking));
    }
    Ok(judged)
}

/// What is wrong with the snapshots of a game; `now_ms` is the time at which it was all read.
///
/// # Errors
/// When MongoDB or the vault does not answer.
pub(crate) async fn findings(
    engine: &Engine,
    game: &str,
    record: Option<&GameRecord>,
    now_ms: i64,
) -> Result<Vec<SnapshotFinding>, EngineError> {
    Ok(judge(engine, game, record, now_ms).await?.findings)
}

/// The snapshots of a game as they are stored, opened where they open.
struct Stored {
    rows: Vec<SnapshotRow>,
    opened: BTreeMap<String, Opened>,
    /// Why the others do not open.
    broken: BTreeMap<String, EngineError>,
}

impl Stored {
    async fn read(engine: &Engine, game: &str) -> Result<Self, EngineError> {
        let (snapshots, name) = collection(&engine.source()?)?;
        let failed = |error| failed("reading the snapshots of a game", &name, error);
        let found = snapshots
            .find(doc! { "game_id": game })
            .sort(doc! { "timestamp": 1, "_id": 1 })
            .await
            .map_err(failed)?;
        let found: Vec<Document> = found.try_collect().await.map_err(failed)?;
        let rows: Vec<SnapshotRow> = found.iter().filter_map(stored::row).collect();
        let sealed = |one: &Document| Some((one.get_str("_id").ok()?.to_owned(), one.clone()));
        let documents: BTreeMap<String, Document> = found.iter().filter_map(sealed).collect();
        let vault = engine.vault()?;
        let (mut opened, mut broken) = (BTreeMap::new(), BTreeMap::new());
        // Older ones first: what a snapshot stands on is mostly open already.
        for document in &found {
            let Ok(id) = document.get_str("_id") else { continue };
            let bases = Bases::Read { documents: &documents, opened: &opened };
            match open_on(&vault, document, bases).await {
                Ok(one) => drop(opened.insert(id.to_owned(), one)),
                Err(error) if error.is_transient() => return Err(error),
                Err(error) => drop(broken.insert(id.to_owned(), error)),
            }
        }
        Ok(Self { rows, opened, broken })
    }

    /// Whether a later version of this program wrote it: then nothing tells that it is damaged, and
    /// it is not written over.
    fn newer(&self, id: &str) -> bool {
        let document = self.opened.get(id).map(Opened::document);
        matches!(document, Some(Err(SnapshotError::Newer(_))))
            || matches!(self.broken.get(id), Some(EngineError::SnapshotTooNew { .. }))
    }

    fn seqs(&self) -> BTreeSet<u64> {
        self.opened.values().map(|opened| opened.at_seq).collect()
    }
}

/// What the log tells of the game.
struct Course<'r> {
    game: GameId,
    events: BTreeMap<u64, &'r Envelope>,
    states: BTreeMap<u64, GameState>,
    /// Whether a snapshot may be made again by it.
    sound: bool,
}

impl<'r> Course<'r> {
    fn of(record: &'r GameRecord, seqs: BTreeSet<u64>) -> Self {
        Self {
            game: GameId::from(record.row().id.as_str()),
            events: record.envelopes().map(|envelope| (envelope.seq, envelope)).collect(),
            states: record.states_at(&seqs),
            sound: !record.findings().iter().any(|finding| finding.severity.is_failure()),
        }
    }

    /// The event after which a snapshot of this id and type was cut.
    fn seq_of(&self, id: &str, kind: SnapshotType) -> Option<u64> {
        self.events.keys().copied().find(|seq| id_of(&self.game, kind, *seq) == id)
    }
}

/// What is wrong with a stored snapshot, if anything.
fn fault(
    row: &SnapshotRow,
    stored: &Stored,
    course: &Course<'_>,
) -> Option<(SnapshotFault, Sentence)> {
    let broken = |problem: String| Some((SnapshotFault::Broken, sentence!("{problem}", problem)));
    let Some(opened) = stored.opened.get(&row.id) else {
        let why = stored.broken.get(&row.id);
        return broken(why.map(ToString::to_string).unwrap_or_default());
    };
    let info = match opened.document().map(|document| document.whole()) {
        Ok(Ok(info)) => info,
        // Somebody else's shows the game and is held against nothing.
        Ok(Err(SnapshotError::NotWhole { .. })) => return None,
        Ok(Err(error)) => return broken(error.to_string()),
        Err(error) => return broken(error.to_string()),
    };
    let misplaced = |detail| Some((SnapshotFault::Misplaced, detail));
    let Some(event) = course.events.get(&info.at_seq) else {
        return misplaced(sentence!("the log has no event {seq}", seq = info.at_seq));
    };
    if id_of(&course.game, row.kind, info.at_seq) != row.id {
        return misplaced(sentence!("its id is not that of event {seq}", seq = info.at_seq));
    }
    if row.kind.moment().is_some_and(|moment| Moment::of(&event.event) != Some(moment)) {
        return misplaced(sentence!(
            "event {seq} is no {kind}",
            seq = info.at_seq,
            kind = row.kind.to_string()
        ));
    }
    let seq = info.at_seq;
    let differs = |detail| Some((SnapshotFault::Differs, detail));
    if info.event_hash != event.hash {
        return differs(sentence!("its event is not that of the log at event {seq}", seq));
    }
    match course.states.get(&info.at_seq) {
        Some(state) if *state == info.state => None,
        _ => differs(sentence!("its state is not that of the log at event {seq}", seq)),
    }
}

/// A snapshot as the log makes it, where what is stored is of no use and the log is sound.
fn rebuilt(
    row: &SnapshotRow,
    code: SnapshotFault,
    record: &GameRecord,
    course: &Course<'_>,
) -> Result<Option<Snapshot>, EngineError> {
    let can = matches!(code, SnapshotFault::Broken | SnapshotFault::Differs) && course.sound;
    let seq = course.seq_of(&row.id, row.kind).filter(|_| can);
    seq.map(|seq| cut_of(record, seq, row.kind, row.at)).transpose()
}

fn finding(
    row: &SnapshotRow,
    code: SnapshotFault,
    sentence: Sentence,
    repairable: bool,
) -> SnapshotFinding {
    SnapshotFinding {
        game: row.game.clone(),
        snapshot: row.id.clone(),
        kind: row.kind,
        fault: code,
        rule: rule(code).to_owned(),
        detail: sentence.to_string(),
        sentence,
        repairable,
        repaired: false,
    }
}

/// The finding of a key moment without a snapshot.
fn lacking(snapshot: &Snapshot) -> SnapshotFinding {
    let seq = snapshot.at_seq().unwrap_or_default();
    let sentence = sentence!("no snapshot was taken after event {seq}", seq);
    SnapshotFinding {
        game: snapshot.game_id.as_str().to_owned(),
        snapshot: snapshot.snapshot_id.clone(),
        kind: snapshot.snapshot_type,
        fault: SnapshotFault::Missing,
        rule: rule(SnapshotFault::Missing).to_owned(),
        detail: sentence.to_string(),
        sentence,
        repairable: true,
        repaired: false,
    }
}

const fn rule(code: SnapshotFault) -> &'static str {
    match code {
        SnapshotFault::Missing => G_MOMENTS.id,
        SnapshotFault::Orphan => G_COUNT.id,
        SnapshotFault::Misplaced => G_PHASE.id,
        SnapshotFault::Broken | SnapshotFault::Differs => G_STATE_HASH.id,
    }
}
