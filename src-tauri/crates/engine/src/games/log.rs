//! A game's log as it is stored.

use avalon::check::{EnvelopeReader, ParsedEnvelope, check_log};
use avalon::invariant::{Finding, by_id};
use avalon::sentence;
use mongodb::bson::Document;

use crate::error::EngineError;
use crate::wire;

/// The events that could be read, in order, and a finding for each that could not.
#[derive(Debug, Clone, Default)]
pub(crate) struct GameLog {
    pub(super) events: Vec<ParsedEnvelope>,
    pub(super) unreadable: Vec<Finding>,
}

impl GameLog {
    /// The log of these events, in order, with what was found while they were read.
    pub(crate) fn parsed(events: Vec<ParsedEnvelope>, unreadable: Vec<Finding>) -> Self {
        Self { events, unreadable }
    }

    /// The log of these documents, in order.
    pub(super) fn of(events: Vec<Document>) -> Result<Self, EngineError> {
        let mut log = Self::default();
        let mut reader = EnvelopeReader::default();
        for event in events {
            log.push(&mut reader, event)?;
        }
        Ok(log)
    }

    /// Adds an event's document; one that cannot be read is a finding.
    fn push(&mut self, reader: &mut EnvelopeReader, document: Document) -> Result<(), EngineError> {
        let seq = super::row::number(document.get("seq")).map(i64::unsigned_abs);
        match reader.read(wire::envelope(document)?.to_string().as_bytes()) {
            Ok(event) => self.events.push(event),
            Err(error) => {
                let detail = sentence!("{problem}", problem = error.to_string());
                let parse = by_id("I-PARSE");
                self.unreadable.extend(parse.map(|parse| parse.finding(seq, detail)));
            }
        }
        Ok(())
    }

    /// What the rules say about the log.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = self.unreadable.clone();
        findings.extend(check_log(&self.events).findings);
        findings
    }
}
