//! `avault check`: every object of the store.

use api::Operation;
use api::engine::verify::outcome::VerifyOutcome;
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
