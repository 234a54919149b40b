//! Commands of administrators' tools: the control stream, seen from the game server.
//!
//! An entry's id is the command's id; fields `command`, `scope` (`*` or a game id) and `payload`
//! (JSON). Each instance answers each command with `of`, `instance`, `status` (`done` or
//! `refused`) and `detail`.

use redis::AsyncCommands;
use redis::streams::{StreamReadOptions, StreamReadReply};
use source::redis_source::ControlCommand;

use crate::SimulatorError;
use crate::cache::Cache;

/// Acknowledgements kept.
const KEEP: usize = 10_000;
/// How long one read waits, milliseconds.
const WAIT_MS: usize = 250;

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) id: String,
    /// `Err` with the name when it is not known.
    pub(crate) command: Result<ControlCommand, String>,
    /// The game concerned; none for all.
    pub(crate) game: Option<String>,
    pub(crate) payload: String,
}

/// Reads commands in order; remembers where it is.
pub(crate) struct CommandReader {
    cache: Cache,
    /// A connection of its own: a waiting read blocks it.
    connection: redis::aio::ConnectionManager,
    after: String,
}

impl CommandReader {
    /// Starts behind the newest command of the stream.
    pub(crate) async fn start(url: &str, cache: Cache) -> Result<CommandReader, SimulatorError> {
        let failed = || SimulatorError::redis("reading commands");
        let client = redis::Client::open(url).map_err(failed())?;
        let config = redis::aio::ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_response_timeout(Some(std::time::Duration::from_secs(5)));
        let mut connection =
            client.get_connection_manager_with_config(config).await.map_err(failed())?;
        let stream = &cache.profile().redis.streams.control;
        let newest: redis::streams::StreamRangeReply =
            connection.xrevrange_count(stream, "+", "-", 1).await.map_err(failed())?;
        let after = newest.ids.first().map_or_else(|| "0".to_owned(), |entry| entry.id.clone());
        Ok(CommandReader { cache, connection, after })
    }

    /// The next commands; empty when none came for a while.
    pub(crate) async fn next(&mut self) -> Result<Vec<Command>, SimulatorError> {
        let stream = self.cache.profile().redis.streams.control.clone();
        let options = StreamReadOptions::default().block(WAIT_MS).count(64);
        let reply: Option<StreamReadReply> = self
            .connection
            .xread_options(&[&stream], &[&self.after], &options)
            .await
            .map_err(SimulatorError::redis("reading commands"))?;
        let entries = reply.into_iter().flat_map(|reply| reply.keys).flat_map(|key| key.ids);
        let commands: Vec<Command> = entries
            .map(|entry| {
                let field = |name: &str| entry.get::<String>(name).unwrap_or_default();
                let name = field("command");
                let scope = field("scope");
                Command {
                    id: entry.id.clone(),
                    command: ControlCommand::from_name(&name).ok_or(name),
                    game: (scope != "*" && !scope.is_empty()).then_some(scope),
                    payload: field("payload"),
                }
            })
            .collect();
        if let Some(last) = commands.last() {
            self.after.clone_from(&last.id);
        }
        Ok(commands)
    }
}

/// Answers a command.
pub(crate) async fn acknowledge(
    cache: &Cache,
    of: &str,
    outcome: Result<String, String>,
) -> Result<(), SimulatorError> {
    let (status, detail) = match &outcome {
        Ok(detail) => ("done", detail),
        Err(detail) => ("refused", detail),
    };
    let mut command = redis::cmd("XADD");
    command.arg(&cache.profile().redis.streams.acknowledgements);
    command.arg("MAXLEN").arg("~").arg(KEEP).arg("*");
    command.arg("of").arg(of).arg("instance").arg(cache.instance());
    command.arg("status").arg(status).arg("detail").arg(detail);
    let _: String = command
        .query_async(&mut cache.connection())
        .await
        .map_err(SimulatorError::redis("acknowledging a command"))?;
    Ok(())
}
