//! Manifests and index pages.

use crate::crypto::names::ContentName;

/// Where an index page lies and what it covers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PageRef {
    pub(crate) name: ContentName,
}
