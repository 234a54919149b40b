//! `avault game bisect`: when a rule was broken or a member of the state changed.

use api::Operation;
use api::engine::bisect::outcome::{BisectRequest, BisectStep, BisectView, Wanted};

use super::{answer, game_place};
use crate::arguments::{Bisect, Global};
use crate::failure::Failure;
use crate::print::{Align, Style, Table, moment};

pub async fn run(global: &Global, bisect: Bisect) -> Result<(), Failure> {
    let Bisect { game, field, rule, place, viewer } = bisect;
    let (session, place) = game_place::open(global, place).await?;
    let wanted = match (field, rule) {
        (Some(path), _) => Wanted::Field { path },
        (None, rule) => Wanted::Rule { id: rule.unwrap_or_default() },
    };
    let request = BisectRequest { game, place, viewer, wanted };
    let view: BisectView = session.ask(Operation::GameBisect, request).await?;
    answer(global, &view, print_steps)
}

fn print_steps(view: &BisectView) {
    if view.steps.is_empty() {
        println!("no event of {} does", view.last_seq);
        return;
    }
    let mut table = Table::new(&[
        ("event", Align::Right),
        ("", Align::Left),
        ("at", Align::Left),
        ("before", Align::Left),
        ("after", Align::Left),
    ]);
    for step in &view.steps {
        let BisectStep { seq, event, at, before, after, detail, .. } = step.clone();
        table.row([
            seq.map_or_else(|| "–".to_owned(), |seq| seq.to_string()),
            event.unwrap_or_default(),
            at.map(moment).unwrap_or_default(),
            before.unwrap_or_default(),
            after.or(detail).unwrap_or_default(),
        ]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
}
