//! What a converter hands back, and the log in the making.

use serde_json::{Value, json};

use super::UnknownInput;

/// A converted game.
#[derive(Debug, Clone, PartialEq)]
pub struct Converted {
    /// Envelopes in wire form, in order of `seq` from 1, without ids and hashes; `ts` in Unix
    /// milliseconds.
    pub log: Vec<Value>,
    /// What the source does not tell.
    pub unknown: Vec<UnknownInput>,
    /// The winner as the source records it: `good` or `evil`.
    pub recorded_winner: String,
}

/// Envelopes of one game as they are written.
#[derive(Debug)]
pub(super) struct LogWriter {
    game_id: String,
    /// Time of the events that come next, Unix milliseconds.
    at: i64,
    log: Vec<Value>,
}

impl LogWriter {
    pub(super) fn new(game_id: &str, at: i64) -> Self {
        Self { game_id: game_id.to_owned(), at, log: Vec::new() }
    }

    /// Events from now on carry this time, or the last one where a clock went back.
    pub(super) fn set_time(&mut self, at: i64) {
        self.at = self.at.max(at);
    }

    pub(super) fn push(&mut self, kind: &str, actor: &str, visibility: &str, payload: Value) {
        self.log.push(json!({
            "gameId": self.game_id,
            "seq": self.log.len() + 1,
            "type": kind,
            "v": 1,
            "ts": self.at,
            "actor": actor,
            "visibility": visibility,
            "payload": payload,
        }));
    }

    pub(super) fn system(&mut self, kind: &str, visibility: &str, payload: Value) {
        self.push(kind, "system", visibility, payload);
    }

    pub(super) fn into_log(self) -> Vec<Value> {
        self.log
    }
}
