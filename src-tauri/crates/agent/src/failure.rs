//! How a command ends when it does not end well.

use api::ApiError;

use crate::print::Style;

/// Ran to its end and found problems.
pub const PROBLEMS: u8 = 1;
/// Could not run.
pub const COULD_NOT_RUN: u8 = 2;
/// Refused: permission or confirmation is missing.
pub const REFUSED: u8 = 3;

/// Why a command does not end with 0.
#[derive(Debug)]
pub enum Failure {
    /// It ran; what it found is on standard output already.
    Problems,
    /// It could not run, or was refused.
    Error(Box<ApiError>),
}

impl Failure {
    /// The process's exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Problems => PROBLEMS,
            Self::Error(error) => match error.code.as_str() {
                "not_confirmed" | "forbidden" | "not_separated" => REFUSED,
                "not_verified" | "object_damaged" | "store_damaged" => PROBLEMS,
                _ => COULD_NOT_RUN,
            },
        }
    }

    /// Says on standard error what failed and what to do.
    pub fn print(&self) {
        let Self::Error(error) = self else { return };
        let style = Style::of_stderr();
        eprintln!("{} {}", style.bad("avault:"), error.message);
        if let Some(hint) = &error.hint {
            eprintln!("{}", style.faint(hint));
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self::Error(Box::new(error))
    }
}

/// A failure of the command itself, outside the contract.
pub fn could_not(what: &str, error: impl std::fmt::Display) -> Failure {
    ApiError::permanent("could_not_run", format!("{what}: {error}")).into()
}
