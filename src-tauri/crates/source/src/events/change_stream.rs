//! A change stream on the collection of events: for services without Redis.

use std::time::Duration;

use mongodb::bson::{self, Document, doc};
use mongodb::change_stream::ChangeStream;
use mongodb::change_stream::event::{ChangeStreamEvent, ResumeToken};
use mongodb::error::{Error, ErrorKind};
use tokio::time::Instant;

use super::{FeedBody, FeedEvent, Receipt};
use crate::SourceError;
use crate::mongo::MongoSource;

/// Logical name of the collection of events.
const EVENTS: &str = "game_events";
/// Codes of a place that the server no longer reaches or does not know: `ChangeStreamFatalError`,
/// `ChangeStreamHistoryLost`, `InvalidResumeToken`.
const LOST: [i32; 3] = [280, 286, 260];
/// How long the server waits before it answers that there is nothing.
const AWAIT: Duration = Duration::from_millis(100);
const DOING: &str = "following the collection of events";

/// A change stream.
#[derive(Debug)]
pub struct ChangeStreamFeed {
    source: MongoSource,
    collection: String,
    stream: ChangeStream<ChangeStreamEvent<Document>>,
    position: Option<String>,
    pub(super) lost: bool,
}

impl ChangeStreamFeed {
    pub(super) async fn open(
        source: &MongoSource,
        position: Option<&str>,
    ) -> Result<Self, SourceError> {
        let collection = source.profile().collection(EVENTS).ok_or_else(|| {
            let reason = format!("the profile names no collection `{EVENTS}`");
            SourceError::answer(DOING, source.database_name(), reason)
        })?;
        let collection = collection.to_owned();
        let token =
            position.and_then(|position| serde_json::from_str::<ResumeToken>(position).ok());
        let lost = token.is_none();
        let (stream, lost) = match watch(source, &collection, token).await {
            Ok(stream) => (stream, lost),
            Err(error) if is_lost(&error) => {
                let stream = watch(source, &collection, None).await;
                (stream.map_err(|error| failed(&collection, error))?, true)
            }
            Err(error) => return Err(failed(&collection, error)),
        };
        let position = position.filter(|_| !lost).map(str::to_owned);
        Ok(Self { source: source.clone(), collection, stream, position, lost })
    }

    pub(super) async fn next(
        &mut self,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        let deadline = Instant::now() + wait;
        let mut events = Vec::new();
        while events.len() < most {
            match self.stream.next_if_any().await {
                Ok(Some(change)) => events.push(event(change)?),
                // What is there is told at once.
                Ok(None) if !events.is_empty() || Instant::now() >= deadline => break,
                Ok(None) => {}
                Err(error) => {
                    self.open_again(error).await?;
                    break;
                }
            }
        }
        Ok(events)
    }

    /// Opens the stream behind the last acknowledged place: what was told since is told again.
    async fn open_again(&mut self, error: Error) -> Result<(), SourceError> {
        let ended = is_lost(&error) || !self.stream.is_alive();
        if !ended {
            return Err(failed(&self.collection, error));
        }
        let position = self.position.take();
        *self = Self::open(&self.source.clone(), position.as_deref()).await?;
        Ok(())
    }

    pub(super) fn acknowledge(&mut self, receipts: &[Receipt]) {
        if let Some(Receipt::Place(place)) = receipts.last() {
            self.position = Some(place.clone());
        }
    }

    pub(super) fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }
}

async fn watch(
    source: &MongoSource,
    collection: &str,
    token: Option<ResumeToken>,
) -> Result<ChangeStream<ChangeStreamEvent<Document>>, Error> {
    let events = source.database().collection::<Document>(collection);
    let watch = events
        .watch()
        .pipeline([doc! { "$match": { "operationType": "insert" } }])
        .max_await_time(AWAIT);
    match token {
        Some(token) => watch.start_after(token).await,
        None => watch.await,
    }
}

fn event(change: ChangeStreamEvent<Document>) -> Result<FeedEvent, SourceError> {
    let place = serde_json::to_string(&change.id)
        .map_err(|error| SourceError::answer(DOING, "a change stream", error.to_string()))?;
    Ok(FeedEvent {
        receipt: Receipt::Place(place),
        sent_ms: change.wall_time.map(bson::DateTime::timestamp_millis),
        event: change.full_document.map(FeedBody::Document),
    })
}

fn is_lost(error: &Error) -> bool {
    matches!(error.kind.as_ref(), ErrorKind::Command(command) if LOST.contains(&command.code))
}

fn failed(collection: &str, error: Error) -> SourceError {
    SourceError::mongo(DOING, collection, error)
}
