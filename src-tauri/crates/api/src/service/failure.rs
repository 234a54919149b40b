//! Failures of the engine as errors of the contract.

use engine::EngineError;
use engine::job::Problem;
use engine::sandbox::SandboxError;
use engine::source::SourceError;
use engine::vault::{StoreError, VaultError};

use crate::error::{ApiError, Retry};

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let retry = if error.is_transient() { Retry::Transient } else { Retry::Permanent };
        let Problem { code, message, hint, context } = error.problem();
        Self { code, message, hint, retry, context }
    }
}

impl From<SourceError> for ApiError {
    fn from(error: SourceError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        VaultError::from(error).into()
    }
}

impl From<SandboxError> for ApiError {
    fn from(error: SandboxError) -> Self {
        let code = match error {
            SandboxError::ToolNotFound { .. } => "server_program_missing",
            _ => "sandbox_failed",
        };
        Self::permanent(code, error.to_string())
    }
}

impl ApiError {
    /// The caller's role does not include the operation.
    pub(crate) fn forbidden(operation: &str) -> Self {
        Self::permanent("forbidden", format!("you may not run {operation}"))
            .hint("Ask an owner of this console.")
            .with("operation", operation)
    }

    /// The same failure inside a job.
    pub(crate) fn in_job(self) -> EngineError {
        let code = match self.code.as_str() {
            "server_program_missing" => "server_program_missing",
            "wrong_key" => "wrong_key",
            "keys_changed" => "keys_changed",
            "key_file_unwritable" => "key_file_unwritable",
            "simulation_failed" => "simulation_failed",
            _ => "sandbox_failed",
        };
        EngineError::Host { code, message: self.message, hint: self.hint.unwrap_or_default() }
    }
}
