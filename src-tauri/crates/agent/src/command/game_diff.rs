//! `avault game diff`: what differs between two moments, in the words of the game.

use std::path::PathBuf;

use api::Operation;
use api::engine::diff::outcome::{
    DiffExport, DiffExportRequest, DiffFormat, DiffRequest, DiffSide, DiffView, GameAt,
};
use api::engine::diff::told::{self, ToldFact, ToldValue};
use api::engine::games::outcome::GamePlace;
use api::engine::wording::{self, Words};

use super::answer;
use super::game_place::open_file;
use crate::arguments::{Diff, DiffForm, Global, Language};
use crate::failure::Failure;
use crate::file;
use crate::print::{Align, Style, Table};
use crate::session::{Session, options};

pub async fn run(global: &Global, diff: Diff) -> Result<(), Failure> {
    let session = if diff.from_file.is_some() && diff.to_file.is_some() {
        Session::open(options(global)).await?
    } else {
        Session::connected(options(global)).await?
    };
    let other = diff.other.unwrap_or_else(|| diff.game.clone());
    let place = GamePlace {
        backup: diff.from_backup,
        snapshot: diff.from_snapshot,
        file: opened(&session, diff.from_file).await?,
        event_log: diff.from_event_log,
        what_if: Vec::new(),
    };
    let before = GameAt { game: diff.game, seq: diff.from, place };
    let place = GamePlace {
        backup: diff.to_backup,
        snapshot: diff.to_snapshot,
        file: opened(&session, diff.to_file).await?,
        event_log: diff.to_event_log,
        what_if: diff.what_if,
    };
    let after = GameAt { game: other, seq: diff.to, place };
    let request = DiffRequest { before, after, viewer: diff.viewer };
    let Some(form) = diff.format else {
        let view: DiffView = session.ask(Operation::GameDiff, request).await?;
        return answer(global, &view, print_diff);
    };
    let request = DiffExportRequest {
        diff: request,
        format: format(form),
        language: language(diff.language),
    };
    let export: DiffExport = session.ask(Operation::GameExportDiff, request).await?;
    match diff.out {
        Some(path) => file::write(&path, &export.text, diff.force),
        None => {
            print!("{}", export.text);
            Ok(())
        }
    }
}

async fn opened(session: &Session, file: Option<PathBuf>) -> Result<Option<String>, Failure> {
    match file {
        Some(path) => open_file(session, &path).await.map(Some),
        None => Ok(None),
    }
}

const fn format(form: DiffForm) -> DiffFormat {
    match form {
        DiffForm::Json => DiffFormat::Json,
        DiffForm::Markdown => DiffFormat::Markdown,
        DiffForm::Html => DiffFormat::Html,
    }
}

/// The language as the contract names it.
pub const fn language(language: Language) -> wording::Language {
    match language {
        Language::Chinese => wording::Language::Chinese,
        Language::English => wording::Language::English,
    }
}

pub(super) fn print_diff(view: &DiffView) {
    let style = Style::of_stdout();
    let words = Words::of(wording::Language::English);
    println!("{}  {}", side(&view.before, style), style.faint("before"));
    println!("{}  {}", side(&view.after, style), style.faint("after"));
    let outcome = told::outcome(view, words);
    println!("{}", if view.outcome.any() { style.bad(&outcome) } else { outcome });
    print_facts(told::facts(view, words));
}

/// A line for each thing that differs.
pub(super) fn print_facts(facts: Vec<ToldFact>) {
    let mut table = Table::new(&[
        ("", Align::Left),
        ("", Align::Left),
        ("before", Align::Left),
        ("after", Align::Left),
    ]);
    let word = |value: Option<ToldValue>| value.map_or_else(|| "–".to_owned(), |told| told.text);
    for fact in facts {
        for (at, line) in fact.lines.into_iter().enumerate() {
            let about = if at == 0 { fact.about.clone() } else { String::new() };
            table.row([about, line.label, word(line.before), word(line.after)]);
        }
    }
    print!("{}", table.text(Style::of_stdout(), "  "));
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
