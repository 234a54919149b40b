//! Failures of a store.

/// What a store answered instead of doing its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address cannot be used.
    #[error("store address `{url}`: {detail}")]
    Address {
        /// What was given, without credentials.
        url: String,
        /// What is wrong with it and what is expected.
        detail: String,
    },
    /// No object of this key.
    #[error("object `{key}` is not in the store")]
    NotFound {
        /// The key.
        key: String,
    },
    /// The store refused.
    #[error(
        "the store refused {operation} of `{key}`: {detail}; check the credentials and their rights"
    )]
    Denied {
        /// What was asked.
        operation: &'static str,
        /// On which key.
        key: String,
        /// What it said.
        detail: String,
    },
    /// No space is left.
    #[error("the store has no space for `{key}`: {detail}; free some and go on")]
    OutOfSpace {
        /// The key.
        key: String,
        /// What it said.
        detail: String,
    },
    /// The store acknowledged a write and does not hold it.
    #[error(
        "the store acknowledged `{key}` and does not hold it: {detail}; do not trust this store before it is probed"
    )]
    NotStored {
        /// The key.
        key: String,
        /// What was found.
        detail: String,
    },
    /// The store failed in a way that may pass.
    #[error("{operation} of `{key}` failed for now: {detail}; try again")]
    Transient {
        /// What was asked.
        operation: &'static str,
        /// On which key.
        key: String,
        /// What it said.
        detail: String,
    },
    /// The store failed.
    #[error("{operation} of `{key}` failed: {detail}")]
    Failed {
        /// What was asked.
        operation: &'static str,
        /// On which key.
        key: String,
        /// What it said.
        detail: String,
    },
}

/// What object stores say when they are full: HTTP 507, and the codes of S3, MinIO, Ceph and COS.
const FULL: [&str; 6] = [
    "status: 507",
    "QuotaExceeded",
    "XMinioStorageFull",
    "InsufficientStorage",
    "StorageFull",
    "NoSpaceLeft",
];

fn says_full(detail: &str) -> bool {
    FULL.iter().any(|code| detail.contains(code))
}

impl StoreError {
    /// True when the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient { .. } | Self::OutOfSpace { .. })
    }

    pub(crate) fn not_found(key: &str) -> Self {
        Self::NotFound { key: key.to_owned() }
    }

    /// An object ends before the part that was asked for.
    pub(crate) fn shorter(key: &str) -> Self {
        let detail = "the object ends before".to_owned();
        Self::Failed { operation: "get", key: key.to_owned(), detail }
    }

    pub(crate) fn io(operation: &'static str, key: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let (key, detail) = (key.to_owned(), error.to_string());
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound { key },
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { operation, key, detail }
            }
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::OutOfSpace { key, detail },
            ErrorKind::Interrupted | ErrorKind::TimedOut => {
                Self::Transient { operation, key, detail }
            }
            _ => Self::Failed { operation, key, detail },
        }
    }

    pub(crate) fn remote(operation: &'static str, key: &str, error: &opendal::Error) -> Self {
        let (key, detail) = (key.to_owned(), error.to_string());
        match error.kind() {
            opendal::ErrorKind::NotFound => Self::NotFound { key },
            _ if says_full(&detail) => Self::OutOfSpace { key, detail },
            opendal::ErrorKind::PermissionDenied => Self::Denied { operation, key, detail },
            _ if error.is_temporary() => Self::Transient { operation, key, detail },
            _ => Self::Failed { operation, key, detail },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_store_is_told_from_other_failures() {
        use std::io::{Error, ErrorKind};
        for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
            let error = StoreError::io("put", "k", &Error::from(kind));
            assert!(matches!(error, StoreError::OutOfSpace { .. }), "{error}");
        }
        let said = |kind, message: &'static str| {
            StoreError::remote("put", "k", &opendal::Error::new(kind, message))
        };
        let full = [
            (opendal::ErrorKind::Unexpected, "S3Error { code: \"XMinioStorageFull\" }"),
            (opendal::ErrorKind::PermissionDenied, "S3Error { code: \"QuotaExceeded\" }"),
            (opendal::ErrorKind::Unexpected, "Parts { status: 507 }"),
        ];
        for (kind, message) in full {
            let error = said(kind, message);
            assert!(matches!(error, StoreError::OutOfSpace { .. }), "{error}");
            assert!(error.is_transient());
        }
        let denied = said(opendal::ErrorKind::PermissionDenied, "AccessDenied");
        assert!(matches!(denied, StoreError::Denied { .. }), "{denied}");
    }
}
