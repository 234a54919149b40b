//! `compare`: a backup against live data.

mod merge;
pub mod outcome;
mod run;

pub(crate) use run::{Keep, Pair, chosen, difference};
pub use run::{run, start};
