//! Images of single documents at one cluster time.

use bytes::Bytes;

use crate::SourceError;

/// The state of one touched document at T1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// The document exists and these are its bytes.
    Put {
        /// Sort key.
        key: Vec<u8>,
        /// The document.
        document: Bytes,
    },
    /// There is no such document.
    Delete {
        /// Sort key.
        key: Vec<u8>,
    },
}

/// Reads images in key order with a snapshot read at one time.
pub struct ImageReader {
    _private: (),
}

impl ImageReader {
    /// The next images, or none at the end. A batch holds at most a few thousand keys.
    ///
    /// # Errors
    /// [`SourceError::SnapshotTooOld`]: end the window again at a later time and start over.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Image>>, SourceError> {
        Ok(None)
    }
}
