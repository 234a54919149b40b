//! The window [T0, T1]: what changed while collections were read.

use super::connect::MongoSource;
use super::images::ImageReader;
use super::inspect::CollectionInfo;
use super::membership::MembershipFilter;
use super::oplog::DdlEvent;
use super::time::ClusterTime;
use crate::SourceError;

/// Where changes are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChangeFeed {
    /// `local.oplog.rs`. Exact; needs the right to read it.
    #[default]
    Oplog,
    /// A change stream with expanded events, for services that hide the oplog.
    /// Named here because manifests record it; not built yet and refused by [`CaptureWindow::open`].
    ChangeStream,
}

/// Watches a window while collections are read.
///
/// ```text
/// let mut window = CaptureWindow::open(&source, ChangeFeed::Oplog).await?;   // T0
/// … read every range with ScanOptions { after: Some(window.opened_at()), .. } …
/// window.advance().await?;                                  // now and then, while reading
/// let end = window.close(&collections).await?;              // T1, definitions as of T1
/// … window.images(&info, end.time, None) → puts and deletes that turn the scan into T1's state …
/// ```
pub struct CaptureWindow {
    opened_at: ClusterTime,
}

/// The end of a window.
#[derive(Debug, Clone)]
pub struct WindowEnd {
    /// T1.
    pub time: ClusterTime,
    /// Definitions of the watched collections as of T1, views included, by name.
    pub collections: Vec<CollectionInfo>,
    /// Watched collections whose scan is void because they were dropped, created or renamed.
    pub rescan: Vec<DdlEvent>,
    /// Every DDL event on watched collections, in order.
    pub ddl: Vec<DdlEvent>,
}

impl CaptureWindow {
    /// Opens a window at the newest majority-committed time.
    ///
    /// # Errors
    /// When the server does not answer, the feed may not be read, or is not built.
    pub async fn open(_source: &MongoSource, _feed: ChangeFeed) -> Result<Self, SourceError> {
        Err(SourceError::Unsupported {
            what: "window".into(),
            reason: "not built yet".into(),
        })
    }

    /// T0.
    #[must_use]
    pub fn opened_at(&self) -> ClusterTime {
        self.opened_at
    }

    /// Reads the oplog up to now, so that little is left for the end and an overrun shows early.
    ///
    /// # Errors
    /// [`SourceError::OplogOverrun`] and server errors.
    pub async fn advance(&mut self) -> Result<ClusterTime, SourceError> {
        Ok(self.opened_at)
    }

    /// Ends the window at a new T1. May be called again for a later T1 after
    /// [`SourceError::SnapshotTooOld`] or a rescan; images must then all be read again.
    ///
    /// # Errors
    /// As [`Self::advance`]; [`SourceError::SchemaChanged`] when definitions never come to rest.
    pub async fn close(&mut self, _collections: &[String]) -> Result<WindowEnd, SourceError> {
        Err(SourceError::Unsupported {
            what: "window".into(),
            reason: "not built yet".into(),
        })
    }

    /// How many documents of a collection were touched (an upper bound before the end).
    #[must_use]
    pub fn touched(&self, _collection: &str) -> u64 {
        0
    }

    /// The images at `time` of every document of a collection touched in the window, in key order.
    ///
    /// # Errors
    /// When the scratch file fails.
    pub fn images(
        &mut self,
        _info: &CollectionInfo,
        _time: ClusterTime,
        _membership: Option<&MembershipFilter>,
    ) -> Result<ImageReader, SourceError> {
        Err(SourceError::Unsupported {
            what: "window".into(),
            reason: "not built yet".into(),
        })
    }
}
