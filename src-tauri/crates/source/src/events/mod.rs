//! The events of all games as they happen, from one of several transports. Each is told at least
//! once: what was not acknowledged is told again to whoever opens the feed next.

mod change_stream;
mod group;
mod rabbit;

use std::time::Duration;

use mongodb::bson::Document;

use crate::SourceError;
use crate::mongo::MongoSource;
use crate::redis_source::RedisSource;
use change_stream::ChangeStreamFeed;
use group::GroupFeed;
use rabbit::RabbitFeed;
pub use rabbit::RabbitSource;

/// An event as a transport told it.
#[derive(Debug, Clone)]
pub struct FeedEvent {
    /// Names it to [`EventFeed::acknowledge`].
    pub receipt: Receipt,
    /// When it was sent, Unix milliseconds, where the transport says so.
    pub sent_ms: Option<i64>,
    /// The event; none when the transport's message has none.
    pub event: Option<FeedBody>,
}

/// The envelope of an event.
#[derive(Debug, Clone)]
pub enum FeedBody {
    /// JSON text.
    Json(Vec<u8>),
    /// The document of the collection of events.
    Document(Document),
}

/// What a transport knows an event by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// An entry of a Redis stream.
    Entry(String),
    /// A place in a change stream.
    Place(String),
    /// A delivery of RabbitMQ.
    Delivery {
        /// Which connection it came over.
        opened: u64,
        /// Its number there.
        tag: u64,
    },
}

/// One reader's feed of events.
#[derive(Debug)]
pub enum EventFeed {
    /// A consumer group of the Redis stream of all events.
    Group(Box<GroupFeed>),
    /// A change stream on the collection of events.
    ChangeStream(Box<ChangeStreamFeed>),
    /// A queue of RabbitMQ, bound to the exchange of all events.
    Queue(Box<RabbitFeed>),
}

impl EventFeed {
    /// Joins the consumer group `group` on the profile's stream of events, made where it is missing
    /// so that it is told all that the stream still holds.
    ///
    /// # Errors
    /// When Redis does not answer.
    pub async fn group(
        redis: &RedisSource,
        stream: &str,
        group: &str,
    ) -> Result<Self, SourceError> {
        Ok(Self::Group(Box::new(GroupFeed::open(redis, stream, group).await?)))
    }

    /// Opens a change stream behind `position`, as [`EventFeed::position`] told it, or from now on.
    ///
    /// # Errors
    /// When MongoDB does not answer, or the profile names no collection of events. A position that
    /// the server no longer reaches is given up: [`EventFeed::take_lost`] then says so.
    pub async fn change_stream(
        source: &MongoSource,
        position: Option<&str>,
    ) -> Result<Self, SourceError> {
        Ok(Self::ChangeStream(Box::new(ChangeStreamFeed::open(source, position).await?)))
    }

    /// Consumes the durable queue `queue`, made where it is missing and bound to the exchange.
    ///
    /// # Errors
    /// When RabbitMQ does not answer, refuses, or has no such exchange.
    pub async fn queue(source: &RabbitSource, queue: &str) -> Result<Self, SourceError> {
        Ok(Self::Queue(Box::new(RabbitFeed::open(source, queue).await?)))
    }

    /// The next events, `most` at most, waited for up to `wait`; none when the time is up.
    ///
    /// # Errors
    /// When the server does not answer. The feed may be asked again.
    pub async fn next(
        &mut self,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        match self {
            Self::Group(feed) => feed.next(most, wait).await,
            Self::ChangeStream(feed) => feed.next(most, wait).await,
            Self::Queue(feed) => feed.next(most, wait).await,
        }
    }

    /// Says that these were dealt with: they are not told again.
    ///
    /// # Errors
    /// When the server does not answer; they may then be told again.
    pub async fn acknowledge(&mut self, receipts: &[Receipt]) -> Result<(), SourceError> {
        match self {
            Self::Group(feed) => feed.acknowledge(receipts).await,
            Self::ChangeStream(feed) => {
                feed.acknowledge(receipts);
                Ok(())
            }
            Self::Queue(feed) => feed.acknowledge(receipts).await,
        }
    }

    /// Where to open the feed next time, for a transport that does not keep it itself.
    #[must_use]
    pub fn position(&self) -> Option<&str> {
        match self {
            Self::Group(_) | Self::Queue(_) => None,
            Self::ChangeStream(feed) => feed.position(),
        }
    }

    /// Whether the transport lost its place since this was last asked, so that events may be missing.
    pub fn take_lost(&mut self) -> bool {
        match self {
            Self::Group(feed) => std::mem::take(&mut feed.lost),
            Self::ChangeStream(feed) => std::mem::take(&mut feed.lost),
            Self::Queue(feed) => std::mem::take(&mut feed.lost),
        }
    }
}
