//! A private RabbitMQ server.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, ExchangeKind,
};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::server::{free_ports, spawn, until_it_answers};

/// The exchange of the default profile.
pub const EXCHANGE: &str = "avalon.events";
/// How long the server may take to answer; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(120);

/// RabbitMQ on free loopback ports, its data in a folder; it ends with this value.
pub struct RabbitServer {
    broker: Child,
    names: Child,
    folder: TempDir,
    ports: [u16; 3],
}

/// Publishes with confirmations: what was published is on the broker's disk.
pub struct Publisher {
    _connection: Connection,
    channel: Channel,
}

impl RabbitServer {
    /// Starts a server.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ports = free_ports().await;
        std::fs::write(folder.path().join("plugins"), "[].").expect("a file");
        let [_, _, names] = ports;
        // The node's own would stay behind when it ends.
        let names = Command::new(program("epmd"))
            .args(["-address", "127.0.0.1", "-port", &names.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the name server starts");
        let broker = start(folder.path(), ports);
        let server = Self { broker, names, folder, ports };
        server.answer().await;
        server
    }

    /// Kills the server and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.broker.kill().await.expect("the broker is killed");
        self.broker = start(self.folder.path(), self.ports);
        self.answer().await;
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports[0])
    }

    /// A publisher to the exchange, which is made.
    pub async fn publisher(&self) -> Publisher {
        let (connection, channel) = self.channel().await;
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let any = FieldTable::default();
        channel
            .exchange_declare(EXCHANGE.into(), ExchangeKind::Topic, durable, any)
            .await
            .expect("an exchange");
        channel.confirm_select(ConfirmSelectOptions::default()).await.expect("confirmations");
        Publisher { _connection: connection, channel }
    }

    /// Messages of a queue that wait to be told; none when there is no such queue.
    pub async fn waiting(&self, queue: &str) -> Option<u32> {
        let (_connection, channel) = self.channel().await;
        let passive = QueueDeclareOptions::durable().passive();
        let queue = channel.queue_declare(queue.into(), passive, FieldTable::default()).await;
        queue.ok().map(|queue| queue.message_count())
    }

    /// Stops the server.
    pub async fn stop(mut self) {
        self.broker.kill().await.expect("the broker stops");
        self.names.kill().await.expect("the name server stops");
    }

    async fn channel(&self) -> (Connection, Channel) {
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(&self.url(), properties).await.expect("a connection");
        let channel = connection.create_channel().await.expect("a channel");
        (connection, channel)
    }

    async fn answer(&self) {
        let answers = async || {
            Connection::connect(&self.url(), ConnectionProperties::default()).await.is_ok()
        };
        until_it_answers(self.folder.path(), START, answers).await;
    }
}

impl Publisher {
    /// Publishes a message and waits for its confirmation.
    pub async fn publish(&self, key: &str, message: &[u8]) {
        let durable = BasicProperties::default().with_delivery_mode(2);
        let (exchange, options) = (EXCHANGE.into(), BasicPublishOptions::default());
        let confirmation = self
            .channel
            .basic_publish(exchange, key.into(), options, message, durable)
            .await
            .expect("a message is published");
        let confirmation = confirmation.await.expect("a confirmation");
        assert!(matches!(confirmation, Confirmation::Ack(_)), "{confirmation:?}");
    }
}

fn start(folder: &Path, [port, distribution, names]: [u16; 3]) -> Child {
    let mut command = Command::new(program("rabbitmq-server"));
    command
        .env("HOME", folder)
        .env("ERL_EPMD_PORT", names.to_string())
        .env("ERL_EPMD_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODENAME", format!("avault{port}@localhost"))
        .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
        .env("RABBITMQ_NODE_PORT", port.to_string())
        .env("RABBITMQ_DIST_PORT", distribution.to_string())
        .env("RABBITMQ_MNESIA_BASE", folder.join("data"))
        .env("RABBITMQ_LOG_BASE", folder.join("logs"))
        .env("RABBITMQ_CONFIG_FILE", folder.join("none"))
        .env("RABBITMQ_CONF_ENV_FILE", folder.join("none"))
        .env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("plugins"))
        // The script would leave the broker to itself when it is killed.
        .env("RABBITMQ_ALLOW_INPUT", "1")
        .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-noinput");
    spawn(&mut command, folder)
}

fn program(name: &str) -> PathBuf {
    sandbox::tools::find(name).expect("the broker's program")
}
