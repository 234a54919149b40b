//! `avault check`: every object of the store.

use api::Operation;
use api::engine::verify::outcome::{InvariantVerdict, VerifyOutcome};
use serde_json::json;

use super::print_json;
use crate::arguments::Global;
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::{Session, options};

/// Problems that a terminal shows; `--json` prints all.
const SHOWN: usize = 20;

pub async fn run(global: &Global) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let outcome: VerifyOutcome = session.outcome(Operation::StoreCheck, json!({})).await?;
    if global.json {
        print_json(&outcome)?;
    } else {
        print_outcome(&outcome, "");
    }
    if outcome.ok { Ok(()) } else { Err(Failure::Problems) }
}

/// Prints what a verification found, each line behind `indent`.
pub fn print_outcome(outcome: &VerifyOutcome, indent: &str) {
    let style = Style::of_stdout();
    let level = outcome.level.map_or("no level".to_owned(), |level| format!("{level:?}"));
    let verdict = if outcome.ok { style.good("sound") } else { style.bad("damaged") };
    println!(
        "{indent}{}  {verdict} at {level}: {} objects, {} read",
        style.strong(&outcome.backup),
        count(outcome.objects),
        bytes(outcome.bytes),
    );
    if let Some(coverage) = &outcome.coverage {
        println!("{indent}{}", style.faint(&coverage.statement()));
    }
    print_invariants(outcome, indent);
    if outcome.problems.is_empty() {
        return;
    }
    let mut table =
        Table::new(&[("object", Align::Left), ("problem", Align::Left), ("found", Align::Left)]);
    for problem in outcome.problems.iter().take(SHOWN) {
        table.row([problem.object.clone(), problem.kind.clone(), problem.detail.clone()]);
    }
    print!("{}", table.text(style, indent));
    if outcome.problems.len() > SHOWN {
        let more = format!("… and {} more; --json prints all", outcome.problems.len() - SHOWN);
        println!("{indent}{}", style.faint(&more));
    }
}

/// The invariants of backups: those broken with what was found, then those that hold.
fn print_invariants(outcome: &VerifyOutcome, indent: &str) {
    let style = Style::of_stdout();
    for broken in outcome.invariants.iter().filter(|one| one.verdict == InvariantVerdict::Broken) {
        println!(
            "{indent}{} {} ({:?}), {} found",
            style.bad("broken"),
            style.strong(&broken.id),
            broken.severity,
            count(broken.count),
        );
        for detail in &broken.details {
            println!("{indent}  {detail}");
        }
    }
    let named = |verdict| {
        let of = outcome.invariants.iter().filter(move |one| one.verdict == verdict);
        of.map(|one| one.id.as_str()).collect::<Vec<_>>().join(" ")
    };
    let holds = named(InvariantVerdict::Holds);
    if !holds.is_empty() {
        println!("{indent}{} {holds}", style.good("holds"));
    }
    let open = named(InvariantVerdict::NotJudged);
    if !open.is_empty() {
        println!("{indent}{}", style.faint(&format!("not judged at this depth: {open}")));
    }
}
