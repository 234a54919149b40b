//! An envelope as the verifier takes it: what was read, and whether its hash fits what was received.

use crate::canonical::EventHasher;
use crate::event::{Envelope, EnvelopeError};

/// An envelope with the verdict on its hash.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedEnvelope {
    /// The envelope.
    pub envelope: Envelope,
    /// Whether the stored hash is that of the content; none when there is no stored hash.
    pub hash_fits: Option<bool>,
}

impl ParsedEnvelope {
    /// Reads one line of the interchange format and verifies its hash over what was received.
    ///
    /// # Errors
    /// Fails when the line is not JSON or its header is malformed.
    pub fn from_json(line: &[u8]) -> Result<Self, EnvelopeError> {
        EnvelopeReader::default().read(line)
    }

    /// Place in the log.
    #[must_use]
    pub const fn seq(&self) -> u64 {
        self.envelope.seq
    }
}

impl From<Envelope> for ParsedEnvelope {
    fn from(envelope: Envelope) -> Self {
        let hash_fits = envelope.verify_hash();
        Self { envelope, hash_fits }
    }
}

/// Reads envelopes one after the other, with one buffer for their hashes.
#[derive(Debug, Default)]
pub struct EnvelopeReader {
    hasher: EventHasher,
}

impl EnvelopeReader {
    /// Reads one line; see [`ParsedEnvelope::from_json`].
    ///
    /// # Errors
    /// Fails when the line is not JSON or its header is malformed.
    pub fn read(&mut self, line: &[u8]) -> Result<ParsedEnvelope, EnvelopeError> {
        if let Some(parsed) = self.read_regular(line) {
            return Ok(parsed);
        }
        let envelope = Envelope::from_json(line).or_else(|error| without_nulls(line, error))?;
        Ok(self.verified(envelope, std::str::from_utf8(line).ok()))
    }

    /// Reads a line that is an event as this crate writes it; none for every other.
    pub(crate) fn read_regular(&mut self, line: &[u8]) -> Option<ParsedEnvelope> {
        // Whether it is text is told once, not string by string.
        let text = std::str::from_utf8(line).ok()?;
        let envelope = serde_json::from_str(text).ok()?;
        Some(self.verified(envelope, Some(text)))
    }

    /// Hashes a line as received: the typed form can't tell an explicit null from an absent member.
    fn verified(&mut self, envelope: Envelope, text: Option<&str>) -> ParsedEnvelope {
        let mut content = || self.hasher.content_hash(text?).ok();
        let hash_fits = envelope.hash.map(|stored| content() == Some(stored));
        ParsedEnvelope { envelope, hash_fits }
    }
}

/// Reads a line whose header spells what is absent as null.
fn without_nulls(line: &[u8], error: EnvelopeError) -> Result<Envelope, EnvelopeError> {
    match serde_json::from_slice(line) {
        Ok(serde_json::Value::Object(mut members)) => {
            members.retain(|_, member| !member.is_null());
            Envelope::from_value(serde_json::Value::Object(members))
        }
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::canonical;
    use crate::digest::Digest;

    fn sealed(mut envelope: Value) -> Vec<u8> {
        let hash = Digest::of(&canonical::to_vec(&envelope).unwrap());
        envelope["hash"] = json!(hash.to_string());
        serde_json::to_vec(&envelope).unwrap()
    }

    #[test]
    fn hashes_are_verified_over_what_was_received() {
        let mut envelope = json!({"gameId": "g", "seq": 9, "type": "ExcaliburUsed", "ts": 1, "v": 1,
            "payload": {"q": 1, "holder": "p1", "target": null, "card": null},
            "prevHash": "0".repeat(64)});
        envelope["payload"]["extra"] = json!(1.5);
        let line = String::from_utf8(sealed(envelope)).unwrap();
        assert_eq!(ParsedEnvelope::from_json(line.as_bytes()).unwrap().hash_fits, Some(true));
        for (from, to) in [("1.5", "2.5"), (r#""card":null,"#, "")] {
            let changed = line.replace(from, to);
            assert_ne!(changed, line);
            let parsed = ParsedEnvelope::from_json(changed.as_bytes()).unwrap();
            assert_eq!(parsed.hash_fits, Some(false));
        }
    }
}
