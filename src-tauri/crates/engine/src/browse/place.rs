//! A place in a stream: a key, and how many documents of that key lie before it. Capped collections
//! aside keys are unique, yet nothing here relies on it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;

use crate::error::EngineError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) key: Bytes,
    pub(super) before: u32,
}

impl Place {
    /// Before everything whose key is not below `key`.
    pub(super) fn at(key: Bytes) -> Self {
        Self { key, before: 0 }
    }

    pub(super) fn next(&self) -> Self {
        Self { key: self.key.clone(), before: self.before.saturating_add(1) }
    }

    pub(super) fn encode(&self) -> String {
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&self.key), self.before)
    }

    pub(super) fn decode(field: &'static str, text: &str) -> Result<Self, EngineError> {
        let parts = text.split_once('.').and_then(|(key, before)| {
            let key = URL_SAFE_NO_PAD.decode(key).ok()?;
            Some(Self { key: key.into(), before: before.parse().ok()? })
        });
        parts.ok_or_else(|| EngineError::Invalid {
            field,
            reason: format!("{text:?} is no place in a collection"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_encoding() {
        let place = Place { key: Bytes::from_static(&[0, 0xff, b'.']), before: 7 };
        assert_eq!(Place::decode("cursor", &place.encode()).unwrap(), place);
        assert_eq!(place.next().before, 8);
        for text in ["", "x", "AA.", ".x", "?.1"] {
            assert!(Place::decode("cursor", text).is_err(), "{text}");
        }
    }
}
