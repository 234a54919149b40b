//! The one error that crosses the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether the same call can succeed later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not without a change by the caller.
    Permanent,
    /// Perhaps: a server was away or something else was running.
    Transient,
}

/// Why an operation failed. Faces translate `code`; they never match on text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// Stable code, for example `not_connected`.
    pub code: String,
    /// What failed, on what, in English.
    pub message: String,
    /// What the reader can do.
    pub hint: Option<String>,
    /// Whether the same call can succeed later.
    pub retry: Retry,
    /// Values for the translated text.
    pub context: BTreeMap<String, String>,
}

impl ApiError {
    /// An error that needs a change by the caller.
    #[must_use]
    pub fn permanent(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: None,
            retry: Retry::Permanent,
            context: BTreeMap::new(),
        }
    }

    /// An error that may pass.
    #[must_use]
    pub fn transient(code: &str, message: impl Into<String>) -> Self {
        Self { retry: Retry::Transient, ..Self::permanent(code, message) }
    }

    /// Adds what the reader can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a value for the translated text.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.context.insert(key.to_owned(), value.into());
        self
    }

    /// A field of a request that cannot be used.
    #[must_use]
    pub fn invalid(field: &str, reason: &str) -> Self {
        Self::permanent("invalid_request", format!("{field}: {reason}")).with("field", field)
    }

    /// A request that is not of its operation's type.
    #[must_use]
    pub(crate) fn unreadable(operation: &str, error: &serde_json::Error) -> Self {
        Self::permanent(
            "invalid_request",
            format!("the request of {operation} is not readable: {error}"),
        )
        .with("operation", operation)
    }

    /// A response that JSON cannot carry.
    #[must_use]
    pub(crate) fn unwritable(error: &serde_json::Error) -> Self {
        Self::permanent("internal", format!("the response cannot be written as JSON: {error}"))
            .hint("Report this with the log of the console.")
    }
}
