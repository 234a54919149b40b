//! Redis: the fast side of the game service.

mod script;
mod trim;

use redis::aio::ConnectionManager;
use redis::{AsyncCommands, Script};
use source::profile::Profile;

use crate::SimulatorError;

/// How long a heartbeat lasts, milliseconds.
const HEARTBEAT_MS: u64 = 1_200;
/// How long a lost session is kept, seconds.
const SESSION_SECONDS: i64 = 600;

/// What the guard of the append script said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Append {
    /// The event is in now, or was already.
    Done,
    /// Another owner or epoch holds the game.
    Fenced,
    /// The last seq there is another one than expected.
    OutOfOrder,
}

/// An event as it is written.
#[derive(Debug, Clone)]
pub(crate) struct CacheEvent<'a> {
    pub(crate) game: &'a str,
    pub(crate) epoch: i64,
    pub(crate) seq: u64,
    pub(crate) hash: &'a str,
    /// The canonical state after the event, JSON.
    pub(crate) state: &'a str,
    /// The envelope, JSON.
    pub(crate) event: &'a str,
}

/// Keys of the game service in Redis, by the names of the profile.
#[derive(Clone)]
pub(crate) struct Cache {
    connection: ConnectionManager,
    profile: Profile,
    instance: String,
}

impl Cache {
    pub(crate) async fn connect(
        url: &str,
        profile: Profile,
        instance: String,
    ) -> Result<Cache, SimulatorError> {
        let failed = || SimulatorError::redis("connecting");
        let client = redis::Client::open(url).map_err(failed())?;
        let config = redis::aio::ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_response_timeout(Some(std::time::Duration::from_secs(5)));
        let connection =
            client.get_connection_manager_with_config(config).await.map_err(failed())?;
        Ok(Cache { connection, profile, instance })
    }

    pub(crate) fn instance(&self) -> &str {
        &self.instance
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    pub(crate) fn connection(&self) -> ConnectionManager {
        self.connection.clone()
    }

    fn key(&self, logical: &str, id: &str) -> Result<String, SimulatorError> {
        self.profile.redis_key(logical, id).ok_or_else(|| {
            SimulatorError::Unavailable(format!("the profile names no Redis key `{logical}`"))
        })
    }

    fn game_keys(&self, game: &str) -> Result<[String; 3], SimulatorError> {
        Ok([
            self.key("game_owner", game)?,
            self.key("game_state", game)?,
            self.key("game_events", game)?,
        ])
    }

    /// Takes a game over with an epoch; the epoch that holds afterwards.
    pub(crate) async fn claim(&self, game: &str, epoch: i64) -> Result<i64, SimulatorError> {
        let owner = self.key("game_owner", game)?;
        Script::new(script::CLAIM)
            .key(owner)
            .arg(&self.instance)
            .arg(epoch)
            .invoke_async(&mut self.connection())
            .await
            .map_err(SimulatorError::redis("claiming a game"))
    }

    /// The epoch that holds a game; 0 when nobody does.
    pub(crate) async fn epoch(&self, game: &str) -> Result<i64, SimulatorError> {
        let owner = self.key("game_owner", game)?;
        let epoch: Option<i64> = self
            .connection()
            .hget(owner, "epoch")
            .await
            .map_err(SimulatorError::redis("reading a game's owner"))?;
        Ok(epoch.unwrap_or(0))
    }

    /// The instance that holds a game and whether its heartbeat is there.
    pub(crate) async fn living_owner(&self, game: &str) -> Result<Option<String>, SimulatorError> {
        let failed = || SimulatorError::redis("reading a game's owner");
        let owner = self.key("game_owner", game)?;
        let mut connection = self.connection();
        let instance: Option<String> = connection.hget(owner, "instance").await.map_err(failed())?;
        let Some(instance) = instance else { return Ok(None) };
        let heartbeat = self.key("instance", &instance)?;
        let alive: bool = connection.exists(heartbeat).await.map_err(failed())?;
        Ok(alive.then_some(instance))
    }

    /// Step 1 of the order of writes.
    pub(crate) async fn append(&self, event: &CacheEvent<'_>) -> Result<Append, SimulatorError> {
        let [owner, state, events] = self.game_keys(event.game)?;
        let (outcome, _last): (i64, i64) = Script::new(script::APPEND)
            .key(owner)
            .key(state)
            .key(events)
            .arg(&self.instance)
            .arg(event.epoch)
            .arg(event.seq)
            .arg(event.hash)
            .arg(event.state)
            .arg(event.event)
            .invoke_async(&mut self.connection())
            .await
            .map_err(SimulatorError::redis("appending an event"))?;
        Ok(match outcome {
            0 | 1 => Append::Done,
            2 => Append::Fenced,
            _ => Append::OutOfOrder,
        })
    }

    /// Puts a game's state and whole log in place of what is there.
    pub(crate) async fn rebuild(
        &self,
        last: &CacheEvent<'_>,
        log: &[String],
    ) -> Result<(), SimulatorError> {
        let [owner, state, events] = self.game_keys(last.game)?;
        let done: i64 = Script::new(script::REBUILD)
            .key(owner)
            .key(state)
            .key(events)
            .arg(&self.instance)
            .arg(last.epoch)
            .arg(last.seq)
            .arg(last.hash)
            .arg(last.state)
            .arg(log)
            .invoke_async(&mut self.connection())
            .await
            .map_err(SimulatorError::redis("rebuilding a game"))?;
        if done == 1 {
            return Ok(());
        }
        Err(SimulatorError::Fenced { game: last.game.into(), epoch: last.epoch })
    }

    /// Seq of the last event that the game's state holds; 0 without a state.
    pub(crate) async fn last_seq(&self, game: &str) -> Result<u64, SimulatorError> {
        let state = self.key("game_state", game)?;
        let seq: Option<u64> = self
            .connection()
            .hget(state, "seq")
            .await
            .map_err(SimulatorError::redis("reading a game's state"))?;
        Ok(seq.unwrap_or(0))
    }

    /// The event with this seq in the game's stream.
    pub(crate) async fn event_at(
        &self,
        game: &str,
        seq: u64,
    ) -> Result<Option<String>, SimulatorError> {
        let events = self.key("game_events", game)?;
        let id = format!("{seq}-0");
        let reply: redis::streams::StreamRangeReply = self
            .connection()
            .xrange(events, &id, &id)
            .await
            .map_err(SimulatorError::redis("reading a game's stream"))?;
        Ok(reply.ids.first().and_then(|entry| entry.get("e")))
    }

    /// Removes an ended game's keys.
    pub(crate) async fn release(&self, game: &str, epoch: i64) -> Result<(), SimulatorError> {
        let [owner, state, events] = self.game_keys(game)?;
        let _: i64 = Script::new(script::RELEASE)
            .key(owner)
            .key(state)
            .key(events)
            .arg(&self.instance)
            .arg(epoch)
            .invoke_async(&mut self.connection())
            .await
            .map_err(SimulatorError::redis("releasing a game"))?;
        self.list_game(game, false).await
    }

    /// Step 3 of the order of writes.
    pub(crate) async fn publish(&self, event: &str) -> Result<(), SimulatorError> {
        let stream = &self.profile.redis.streams.events;
        let _: String = self
            .connection()
            .xadd(stream, "*", &[("e", event)])
            .await
            .map_err(SimulatorError::redis("publishing an event"))?;
        Ok(())
    }

    /// Renews this instance's heartbeat.
    pub(crate) async fn heartbeat(&self, now_ms: i64) -> Result<(), SimulatorError> {
        let key = self.key("instance", &self.instance)?;
        let () = self
            .connection()
            .pset_ex(key, now_ms, HEARTBEAT_MS)
            .await
            .map_err(SimulatorError::redis("the heartbeat"))?;
        Ok(())
    }

    /// Adds a game to this instance's list, or removes it.
    pub(crate) async fn list_game(&self, game: &str, on: bool) -> Result<(), SimulatorError> {
        let key = self.key("instance_games", &self.instance)?;
        let mut connection = self.connection();
        let listed: Result<i64, _> =
            if on { connection.sadd(key, game).await } else { connection.srem(key, game).await };
        listed.map(drop).map_err(SimulatorError::redis("listing a game"))
    }

    /// Ends this instance in order: no heartbeat, no list.
    pub(crate) async fn leave(&self) -> Result<(), SimulatorError> {
        let keys =
            [self.key("instance", &self.instance)?, self.key("instance_games", &self.instance)?];
        let () = self
            .connection()
            .del(&keys[..])
            .await
            .map_err(SimulatorError::redis("ending the instance"))?;
        Ok(())
    }

    /// Opens a player's session, or keeps it for ten minutes once the connection is lost.
    pub(crate) async fn session(
        &self,
        player: &str,
        room: &str,
        connected: bool,
    ) -> Result<(), SimulatorError> {
        let key = self.key("session", player)?;
        let mut pipe = redis::pipe();
        pipe.hset_multiple(&key, &[("instance", self.instance.as_str()), ("room", room)]).ignore();
        if connected {
            pipe.persist(&key).ignore();
        } else {
            pipe.expire(&key, SESSION_SECONDS).ignore();
        }
        pipe.query_async(&mut self.connection())
            .await
            .map_err(SimulatorError::redis("writing a session"))
    }
}
