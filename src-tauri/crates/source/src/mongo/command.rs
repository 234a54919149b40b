//! Commands built and cursors read as raw bytes.

use bytes::Bytes;
use futures::StreamExt;
use mongodb::Database;
use mongodb::bson::RawDocumentBuf;
use mongodb::options::SelectionCriteria;
use mongodb::raw_batch_cursor::RawBatchCursor;

use super::batch::ReplyOwner;
use super::time::ClusterTime;
use crate::SourceError;
use crate::rawbson::{DocumentWriter, kind};

/// At which point of the history a read looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadTime {
    /// The newest majority-committed state.
    Newest,
    /// A majority-committed state at or after this time.
    AtOrAfter(ClusterTime),
    /// Exactly this time.
    Exactly(ClusterTime),
}

impl ReadTime {
    pub(crate) fn append(self, command: &mut DocumentWriter) {
        let mut concern = DocumentWriter::default();
        match self {
            Self::Newest => concern.string("level", "majority"),
            Self::AtOrAfter(time) => {
                concern.string("level", "majority").timestamp("afterClusterTime", time)
            }
            Self::Exactly(time) => {
                concern.string("level", "snapshot").timestamp("atClusterTime", time)
            }
        };
        command.document("readConcern", &concern.finish());
    }
}

impl DocumentWriter {
    /// Appends a timestamp.
    pub(crate) fn timestamp(&mut self, name: &str, time: ClusterTime) -> &mut Self {
        self.element(kind::TIMESTAMP, name.as_bytes(), &time.to_number().to_le_bytes())
    }
}

/// A document as the driver's raw command.
pub(crate) fn raw_command(
    command: DocumentWriter,
    on: &str,
) -> Result<RawDocumentBuf, SourceError> {
    RawDocumentBuf::from_bytes(command.finish())
        .map_err(|error| SourceError::answer("building a command", on, error.to_string()))
}

/// How a cursor is answered.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    /// Documents in each reply after the first; the server's own choice when absent.
    pub(crate) documents: Option<u32>,
    /// By whom; the primary when absent.
    pub(crate) from: Option<SelectionCriteria>,
}

/// A cursor over raw replies.
pub(crate) struct ReplyCursor {
    cursor: RawBatchCursor,
    doing: &'static str,
    on: String,
}

impl ReplyCursor {
    /// Sends a command that answers with a cursor.
    pub(crate) async fn open(
        database: &Database,
        doing: &'static str,
        on: &str,
        command: DocumentWriter,
    ) -> Result<Self, SourceError> {
        Self::open_sized(database, doing, on, command, Replies::default()).await
    }

    /// As [`ReplyCursor::open`], with replies of a certain kind.
    pub(crate) async fn open_sized(
        database: &Database,
        doing: &'static str,
        on: &str,
        command: DocumentWriter,
        replies: Replies,
    ) -> Result<Self, SourceError> {
        let mut run = database.run_raw_cursor_command(raw_command(command, on)?);
        if let Some(documents) = replies.documents {
            run = run.batch_size(documents);
        }
        if let Some(from) = replies.from {
            run = run.selection_criteria(from);
        }
        let cursor = run.batch().await.map_err(|error| SourceError::mongo(doing, on, error))?;
        Ok(Self { cursor, doing, on: on.to_owned() })
    }

    /// The next whole reply.
    pub(crate) async fn next_reply(&mut self) -> Result<Option<Bytes>, SourceError> {
        match self.cursor.next().await {
            Some(Ok(batch)) => Ok(Some(Bytes::from_owner(ReplyOwner(batch)))),
            Some(Err(error)) => Err(SourceError::mongo(self.doing, self.on.clone(), error)),
            None => Ok(None),
        }
    }
}
