//! `avault import`: a dump of MongoDB's own tools into an empty database.

use api::Operation;
use api::engine::import::outcome::{ImportOutcome, ImportRequest};

use super::answer;
use super::export::{absolute, format, print_collections};
use crate::arguments::{Global, Import};
use crate::failure::Failure;
use crate::print::{Style, bytes, count, seconds};
use crate::session::{Session, options};

pub async fn run(global: &Global, import: Import) -> Result<(), Failure> {
    let session = Session::connected(options(global)).await?;
    let request = ImportRequest {
        format: format(import.format),
        path: absolute(&import.path)?,
        gzip: import.gzip,
        from: import.from,
        database: import.database,
        redis: import.redis,
    };
    let outcome = session.outcome(Operation::BackupImport, request).await?;
    answer(global, &outcome, print_outcome)
}

fn print_outcome(outcome: &ImportOutcome) {
    let style = Style::of_stdout();
    println!(
        "{} of {} read into {} in {}",
        outcome.from,
        outcome.path,
        style.strong(&outcome.database),
        seconds(outcome.seconds),
    );
    println!(
        "{} documents, {}, {} Redis keys",
        count(outcome.documents),
        bytes(outcome.bytes),
        count(outcome.redis_keys),
    );
    let rows = outcome.collections.iter();
    print_collections(rows.map(|row| (&*row.collection, row.documents, row.bytes, row.indexes)));
    if !outcome.skipped.is_empty() {
        println!("{}", style.faint(&format!("left out: {}", outcome.skipped.join(", "))));
    }
}
