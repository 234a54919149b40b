//! Standard output, whose reader may go away at any time, as in `avault backup list | head`.
//!
//! What a command does goes on to its end: a backup is not given up because nobody reads its
//! figures any more. What cannot be printed is dropped.

use std::fmt;
use std::io::{self, Write};
use std::sync::OnceLock;

static LOST: OnceLock<io::Error> = OnceLock::new();

/// Prints to standard output, as the standard macro does, without a panic.
macro_rules! print {
    ($($part:tt)*) => { $crate::print::write_out(format_args!($($part)*)) };
}

/// Prints a line to standard output, as the standard macro does, without a panic.
macro_rules! println {
    () => { $crate::print::write_out(format_args!("\n")) };
    ($($part:tt)*) => {
        $crate::print::write_out(format_args!("{}\n", format_args!($($part)*)))
    };
}

/// Prints a line to standard error, as the standard macro does, without a panic.
macro_rules! eprintln {
    ($($part:tt)*) => { $crate::print::write_error(format_args!($($part)*)) };
}

/// Writes to standard output; after the first failure nothing more is written.
pub fn write_out(text: fmt::Arguments<'_>) {
    if LOST.get().is_none()
        && let Err(error) = io::stdout().lock().write_fmt(text)
    {
        // Another thread's failure is as good a reason.
        let _ = LOST.set(error);
    }
}

/// Writes a line to standard error; where that fails there is nowhere left to say so.
pub fn write_error(text: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why output was lost though somebody still reads it: a full disk, for example.
pub fn lost() -> Option<&'static io::Error> {
    LOST.get().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)
}
