//! A game's log as it stands in the database.

use avalon::check::{EnvelopeReader, ParsedEnvelope, check_log};
use avalon::invariant::{Finding, by_id};
use futures::TryStreamExt;
use mongodb::bson::{Document, doc};
use source::mongo::MongoSource;

use super::list::{collection, failed};
use crate::error::EngineError;
use crate::wire;

/// Logical name of the events' collection.
const EVENTS: &str = "game_events";

/// The events that could be read, in order, and a finding for each that could not.
#[derive(Debug, Default)]
pub(super) struct GameLog {
    pub(super) events: Vec<ParsedEnvelope>,
    unreadable: Vec<Finding>,
}

impl GameLog {
    /// Reads the log of a game; empty when there is none.
    pub(super) async fn read(source: &MongoSource, game: &str) -> Result<Self, EngineError> {
        let events = collection(source, EVENTS)?;
        let field = source.profile().membership_names().map_or("gameId", |(_, _, field)| field);
        let mut cursor = source
            .database()
            .collection::<Document>(&events)
            .find(doc! { field: game })
            .sort(doc! { "seq": 1 })
            .await
            .map_err(|error| failed("reading a game's events", &events, error))?;
        let mut log = Self::default();
        let mut reader = EnvelopeReader::default();
        while let Some(document) = cursor
            .try_next()
            .await
            .map_err(|error| failed("reading a game's events", &events, error))?
        {
            log.push(&mut reader, document)?;
        }
        Ok(log)
    }

    fn push(&mut self, reader: &mut EnvelopeReader, document: Document) -> Result<(), EngineError> {
        let seq = super::row::number(document.get("seq")).map(i64::unsigned_abs);
        match reader.read(wire::envelope(document)?.to_string().as_bytes()) {
            Ok(event) => self.events.push(event),
            Err(error) => {
                let parse = by_id("I-PARSE");
                self.unreadable.extend(parse.map(|parse| parse.finding(seq, error.to_string())));
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
