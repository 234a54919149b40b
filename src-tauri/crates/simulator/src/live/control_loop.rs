//! Obeying the control stream.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use avalon::event::{Actor, Draft, Envelope, Event, EventClass, Visibility};
use serde::Deserialize;
use source::redis_source::ControlCommand;

use super::Instance;
use super::mailbox::Request;
use super::writer::Held;
use crate::SimulatorError;
use crate::control::{Command, CommandReader, acknowledge};
use crate::game::Game;
use crate::room::Room;

/// Pause after the stream could not be read.
const UNREADABLE: Duration = Duration::from_millis(300);

/// The payload of `append`.
#[derive(Deserialize)]
struct AppendPayload {
    #[serde(rename = "type")]
    kind: String,
    payload: serde_json::Value,
    #[serde(default)]
    actor: Option<String>,
    #[serde(default)]
    visibility: Option<String>,
}

impl Instance {
    /// Reads and answers commands until the instance ends.
    pub(super) async fn obey(self: Arc<Self>, mut reader: CommandReader) {
        loop {
            match reader.next().await {
                Ok(commands) => {
                    for command in commands {
                        self.clone().answer(command).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "commands cannot be read");
                    tokio::time::sleep(UNREADABLE).await;
                }
            }
        }
    }

    async fn answer(self: Arc<Self>, command: Command) {
        let outcome = self.carry_out(&command).await;
        self.reporter.update(|report| {
            report.commands += 1;
            report.paused = self.gate.is_paused();
        });
        let mut tries = 0;
        while let Err(error) =
            acknowledge(&self.simulator.cache, &command.id, outcome.clone()).await
        {
            tries += 1;
            tracing::warn!(%error, id = command.id, "a command was not acknowledged");
            if tries == 10 || !error.is_transient() {
                return;
            }
            tokio::time::sleep(UNREADABLE).await;
        }
    }

    async fn carry_out(&self, command: &Command) -> Result<String, String> {
        let game = command.game.as_deref();
        let kind = command
            .command
            .as_ref()
            .map_err(|name| format!("the command `{name}` is not known"))?;
        match kind {
            ControlCommand::Pause => {
                self.gate.pause(game).await;
                Ok(format!("{} games are held", self.mailbox.games().len()))
            }
            ControlCommand::Resume => {
                self.gate.resume(game);
                Ok(String::new())
            }
            ControlCommand::Resync => self.resync().await,
            ControlCommand::Reload => {
                let prepared = self.simulator.store.ensure_configuration(self.now_ms()).await;
                prepared.map(|()| String::new()).map_err(|error| error.to_string())
            }
            ControlCommand::Append => self.ask_to_append(game, &command.payload).await,
        }
    }

    /// Every table reads its game again before its next event; games that appeared are taken over.
    async fn resync(&self) -> Result<String, String> {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.find_orphans().await.map_err(|error| error.to_string())?;
        Ok(format!("{} games are read again", self.mailbox.games().len()))
    }

    async fn ask_to_append(&self, game: Option<&str>, payload: &str) -> Result<String, String> {
        let game = game.ok_or("append needs the id of one game as its scope")?;
        if !self.mailbox.has(game) {
            return Ok(format!("{game} is not played by this instance"));
        }
        let draft = draft_of(payload)?;
        let outcome = self.mailbox.ask(game, draft).ok_or("the game ended just now")?;
        match outcome.await {
            Ok(Ok(seq)) => Ok(format!("{{\"gameId\":\"{game}\",\"seq\":{seq}}}")),
            Ok(Err(refused)) => Err(refused),
            Err(_) => Err("the game ended or left this instance before the event".into()),
        }
    }

    /// Appends what a tool asked for. The rules may refuse it; the game then goes on as it was.
    pub(super) async fn append_for_tool(
        &self,
        mut held: Held,
        room: &mut Room,
        request: Request,
    ) -> Result<Held, SimulatorError> {
        let Request { draft, answer } = request;
        let goes_back = matches!(draft.event, Event::GameRolledBack(_) | Event::GameRestored(_));
        let written = if goes_back {
            self.write_reset(&mut held, room, draft).await
        } else {
            self.step(&mut held, room, draft).await
        };
        let outcome = match written {
            Ok(seq) => Ok(seq),
            Err(SimulatorError::Refused { detail, .. }) => Err(detail),
            Err(error) => return Err(error),
        };
        if answer.send(outcome).is_err() {
            tracing::debug!("whoever asked for an event did not wait");
        }
        Ok(held)
    }

    /// Going back needs the whole log: the state becomes that of the event gone back to.
    async fn write_reset(
        &self,
        held: &mut Held,
        room: &mut Room,
        draft: Draft,
    ) -> Result<u64, SimulatorError> {
        let log: Vec<Envelope> = self.simulator.store.log(held.game.id()).await?;
        let seed = self.simulator.options.seed;
        held.game = Game::resume(seed, &log)?.remembering(log);
        self.step(held, room, draft).await
    }
}

fn draft_of(payload: &str) -> Result<Draft, String> {
    let asked: AppendPayload =
        serde_json::from_str(payload).map_err(|error| format!("the payload: {error}"))?;
    let envelope = serde_json::json!({
        "gameId": "g", "seq": 1, "ts": 0, "type": asked.kind, "payload": asked.payload,
    });
    let envelope = Envelope::from_value(envelope).map_err(|error| error.to_string())?;
    match envelope.event.class() {
        Some(EventClass::Service | EventClass::Overlay) => {}
        Some(_) if matches!(envelope.event, Event::GameAborted(_)) => {}
        _ => return Err(format!("{} is not appended for a tool", asked.kind)),
    }
    Ok(Draft {
        actor: asked.actor.as_deref().map_or(Actor::System, Actor::from),
        visibility: asked.visibility.as_deref().map_or(Visibility::Server, Visibility::from),
        event: envelope.event,
    })
}
