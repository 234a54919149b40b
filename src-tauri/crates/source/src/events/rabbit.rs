//! A RabbitMQ exchange that the service publishes its events to, read through a durable queue: a
//! message stays there until it is acknowledged.

use std::fmt;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::FieldTable;
use lapin::uri::AMQPUri;
use lapin::{Channel, Connection, ConnectionProperties, Consumer, ErrorKind, ExchangeKind};

use super::{FeedBody, FeedEvent, Receipt};
use crate::SourceError;
use crate::profile::RabbitProfile;

/// Messages that may wait for their acknowledgement.
const PREFETCH: u16 = 1024;
/// How long the server may take for one answer.
const ANSWER: Duration = Duration::from_secs(10);
const WHAT: &str = "RabbitMQ";

/// A RabbitMQ server and the exchange of events on it. Nothing is connected before a feed is opened.
#[derive(Clone)]
pub struct RabbitSource {
    uri: AMQPUri,
    profile: RabbitProfile,
}

impl fmt::Debug for RabbitSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RabbitSource").field("address", &self.address()).finish()
    }
}

impl RabbitSource {
    /// Reads `amqp://user:password@host:port/vhost` or `amqps://…`.
    ///
    /// # Errors
    /// When it is no such address; the message does not repeat it.
    pub fn new(url: &str, profile: &RabbitProfile) -> Result<Self, SourceError> {
        let uri = url.parse::<AMQPUri>().map_err(|_| SourceError::InvalidAddress {
            what: WHAT,
            reason: "it is no AMQP address".to_owned(),
            example: "amqp://user:password@host:5672/%2f",
        })?;
        Ok(Self { uri, profile: profile.clone() })
    }

    fn address(&self) -> String {
        format!("{}:{}", self.uri.authority.host, self.uri.authority.port)
    }

    fn failed(&self, error: &lapin::Error) -> SourceError {
        let (address, reason) = (self.address(), error.to_string());
        let kind = match error.kind() {
            ErrorKind::ProtocolError(error) => Some(error.kind().clone()),
            _ => None,
        };
        match kind {
            Some(
                AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED)
                | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED),
            ) => SourceError::Authentication { what: WHAT, address, reason },
            Some(AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND)) => {
                let reason =
                    format!("the exchange `{}` is not there: {reason}", self.profile.exchange);
                SourceError::answer("joining the exchange of events", address, reason)
            }
            Some(AMQPErrorKind::Soft(_)) => {
                SourceError::answer("reading the queue of events", address, reason)
            }
            _ => SourceError::Unreachable { what: WHAT, address, reason },
        }
    }
}

/// A consumer of the queue.
pub struct RabbitFeed {
    source: RabbitSource,
    queue: String,
    link: Option<Link>,
    /// Counts connections: a message of an earlier one cannot be acknowledged any more.
    opened: u64,
    pub(super) lost: bool,
}

struct Link {
    // Ends the consumer when it is dropped.
    _connection: Connection,
    channel: Channel,
    consumer: Consumer,
}

impl fmt::Debug for RabbitFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RabbitFeed").field("source", &self.source).finish_non_exhaustive()
    }
}

impl RabbitFeed {
    pub(super) async fn open(source: &RabbitSource, queue: &str) -> Result<Self, SourceError> {
        let mut feed = Self {
            source: source.clone(),
            queue: queue.to_owned(),
            link: None,
            opened: 0,
            lost: false,
        };
        feed.link = Some(feed.connect().await?);
        feed.opened = 1;
        Ok(feed)
    }

    async fn connect(&self) -> Result<Link, SourceError> {
        let linked = tokio::time::timeout(ANSWER, self.join()).await;
        let late = || SourceError::Unreachable {
            what: WHAT,
            address: self.source.address(),
            reason: format!("it did not answer within {} s", ANSWER.as_secs()),
        };
        linked.map_err(|_| late())?.map_err(|error| self.source.failed(&error))
    }

    /// Connects, joins the exchange by the durable queue, and begins to consume.
    async fn join(&self) -> Result<Link, lapin::Error> {
        let RabbitProfile { exchange, routing_key } = &self.source.profile;
        let properties = ConnectionProperties::default().with_connection_name("avault".into());
        let connection = Connection::connect_uri(self.source.uri.clone(), properties).await?;
        let channel = connection.create_channel().await?;
        // The exchange is the service's: it is asked for and never made.
        let there = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
        let (exchange, queue) = (exchange.as_str(), self.queue.as_str());
        let any = FieldTable::default;
        channel.exchange_declare(exchange.into(), ExchangeKind::Topic, there, any()).await?;
        channel.queue_declare(queue.into(), QueueDeclareOptions::durable(), any()).await?;
        let bind = QueueBindOptions::default();
        let routing_key = routing_key.as_str().into();
        channel.queue_bind(queue.into(), exchange.into(), routing_key, bind, any()).await?;
        channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue.into(), "avault".into(), options, any()).await?;
        Ok(Link { _connection: connection, channel, consumer })
    }

    pub(super) async fn next(
        &mut self,
        most: usize,
        wait: Duration,
    ) -> Result<Vec<FeedEvent>, SourceError> {
        if self.link.is_none() {
            self.link = Some(self.connect().await?);
            self.opened += 1;
            // Whether the queue outlived what happened is not known.
            self.lost = true;
        }
        let Some(link) = &mut self.link else { return Ok(Vec::new()) };
        let Ok(first) = tokio::time::timeout(wait, link.consumer.next()).await else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        let mut next = Some(first);
        while let Some(delivery) = next {
            match delivery {
                Some(Ok(delivery)) => events.push(FeedEvent {
                    receipt: Receipt::Delivery { opened: self.opened, tag: delivery.delivery_tag },
                    // AMQP tells whole seconds only.
                    sent_ms: None,
                    event: Some(FeedBody::Json(delivery.data)),
                }),
                ended => {
                    // What was read is told first; the next call connects again.
                    self.link = None;
                    let error = ended.and_then(Result::err);
                    return if events.is_empty() { Err(self.gone(error)) } else { Ok(events) };
                }
            }
            let Some(link) = self.link.as_mut().filter(|_| events.len() < most) else { break };
            next = link.consumer.next().now_or_never();
        }
        Ok(events)
    }

    fn gone(&self, error: Option<lapin::Error>) -> SourceError {
        error.map_or_else(
            || SourceError::Unreachable {
                what: WHAT,
                address: self.source.address(),
                reason: "it ended the consumer".to_owned(),
            },
            |error| self.source.failed(&error),
        )
    }

    /// Acknowledges everything up to the last of these: they were told in this order.
    pub(super) async fn acknowledge(&mut self, receipts: &[Receipt]) -> Result<(), SourceError> {
        let Some(Receipt::Delivery { opened, tag }) = receipts.last() else { return Ok(()) };
        let Some(link) = self.link.as_ref().filter(|_| *opened == self.opened) else {
            return Ok(());
        };
        let done = link.channel.basic_ack(*tag, BasicAckOptions { multiple: true }).await;
        done.map_err(|error| {
            self.link = None;
            self.gone(Some(error))
        })
    }
}
