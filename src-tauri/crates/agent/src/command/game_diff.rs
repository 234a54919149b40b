//! `avault game diff`: what differs between two moments, in the words of the game.

use api::Operation;
use api::engine::avalon::diff::{Change, Fact, SeatChange, WeightedFact};
use api::engine::diff::outcome::{DiffRequest, DiffSide, DiffView, GameAt};
use serde::Serialize;
use serde_json::Value;

use super::answer;
use crate::arguments::{Diff, Global};
use crate::failure::Failure;
use crate::print::{Align, Style, Table};
use crate::session::{Session, options};

pub async fn run(global: &Global, diff: Diff) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let other = diff.other.unwrap_or_else(|| diff.game.clone());
    let before = GameAt {
        game: diff.game,
        seq: diff.from,
        backup: diff.from_backup,
        snapshot: diff.from_snapshot,
    };
    let after =
        GameAt { game: other, seq: diff.to, backup: diff.to_backup, snapshot: diff.to_snapshot };
    let request = DiffRequest { before, after, viewer: diff.viewer };
    let view: DiffView = session.ask(Operation::GameDiff, request).await?;
    answer(global, &view, print_diff)
}

pub(super) fn print_diff(view: &DiffView) {
    let style = Style::of_stdout();
    println!("{}  {}", side(&view.before, style), style.faint("before"));
    println!("{}  {}", side(&view.after, style), style.faint("after"));
    let counted = [
        (view.outcome.winner, "winner"),
        (view.outcome.statistics, "statistics"),
        (view.outcome.rating, "ratings"),
    ];
    let counted: Vec<&str> =
        counted.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    match (view.facts.is_empty(), counted.is_empty()) {
        (true, _) => println!("nothing differs that the game knows of"),
        (false, true) => println!("winner, statistics and ratings are the same"),
        (false, false) => println!("{} {}", style.bad("differs:"), counted.join(", ")),
    }
    let mut table = Table::new(&[
        ("", Align::Left),
        ("", Align::Left),
        ("before", Align::Left),
        ("after", Align::Left),
    ]);
    for fact in &view.facts {
        for (at, Line { what, before, after }) in lines(fact).into_iter().enumerate() {
            let title = if at == 0 { title(&fact.fact) } else { String::new() };
            table.row([title, what, before, after]);
        }
    }
    print!("{}", table.text(style, "  "));
}

fn side(side: &DiffSide, style: Style) -> String {
    let backup = side.backup.as_ref().map(|id| format!(" in backup {id}"));
    let snapshot = side.snapshot.as_ref().map(|snapshot| {
        let part = if snapshot.whole { "" } else { ", not the whole state" };
        format!(" in snapshot {}{part}", snapshot.id)
    });
    let place = backup.or(snapshot).unwrap_or_default();
    format!("{} after event {} of {}{place}", style.strong(&side.row.id), side.seq, side.last_seq)
}

/// What a fact is about.
fn title(fact: &Fact) -> String {
    match fact {
        Fact::Rules => "rules".to_owned(),
        Fact::Player { seat, .. } | Fact::Role { seat, .. } | Fact::Connection { seat, .. } => {
            format!("seat {seat}")
        }
        Fact::Proposal { quest, attempt, .. } => format!("quest {quest}, attempt {attempt}"),
        Fact::Quest { quest, .. } => format!("quest {quest}"),
        Fact::LadyUse { quest, .. } => format!("lady after quest {quest}"),
        Fact::LadyHolder { .. } => "lady of the lake".to_owned(),
        Fact::Loyalty { quest, .. } => format!("loyalty card of quest {quest}"),
        Fact::Assassination { .. } => "assassination".to_owned(),
        Fact::Winner { .. } => "result".to_owned(),
        Fact::Score { .. }
        | Fact::Phase { .. }
        | Fact::Leader { .. }
        | Fact::VoteTrack { .. }
        | Fact::Paused { .. } => "now".to_owned(),
    }
}

/// One member of a fact, in words.
#[derive(Clone)]
struct Line {
    what: String,
    before: String,
    after: String,
}

/// The members of a fact that differ, in the order in which the contract names them.
fn lines(told: &WeightedFact) -> Vec<Line> {
    match &told.fact {
        Fact::Rules => {
            vec![line("profile", &Change { before: Some("one"), after: Some("another") })]
        }
        Fact::Player { player, .. } => vec![line("player", player)],
        Fact::Role { role, side, mark, .. } => {
            [of("role", role), of("side", side), of("told", mark)].concat()
        }
        Fact::Proposal { leader, team, excalibur_to, votes, voted, tally, result, .. } => {
            let tally = tally.as_ref().map(|tally| Change {
                before: tally
                    .before
                    .map(|votes| format!("{} to {}", votes.approvals, votes.rejections)),
                after: tally
                    .after
                    .map(|votes| format!("{} to {}", votes.approvals, votes.rejections)),
            });
            let voted = voted.clone().filter(|_| votes.is_empty());
            [
                of("leader", leader),
                of("team", team),
                of("excalibur to", excalibur_to),
                of("voted", &voted),
                of("votes", &tally),
                of("result", result),
                by_seat("vote", votes),
            ]
            .concat()
        }
        Fact::Quest {
            team, cards, played, excalibur, decided, switched, fails, result, ..
        } => {
            let played = played.clone().filter(|_| cards.is_empty());
            [
                of("team", team),
                of("played", &played),
                of("excalibur", excalibur),
                of("decided", decided),
                of("switched", switched),
                of("fails", fails),
                of("result", result),
                by_seat("card", cards),
            ]
            .concat()
        }
        Fact::LadyUse { holder, target, loyalty, claim, .. } => {
            [of("holder", holder), of("target", target), of("shown", loyalty), of("claimed", claim)]
                .concat()
        }
        Fact::LadyHolder { holder } => vec![line("holder", holder)],
        Fact::Loyalty { card, .. } => vec![line("card", card)],
        Fact::Assassination { assassin, target } => {
            [of("assassin", assassin), of("target", target)].concat()
        }
        Fact::Winner { winner, reason } => [of("winner", winner), of("reason", reason)].concat(),
        Fact::Score { successes, failures } => {
            [of("successes", successes), of("failures", failures)].concat()
        }
        Fact::Phase { phase, quest, attempt } => {
            [of("phase", phase), of("quest", quest), of("attempt", attempt)].concat()
        }
        Fact::Leader { leader } => vec![line("leader", leader)],
        Fact::VoteTrack { rejections } => vec![line("rejections", rejections)],
        Fact::Paused { paused } => vec![line("paused", paused)],
        Fact::Connection { connected, bot, acknowledged, .. } => {
            [of("connected", connected), of("bot", bot), of("role looked at", acknowledged)]
                .concat()
        }
    }
}

fn of<T: Serialize>(what: &str, change: &Option<Change<T>>) -> Vec<Line> {
    change.iter().map(|change| line(what, change)).collect()
}

fn line<T: Serialize>(what: &str, change: &Change<T>) -> Line {
    let (before, after) = (word(change.before.as_ref()), word(change.after.as_ref()));
    Line { what: what.to_owned(), before, after }
}

fn by_seat<T: Serialize>(what: &str, changes: &[SeatChange<T>]) -> Vec<Line> {
    changes
        .iter()
        .map(|change| line(&format!("{what} of {}", change.seat), &change.value))
        .collect()
}

/// A value as its wire spelling; seats of a team are put side by side.
fn word<T: Serialize>(value: Option<&T>) -> String {
    match value.map(serde_json::to_value) {
        None | Some(Err(_) | Ok(Value::Null)) => "–".to_owned(),
        Some(Ok(Value::String(text))) => text,
        Some(Ok(Value::Array(seats))) => {
            let seats: Vec<String> = seats.iter().map(ToString::to_string).collect();
            if seats.is_empty() { "–".to_owned() } else { seats.join("·") }
        }
        Some(Ok(other)) => other.to_string(),
    }
}
