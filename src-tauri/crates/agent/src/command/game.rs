//! `avault game list` and `avault game show`.

use api::Operation;
use api::engine::avalon::what_if::Origin;
use api::engine::diff::told;
use api::engine::games::outcome::{
    GameListRequest, GamePage, GameRow, GameShowRequest, GameStatus, GameView, QuestMark,
    WhatIfView,
};
use api::engine::wording::{Language, Words};

use super::game_diff::print_facts;
use super::{answer, game_place, print_json};
use crate::arguments::{Global, Place};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, moment};
use crate::session::{Session, options};

/// Rows asked for at once.
const PAGE: u32 = 200;

pub async fn list(
    global: &Global,
    finished: bool,
    search: String,
    limit: u32,
) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let status = if finished { GameStatus::Finished } else { GameStatus::Live };
    let mut request = GameListRequest { status, search, cursor: None, limit: 0 };
    let mut left = limit;
    let mut rows = Vec::new();
    while left > 0 {
        request.limit = left.min(PAGE);
        let page: GamePage = session.ask(Operation::GameList, request.clone()).await?;
        left = left.saturating_sub(u32::try_from(page.games.len()).unwrap_or(left));
        rows.extend(page.games);
        request.cursor = page.cursor;
        if request.cursor.is_none() {
            break;
        }
    }
    if global.json {
        return rows.iter().try_for_each(print_json);
    }
    print_rows(&rows);
    Ok(())
}

fn print_rows(rows: &[GameRow]) {
    let mut table = Table::new(&[
        ("game", Align::Left),
        ("players", Align::Right),
        ("phase", Align::Left),
        ("quests", Align::Left),
        ("events", Align::Right),
        ("last event", Align::Left),
        ("winner", Align::Left),
    ]);
    for row in rows {
        table.row([
            row.id.clone(),
            row.players.to_string(),
            row.phase.clone(),
            row.quests
                .iter()
                .map(|mark| if *mark == QuestMark::Success { '●' } else { '×' })
                .collect(),
            row.seq.to_string(),
            moment(row.updated_at),
            winner(row),
        ]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
}

fn winner(row: &GameRow) -> String {
    let Some(side) = row.winner else {
        return String::new();
    };
    let side = format!("{side:?}").to_lowercase();
    row.reason.as_ref().map_or(side.clone(), |reason| format!("{side}, {reason}"))
}

pub async fn show(
    global: &Global,
    id: String,
    seq: Option<u64>,
    viewer: String,
    place: Place,
) -> Result<(), Failure> {
    let (session, place) = game_place::open(global, place).await?;
    let request = GameShowRequest { id, seq, viewer, moment_only: false, place };
    let view: GameView = session.ask(Operation::GameShow, request).await?;
    answer(global, &view, print_game)
}

fn print_game(view: &GameView) {
    let style = Style::of_stdout();
    println!(
        "{}  {}",
        style.strong(&view.row.id),
        style.faint(&format!("seen as {}", view.viewer))
    );
    println!(
        "after event {} of {}: {}, quest {}, attempt {}, {} rejections",
        view.seq, view.last_seq, view.phase, view.quest, view.attempt, view.vote_track,
    );
    if view.snapshot.as_ref().is_some_and(|snapshot| !snapshot.whole) {
        println!("{}", style.bad("the snapshot does not hold the whole state"));
    }
    let mut seats = Table::new(&[
        ("seat", Align::Right),
        ("player", Align::Left),
        ("name", Align::Left),
        ("role", Align::Left),
        ("", Align::Left),
    ]);
    for seat in &view.seats {
        let marks = [(seat.leader, "leader"), (seat.on_team, "on the team"), (seat.lady, "lady")];
        let marks: Vec<&str> =
            marks.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        seats.row([
            seat.seat.to_string(),
            seat.player_id.clone(),
            seat.nick.clone().unwrap_or_default(),
            seat.role.clone().unwrap_or_default(),
            marks.join(", "),
        ]);
    }
    print!("{}", seats.text(style, "  "));
    let mut events = Table::new(&[
        ("seq", Align::Right),
        ("event", Align::Left),
        ("", Align::Left),
        ("payload", Align::Left),
    ]);
    for event in view.events.iter().filter(|event| event.seq <= view.seq) {
        let origin = match event.origin.map(|origin| origin.origin) {
            None | Some(Origin::Log) => "",
            Some(Origin::Changed) => " (changed)",
            Some(Origin::Derived) => " (follows)",
        };
        events.row([
            event.seq.to_string(),
            format!("{}{origin}", event.kind),
            event.moment.clone().unwrap_or_default(),
            event.payload.to_string(),
        ]);
    }
    print!("{}", events.text(style, "  "));
    if let Some(what_if) = &view.what_if {
        print_what_if(view, what_if);
    }
    for finding in &view.findings {
        println!("{} {} {}", style.bad(&finding.severity), finding.id, finding.detail);
    }
}

/// What became of the log, and what is otherwise at the end.
fn print_what_if(view: &GameView, what_if: &WhatIfView) {
    let style = Style::of_stdout();
    println!("{}", style.attention(&format!("not what happened: from event {} on", what_if.from)));
    for dropped in &what_if.dropped {
        let rule = dropped.rule.as_deref().unwrap_or("skipped");
        println!("  without {} {}: {rule} {}", dropped.seq, dropped.kind, dropped.detail);
    }
    if what_if.waits.turn != "over" {
        let seats: Vec<String> = what_if.waits.seats.iter().map(u32::to_string).collect();
        println!("  it ends there: {} is due, seats {}", what_if.waits.turn, seats.join(", "));
    }
    let words = Words::of(Language::English);
    println!("  {}", told::outcome_of(&what_if.outcome, &what_if.facts, words));
    print_facts(told::facts_between(&what_if.facts, &view.seats, &view.seats, words));
}
