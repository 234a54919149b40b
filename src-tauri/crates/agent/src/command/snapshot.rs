//! `avault snapshot`: taken, listed, shown, compared.

use api::Operation;
use api::engine::diff::outcome::{DiffRequest, DiffView, GameAt};
use api::engine::games::outcome::GamePlace;
use api::engine::listen::outcome::ListenOutcome;
use api::engine::snapshot::outcome::{
    SnapshotCreateRequest, SnapshotCreated, SnapshotFinding, SnapshotListRequest, SnapshotPage,
    SnapshotRow, SnapshotShowRequest, SnapshotVerifyOutcome, SnapshotVerifyRequest, SnapshotView,
};

use serde_json::json;

use super::{answer, game_diff, print_json};
use crate::arguments::{Global, Snapshot, SnapshotList};
use crate::failure::{Failure, could_not};
use crate::print::{Align, Style, Table, bytes, moment};
use crate::session::{Session, options};

/// Rows asked for at once.
const PAGE: u32 = 200;

pub async fn run(global: &Global, snapshot: Snapshot) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    match snapshot {
        Snapshot::Create { game, seq } => {
            let request = SnapshotCreateRequest { game, seq };
            let created: SnapshotCreated = session.ask(Operation::SnapshotCreate, request).await?;
            answer(global, &created, print_created)
        }
        Snapshot::Follow => {
            let outcome: ListenOutcome =
                session.outcome(Operation::SnapshotFollow, json!({})).await?;
            answer(global, &outcome, print_followed)
        }
        Snapshot::Verify { game, repair } => {
            let request = SnapshotVerifyRequest { game, repair };
            let outcome: SnapshotVerifyOutcome =
                session.outcome(Operation::SnapshotVerify, request).await?;
            answer(global, &outcome, print_verified)?;
            if outcome.problems > outcome.repaired { Err(Failure::Problems) } else { Ok(()) }
        }
        Snapshot::List(wanted) => list(global, &session, wanted).await,
        Snapshot::Show { id } => {
            let request = SnapshotShowRequest { id };
            let view: SnapshotView = session.ask(Operation::SnapshotShow, request).await?;
            if global.json {
                return print_json(&view);
            }
            print_view(&view)
        }
        Snapshot::Diff { before, after, viewer } => {
            let before = moment_of(&session, before).await?;
            let after = moment_of(&session, after).await?;
            let request = DiffRequest { before, after, viewer };
            let view: DiffView = session.ask(Operation::GameDiff, request).await?;
            answer(global, &view, game_diff::print_diff)
        }
    }
}

/// The moment that a snapshot is of; its id does not tell the game.
async fn moment_of(session: &Session, id: String) -> Result<GameAt, Failure> {
    let request = SnapshotShowRequest { id: id.clone() };
    let view: SnapshotView = session.ask(Operation::SnapshotShow, request).await?;
    Ok(GameAt { game: view.row.game, seq: None, place: GamePlace::of_snapshot(id) })
}

fn print_created(created: &SnapshotCreated) {
    let before = if created.created { "" } else { ", taken before" };
    println!("{}  {}{before}", created.row.id, bytes(created.row.bytes));
}

fn print_followed(outcome: &ListenOutcome) {
    let ListenOutcome { events, taken, missed, .. } = outcome;
    println!("{taken} snapshots of {events} events; {missed} of them had been missed before");
    if let (Some(half), Some(most)) = (outcome.lag_p50_ms, outcome.lag_p99_ms) {
        println!("from event to snapshot: half within {half} ms, 99 of 100 within {most} ms");
    }
}

fn print_verified(outcome: &SnapshotVerifyOutcome) {
    let SnapshotVerifyOutcome { games, snapshots, problems, repaired, findings } = outcome;
    println!("{snapshots} snapshots of {games} games held against the logs");
    for finding in findings {
        let repaired = if finding.repaired { " (made again)" } else { "" };
        let SnapshotFinding { game, kind, rule, detail, .. } = finding;
        println!("{rule}  {game}  {kind}: {detail}{repaired}");
    }
    if *problems > 0 {
        println!("{problems} are not as they should be; {repaired} were made again");
    }
}

async fn list(global: &Global, session: &Session, wanted: SnapshotList) -> Result<(), Failure> {
    let mut request = SnapshotListRequest {
        game: wanted.game,
        room: wanted.room,
        player: wanted.player,
        kinds: wanted.kinds,
        from: wanted.from,
        to: wanted.to,
        text: wanted.search,
        ..SnapshotListRequest::default()
    };
    let mut left = wanted.limit;
    let mut rows = Vec::new();
    while left > 0 {
        request.limit = left.min(PAGE);
        let page: SnapshotPage = session.ask(Operation::SnapshotList, request.clone()).await?;
        left = left.saturating_sub(u32::try_from(page.snapshots.len()).unwrap_or(left));
        rows.extend(page.snapshots);
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

fn print_rows(rows: &[SnapshotRow]) {
    let mut table = Table::new(&[
        ("snapshot", Align::Left),
        ("game", Align::Left),
        ("event", Align::Right),
        ("type", Align::Left),
        ("taken", Align::Left),
        ("size", Align::Right),
        ("kept until", Align::Left),
    ]);
    for row in rows {
        table.row([
            row.id.clone(),
            row.game.clone(),
            row.at_seq.map_or_else(|| "–".to_owned(), |seq| seq.to_string()),
            row.kind.to_string(),
            moment(row.at),
            bytes(row.bytes),
            row.expires_at.map(moment).unwrap_or_default(),
        ]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
}

fn print_view(view: &SnapshotView) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&view.document)
        .map_err(|error| could_not("the snapshot cannot be written as JSON", error))?;
    println!("{text}");
    Ok(())
}
