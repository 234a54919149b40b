//! Documents as bytes.

use avalon::document::EventDoc;
use avalon::event::Envelope;
use mongodb::bson::{self, RawDocument, RawDocumentBuf};
use serde::Serialize;

use crate::SimulatorError;

/// Any serialisable value as a BSON document.
pub(crate) fn raw<T: Serialize>(what: &str, value: &T) -> Result<RawDocumentBuf, SimulatorError> {
    bson::serialize_to_raw_document_buf(value)
        .map_err(|error| SimulatorError::form(what)(error.into()))
}

/// The envelope verbatim, under `_id` = its `eventId`.
pub(crate) fn envelope_document(envelope: &Envelope) -> Result<RawDocumentBuf, SimulatorError> {
    raw("an event", &EventDoc(envelope))
}

/// Reads an envelope back from its document.
pub(crate) fn envelope_from(document: &RawDocument) -> Result<Envelope, SimulatorError> {
    bson::deserialize_from_slice(document.as_bytes())
        .map_err(|error| SimulatorError::form("an event document")(error.into()))
}
