//! `bisect`: the first event of a game, and all further ones, at which a rule is broken or a member
//! of the state changes.

pub mod outcome;

use std::collections::BTreeMap;

use avalon::reducer::Replay;
use avalon::view::{Viewer, view_state};
use serde_json::Value;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::GameRecord;
use crate::games::outcome::EventView;
use outcome::{BisectRequest, BisectStep, BisectView, Wanted};

/// Looks through a game.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game; when no state of the game has
/// such a member, or rules are asked for by anybody but `god`.
pub async fn bisect(engine: &Engine, request: &BisectRequest) -> Result<BisectView, EngineError> {
    let record =
        GameRecord::read_at(engine, &request.game, &request.place, &request.viewer).await?;
    let request = request.clone();
    // Folding a log is work for the processor.
    tokio::task::spawn_blocking(move || look(&record, &request)).await?
}

fn look(record: &GameRecord, request: &BisectRequest) -> Result<BisectView, EngineError> {
    let viewer = Viewer::parse(&request.viewer);
    let events = record.events(&viewer)?;
    let events = events.into_iter().map(|event| (event.seq, event)).collect();
    let steps = match &request.wanted {
        Wanted::Field { path } => changes(record, &viewer, &events, path)?,
        Wanted::Rule { id } => breaks(record, &viewer, &events, id)?,
    };
    Ok(BisectView { wanted: request.wanted.clone(), last_seq: record.last_seq(), steps })
}

type Events = BTreeMap<u64, EventView>;

fn changes(
    record: &GameRecord,
    viewer: &Viewer,
    events: &Events,
    path: &str,
) -> Result<Vec<BisectStep>, EngineError> {
    let pointer: String = path.split('.').map(|name| format!("/{}", escaped(name))).collect();
    let mut replay = Replay::lenient();
    let (mut steps, mut last) = (Vec::new(), None);
    for envelope in record.envelopes() {
        // What cannot be applied at all is among the findings.
        let _ = replay.push(envelope);
        let state = serde_json::to_value(view_state(replay.state(), viewer))
            .map_err(|error| EngineError::Worker { detail: error.to_string() })?;
        let now = state.pointer(&pointer).map(Value::to_string);
        if now != last {
            let (before, after) = (last, now.clone());
            steps.push(BisectStep { before, after, ..step(Some(envelope.seq), events) });
            last = now;
        }
    }
    if steps.is_empty() {
        let reason = format!("no state of the game has a member {path:?}");
        return Err(EngineError::Invalid { field: "path", reason });
    }
    Ok(steps)
}

/// A name as a JSON pointer spells it.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn breaks(
    record: &GameRecord,
    viewer: &Viewer,
    events: &Events,
    id: &str,
) -> Result<Vec<BisectStep>, EngineError> {
    if *viewer != Viewer::God {
        let reason = "what breaks a rule is shown to god alone".to_owned();
        return Err(EngineError::Invalid { field: "viewer", reason });
    }
    if avalon::invariant::by_id(id).is_none() {
        return Err(EngineError::Invalid { field: "rule", reason: format!("there is no {id}") });
    }
    let mut found: Vec<_> =
        record.findings().into_iter().filter(|finding| finding.id == id).collect();
    found.sort_by_key(|finding| finding.seq);
    let broken = |finding: avalon::invariant::Finding| BisectStep {
        detail: Some(finding.detail),
        sentence: Some(finding.sentence),
        ..step(finding.seq, events)
    };
    Ok(found.into_iter().map(broken).collect())
}

fn step(seq: Option<u64>, events: &Events) -> BisectStep {
    let event = seq.and_then(|seq| events.get(&seq));
    BisectStep {
        seq,
        event: event.map(|event| event.kind.clone()),
        at: event.map(|event| event.at),
        before: None,
        after: None,
        detail: None,
        sentence: None,
    }
}
