use std::collections::BTreeMap;

use avalon::invariant::Finding;
use avalon::moment::Moment;
use avalon::reducer::Replay;
use avalon::state::GameState;
use avalon::view::{Viewer, view_log, view_state};
use mongodb::bson::{Document, doc};
use serde::Serialize;
use serde_json::Value;
use source::mongo::MongoSource;

use super::list::{HISTORY, LIVE, collection, failed};
use super::log::GameLog;
use super::outcome::{EventView, FindingView, GameRow, GameShowRequest, GameView};
use super::{nick, row, table};
use crate::engine::Engine;
use crate::error::EngineError;

/// One game after an event, as the viewer may see it. Also a game of which only the log is left.
///
/// # Errors
/// When MongoDB is not connected, or there is no such game.
pub async fn show(engine: &Engine, request: &GameShowRequest) -> Result<GameView, EngineError> {
    let source = engine.source()?;
    let log = GameLog::read(&source, &request.id).await?;
    let row = find_row(&source, &request.id).await?;
    if row.is_none() && log.events.is_empty() {
        return Err(EngineError::NoSuchGame { id: request.id.clone() });
    }
    let request = request.clone();
    // Judging a log is work for the processor.
    let mut view = tokio::task::spawn_blocking(move || view(&request, &log, row)).await??;
    nick::fill(&source, &mut view.seats).await?;
    Ok(view)
}

/// Makes a row of a document of one of the two collections of games.
type MakeRow = fn(&Document) -> GameRow;

async fn find_row(source: &MongoSource, id: &str) -> Result<Option<GameRow>, EngineError> {
    let live = (LIVE, row::of_live as MakeRow);
    for (logical, make) in [live, (HISTORY, row::of_history)] {
        let name = collection(source, logical)?;
        let found = source
            .database()
            .collection::<Document>(&name)
            .find_one(doc! { "_id": id })
            .await
            .map_err(|error| failed("looking for a game", &name, error))?;
        if let Some(document) = found {
            return Ok(Some(make(&document)));
        }
    }
    Ok(None)
}

fn view(
    request: &GameShowRequest,
    log: &GameLog,
    row: Option<GameRow>,
) -> Result<GameView, EngineError> {
    let viewer = Viewer::parse(&request.viewer);
    let last_seq = log.events.last().map_or(0, |event| event.seq());
    let seq = request.seq.unwrap_or(last_seq).min(last_seq);
    let state = state_at(log, seq);
    let seen = view_state(&state, &viewer);
    let row = row.unwrap_or_else(|| {
        let updated_at = log.events.last().map_or(0, |event| event.envelope.ts);
        row::of_log(&request.id, &state_at(log, last_seq), last_seq, updated_at)
    });
    Ok(GameView {
        row,
        viewer: request.viewer.clone(),
        seq,
        last_seq,
        phase: seen.phase.as_str().to_owned(),
        quest: u32::from(seen.quest),
        attempt: u32::from(seen.attempt),
        vote_track: u32::from(seen.vote_track),
        seats: table::seats(&seen)?,
        quests: table::quests(&seen),
        events: events(log, &viewer)?,
        // A finding may tell what its evidence is: a role, a vote, a card.
        findings: match viewer {
            Viewer::God => log.findings().into_iter().map(finding).collect::<Result<_, _>>()?,
            Viewer::Audience | Viewer::Seat(_) => Vec::new(),
        },
        winner: seen.winner,
        reason: seen.reason.map(|reason| reason.as_str().to_owned()),
        state: to_value(&seen)?,
    })
}

/// The state after an event; events that break rules are applied as far as they can be.
fn state_at(log: &GameLog, seq: u64) -> GameState {
    let mut replay = Replay::lenient();
    for event in log.events.iter().take_while(|event| event.seq() <= seq) {
        // What cannot be applied at all is among the findings.
        let _ = replay.push(&event.envelope);
    }
    replay.into_state()
}

fn events(log: &GameLog, viewer: &Viewer) -> Result<Vec<EventView>, EngineError> {
    let moments: BTreeMap<u64, Moment> = log
        .events
        .iter()
        .filter_map(|event| Some((event.seq(), Moment::of(&event.envelope.event)?)))
        .collect();
    view_log(log.events.iter().map(|event| &event.envelope), viewer)
        .into_iter()
        .map(|event| {
            Ok(EventView {
                seq: event.seq,
                kind: event.kind,
                at: event.ts,
                actor: match &event.actor {
                    Some(actor) => text(actor)?,
                    None => String::new(),
                },
                moment: moments.get(&event.seq).map(|moment| moment.as_str().to_owned()),
                payload: event.payload,
            })
        })
        .collect()
}

fn finding(finding: Finding) -> Result<FindingView, EngineError> {
    Ok(FindingView {
        severity: text(&finding.severity)?,
        repair: text(&finding.repair)?,
        id: finding.id,
        seq: finding.seq,
        detail: finding.detail,
    })
}

pub(super) fn to_value<T: Serialize>(value: &T) -> Result<Value, EngineError> {
    serde_json::to_value(value).map_err(|error| EngineError::Worker { detail: error.to_string() })
}

/// The wire spelling of a name.
pub(super) fn text<T: Serialize>(value: &T) -> Result<String, EngineError> {
    Ok(match to_value(value)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
