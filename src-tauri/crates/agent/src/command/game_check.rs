//! `avault game check`: every rule, over a file or over a game of the service.

mod live;
mod report;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read};
use std::num::NonZero;
use std::path::Path;

use api::engine::avalon::check::CheckOptions;
use api::engine::avalon::interchange::{StreamOptions, check_stream};

use crate::arguments::Global;
use crate::failure::{Failure, could_not};
use crate::file::STDIN;
use report::Reporter;

pub async fn run(global: &Global, subject: &str) -> Result<(), Failure> {
    if subject != STDIN && !looks_like_a_file(subject) {
        return live::run(global, subject).await;
    }
    let (subject, json) = (subject.to_owned(), global.json);
    let sound = tokio::task::spawn_blocking(move || check_file(&subject, json))
        .await
        .map_err(|error| could_not("the check ended unexpectedly", error))??;
    if sound { Ok(()) } else { Err(Failure::Problems) }
}

/// Ids of games are ULIDs: they hold neither dots nor slashes.
fn looks_like_a_file(subject: &str) -> bool {
    subject.contains(['.', '/', std::path::MAIN_SEPARATOR]) || Path::new(subject).exists()
}

/// Judges a file and prints its reports; true when no finding is an error or fatal.
fn check_file(subject: &str, json: bool) -> Result<bool, Failure> {
    let input: Box<dyn Read + Send> = if subject == STDIN {
        Box::new(io::stdin())
    } else {
        let file = File::open(subject);
        Box::new(file.map_err(|error| could_not(&format!("{subject} cannot be read"), error))?)
    };
    let mut reporter = Reporter::new(BufWriter::new(io::stdout()), json);
    let options = StreamOptions {
        threads: std::thread::available_parallelism().map_or(1, NonZero::get),
        check: CheckOptions { now_ms: Some(now_ms()) },
    };
    let input = BufReader::with_capacity(1 << 20, input);
    let summary = check_stream(input, options, |report| reporter.game(&report))
        .map_err(|error| could_not("the check did not come to its end", error))?;
    let written = reporter.finish(&summary);
    written.map_err(|error| could_not("the reports cannot be written", error))?;
    Ok(summary.unsound == 0)
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
