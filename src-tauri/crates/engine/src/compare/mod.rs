//! `compare`: a backup against live data.

mod found;
mod merge;
pub mod outcome;
mod pair;
mod run;
mod side;
mod stretch;
mod touched;

pub(crate) use found::{Found, id_only};
pub(crate) use pair::{Keep, Pair, difference, each_difference};
pub(crate) use run::{Difference, chosen, differs};
pub use run::{run, start};
pub(crate) use touched::{TouchedDocument, TouchedDocuments, difference_among_touched};
