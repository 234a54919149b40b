//! `avault compare`: a backup against the live data.

use api::Operation;
use api::engine::compare::outcome::{CompareOutcome, CompareRequest, DifferenceKind};

use super::{classes, print_json};
use crate::arguments::{Class, Global};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, count};
use crate::session::{Session, options};

/// Examples a collection that a terminal shows.
const SHOWN: usize = 3;

pub async fn run(global: &Global, backup: String, named: &[Class]) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let request = CompareRequest { backup, classes: classes(named) };
    let outcome: CompareOutcome = session.outcome(Operation::CompareRun, request).await?;
    if global.json {
        print_json(&outcome)?;
    } else {
        print_outcome(&outcome, "");
    }
    if outcome.equal { Ok(()) } else { Err(Failure::Problems) }
}

/// Prints how they differ, each line behind `indent`.
pub fn print_outcome(outcome: &CompareOutcome, indent: &str) {
    let style = Style::of_stdout();
    let verdict = if outcome.equal { style.good("equal") } else { style.attention("different") };
    println!("{indent}{}  {verdict}", style.strong(&outcome.backup));
    let mut table = Table::new(&[
        ("collection", Align::Left),
        ("equal", Align::Right),
        ("missing", Align::Right),
        ("different", Align::Right),
        ("newer", Align::Right),
        ("for example", Align::Left),
    ]);
    for collection in &outcome.collections {
        table.row([
            collection.collection.clone(),
            count(collection.equal),
            count(collection.missing),
            count(collection.different),
            count(collection.extra),
            examples(collection),
        ]);
    }
    print!("{}", table.text(style, indent));
}

fn examples(collection: &api::engine::compare::outcome::CollectionDifference) -> String {
    let telling = collection.examples.iter().filter(|one| one.kind != DifferenceKind::Extra);
    let ids: Vec<&str> = telling.take(SHOWN).map(|one| one.id.trim_matches('"')).collect();
    ids.join(" ")
}
