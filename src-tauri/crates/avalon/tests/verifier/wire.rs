//! A log in wire form that tests can take apart.

use avalon::check::{GameReport, ParsedEnvelope, check_log};
use avalon::event::Envelope;
use serde_json::{Value, json};

/// Envelopes in wire form.
#[derive(Debug, Clone)]
pub struct Log(pub Vec<Value>);

impl From<&[Envelope]> for Log {
    fn from(log: &[Envelope]) -> Self {
        Self(log.iter().map(|envelope| serde_json::to_value(envelope).unwrap()).collect())
    }
}

impl Log {
    /// The log as a source without hashes tells it.
    pub fn without_hashes(mut self) -> Self {
        for event in &mut self.0 {
            let members = event.as_object_mut().unwrap();
            for name in ["hash", "prevHash"] {
                members.remove(name);
            }
        }
        self
    }

    /// Index of the `nth` event of a kind, from 0.
    pub fn find(&self, kind: &str, nth: usize) -> usize {
        let mut indexes =
            self.0.iter().enumerate().filter(|(_, event)| event["type"] == kind).map(|(at, _)| at);
        indexes.nth(nth).unwrap_or_else(|| panic!("{kind} #{nth} is not in the log"))
    }

    pub fn count(&self, kind: &str) -> usize {
        self.0.iter().filter(|event| event["type"] == kind).count()
    }

    /// Payload of the `nth` event of a kind.
    pub fn payload(&mut self, kind: &str, nth: usize) -> &mut Value {
        let at = self.find(kind, nth);
        &mut self.0[at]["payload"]
    }

    /// Sets a member of the `nth` event of a kind.
    pub fn set(&mut self, kind: &str, nth: usize, member: &str, value: impl Into<Value>) {
        self.payload(kind, nth)[member] = value.into();
    }

    /// Sets a member of the envelope of the `nth` event of a kind.
    pub fn set_header(&mut self, kind: &str, nth: usize, member: &str, value: impl Into<Value>) {
        let at = self.find(kind, nth);
        self.0[at][member] = value.into();
    }

    pub fn remove(&mut self, kind: &str, nth: usize) -> Value {
        let at = self.find(kind, nth);
        let event = self.0.remove(at);
        self.renumber();
        event
    }

    /// Inserts an event at an index, with the header of the event before.
    pub fn insert(&mut self, at: usize, kind: &str, payload: Value) {
        let mut event = self.0[at.saturating_sub(1)].clone();
        event["type"] = json!(kind);
        event["payload"] = payload;
        event["actor"] = json!("system");
        event["visibility"] = json!(match kind {
            "TeamVoteCast" | "MissionCardPlayed" => "server",
            _ => "public",
        });
        for name in ["eventId", "commandId"] {
            event.as_object_mut().unwrap().remove(name);
        }
        self.0.insert(at, event);
        self.renumber();
    }

    pub fn insert_after(&mut self, kind: &str, nth: usize, new: &str, payload: Value) {
        let at = self.find(kind, nth) + 1;
        self.insert(at, new, payload);
    }

    /// Cuts the log before the `nth` event of a kind.
    pub fn cut_before(&mut self, kind: &str, nth: usize) {
        let at = self.find(kind, nth);
        self.0.truncate(at);
    }

    pub fn renumber(&mut self) {
        for (at, event) in self.0.iter_mut().enumerate() {
            event["seq"] = json!(at + 1);
        }
    }

    /// The player at a seat.
    pub fn player(&self, seat: usize) -> String {
        self.0[0]["payload"]["seats"][seat].as_str().unwrap().to_owned()
    }

    /// The player with a role, the first of several.
    pub fn with_role(&self, role: &str) -> String {
        let at = self.find("RolesAssigned", 0);
        let roles = self.0[at]["payload"]["roles"].as_object().unwrap();
        let holder = roles.iter().find(|(_, dealt)| *dealt == role);
        holder.unwrap_or_else(|| panic!("nobody is {role}")).0.clone()
    }

    pub fn lines(&self) -> String {
        self.0.iter().map(|event| format!("{event}\n")).collect()
    }

    pub fn parsed(&self) -> Vec<ParsedEnvelope> {
        let parse = |event: &Value| {
            let line = event.to_string();
            ParsedEnvelope::from_json(line.as_bytes()).unwrap_or_else(|e| panic!("{e}: {line}"))
        };
        self.0.iter().map(parse).collect()
    }

    pub fn check(&self) -> GameReport {
        check_log(&self.parsed())
    }
}
