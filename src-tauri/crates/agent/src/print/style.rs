//! Colour, where there is a terminal that wants it.

use std::io::IsTerminal;

/// Whether to colour, decided once for a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// For standard output.
    pub fn of_stdout() -> Self {
        Self { colour: wanted() && std::io::stdout().is_terminal() }
    }

    /// For standard error.
    pub fn of_stderr() -> Self {
        Self { colour: wanted() && std::io::stderr().is_terminal() }
    }

    /// A heading.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Old gold, the product's accent.
    pub fn accent(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Beside the point.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Verified.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Needs attention.
    pub fn attention(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// Failed.
    pub fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none() && std::env::var_os("TERM").is_none_or(|t| t != "dumb")
}
