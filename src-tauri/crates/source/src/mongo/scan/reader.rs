//! One range, batch by batch, read ahead by one batch and resumed after faults.

use std::time::Duration;

use bytes::Bytes;
use mongodb::options::ServerAddress;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::super::batch::RawBatch;
use super::super::command::{ReadTime, Replies, ReplyCursor};
use super::super::connect::MongoSource;
use super::super::patience::Patience;
use super::super::secondary::exactly;
use super::{Bounds, ScanOptions, id_document};
use crate::SourceError;
use crate::error::{code, command_code};
use crate::rawbson::{DocumentWriter, kind};
use crate::sortkey;

/// How long a secondary may take for a reply before the primary is asked.
const SECONDARY_PATIENCE: Duration = Duration::from_secs(15);

/// Reads one range batch by batch, one batch ahead of its user (so at most three batches of
/// about 4 MiB are held). Resumes by itself after a network fault or a failover.
pub struct RangeReader {
    state: State,
}

enum State {
    Unopened(Box<Scan>),
    Running { batches: mpsc::Receiver<Result<RawBatch, SourceError>>, task: AbortHandle },
    Ended,
}

impl RangeReader {
    pub(super) fn new(
        source: MongoSource,
        collection: String,
        bounds: Bounds,
        batch: u32,
        options: ScanOptions,
    ) -> Self {
        let scan = Scan {
            source,
            collection,
            bounds,
            batch,
            options,
            last: None,
            position: 0,
            asked: None,
        };
        Self { state: State::Unopened(Box::new(scan)) }
    }

    /// The next batch (≤ 16 MiB and one document), or none at the end. Batches may be empty.
    ///
    /// # Errors
    /// When reading fails repeatedly, the collection vanished, or the snapshot is too old.
    pub async fn next_batch(&mut self) -> Result<Option<RawBatch>, SourceError> {
        if matches!(self.state, State::Unopened(_)) {
            self.open();
        }
        let State::Running { batches, .. } = &mut self.state else {
            return Ok(None);
        };
        match batches.recv().await {
            Some(Ok(batch)) => Ok(Some(batch)),
            Some(Err(error)) => {
                self.state = State::Ended;
                Err(error)
            }
            None => {
                self.state = State::Ended;
                Ok(None)
            }
        }
    }

    fn open(&mut self) {
        if let State::Unopened(scan) = std::mem::replace(&mut self.state, State::Ended) {
            let (sender, batches) = mpsc::channel(1);
            let task = tokio::spawn(scan.run(sender)).abort_handle();
            self.state = State::Running { batches, task };
        }
    }
}

impl Drop for RangeReader {
    fn drop(&mut self) {
        if let State::Running { task, .. } = &self.state {
            task.abort();
        }
    }
}

struct Scan {
    source: MongoSource,
    collection: String,
    bounds: Bounds,
    /// Documents in a reply.
    batch: u32,
    options: ScanOptions,
    /// Key and raw `{_id: …}` of the last document read.
    last: Option<(Vec<u8>, Bytes)>,
    /// Documents read so far, for natural order.
    position: u64,
    /// The secondary that the open cursor asks.
    asked: Option<ServerAddress>,
}

impl Scan {
    async fn run(mut self: Box<Self>, sender: mpsc::Sender<Result<RawBatch, SourceError>>) {
        if let Err(error) = self.read(&sender).await {
            // The reader may be gone; then nobody waits for the error either.
            let _ = sender.send(Err(error)).await;
        }
    }

    async fn read(
        &mut self,
        sender: &mpsc::Sender<Result<RawBatch, SourceError>>,
    ) -> Result<(), SourceError> {
        if let Some(point) = self.options.resume_after.take() {
            self.last = Some(resume_point(&point.document, &self.namespace())?);
        }
        let mut patience = Patience::default();
        loop {
            let before = self.position;
            match self.read_cursor(sender).await {
                Ok(()) => return Ok(()),
                Err(error) if !self.resumable() => return Err(self.explain(error)),
                Err(error) => {
                    if self.position > before {
                        patience.renew();
                    }
                    if !self.leave_secondary(&error) {
                        patience.wait(self.explain(error)).await?;
                    }
                }
            }
        }
    }

    /// Reads to the end with one server cursor.
    async fn read_cursor(
        &mut self,
        sender: &mpsc::Sender<Result<RawBatch, SourceError>>,
    ) -> Result<(), SourceError> {
        if self.stands_at_max_key() || !self.drain(self.command(), sender).await? {
            return Ok(());
        }
        // `min` without `max` ends below MaxKey.
        if self.ends_at_max_key() {
            self.drain(self.max_key_command(), sender).await?;
        }
        Ok(())
    }

    /// Sends everything a command answers with; false when nobody takes it any more.
    async fn drain(
        &mut self,
        command: DocumentWriter,
        sender: &mpsc::Sender<Result<RawBatch, SourceError>>,
    ) -> Result<bool, SourceError> {
        let on = self.namespace();
        let database = self.source.database().clone();
        // Natural order is each member's own, and a cursor that is lost there is not gone on with.
        let member = if self.resumable() { self.source.reading.member() } else { None };
        let replies = Replies { documents: Some(self.batch), from: member.as_ref().map(exactly) };
        self.asked.clone_from(&member);
        let opening = ReplyCursor::open_sized(&database, "reading", &on, command, replies);
        let mut cursor = self.answer(opening, member.is_some()).await?;
        while let Some(reply) = self.answer(cursor.next_reply(), member.is_some()).await? {
            self.source.reading.served(member.as_ref());
            let bytes = reply.len() as u64;
            let batch = self.take_reply(reply)?;
            if sender.send(Ok(batch)).await.is_err() {
                return Ok(false);
            }
            if let Some(pace) = &self.options.pace {
                pace.read(bytes).await;
            }
        }
        Ok(true)
    }

    /// A secondary that does not answer is given up; the primary is waited for.
    async fn answer<T>(
        &self,
        reply: impl Future<Output = Result<T, SourceError>>,
        from_secondary: bool,
    ) -> Result<T, SourceError> {
        if !from_secondary {
            return reply.await;
        }
        let late = |_| SourceError::Unreachable {
            what: "MongoDB",
            address: self.asked.as_ref().map_or_else(String::new, ToString::to_string),
            reason: "the secondary does not answer".to_owned(),
        };
        tokio::time::timeout(SECONDARY_PATIENCE, reply)
            .await
            .unwrap_or_else(|error| Err(late(error)))
    }

    /// After a fault of a secondary goes on at the primary; false when it was the primary's.
    fn leave_secondary(&mut self, error: &SourceError) -> bool {
        let Some(member) = self.asked.take() else { return false };
        if self.source.reading.give_up(&member) {
            tracing::warn!(%member, %error, "the scan goes on at the primary");
        }
        true
    }

    fn ends_at_max_key(&self) -> bool {
        matches!(self.bounds, Bounds::Ids { upper: None, .. })
    }

    /// Nothing follows MaxKey, and the server refuses it as a lower bound.
    fn stands_at_max_key(&self) -> bool {
        self.last.as_ref().is_some_and(|(_, id)| id.get(4) == Some(&kind::MAX_KEY))
    }

    fn max_key_command(&self) -> DocumentWriter {
        let mut command = DocumentWriter::with_capacity(256);
        command.string("find", &self.collection);
        command.document("filter", &equals(kind::MAX_KEY, &[]));
        self.read_time().append(&mut command);
        command
    }

    fn take_reply(&mut self, reply: Bytes) -> Result<RawBatch, SourceError> {
        let on = self.namespace();
        let malformed = |error| SourceError::malformed(on.clone(), error);
        if self.bounds == Bounds::Natural {
            let batch = RawBatch::from_reply(reply, Some(self.position)).map_err(malformed)?;
            self.position += batch.len() as u64;
            return Ok(batch);
        }
        let mut batch = RawBatch::from_reply(reply, None).map_err(malformed)?;
        if self.bounds == Bounds::Unordered {
            return Ok(batch);
        }
        if let Some((last, _)) = &self.last {
            batch.skip_through(last);
        }
        if !batch.keep_ascending() {
            return Err(SourceError::answer(
                "reading",
                self.namespace(),
                "documents came out of _id order; is its _id index intact (validate)?",
            ));
        }
        self.position += batch.len() as u64;
        if let Some(record) = batch.iter().last() {
            let id = sortkey::id_element(record.document).map_err(malformed)?;
            self.last = Some((record.key.to_vec(), id_document(id.kind, id.value)));
        }
        if let Some(filter) = &self.options.membership {
            batch.retain(|document| filter.keeps(document)).map_err(malformed)?;
        }
        Ok(batch)
    }

    fn command(&self) -> DocumentWriter {
        let mut command = DocumentWriter::with_capacity(512);
        command.string("find", &self.collection);
        match &self.bounds {
            Bounds::Ids { lower, upper } => {
                let lower = self.last.as_ref().map(|(_, id)| id).or(lower.as_ref());
                if let Some(lower) = lower {
                    command.document("min", lower);
                }
                if let Some(upper) = upper {
                    command.document("max", upper);
                }
                command.document("hint", &by_id()).document("sort", &by_id());
            }
            Bounds::Sorted => {
                command.document("filter", &string_like_ids()).document("sort", &by_id());
                let mut simple = DocumentWriter::default();
                simple.string("locale", "simple");
                command.document("collation", &simple.finish()).bool("allowDiskUse", true);
            }
            Bounds::Natural | Bounds::Unordered => {
                let mut natural = DocumentWriter::default();
                natural.i32("$natural", 1);
                command.document("sort", &natural.finish());
            }
        }
        self.read_time().append(&mut command);
        command
    }

    fn read_time(&self) -> ReadTime {
        match (self.options.at, self.options.after) {
            (Some(time), _) => ReadTime::Exactly(time),
            (None, Some(time)) => ReadTime::AtOrAfter(time),
            (None, None) => ReadTime::Newest,
        }
    }

    fn namespace(&self) -> String {
        self.source.namespace(&self.collection)
    }

    fn resumable(&self) -> bool {
        !matches!(self.bounds, Bounds::Natural | Bounds::Unordered)
    }

    fn explain(&self, error: SourceError) -> SourceError {
        let SourceError::Mongo { error: cause, .. } = &error else {
            return error;
        };
        match (command_code(cause), self.options.at) {
            (code::SNAPSHOT_TOO_OLD, Some(at)) => {
                SourceError::SnapshotTooOld { collection: self.collection.clone(), at }
            }
            (code::SNAPSHOT_UNAVAILABLE, Some(_)) => SourceError::Refused {
                collection: self.collection.clone(),
                reason: format!("the server cannot read it at a cluster time: {cause}"),
            },
            _ => error,
        }
    }
}

fn resume_point(document: &[u8], on: &str) -> Result<(Vec<u8>, Bytes), SourceError> {
    let malformed = |error| SourceError::malformed(on, error);
    let id = sortkey::id_element(document).map_err(malformed)?;
    let key = sortkey::of_document(document).map_err(malformed)?;
    Ok((key, id_document(id.kind, id.value)))
}

/// `{_id: {$eq: value}}`: exactly this value, whatever it holds.
pub(crate) fn equals(kind: u8, value: &[u8]) -> Vec<u8> {
    let mut condition = DocumentWriter::with_capacity(value.len() + 16);
    condition.element(kind, b"$eq", value);
    let mut filter = DocumentWriter::with_capacity(value.len() + 32);
    filter.document("_id", &condition.finish());
    filter.finish()
}

fn by_id() -> Vec<u8> {
    let mut document = DocumentWriter::default();
    document.i32("_id", 1);
    document.finish()
}

/// `{_id: {$type: ["string", "symbol", "object", "array"]}}`.
fn string_like_ids() -> Vec<u8> {
    let mut types = DocumentWriter::default();
    for (index, name) in ["string", "symbol", "object", "array"].into_iter().enumerate() {
        types.string(&index.to_string(), name);
    }
    let mut condition = DocumentWriter::default();
    condition.array("$type", &types.finish());
    let mut filter = DocumentWriter::default();
    filter.document("_id", &condition.finish());
    filter.finish()
}
