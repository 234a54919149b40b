//! `avault repair`: what is damaged made sound.

use api::Operation;
use api::engine::stores::outcome::{StoreRepairOutcome, StoreRepairRequest};

use super::print_json;
use super::store::name_of;
use crate::arguments::{Global, Repair};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, bytes, count};
use crate::session::{Session, options};

pub async fn run(global: &Global, repair: Repair) -> Result<(), Failure> {
    let Repair::Store { name, from, dry_run } = repair;
    let request = StoreRepairRequest { store: name_of(name), from: name_of(from), dry_run };
    let mut options = options(global);
    // The damaged store may not even open: the other one is connected.
    options.store = Some(request.from.name().to_owned());
    let session = Session::connected(options).await?;
    let outcome: StoreRepairOutcome = session.outcome(Operation::StoreRepair, request).await?;
    if global.json {
        print_json(&outcome)?;
    } else {
        print(&outcome);
    }
    let untouched = outcome.dry_run && !outcome.repaired.is_empty();
    if outcome.ok && !untouched { Ok(()) } else { Err(Failure::Problems) }
}

fn print(outcome: &StoreRepairOutcome) {
    let style = Style::of_stdout();
    let done = if outcome.dry_run { "would be repaired" } else { "repaired" };
    println!(
        "{}: {} {done} from {}, {} left; {} objects looked at, {}",
        style.strong(outcome.store.name()),
        count(outcome.repaired.len() as u64),
        outcome.from.name(),
        count(outcome.left.len() as u64),
        count(outcome.objects),
        bytes(outcome.bytes),
    );
    let mut table =
        Table::new(&[("object", Align::Left), ("problem", Align::Left), ("cure", Align::Left)]);
    for repaired in &outcome.repaired {
        table.row([repaired.object.clone(), repaired.kind.clone(), repaired.cure.clone()]);
    }
    for problem in &outcome.left {
        table.row([
            problem.object.clone(),
            problem.kind.clone(),
            style.bad(&format!("none: {}", problem.detail)),
        ]);
    }
    if !outcome.repaired.is_empty() || !outcome.left.is_empty() {
        print!("{}", table.text(style, ""));
    }
}
