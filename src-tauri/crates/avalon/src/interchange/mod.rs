//! The interchange format: JSON Lines, one envelope a line, any number of games interleaved.
//! Fields may be absent as the format allows; roles are in plain.

mod header;
mod intake;
mod judge;
mod lines;

use thiserror::Error;

pub use intake::{Intake, ParsedGame, RawGame, Unreadable};
pub use judge::{StreamOptions, StreamSummary, check_stream};

/// Why a stream can't be read to its end.
#[derive(Debug, Error)]
pub enum InterchangeError {
    /// The source failed.
    #[error(
        "reading the interchange stream failed at line {line}: {source}; check the source and run again"
    )]
    Read {
        /// The line, from 1.
        line: u64,
        /// What the source says.
        source: std::io::Error,
    },
    /// A thread of the check ended before its work was done.
    #[error("the check was cut short: a worker ended early; run it again")]
    CutShort,
}
