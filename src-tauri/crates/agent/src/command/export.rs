//! `avault export`: a backup as a dump of MongoDB's own tools.

use std::path::Path;

use api::Operation;
use api::engine::export::outcome::{DumpFormat, ExportOutcome, ExportRequest};

use super::{answer, classes};
use crate::arguments::{Export, Format, Global};
use crate::failure::{Failure, could_not};
use crate::print::{Align, Style, Table, bytes, count, seconds};
use crate::session::{Session, options};

pub async fn run(global: &Global, export: Export) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let request = ExportRequest {
        backup: export.backup,
        classes: classes(&export.classes),
        format: format(export.format),
        path: absolute(&export.out)?,
        gzip: export.gzip,
    };
    let outcome = session.outcome(Operation::BackupExport, request).await?;
    answer(global, &outcome, print_outcome)
}

/// The form as the contract names it.
pub fn format(format: Format) -> DumpFormat {
    match format {
        Format::Mongodump => DumpFormat::Mongodump,
        Format::Archive => DumpFormat::Archive,
    }
}

/// The path as seen from anywhere.
pub fn absolute(path: &Path) -> Result<String, Failure> {
    let path = std::path::absolute(path)
        .map_err(|error| could_not(&format!("{} is no path", path.display()), error))?;
    path.into_os_string()
        .into_string()
        .map_err(|path| could_not("the path is not UTF-8", path.display()))
}

fn print_outcome(outcome: &ExportOutcome) {
    let style = Style::of_stdout();
    println!(
        "{} of {} written to {} in {}",
        style.strong(&outcome.backup),
        outcome.database,
        outcome.path,
        seconds(outcome.seconds),
    );
    println!(
        "{} documents, {}, {} Redis keys; {}",
        count(outcome.documents),
        bytes(outcome.bytes),
        count(outcome.redis_keys),
        style.attention("not encrypted"),
    );
    let rows = outcome.collections.iter();
    print_collections(rows.map(|row| (&*row.collection, row.documents, row.bytes, row.indexes)));
}

/// Prints collections of a dump: name, documents, bytes and indexes of each.
pub fn print_collections<'c>(rows: impl Iterator<Item = (&'c str, u64, u64, u32)>) {
    let mut table = Table::new(&[
        ("collection", Align::Left),
        ("documents", Align::Right),
        ("size", Align::Right),
        ("indexes", Align::Right),
    ]);
    for (name, documents, size, indexes) in rows {
        table.row([name.to_owned(), count(documents), bytes(size), indexes.to_string()]);
    }
    print!("{}", table.text(Style::of_stdout(), ""));
}
