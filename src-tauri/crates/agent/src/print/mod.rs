//! What people read in a terminal.

mod figures;
#[macro_use]
mod out;
mod style;
mod table;

pub use figures::{bytes, count, moment, seconds};
pub use out::{lost, write_error, write_out};
pub use style::Style;
pub use table::{Align, Table};
