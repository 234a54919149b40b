//! `compare`: a backup against live data.

mod merge;
pub mod outcome;
mod run;
mod touched;

pub(crate) use run::{Difference, Keep, Pair, chosen, difference, differs, each_difference};
pub use run::{run, start};
pub(crate) use touched::{TouchedDocuments, difference_among_touched};
