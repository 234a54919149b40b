//! `avault game check GAME`: a game of the service.

use std::collections::BTreeMap;

use api::Operation;
use api::engine::avalon::check::GameReport;
use api::engine::avalon::interchange::StreamSummary;
use api::engine::games::outcome::{GamePlace, GameShowRequest, GameView};
use serde_json::json;

use super::report::Reporter;
use crate::arguments::Global;
use crate::failure::{Failure, could_not};
use crate::session::{Session, options};

pub async fn run(global: &Global, game: &str) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let (id, viewer) = (game.to_owned(), "god".to_owned());
    let request =
        GameShowRequest { id, seq: None, viewer, moment_only: false, place: GamePlace::default() };
    let view: GameView = session.ask(Operation::GameShow, request).await?;
    let report = report(&view)?;
    let sound = report.is_sound();
    let summary = StreamSummary {
        games: 1,
        events: report.events,
        unreadable_lines: 0,
        unsound: u64::from(!sound),
    };
    let mut reporter = Reporter::new(std::io::stdout(), global.json);
    reporter.game(&report);
    let written = reporter.finish(&summary);
    written.map_err(|error| could_not("the report cannot be written", error))?;
    if sound { Ok(()) } else { Err(Failure::Problems) }
}

/// The service's own verdict in the form of a file's report.
fn report(view: &GameView) -> Result<GameReport, Failure> {
    let mut moments: BTreeMap<String, u32> =
        (1..=7).map(|number| (format!("K{number}"), 0)).collect();
    for moment in view.events.iter().filter_map(|event| event.moment.as_ref()) {
        *moments.entry(moment.clone()).or_default() += 1;
    }
    let skipped: [&str; 0] = [];
    serde_json::from_value(json!({
        "gameId": view.row.id,
        "events": view.events.len(),
        "winner": view.winner,
        "reason": view.reason,
        "moments": moments,
        "findings": view.findings,
        "skipped": skipped,
    }))
    .map_err(|error| could_not("the game's verdict is unreadable", error))
}
