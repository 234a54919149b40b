use avalon::event::Envelope;
use avalon::what_if::{self, WhatIfError};

use super::outcome::{AlternativesRequest, AlternativesView, GamePlace};
use super::record::GameRecord;
use super::what_if::impossible;
use crate::engine::Engine;
use crate::error::EngineError;

/// What the rules would have allowed in the place of an event of a game's log.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game or event.
pub async fn alternatives(
    engine: &Engine,
    request: &AlternativesRequest,
) -> Result<AlternativesView, EngineError> {
    let (seq, edits) = (request.seq, request.place.what_if.clone());
    let place = GamePlace { what_if: Vec::new(), ..request.place.clone() };
    let record = GameRecord::read_at(engine, &request.id, &place, "god").await?;
    // Folding a log is work for the processor.
    tokio::task::spawn_blocking(move || {
        let log: Vec<&Envelope> = record.envelopes().collect();
        let payloads = what_if::alternatives(&log, &edits, seq).map_err(impossible)?;
        let event = log.iter().find(|envelope| envelope.seq == seq);
        let event = event.ok_or_else(|| impossible(WhatIfError::NoSuchEvent { seq }))?;
        let follows_again = what_if::follows_again(&log, &edits, seq).map_err(impossible)?;
        let (kind, payload) = (event.event.kind().to_owned(), event.event.payload());
        Ok(AlternativesView { seq, kind, payload, payloads, follows_again })
    })
    .await?
}
