//! Documents as bytes: the envelope under its `_id`.

use avalon::event::Envelope;
use avalon::id::EventId;
use mongodb::bson::{self, RawDocument, RawDocumentBuf};
use serde::Serialize;

use crate::SimulatorError;

/// Any serialisable value as a BSON document.
pub(crate) fn raw<T: Serialize>(what: &str, value: &T) -> Result<RawDocumentBuf, SimulatorError> {
    bson::serialize_to_raw_document_buf(value)
        .map_err(|error| SimulatorError::form(what)(error.into()))
}

/// The envelope verbatim, under `_id` = its key (`eventId`).
pub(crate) fn envelope_document(envelope: &Envelope) -> Result<RawDocumentBuf, SimulatorError> {
    let what = || format!("event {} of {}", envelope.seq, envelope.game_id);
    let id = envelope.event_id.as_ref().map(EventId::as_str).unwrap_or_default();
    let body = bson::serialize_to_vec(envelope)
        .map_err(|error| SimulatorError::form(what())(error.into()))?;
    // Spliced by hand: the fields are copied as they are behind the new first element.
    let elements = body.get(4..).unwrap_or_default();
    let text_length = id.len() + 1;
    let length = body.len() + 1 + b"_id\0".len() + 4 + text_length;
    let mut document = Vec::with_capacity(length);
    document.extend_from_slice(&i32::try_from(length).unwrap_or(i32::MAX).to_le_bytes());
    document.push(0x02);
    document.extend_from_slice(b"_id\0");
    document.extend_from_slice(&i32::try_from(text_length).unwrap_or(i32::MAX).to_le_bytes());
    document.extend_from_slice(id.as_bytes());
    document.push(0);
    document.extend_from_slice(elements);
    RawDocumentBuf::from_bytes(document)
        .map_err(|error| SimulatorError::form(what())(error.into()))
}

/// Reads an envelope back from its document.
pub(crate) fn envelope_from(document: &RawDocument) -> Result<Envelope, SimulatorError> {
    let mut envelope: Envelope = bson::deserialize_from_slice(document.as_bytes())
        .map_err(|error| SimulatorError::form("an event document")(error.into()))?;
    if let Some(extra) = &mut envelope.extra {
        extra.remove("_id");
    }
    envelope.extra = envelope.extra.filter(|extra| !extra.is_empty());
    Ok(envelope)
}
