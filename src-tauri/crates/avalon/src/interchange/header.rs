//! The header of a line: enough to tell whether it can be read and whose it is, without keeping
//! the payload.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// What a line must have to be an envelope.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Header<'a> {
    #[serde(borrow)]
    pub(super) game_id: Cow<'a, str>,
    #[serde(rename = "type", borrow)]
    pub(super) kind: Cow<'a, str>,
    #[serde(rename = "seq")]
    _seq: u64,
    #[serde(rename = "ts")]
    _ts: i64,
    #[serde(rename = "payload")]
    _payload: IgnoredAny,
    #[serde(rename = "v", default)]
    _v: Option<u32>,
    #[serde(rename = "eventId", default)]
    _event_id: Option<Text>,
    #[serde(rename = "roomId", default)]
    _room_id: Option<Text>,
    #[serde(rename = "commandId", default)]
    _command_id: Option<Text>,
    #[serde(rename = "actor", default)]
    _actor: Option<Text>,
    #[serde(rename = "visibility", default)]
    _visibility: Option<Text>,
    #[serde(rename = "prevHash", default)]
    _prev_hash: Option<HexDigest>,
    #[serde(rename = "hash", default)]
    _hash: Option<HexDigest>,
}

impl<'a> Header<'a> {
    /// Reads the header of a line; the error says in plain what is wrong.
    pub(super) fn read(line: &'a [u8]) -> Result<Self, String> {
        // Whether it is text is told once, not string by string.
        let header: Self = match std::str::from_utf8(line) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(line),
        }
        .map_err(|error| error.to_string())?;
        if header.game_id.is_empty() {
            return Err("gameId is empty".to_owned());
        }
        Ok(header)
    }

    pub(super) fn ends_game(&self) -> bool {
        matches!(&*self.kind, "GameEnded" | "GameAborted")
    }
}

/// Some text, not kept.
struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, _text: &str) -> Result<Text, E> {
                Ok(Text)
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// 64 lower-case hexadecimal digits, not kept.
struct HexDigest;

impl<'de> Deserialize<'de> for HexDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct HexVisitor;
        impl Visitor<'_> for HexVisitor {
            type Value = HexDigest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 lower-case hexadecimal digits")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<HexDigest, E> {
                let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() == 64 && text.bytes().all(digit) {
                    Ok(HexDigest)
                } else {
                    Err(E::invalid_value(Unexpected::Str(text), &self))
                }
            }
        }
        deserializer.deserialize_str(HexVisitor)
    }
}
