//! What people read in a terminal.

mod figures;
mod style;
mod table;

pub use figures::{bytes, count, moment, seconds};
pub use style::Style;
pub use table::{Align, Table};
